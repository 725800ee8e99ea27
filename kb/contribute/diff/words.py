"""How a difference between two values is said: short values whole, long texts by the words that changed, lists by what came and went."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rapidfuzz.distance import Indel, Levenshtein

LONG: Final = 12
"""Words from which a text is compared word by word."""
_SHOWN: Final = 160
_RUNS: Final = 4
_AROUND: Final = 2

# By what an entry of a list is known, in this order of preference; a list whose entries have none is matched by content.
_KEYS: Final = (("id",), ("name",), ("type", "to"), ("concept",), ("belief",), ("record",), ("holder",), ("title",), ("date",), ("world", "seed"), ("seed",))

Line = tuple[str, str]
"""A path in the words of a reader (`claims/gpt4-rate/measures/fold`) and what happened there."""


def clip(text: str, limit: int = _SHOWN) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def shown(value: Any) -> str:
    """A value as its author wrote it, on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"“{clip(value)}”" if " " in value or not value else clip(value)
    if isinstance(value, Mapping):
        return clip(", ".join(f"{key} {shown(item)}" for key, item in value.items()) or "an empty mapping")
    if isinstance(value, list):
        return clip("[" + ", ".join(shown(item) for item in value) + "]")
    return str(getattr(value, "written", value))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """What differs between two mappings of plain data, in the order of the later one's fields, those that are gone last."""
    return list(_mapping((), before, after))


