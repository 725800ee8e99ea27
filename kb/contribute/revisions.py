"""A knowledge base as it is in a commit: the same `Tree` that `kb.records` reads from a folder, made from git's objects."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Final

from kb.contribute.git import SUBMODULE, SYMLINK, Repository, TreeEntry
from kb.errors import ConfigError
from kb.evidence.staleness import LARGEST, Sources, fingerprint_of, source_text
from kb.records.settings import FILE, folders_of
from kb.records.store import Store
from kb.records.tree import MAX_BYTES, File, State, Tree, is_listed, is_record_name, shown

_FOLDER: Final = "040000"
_STORED: Final = "fingerprints"


class Revision:
    """One commit of the repository of a knowledge base."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self.repository = repository
        self.commit = commit
        self.entries: Mapping[str, TreeEntry] = repository.entries(commit)

    def tree(self, root: Path, *, cache: bool = True) -> Tree | None:
        """Every record file; None where the commit has no kb.yaml.

        `root` is the knowledge base's folder, for its cache. Links and submodules are reported as in a folder and never followed.
        Raises ConfigError for a kb.yaml that is no file, too large or not valid, UsageError for objects that are missing.
        """
        settings = self.entries.get(FILE)
        if settings is None:
            return None
        short = self.commit[:12]
        if settings.mode in (SYMLINK, SUBMODULE, _FOLDER):
            raise ConfigError(f"{FILE} in {short} is no file of its own but a {_WHAT[settings.mode]}")
        if settings.size > MAX_BYTES:
            raise ConfigError(f"{FILE} in {short} is larger than {MAX_BYTES // 1024} kB: only settings and vocabularies belong into it")
        config = self.repository.blobs([settings.object])[settings.object]
        try:
            folders = folders_of(root, config, cache=cache)
        except ConfigError as error:
            raise ConfigError(f"{FILE} in {short} is not valid\n{error}") from None
        found = [entry for kind, folder in folders.items() for entry in self._folder(kind, folder, frozenset(folders.values()))]
        content = self.repository.blobs(entry.object for _, _, state, entry in found if state == "record")
        files = [File(kind, name, state, content[entry.object] if state == "record" else b"", _DETAIL.get(state, "")) for kind, name, state, entry in found]
        return Tree(root, config, folders, tuple(sorted(files, key=lambda file: file.file)))

    def _folder(self, kind: str, folder: str, inner: frozenset[str]) -> Iterator[tuple[str, str, State, TreeEntry]]:
        """The entries of one folder of records: kind, shown path, state, and git's entry."""
        for path in (*reversed([str(parent) for parent in PurePosixPath(folder).parents][:-1]), folder):
            entry = self.entries.get(path)
            if entry is not None and entry.mode == SYMLINK:
                yield kind, folder, "symlink", entry
                return
            if entry is not None and entry.mode != _FOLDER:
                yield kind, folder, "unreadable", entry
                return
        for name in self._names.get(folder, ()):
            entry = self.entries[f"{folder}/{name}"]
            file = f"{folder}/{shown(name)}"
            if is_listed(name) and file not in inner:
                yield kind, file, _state(kind, name, entry), entry

    @cached_property
    def _names(self) -> Mapping[str, list[str]]:
        """Folder to the names in it."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.entries:
            folder, slash, name = path.rpartition("/")
            if slash:
                found[folder].append(name)
        return found


_WHAT: Final = {SYMLINK: "symbolic link", SUBMODULE: "submodule", _FOLDER: "folder"}
_DETAIL: Final = {"unreadable": "it is no folder of this repository (a file or a submodule)"}


def _state(kind: str, name: str, entry: TreeEntry) -> State:
    if entry.mode == SYMLINK:
        return "symlink"
    if entry.mode in (_FOLDER, SUBMODULE):
        return "folder"
    if not is_record_name(kind, name):
        return "stray"
    return "record" if entry.size <= MAX_BYTES else "too-large"


class Fingerprints:
    """Fingerprints of sources by their text, so that what is the same in two states is taken once, and kept in the cache between runs."""

    def __init__(self, root: Path, *, cache: bool = True) -> None:
        self._store = Store.of(root) if cache else Store(None, b"")
        stored = self._store.read(_STORED)
        self._known: dict[str, str | None] = json.loads(stored) if stored else {}
        self._used: dict[str, str | None] = {}

    def of(self, text: str | None) -> str | None:
        """The fingerprint of a text; None for a text that is no Python, or none at all."""
        if text is None:
            return None
        key = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if key not in self._used:
            self._used[key] = self._known[key] if key in self._known else fingerprint_of(text)
        return self._used[key]

    def save(self) -> None:
        """Keep those that were asked for."""
        if self._used.keys() - self._known.keys():
            self._store.write(_STORED, json.dumps(self._used, sort_keys=True).encode())


def sources_now(fingerprints: Fingerprints) -> Sources:
    """The sources as they are now."""
    return Sources(lambda path: fingerprints.of(source_text(path)))


def sources_at(repository: Repository, commit: str, names: Iterable[str], fingerprints: Fingerprints) -> Sources:
    """The sources as they are in a commit, for those of `names` (as records call them) that are imported from the work tree.

    Packages installed elsewhere are no part of the repository: no commit changes them, and they are read as they are now.
    """
    sources = Sources()
    inside: dict[Path, str] = {}
    for name in sorted(set(names)):
        path = sources.path(name)
        if path is not None and repository.top is not None and path.is_relative_to(repository.top):
            inside[path] = path.relative_to(repository.top).as_posix()
    blobs = repository.files(commit, inside.values())

    def read(path: Path) -> str | None:
        if path not in inside:
            return fingerprints.of(source_text(path))
        raw = blobs[inside[path]]
        if raw is None or len(raw) > LARGEST:
            return None
        try:
            return fingerprints.of(raw.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n"))
        except UnicodeDecodeError:
            return None

    return Sources(read)
