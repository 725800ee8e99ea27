"""Writing record files: only those of the knowledge base, whole or not at all, never through a link."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from kb.contribute.editing.operations import EditError
from kb.records.tree import MAX_BYTES, is_record_name, read_tree


def write_record(root: Path, file: str, *, old: bytes | None, text: str) -> None:
    """Replace a record file (path relative to the knowledge base, forward slashes) by a text, in one step.

    `old` is the content that the text was made from; None creates the file. A reader sees the old or the new file,
    never a part, and permissions stay. Raises EditError where the file is none of the knowledge base's record files,
    where it or its folder is a symbolic link, and where it no longer holds `old`.
    """
    raw = text.encode()
    if len(raw) > MAX_BYTES:
        raise EditError(f"{file}: would be larger than {MAX_BYTES // 1024} kB")
    tree = read_tree(root, cache=False)
    present = next((one for one in tree.files if one.file == file), None)
    folder, _, name = file.rpartition("/")
    kind = next((kind for kind, path in tree.folders.items() if path == folder), None)
    if present is None and (old is not None or kind is None or not is_record_name(kind, name)):
        raise EditError(f"{file}: is no record file of this knowledge base")
    if present is not None and (present.state != "record" or old is None):
        raise EditError(f"{file}: {'exists already' if old is None else 'is not a regular file'}")
    if present is not None and present.raw != old:
        raise EditError(f"{file}: was changed meanwhile; nothing is written")
    _replace(root, folder, name, raw, exists=present is not None)


def _replace(root: Path, folder: str, name: str, raw: bytes, *, exists: bool) -> None:
    path = root
    for part in folder.split("/"):
        path = path / part
        if path.is_symlink() or not path.is_dir():
            raise EditError(f"{folder}: is no folder of its own")
    target, temporary = path / name, path / f".{name}.{secrets.token_hex(8)}"
    mode = stat.S_IMODE(os.lstat(target).st_mode) if exists else 0o666
    # Through the umask for a new file; `os.replace` replaces a link itself, never what it points to.
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(raw)
            written.flush()
            os.fsync(written.fileno())
        if exists:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
