"""Stale results: records whose source files differ now from what they were when the numbers were made.

A result names every source file behind it, with its fingerprint (`schemas.fingerprint`). Such a file is looked for below the folder that its top
package is imported from, which is the checkout or an installed wheel, and nothing is imported. `verify status` compares in the same way, and
also knows which settings the replication would be run with now; those stand in a source file too.

Paths come from records, which strangers write: only a path of plain Python names is looked for, so that none leads out of its package.
"""

from __future__ import annotations

import importlib.util
import re
import stat
import tokenize
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kb.records import Corpus
from schemas.fingerprint import fingerprint

_SHOWN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*\.py")
LARGEST = 1 << 20
"""Bytes of a source that is read; ours have some ten thousand."""


@dataclass(frozen=True, slots=True)
class Staleness:
    """One result's source files, compared with the sources as they are now."""

    files: int
    """Source files that the record names."""
    changed: tuple[str, ...] = ()
    """Those whose source differs now, or is gone."""
    unknown: tuple[str, ...] = ()
    """Those of packages that are not installed here, and paths that are none."""

    @property
    def state(self) -> Literal["stale", "current", "unknown"]:
        """`unknown` where nothing differs and not everything could be compared: that is not the same as current."""
        if self.changed:
            return "stale"
        return "unknown" if self.unknown or not self.files else "current"


class _NowhereError(Exception):
    """There is nowhere to look for a source."""


class Sources:
    """The fingerprints of source files, each taken once; as they are now, unless `read` takes them from elsewhere.

    `read` gives the fingerprint of the source at a path; None where it is gone or no Python.
    """

    def __init__(self, read: Callable[[Path], str | None] | None = None) -> None:
        self._read = read or _read
        self._roots: dict[str, Path | None] = {}
        self._fingerprints: dict[str, str | None] = {}

    def path(self, shown: str) -> Path | None:
        """Where the source that a record calls `shown` lies, or would lie; None where there is nowhere to look."""
        if not _SHOWN.fullmatch(shown):
            return None
        top = shown.partition("/")[0].removesuffix(".py")
        if top not in self._roots:
            self._roots[top] = _root(top)
        root = self._roots[top]
        return None if root is None else root / shown

    def fingerprint(self, shown: str) -> str | None:
        """The fingerprint of the source that a record calls `shown`; None where it is gone or no Python.

        Raises _NowhereError where there is nowhere to look.
        """
        if (path := self.path(shown)) is None:
            raise _NowhereError
        if shown not in self._fingerprints:
            self._fingerprints[shown] = self._read(path)
        return self._fingerprints[shown]


def _root(package: str) -> Path | None:
    """The folder that a top-level package or module lies in, without importing it; None where it is not installed as files."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None or not spec.has_location or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    root = folder.parent if spec.submodule_search_locations is not None else folder
    return root if root.is_dir() else None


def _read(path: Path) -> str | None:
    text = source_text(path)
    return None if text is None else fingerprint_of(text)


def source_text(path: Path) -> str | None:
    """The text of a source file; None where there is no such file, or none of bounded size in UTF-8."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def fingerprint_of(text: str) -> str | None:
    """The fingerprint of a source's text; None where it is no Python."""
    try:
        return fingerprint(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None


def staleness(corpus: Corpus, sources: Sources | None = None) -> Mapping[str, Staleness]:
    """Every result by id, compared with the sources, as they are now where none are given."""
    sources = sources or Sources()
    return {result.id: _compare(sources, result.code) for result in corpus.results.values()}


def _compare(sources: Sources, code: Mapping[str, str]) -> Staleness:
    changed, unknown = [], []
    for shown, was in sorted(code.items()):
        try:
            if sources.fingerprint(shown) != was:
                changed.append(shown)
        except _NowhereError:
            unknown.append(shown)
    return Staleness(len(code), tuple(changed), tuple(unknown))
