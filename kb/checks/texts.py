"""The texts of a record, each with its place, without building what nobody asks for.

A large record holds hundreds of texts. Making a list of them costs more than validating the record, so a search
passes its test along and only what passes it is given a place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kb.records.corpus import Path_


class Text(NamedTuple):
    """One text of a record and where it stands."""

    record: str
    path: Path_
    text: str
    key: bool
    """The text is a key of a mapping."""


# Top-level fields whose form the schema fixes, or that only programs write and read: nothing in them is text for readers.
NO_TEXT = frozenset({"id", "aliases", "tags", "URL", "DOI", "code", "data", "config", "config-hash", "code-hash", "commit"})
# Fields that are mappings whose keys the author chooses; all other keys are names of fields.
FREE_KEYS = frozenset({"of", "axes", "series", "bands", "values", "versions"})

Test = Callable[[str], object]


def texts_of(record: str, data: Mapping[str, Any], test: Test) -> list[Text]:
    """The texts for readers that pass a test, keys of free mappings among them, in file order.

    Consistency expressions (`claims.checks`) are no texts: they have a grammar of their own. What an acknowledgement says is one.
    """
    found: list[Text] = []
    for field, value in data.items():
        if field not in NO_TEXT:
            _search(record, [field], value, test, found)
    return found


def _search(record: str, trail: list[str | int], value: Any, test: Test, found: list[Text]) -> None:
    kind = type(value)
    if kind is str:
        if test(value):
            found.append(Text(record, tuple(trail), value, False))
    elif kind is dict:
        free = trail[-1] in FREE_KEYS
        for key, item in value.items():
            if type(item) is str:
                if test(item):
                    found.append(Text(record, (*trail, key), item, False))
            elif key == "checks" and len(trail) == 2 and trail[0] == "claims":
                _acknowledgements(record, [*trail, key], item, test, found)
            elif type(item) is dict or type(item) is list:
                trail.append(key)
                _search(record, trail, item, test, found)
                trail.pop()
            if free and test(key):
                found.append(Text(record, (*trail, key), key, True))
    elif kind is list:
        for i, item in enumerate(value):
            if type(item) is str:
                if test(item):
                    found.append(Text(record, (*trail, i), item, False))
            elif type(item) is dict or type(item) is list:
                trail.append(i)
                _search(record, trail, item, test, found)
                trail.pop()


def _acknowledgements(record: str, trail: list[str | int], entries: Any, test: Test, found: list[Text]) -> None:
    """The texts of the acknowledgements in a claim's checks; the checks themselves are none."""
    for i, entry in enumerate(entries if type(entries) is list else ()):
        if type(entry) is dict and type(entry.get("acknowledged")) is dict:
            _search(record, [*trail, i, "acknowledged"], entry["acknowledged"], test, found)
