"""The plain data of record files by content hash, so that what has not changed is not parsed again.

Written in sixteen parts, each the lines of the files whose path hashes to it, so that one changed file rewrites a
sixteenth. A line is the content's hash, the spellings of its floats in order, and its data as JSON: JSON has no place
for a spelling, so on the way back each float is made from the next spelling. Only files without any problem are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final
from zlib import crc32

from kb.records.reader import Outcome, read
from kb.records.store import Store
from kb.records.tree import File, Tree
from schemas.scalars import WrittenFloat, WrittenInt

_PARTS: Final = 16
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class ParsedFiles:
    """Reads the files of one tree, through the cache where `cache` is true; `name` tells the cached parts of several trees apart."""

    def __init__(self, tree: Tree, *, cache: bool, name: str = "records") -> None:
        self._name = name
        self._digests = tree.digests if cache else {}
        self._store = Store.of(tree.root) if cache else Store(None, b"")
        self._known: dict[int, dict[str, str]] = {}
        self._kept: dict[int, dict[str, str]] = {part: {} for part in range(_PARTS)} if self._store.folder else {}

    def read(self, file: File) -> Outcome:
        """The outcome of `kb.records.reader.read` on a file."""
        if not self._kept:
            return read(file.raw, file.file)
        part = crc32(file.file.encode("utf-8", "surrogatepass")) % _PARTS
        key = f"{'json' if file.is_json else 'yaml'} {self._digests[file.file]}"
        if part not in self._known:
            self._known[part] = dict(_lines(self._store.read(self._part(part)) or b""))
        line = self._known[part].get(key)
        if line is not None and (data := _decoded(line)) is not None:
            self._kept[part][key] = line
            return Outcome(file.raw.decode("utf-8"), data)
        outcome = read(file.raw, file.file)
        if not outcome.problems and outcome.data is not None and (line := _encoded(outcome.data)) is not None:
            self._kept[part][key] = line
        return outcome

    def save(self) -> None:
        """Store what was read, where it differs from what was stored."""
        for part, lines in self._kept.items():
            if lines.keys() != self._known.get(part, {}).keys():
                self._store.write(self._part(part), "".join(f"{key}\t{line}\n" for key, line in sorted(lines.items())).encode())

    def _part(self, part: int) -> str:
        return f"{self._name}-{part:02}"


def _lines(payload: bytes) -> Iterator[tuple[str, str]]:
    for line in payload.decode("utf-8").split("\n"):
        key, tab, rest = line.partition("\t")
        if tab:
            yield key, rest


def _encoded(data: Any) -> str | None:
    """Spellings and data on one line; None for data that would not come back the same."""
    spellings: list[str] = []
    try:
        _spellings(data, spellings)
    except ValueError:
        return None
    return f"{_encode(spellings)}\t{_encode(data)}"


def _spellings(value: Any, found: list[str]) -> None:
    for item in value.values() if type(value) is dict else value:
        kind = type(item)
        if kind is WrittenFloat:
            found.append(item.written)
        elif kind is dict or kind is list:
            _spellings(item, found)
        elif kind is WrittenInt:
            raise ValueError


def _decoded(line: str) -> dict[str, Any] | None:
    try:
        spellings, _, text = line.partition("\t")
        listed = json.loads(spellings)
        written = iter(listed)
        data = json.loads(text, parse_float=lambda _: WrittenFloat(next(written)))
    except (ValueError, TypeError, StopIteration, RecursionError):
        return None
    whole = isinstance(data, dict) and next(written, None) is None and all(type(spelling) is str for spelling in listed)
    return data if whole else None
