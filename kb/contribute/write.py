"""New record files: each appears whole or not at all, none replaces another, and none lies outside its folder."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import UsageError


@dataclass(frozen=True)
class Draft:
    """A record that is to be written."""

    kind: str
    id: str
    folder: str
    """Relative to the knowledge base, as kb.yaml names it."""
    text: str

    @property
    def file(self) -> str:
        return f"{self.folder}/{self.id}.yaml"


def write(root: Path, drafts: Sequence[Draft]) -> None:
    """Write all drafts, or none: what was written is taken back where a later one cannot be.

    Raises UsageError where a file exists already, or a folder is a link or leads out of the knowledge base; OSError as the system does.
    """
    done: list[Path] = []
    try:
        for draft in drafts:
            path = _folder(root, draft.folder) / f"{draft.id}.yaml"
            _create(path, draft.text.encode(), draft.file)
            done.append(path)
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        raise


def _folder(root: Path, folder: str) -> Path:
    path = root
    for part in folder.split("/"):
        path = path / part
        if path.is_symlink():
            raise UsageError(f"{folder} is or leads through a symbolic link; records are not written through links")
    path.mkdir(parents=True, exist_ok=True)
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{folder} leads out of the knowledge base")
    return path


def _create(path: Path, raw: bytes, shown: str) -> None:
    """A file that did not exist: written beside it first, then linked to its name, which fails where the name is taken."""
    beside = path.with_name(f".{path.stem[:40]}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        try:
            os.link(beside, path)
        except FileExistsError:
            raise UsageError(f"{shown} exists already, and nothing is overwritten; choose another id with --id") from None
        except OSError:
            # A file system without hard links: creating exclusively is as safe, and only a crash could leave a part.
            _exclusively(path, raw, shown)
    finally:
        beside.unlink(missing_ok=True)


def _exclusively(path: Path, raw: bytes, shown: str) -> None:
    try:
        with path.open("xb") as file:
            try:
                file.write(raw)
            except BaseException:
                with contextlib.suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError:
        raise UsageError(f"{shown} exists already, and nothing is overwritten; choose another id with --id") from None
