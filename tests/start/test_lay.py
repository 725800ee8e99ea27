"""A new knowledge base goes into an empty folder, whole or not at all, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import UsageError
from kb.start.lay import lay

FILES = {"README.md": b"one", "a/b/c.txt": b"two", "a/d.txt": b"three", "kb.yaml": b"title: T\n"}


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("before", ["absent", "far", "empty", "repository"])
def test_laid(before: str, tmp_path: Path) -> None:
    folder = tmp_path / ("x/y/z" if before == "far" else "base")
    if before in ("empty", "repository"):
        folder.mkdir()
    if before == "repository":
        (folder / ".git").mkdir()
    lay(folder, FILES)
    assert held(folder) == FILES


def test_a_folder_that_holds_something_is_refused_and_what_it_holds_is_named(tmp_path: Path) -> None:
    for name in ("notes.txt", *(f"n{n}" for n in range(9))):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    before = held(tmp_path)
    with pytest.raises(UsageError, match=r"n0, n1, .* and 4 more"):
        lay(tmp_path, FILES)
    assert held(tmp_path) == before


def test_nothing_is_written_through_a_link_or_into_a_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for name, says in (("link", "symbolic link"), ("dangling", "symbolic link"), ("file", "no folder")):
        with pytest.raises(UsageError, match=says):
            lay(tmp_path / name, FILES)
    assert held(tmp_path) == {"file": b"mine"}
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("kind", ["file", "link", "dangling", "folder-link"])
def test_what_is_put_there_meanwhile_stays_and_everything_else_is_taken_back(kind: str, tmp_path: Path) -> None:
    folder, other = tmp_path / "base", tmp_path / "other"
    other.mkdir()
    (other / "target").write_bytes(b"theirs")

    class Meanwhile(dict[str, bytes]):
        """Files of which the third is in the way by the time it is written."""

        def items(self):  # type: ignore[no-untyped-def]
            for number, item in enumerate(super().items()):
                if number == 1 and kind == "folder-link":
                    (folder / "a").symlink_to(other)
                elif number == 2 and kind != "folder-link":
                    path = folder / item[0]
                    path.write_bytes(b"theirs") if kind == "file" else path.symlink_to(other / ("target" if kind == "link" else "nowhere"))
                yield item

    with pytest.raises(FileExistsError):
        lay(folder, Meanwhile(FILES))
    assert held(other) == {"target": b"theirs"}
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert left == ({"a"} if kind == "folder-link" else {"a", "a/d.txt"})
