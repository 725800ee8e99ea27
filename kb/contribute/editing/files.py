"""Writing record files: only those of the knowledge base, whole or not at all, never through a link."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from kb.contribute.editing.operations import EditError
from kb.records.tree import MAX_BYTES, Tree, is_record_name, read_file


def write_record(tree: Tree, file: str, text: str) -> None:
    """Replace a record file (path relative to the knowledge base, forward slashes) in one step; `kb.contribute.write` makes new ones.

    The file is one of the tree's, still with the content that the tree holds.
    Whoever reads meanwhile sees the old or the new file, never a part; permissions stay.
    Raises EditError where that is not so, where the file or its folder is a symbolic link, and for a text over the size limit.
    """
    raw = text.encode()
    if len(raw) > MAX_BYTES:
        raise EditError(f"{file}: would be larger than {MAX_BYTES // 1024} kB")
    folder, _, name = file.rpartition("/")
    kind = next((kind for kind, path in tree.folders.items() if path == folder), None)
    if kind is None or not is_record_name(kind, name):
        raise EditError(f"{file}: is no record file of this knowledge base")
    path = _folder(tree.root, folder)
    present = next((one for one in tree.files if one.file == file), None)
    if present is None or present.state != "record":
        raise EditError(f"{file}: is not a regular record file")
    if read_file(str(path / name)) != present.raw:
        raise EditError(f"{file}: was changed meanwhile; nothing is written")
    _replace(path, name, raw)


def _folder(root: Path, folder: str) -> Path:
    path = root
    for part in folder.split("/"):
        path = path / part
        if path.is_symlink() or not path.is_dir():
            raise EditError(f"{folder}: is not a folder of its own")
    return path


def _replace(folder: Path, name: str, raw: bytes) -> None:
    target, temporary = folder / name, folder / f".{name}.{secrets.token_hex(8)}"
    mode = stat.S_IMODE(os.lstat(target).st_mode)
    # `replace` puts the file in the place of a link, never of what it points to.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(raw)
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
