"""`kb fmt`: what it writes, what it leaves, and how it exits."""

from __future__ import annotations

from pathlib import Path

import kbmaker
import pytest

from kb.cli import main
from kb.contribute.scaffold import template
from kb.records import load
from kb.records.reader import read_yaml

FILE = "findings/steering-works.yaml"


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    """A knowledge base in canonical layout but for one file."""
    root = kbmaker.write(tmp_path / "kb")
    assert fmt(root) == 0
    path = root / FILE
    path.write_text(path.read_text() + "# mine\ntags:   ['a-tag' ]\n")
    return root


def fmt(root: Path, *words: str) -> int:
    return main(["fmt", "--root", str(root), *words])


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_a_file_is_laid_out_and_the_records_stay(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, entries = contents(kb), load(kb, cache=False).entries
    capsys.readouterr()
    assert fmt(kb) == 0
    out, err = capsys.readouterr()
    assert out == f"laid out {FILE}\n"
    assert err == "8 files: 1 laid out\n"
    assert [path for path, raw in contents(kb).items() if raw != before[path]] == [str(kb / FILE)]
    assert (kb / FILE).read_text().endswith('# mine\ntags: ["a-tag"]\n')
    after = load(kb, cache=False).entries
    assert {name: entry.record for name, entry in after.items()} == {name: entry.record for name, entry in entries.items()}
    assert fmt(kb) == 0
    assert capsys.readouterr() == ("", "8 files: 0 laid out\n")


@pytest.mark.parametrize("cache", [[], ["--no-cache"]])
def test_check_writes_nothing_and_fails(kb: Path, capsys: pytest.CaptureFixture[str], cache: list[str]) -> None:
    before = contents(kb)
    capsys.readouterr()
    for _ in range(2):
        assert fmt(kb, "--check", *cache) == 1
        assert capsys.readouterr() == (f"{FILE}\n", "8 files: 1 would change\n")
    assert contents(kb) == before
    assert fmt(kb, "--check", str(kb / "sources"), *cache) == 0
    assert capsys.readouterr() == ("", "2 files: 0 would change\n")


def test_a_diff_shows_the_change(kb: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(kb)
    monkeypatch.chdir(kb.parent)
    capsys.readouterr()
    assert fmt(kb, "--diff") == 1
    out = capsys.readouterr().out
    assert out.startswith(f"--- a/kb/{FILE}\n+++ b/kb/{FILE}\n@@ ")
    assert "\n-tags:   ['a-tag' ]\n" in out
    assert '\n+tags: ["a-tag"]\n' in out
    assert contents(kb) == before


def test_a_missing_line_end_is_shown_as_such(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fmt(kb) == 0
    (kb / FILE).write_text((kb / FILE).read_text().rstrip("\n"))
    capsys.readouterr()
    assert fmt(kb, "--diff") == 1
    assert "\n\\ No newline at end of file\n" in capsys.readouterr().out


def test_what_cannot_be_read_is_reported_and_left(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kb / "sources/doe-2024-prompts.yaml").write_text("a: 1\na: 2\n")
    (kb / "questions/what-moves-personas.yaml").unlink()
    (kb / "questions/what-moves-personas.yaml").symlink_to(kb / FILE)
    capsys.readouterr()
    assert fmt(kb) == 1
    out, err = capsys.readouterr()
    assert f"laid out {FILE}\n" in out
    assert "sources/doe-2024-prompts.yaml:2:1: error KB011" in out
    assert "questions/what-moves-personas.yaml:1:1: error KB002" in out
    assert err == "7 files: 1 laid out, 2 not readable\n"
    assert (kb / "sources/doe-2024-prompts.yaml").read_text() == "a: 1\na: 2\n"
    assert (kb / "questions/what-moves-personas.yaml").is_symlink()
    assert fmt(kb, str(kb / "findings")) == 0


@pytest.mark.parametrize("kind", ["finding", "source", "concept", "belief", "question"])
def test_the_hints_of_a_scaffold_go_and_other_comments_stay(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = kbmaker.write(tmp_path / "kb")
    assert main(["fmt", "--root", str(root)]) == 0
    path = root / f"{kind}s" / "made-up.yaml"
    path.write_text(template(kind).replace("schema: 1\n", "schema: 1  # mine\n") + "# mine, too\n")
    before = read_yaml(path.read_bytes(), "a.yaml").data
    assert fmt(root) == 0
    assert "# today" in path.read_text()
    assert fmt(root, "--drop-hints", "--check") == 1
    assert fmt(root, "--drop-hints") == 0
    text = path.read_text()
    assert [line.partition("#")[2] for line in text.splitlines()[1:] if "#" in line] == [" mine", " mine, too"]
    assert read_yaml(text.encode(), "a.yaml").data == before
    assert fmt(root, "--drop-hints", "--check") == 0
    capsys.readouterr()
    assert fmt(root, "--check") == 0


def test_results_are_left_alone(tmp_path: Path) -> None:
    root = kbmaker.write(tmp_path / "kb", raw={"results/rerun.json": '{"schema":1}'})
    fmt(root)
    assert (root / "results/rerun.json").read_text() == '{"schema":1}'


@pytest.mark.parametrize("path", ["/etc/passwd", "no-such-file.yaml"])
def test_paths_elsewhere_are_usage_errors(kb: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert fmt(kb, path) == 2
    assert path in capsys.readouterr().err
