"""The registry of identifier kinds and of bibliography formats.

An identifier (`--arxiv`, `--doi`) is normalised without a network and looked up with one. A format (`--bibtex`, `--from`)
turns a file's bytes into works.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import kb.contribute.identifiers as package
from kb.contribute.web import Web
from kb.contribute.work import Work
from kb.errors import UsageError
from kb.records.similarity import did_you_mean
from kb.records.wording import quoted

LookUp = Callable[[str, Web], Work]
Reader = Callable[[bytes, str], list[Work]]

MAX_BYTES: Final = 8 * 1024 * 1024
"""A bibliography file's size limit."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One kind of identifier, whose name is the option's."""

    name: str
    normalise: Callable[[str], str]
    """The one spelling of an identifier. Raises UsageError, which says what is expected."""
    bare: Callable[[str], Work]
    """What a normalised identifier alone says of the work."""
    look_up: LookUp
    """What the registry says of it. Raises UsageError where it cannot be asked or gives no usable answer."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format of bibliography files."""

    name: str
    suffixes: tuple[str, ...]
    works: Reader
    """The works in a file's bytes; the second argument is the file's name for messages. Raises UsageError."""


_identifiers: dict[str, Identifier] = {}
_formats: dict[str, Format] = {}


def identifier(name: str, *, normalise: Callable[[str], str], bare: Callable[[str], Work]) -> Callable[[LookUp], LookUp]:
    """Register a function that looks up one kind of identifier."""

    def decorate(look_up: LookUp) -> LookUp:
        if name in _identifiers:
            raise ValueError(f"two kinds of identifier are called {name}")
        _identifiers[name] = Identifier(name, normalise, bare, look_up)
        return look_up

    return decorate


def format_(name: str, *suffixes: str) -> Callable[[Reader], Reader]:
    """Register a function that reads one format of bibliography files, told by its suffixes."""

    def decorate(works: Reader) -> Reader:
        if name in _formats or any(suffix in other.suffixes for suffix in suffixes for other in _formats.values()):
            raise ValueError(f"two formats share the name {name} or one of {', '.join(suffixes)}")
        _formats[name] = Format(name, suffixes, works)
        return works

    return decorate


@cache
def _loaded() -> None:
    for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__) if found.name != "registry"):
        importlib.import_module(f"{package.__name__}.{module}")


def identifiers() -> dict[str, Identifier]:
    """Every kind of identifier by name."""
    _loaded()
    return dict(sorted(_identifiers.items()))


def formats() -> dict[str, Format]:
    """Every format by name."""
    _loaded()
    return dict(sorted(_formats.items()))


def works_in(path: Path, only: str | None = None) -> list[Work]:
    """The works in a bibliography file, in its order; the format is told by the suffix, or given by name.

    Raises UsageError for a suffix of no format, a file that is too large, and what the format cannot read.
    """
    known = formats()
    form = known[only] if only else next((form for form in known.values() if path.suffix.casefold() in form.suffixes), None)
    if form is None:
        every = ", ".join(f"{', '.join(form.suffixes)} ({name})" for name, form in known.items())
        raise UsageError(f"{quoted(path.name)} has no suffix of a bibliography; expected {every}")
    with path.open("rb") as handle:
        raw = handle.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES // 2**20} MB; put the one work that you need into a file of its own")
    works = form.works(raw, str(path))
    if not works:
        raise UsageError(f"{path} holds no work in {form.name}")
    return works


def chosen(works: list[Work], key: str | None, file: str) -> Work:
    """The work with a key, or the only one. Raises UsageError where that leaves none or several."""
    found = [work for work in works if key is None or work.key == key]
    if len(found) == 1:
        return found[0]
    keys = [work.key for work in works if work.key]
    if key is None:
        raise UsageError(f"{file} holds {len(works)} works; say which with --key: {', '.join(map(quoted, keys[:12]))}{' …' if len(keys) > 12 else ''}")
    if found:
        raise UsageError(f"{file} holds {len(found)} works with the key {quoted(key)}; give them keys of their own")
    raise UsageError(f"{file} holds no work with the key {quoted(key)}; {did_you_mean(key, keys) or 'it has ' + ', '.join(map(quoted, keys[:12]))}")
