"""The files of a knowledge base, read once: what is a record file, what has no place there, and the bytes of each.

Everything that follows (fingerprint, cache, records) works on these bytes, so that a file that changes while a
command runs can never be stored under the hash of another content.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from kb.errors import ConfigError
from kb.records.settings import FILE, folders_of
from kb.records.wording import spelled

MAX_BYTES: Final = 256 * 1024
"""A record file's size limit."""

State = Literal["record", "symlink", "unreadable", "stray", "folder", "too-large"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.(yaml|json)")
_ALLOWED: Final = frozenset({"README.md"})
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class File:
    """One entry of a folder of records."""

    kind: str
    """The record type of its folder."""
    file: str
    """Path relative to the knowledge base with forward slashes; characters that a terminal can't show are escaped."""
    state: State
    raw: bytes = b""
    """The content, for state record."""
    detail: str = ""
    """Why it could not be read."""

    @property
    def name(self) -> str:
        return self.file.rpartition("/")[2]

    @property
    def stem(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def is_json(self) -> bool:
        return self.file.endswith(".json")


@dataclass(frozen=True)
class Tree:
    """A knowledge base as bytes, at one moment."""

    root: Path
    config: bytes
    """The content of kb.yaml."""
    folders: Mapping[str, str]
    """Record type to folder."""
    files: tuple[File, ...]
    """Every entry of the record folders, by path; README.md and names that begin with a dot are left out."""

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """File to the SHA-256 of its content, for record files."""
        return {file.file: sha256(file.raw).hexdigest() for file in self.files if file.state == "record"}


def read_tree(root: Path, *, cache: bool = True) -> Tree:
    """Read every record file of a knowledge base; `cache` lets the folders' names come from an earlier run.

    Raises FileNotFoundError when `root` holds no kb.yaml, ConfigError when that file is not valid.
    """
    config = _settings(root / FILE)
    folders = folders_of(root, config, cache=cache)
    inner = frozenset(folders.values())
    files = [file for kind, folder in folders.items() for file in _entries(root, kind, folder, inner)]
    return Tree(root, config, folders, tuple(sorted(files, key=lambda file: file.file)))


def shown(name: str) -> str:
    """A file name that can be printed on one line of any terminal: control characters and bytes that are not UTF-8 are escaped."""
    return spelled(os.fsencode(name).decode("utf-8", "backslashreplace"))


def is_listed(name: str) -> bool:
    """Whether an entry of a folder of records is looked at."""
    return name[0] != "." and name not in _ALLOWED


def is_record_name(kind: str, name: str) -> bool:
    """Whether a file of that name may hold a record of that type."""
    match = _NAME.fullmatch(name)
    return match is not None and (match[2] == "yaml" or kind == "result")


def _settings(path: Path) -> bytes:
    """The bytes of kb.yaml, which is no link and of bounded size, like the records: a pull request may bring it."""
    if path.is_symlink():
        raise ConfigError(f"{path} is a symbolic link: replace it by the file that it points to")
    raw = read_file(str(path))
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{path} is larger than {MAX_BYTES // 1024} kB: only settings and vocabularies belong into it")
    return raw


def _entries(root: Path, kind: str, folder: str, inner: frozenset[str]) -> Iterator[File]:
    path = root
    for part in folder.split("/"):
        path = path / part
        if path.is_symlink():
            yield File(kind, folder, "symlink")
            return
    try:
        with os.scandir(path) as found:
            entries = list(found)
    except FileNotFoundError:
        return  # git keeps no empty folders: a type of record that nobody has filed yet
    except OSError as error:
        yield File(kind, folder, "unreadable", detail=error.strerror or type(error).__name__)
        return
    for entry in entries:
        if is_listed(entry.name):
            file = f"{folder}/{shown(entry.name)}"
            if file not in inner:
                yield _entry(kind, file, entry)


def _entry(kind: str, file: str, entry: os.DirEntry[str]) -> File:
    if entry.is_symlink():
        return File(kind, file, "symlink")
    if entry.is_dir(follow_symlinks=False):
        return File(kind, file, "folder")
    if not is_record_name(kind, entry.name):
        return File(kind, file, "stray")
    if not entry.is_file(follow_symlinks=False):
        return File(kind, file, "unreadable", detail="it is no regular file")
    try:
        raw = read_file(entry.path)
    except OSError as error:
        return File(kind, file, "unreadable", detail=error.strerror or type(error).__name__)
    return File(kind, file, "record", raw) if len(raw) <= MAX_BYTES else File(kind, file, "too-large")


def read_file(path: str) -> bytes:
    """At most one byte more than the limit, never through a link and never waiting for a pipe."""
    handle = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "it is no regular file")
        raw = os.read(handle, MAX_BYTES + 1)
        while raw and len(raw) <= MAX_BYTES and (more := os.read(handle, MAX_BYTES + 1 - len(raw))):
            raw += more
        return raw
    finally:
        os.close(handle)
