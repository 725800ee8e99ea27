"""A record's YAML as a tree that keeps what data leaves out: comments, styles, spellings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.records.scalars import Scalar, plain
from schemas.scalars import Figure, WrittenFloat, WrittenInt


@dataclass(slots=True)
class Leaf:
    """A scalar. Without a source it is written from its value."""

    value: Scalar
    style: str = ""
    """As libyaml names it: '' plain, '"', "'", '|', '>'."""
    source: str = ""
    """As written, where that can be taken over as it stands."""


@dataclass(slots=True)
class Entry:
    """An entry of a mapping (with its key) or of a list, and the comments that belong to it."""

    value: Node
    key: Leaf | None = None
    above: list[str] = field(default_factory=list)
    """Comment lines above it; an empty text is a blank line."""
    beside: list[str] = field(default_factory=list)
    """Comments at the end of its line."""


@dataclass(slots=True)
class Branch:
    """A mapping or a list."""

    is_mapping: bool
    in_line: bool
    """Written in brackets on one line."""
    entries: list[Entry] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    """Comment lines after the last entry."""


Node = Leaf | Branch


def number_text(value: Any) -> str | None:
    """The spelling of a number, of one of our figures too; None for what is none."""
    if isinstance(value, (WrittenFloat, WrittenInt)):
        return value.written
    if isinstance(value, bool) or not isinstance(value, (int, float, Figure)):
        return None
    return str(value)


def as_data(value: Any) -> Any:
    """What the reader gives for a value once it is written: plain data for plain data, figures as numbers, days as text.

    Raises TypeError for what is no data, NumberRangeError for a number that no record may hold.
    """
    if value is None or isinstance(value, bool):
        return value
    if (number := number_text(value)) is not None:
        return plain(number)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): as_data(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [as_data(inner) for inner in value]
    raise TypeError(f"a record can't hold a {type(value).__name__}")


def grown(value: Any, *, in_line: bool = False) -> Node:
    """The tree of new data, in the house's layout: lists of words and mappings of a few short words in brackets, all else in lines.

    A `datetime.date` is written plain; text that looks like a day is quoted.
    """
    if isinstance(value, dt.date):
        return Leaf(value.isoformat(), source=value.isoformat())
    if isinstance(value, Mapping):
        entries = [Entry(grown(inner, in_line=in_line), Leaf(str(key))) for key, inner in value.items()]
        return Branch(True, in_line, entries)
    if isinstance(value, Sequence) and not isinstance(value, str):
        entries = [Entry(grown(inner, in_line=in_line or _is_short(inner))) for inner in value]
        return Branch(False, in_line or not value or all(_is_word(inner) for inner in value), entries)
    number = number_text(value)
    return Leaf(as_data(value), source=number or "")


def _is_word(value: Any) -> bool:
    return not isinstance(value, str) or isinstance(value, Figure) or (len(value) <= 80 and " " not in value and "\n" not in value)


def _is_short(value: Any) -> bool:
    """Whether an entry of a list fits on one line in braces."""
    if not isinstance(value, Mapping):
        return False
    leaves = [leaf for inner in value.values() for leaf in (inner.values() if isinstance(inner, Mapping) else [inner])]
    return all(not isinstance(leaf, (Mapping, list, tuple)) for leaf in leaves) and sum(len(str(leaf)) for leaf in leaves) <= 120


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same data to the letter: types, spellings of numbers, keys; the order of keys is free."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, (WrittenFloat, WrittenInt)):
        return bool(left.written == right.written)
    return bool(left == right)
