"""Put files into a folder of ours: only what changed is written, what is no longer made is removed, and nothing else is touched."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePath

from kb.errors import UsageError


class NotOurFolderError(UsageError):
    """The output folder holds files that the same command did not write, or links that lead out of it."""


def _ours(out: Path, manifest: Path, command: str) -> set[str]:
    """Files that an earlier run wrote. Raises NotOurFolderError for a folder with content and no list of ours."""
    if manifest.is_file():
        try:
            names = json.loads(manifest.read_text(encoding="utf-8"))
            return {name for name in names if isinstance(name, str) and not PurePath(name).anchor and ".." not in PurePath(name).parts}
        except (ValueError, TypeError):
            return set()
    if out.is_dir() and any(out.iterdir()):
        raise NotOurFolderError(f"{out} is not empty and was not written by `{command}`: name an empty folder, or remove it")
    return set()


def fill(out: Path, files: Mapping[str, bytes], manifest: str, command: str) -> list[str]:
    """Make `out` hold exactly `files`, and `manifest`, which lists them. Returns the names of those written, sorted.

    `command` is what messages call the writer. Raises NotOurFolderError rather than remove anything that an earlier run did not write.
    """
    old = _ours(out, out / manifest, command)
    out.mkdir(parents=True, exist_ok=True)
    for folder in sorted({(out / name).parent for name in old | set(files)}):
        if not folder.resolve().is_relative_to(out.resolve()):
            raise NotOurFolderError(f"{folder} leads out of {out} by a symbolic link: remove the link")
    # The list is written first: a run that is killed half-way still knows what it may remove.
    _put(out / manifest, json.dumps(sorted(old | set(files))).encode())
    changed = []
    folders: set[Path] = set()
    for name in sorted(files):
        path = out / name
        try:
            same = not path.is_symlink() and path.read_bytes() == files[name]
        except OSError:
            same = False
        if same:
            continue
        if path.parent not in folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.add(path.parent)
        _put(path, files[name])
        changed.append(name)
    for name in sorted(old - set(files), reverse=True):
        (out / name).unlink(missing_ok=True)
        try:
            os.removedirs((out / name).parent)
        except OSError:
            out.mkdir(parents=True, exist_ok=True)
    _put(out / manifest, json.dumps(sorted(files)).encode())
    return changed


def _put(path: Path, content: bytes) -> None:
    """Write a file, never through a link to another."""
    if path.is_symlink():
        path.unlink()
    path.write_bytes(content)
