"""The registry of formats: what each is for, what it holds, which independent reader opens it, and its function."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

import kb.export
from kb.errors import UsageError
from kb.evidence.state import State

Made: TypeAlias = "str | bytes | Mapping[str, bytes]"
"""Of a text format its text, of a binary one its bytes, of a folder its files by relative path."""


@dataclass(frozen=True, slots=True)
class Options:
    """What narrows an export; each format says which of them it takes."""

    holder: str | None = None
    """Only the beliefs of this holder."""
    since: dt.date | None = None
    """Say what has changed after this day."""


Function = Callable[[State, Options], Made]


@dataclass(frozen=True, slots=True)
class Format:
    """One format. Texts are plain or simple Markdown, written by us, never from a record."""

    name: str
    summary: str
    """What it is for, on one line."""
    kind: Literal["text", "binary", "folder"]
    file: str
    """Name of the file or folder when none is given."""
    media: str
    """Media type of the file, or of the files of a folder."""
    reader: str
    """The independent reader that opens it in the tests, and others that do."""
    schema: tuple[tuple[str, str], ...]
    """Columns, keys or parts, in order, each with what it holds."""
    notes: str
    takes: frozenset[str]
    """Fields of Options that it reads."""
    extra: str
    """The extra of the package that it needs; empty for none."""
    function: Function


_formats: dict[str, Format] = {}


def export(
    name: str,
    *,
    summary: str,
    file: str,
    media: str,
    reader: str,
    schema: Mapping[str, str],
    notes: str = "",
    kind: Literal["text", "binary", "folder"] = "text",
    takes: tuple[str, ...] = (),
    extra: str = "",
) -> Callable[[Function], Function]:
    """Register a function as the maker of a format; the fields are those of `Format`. Raises ValueError for a name that is taken."""

    def register(function: Function) -> Function:
        if name in _formats:
            raise ValueError(f"two formats are called {name}")
        _formats[name] = Format(name, summary, kind, file, media, reader, tuple(schema.items()), notes.strip(), frozenset(takes), extra, function)
        return function

    return register


@cache
def formats() -> Mapping[str, Format]:
    """Every format by name, sorted, whatever was imported before."""
    for module in sorted(module.name for module in pkgutil.iter_modules(kb.export.__path__)):
        importlib.import_module(f"kb.export.{module}")
    return dict(sorted(_formats.items()))


def find(name: str) -> Format:
    """The format of that name. Raises UsageError, with the nearest, where there is none."""
    found = formats().get(name)
    if found is None:
        from kb.records.similarity import did_you_mean

        raise UsageError(f"no format is called '{name}'; {did_you_mean(name, formats(), 1) or '`kb export --list` names them'}")
    return found


def make(name: str, state: State, options: Options | None = None) -> Made:
    """The knowledge base in a format. The same records give the same result.

    Raises UsageError for an unknown format, for an option that it does not take, and where a library is missing that it needs.
    """
    wanted, options = find(name), options or Options()
    for option in ("holder", "since"):
        if getattr(options, option) is not None and option not in wanted.takes:
            takers = ", ".join(other.name for other in formats().values() if option in other.takes)
            raise UsageError(f"{name} does not take --{option}; these do: {takers}")
    try:
        made = wanted.function(state, options)
    except ModuleNotFoundError as error:
        if not wanted.extra:
            raise
        raise UsageError(f"{name} needs {error.name}: install the extra `{wanted.extra}` (pip install 'persona-evidence-wiki[{wanted.extra}]')") from None
    if isinstance(made, Mapping):
        for path in made:
            parts = PurePosixPath(path)
            if parts.is_absolute() or ".." in parts.parts or "\\" in path:
                raise ValueError(f"{name} made a file outside of its folder: {path!r}")
    return made


def data(wanted: Format) -> dict[str, object]:
    """A format's description as plain data."""
    return {
        "name": wanted.name,
        "summary": wanted.summary,
        "kind": wanted.kind,
        "file": wanted.file,
        "media": wanted.media,
        "reader": wanted.reader,
        "takes": sorted(wanted.takes),
        "extra": wanted.extra or None,
        "schema": [{"name": field, "says": says} for field, says in wanted.schema],
        "notes": wanted.notes,
    }