def same(a: Any, b: Any) -> bool:
    """Whether two values are written alike: 0.230 is not 0.23, and true is not 1."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b) and getattr(a, "written", None) == getattr(b, "written", None)


def _mapping(path: tuple[str, ...], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Line]:
    for key, value in after.items():
        if key not in before:
            yield _at(path, f"{key} {_size(value)}: {shown(value)}" if isinstance(value, (Mapping, list)) else f"{key} added: {shown(value)}")
        elif not same(before[key], value):
            yield from _value(path, key, before[key], value)
    for key, value in before.items():
        if key not in after:
            yield _at(path, f"{key} removed; it was {shown(value)}")


def _size(value: Any) -> str:
    return f"added, {len(value)} {'entry' if len(value) == 1 else 'entries'}"


def _at(path: tuple[str, ...], said: str) -> Line:
    return "/".join(path), said


def _value(path: tuple[str, ...], key: str, before: Any, after: Any) -> Iterator[Line]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mapping((*path, key), before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list((*path, key), before, after)
    elif isinstance(before, str) and isinstance(after, str) and min(len(before.split()), len(after.split())) >= LONG:
        yield _at(path, f"{key} {reworded(before, after)}")
    elif isinstance(before, str) and isinstance(after, str):
        yield _at(path, f"{key} {_pair(before, after)}")
    else:
        yield _at(path, f"{key} {shown(before)} → {shown(after)}")


def _pair(before: str, after: str) -> str:
    """Two texts, each shown from where they part if that is far in: cut at one length, both might look alike."""
    old, new = " ".join(before.split()), " ".join(after.split())
    if old == new:
        return "is spaced otherwise"
    parted = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    if max(len(old), len(new)) > _SHOWN and parted > _SHOWN // 2:
        return f"“…{clip(old[parted - 20 :])}” → “…{clip(new[parted - 20 :])}”"
    return f"{shown(before)} → {shown(after)}"


def reworded(before: str, after: str) -> str:
    """`reworded (12 of 80 words): “old” → “new”; …`: the words of the later text that are new or moved, and the first runs with their neighbours."""
    old, new = before.split(), after.split()
    if old == new:
        return "is spaced otherwise"
    changes = [op for op in Levenshtein.opcodes(old, new) if op.tag != "equal"]
    touched = sum(max(op.src_end - op.src_start, op.dest_end - op.dest_start) for op in changes)
    runs = []
    for op in changes[:_RUNS]:
        a = " ".join(old[max(0, op.src_start - _AROUND) : op.src_end + _AROUND])
        b = " ".join(new[max(0, op.dest_start - _AROUND) : op.dest_end + _AROUND])
        runs.append(_pair(a, b) if " " in a and " " in b else f"“{clip(a)}” → “{clip(b)}”")
    more = f"; and {len(changes) - _RUNS} more places" if len(changes) > _RUNS else ""
    return f"reworded ({touched} of {max(len(old), len(new))} words): {'; '.join(runs)}{more}"


def _list(path: tuple[str, ...], before: Sequence[Any], after: Sequence[Any]) -> Iterator[Line]:
    for key in _KEYS:
        old, new = _by(key, before), _by(key, after)
        if old is not None and new is not None:
            for name, item in new.items():
                if name in old:
                    yield from _mapping((*path, name), old[name], item)
                else:
                    yield _at(path, f"{name} added{_rest(': ', item, key)}")
            for name, item in old.items():
                if name not in new:
                    yield _at(path, f"{name} removed{_rest('; it was ', item, key)}")
            if [name for name in old if name in new] != [name for name in new if name in old]:
                yield _at(path, "order changed")
            return
    yield from _by_content(path, before, after)


def _rest(lead: str, item: Mapping[str, Any], key: tuple[str, ...]) -> str:
    """What an entry says beyond what it is known by."""
    rest = {name: value for name, value in item.items() if name not in key}
    return lead + shown(rest) if rest else ""


def _by(key: tuple[str, ...], items: Sequence[Any]) -> dict[str, Mapping[str, Any]] | None:
    """The entries by what they are known by; None where one has no such field, or two have the same."""
    found: dict[str, Mapping[str, Any]] = {}
    for item in items:
        if not isinstance(item, Mapping) or not all(isinstance(item.get(part), (str, int)) for part in key):
            return None
        found[" ".join(str(item[part]) for part in key)] = item
    return found if len(found) == len(items) else None


def _by_content(path: tuple[str, ...], before: Sequence[Any], after: Sequence[Any]) -> Iterator[Line]:
    old, new = [_canonical(item) for item in before], [_canonical(item) for item in after]
    if sorted(old) == sorted(new):
        yield _at(path, "order changed")
        return
    for gone, come in _runs(before, after, Indel.opcodes(old, new)):
        if len(gone) == len(come) and (isinstance(gone[0], Mapping) or _prose(gone)):
            # Entry for entry: a corrected place or a reworded limitation is that, and not one that went and another that came.
            for one, (number, other) in zip(gone, come, strict=True):
                yield from _value(path, f"entry {number}", one, other)
        else:
            yield from (_at(path, f"{shown(item)} removed") for item in gone)
            yield from (_at(path, f"{shown(item)} added") for _, item in come)


def _runs(before: Sequence[Any], after: Sequence[Any], opcodes: Iterable[Any]) -> Iterator[tuple[list[Any], list[tuple[int, Any]]]]:
    """Between entries that stay: those that went, and those that came with their places, from 1."""
    gone: list[Any] = []
    come: list[tuple[int, Any]] = []
    for op in opcodes:
        if op.tag == "equal" and (gone or come):
            yield gone, come
            gone, come = [], []
        if op.tag == "delete":
            gone += before[op.src_start : op.src_end]
        elif op.tag == "insert":
            come += enumerate(after[op.dest_start : op.dest_end], op.dest_start + 1)
    if gone or come:
        yield gone, come


def _prose(items: Sequence[Any]) -> bool:
    return any(isinstance(item, str) and len(item.split()) >= LONG for item in items)


def _canonical(item: Any) -> str:
    return json.dumps(_written(item), ensure_ascii=False, sort_keys=True)


def _written(item: Any) -> Any:
    if isinstance(item, Mapping):
        return {str(key): _written(value) for key, value in item.items()}
    if isinstance(item, list):
        return [_written(value) for value in item]
    return item if item is None or isinstance(item, (str, bool)) else [str(getattr(item, "written", item))]


def joined(line: Line) -> str:
    """A difference as one line: `claims/gpt4-rate/measures/fold: value 185 → 158`."""
    return f"{line[0]}: {line[1]}" if line[0] else line[1]


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names in a row, the first few where there are many."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
