"""Lay the files of a new knowledge base into a folder that is empty or not there yet: all of them, or none."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kb.errors import UsageError
from kb.records.tree import shown

# `git init` or a clone of an empty repository may have come first.
_MAY_BE_THERE: Final = frozenset({".git"})
_NAMED: Final = 6


def refuse_unless_empty(folder: Path) -> None:
    """Raises UsageError where a new knowledge base can't go: a link, a file, or a folder that holds anything but a git repository's own folder."""
    if folder.is_symlink():
        raise UsageError(f"{folder} is a symbolic link: name the folder itself, so that nothing is written elsewhere")
    if not os.path.lexists(folder):
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder: name one that is empty or not there yet")
    there = sorted(name for name in os.listdir(folder) if name not in _MAY_BE_THERE)
    if there:
        named = ", ".join(map(shown, there[:_NAMED])) + (f" and {len(there) - _NAMED} more" if len(there) > _NAMED else "")
        raise UsageError(f"{folder} is not empty (it holds {named}): nothing is overwritten; name a folder that is empty or not there yet")


def lay(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files`, by path below `folder`, in their order. What was written is taken back where a later one can't be.

    Raises UsageError as `refuse_unless_empty` does, OSError as the system does. A file is only ever created, and never through a link: where
    something else puts a file or a link there meanwhile, that is an error.
    """
    refuse_unless_empty(folder)
    made: list[Path] = []
    try:
        _make(folder, made)
        for name, content in files.items():
            path = folder / name
            for parent in reversed(path.relative_to(folder).parents[:-1]):
                if folder / parent not in made:
                    (folder / parent).mkdir()
                    made.append(folder / parent)
            with path.open("xb") as file:
                made.append(path)
                file.write(content)
    except BaseException:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        raise


def _make(folder: Path, made: list[Path]) -> None:
    """Create a folder and those above it that are missing, and note each that was."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        made.append(path)
