"""Records added, changed, renamed and removed, each change field by field, and changes of kb.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change
from kb.contribute.diff.words import clip, differences, joined, listed, same
from kb.records import Entry
from schemas import Belief, Finding, Result

# Fields of a result that are there for programs.
_NUMBERS = ("seeds", "config", "config-hash", "code", "code-hash", "versions", "plots", "wall-seconds", "cpu-seconds")
_ORDER = ("finding", "concept", "belief", "question", "result", "source")


@section(
    "records",
    "Records",
    order=10,
    evidence=False,
    counts={
        "added": ("record added", "records added"),
        "changed": ("record changed", "records changed"),
        "renamed": ("record renamed", "records renamed"),
        "removed": ("record removed", "records removed"),
    },
)
def records(change: Change) -> Iterator[Item]:
    """Findings first, sources last; within a kind those added, changed, renamed, removed, each by id."""
    found = [*_added(change), *_changed(change), *_renamed(change), *_removed(change)]
    kinds = ("added", "changed", "renamed", "removed")
    found.sort(key=lambda pair: (_ORDER.index(pair[0].kind), kinds.index(pair[1].kind), pair[1].about))
    yield from (item for _, item in found)
    if layout := sorted(_layout(change)):
        yield Item("layout", layout[0], f"comments or layout alone differ in {listed(layout)}")
    yield from _settings(change)


def _added(change: Change) -> Iterator[tuple[Entry, Item]]:
    heirs = set(change.renamed.values())
    for name, entry in change.after.corpus.entries.items():
        # A file that held no valid record before is told of among the problems.
        if name not in change.before.corpus.entries and name not in heirs and name not in change.before.ids_of_broken:
            yield entry, Item("added", name, f"{entry.kind} {name} added: {clip(entry.record.label)}", tuple(_content(entry)))


def _content(entry: Entry) -> Iterator[str]:
    """What a new record brings, beyond its title."""
    record = entry.record
    if isinstance(record, Finding):
        figures = sum(len(claim.measures) for claim in record.claims)
        yield f"{_many(len(record.claims), 'claim')}, {_many(figures, 'figure')}; {record.kind}, from {listed(record.sources)}"
        for link in record.instantiates:
            shapes = f", shapes {listed(link.shapes)}" if link.shapes else ""
            yield f"{link.role} for {link.concept}{shapes}"
        yield from (f"{relation.type} {relation.to}" for relation in record.relations)
    elif isinstance(record, Belief):
        yield from (f"{holding.holder} gives it {shown_credence(holding.current.credence)}" for holding in record.holders)
    elif isinstance(record, Result):
        yield f"{record.verdict} on {record.finding} (tier {record.tier}, scale {record.scale})"


def shown_credence(value: float) -> str:
    """A credence as it was written."""
    return str(getattr(value, "written", value))


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _changed(change: Change) -> Iterator[tuple[Entry, Item]]:
    for name, entry in change.after.corpus.entries.items():
        old = change.before.corpus.entries.get(name)
        if old is not None and old.document is not entry.document and not same(old.document.data, entry.document.data):
            lines = (_result_lines if isinstance(entry.record, Result) else _lines)(old.document.data, entry.document.data)
            if old.kind != entry.kind:
                lines = (f"it was a {old.kind}", *lines)
            yield entry, Item("changed", name, f"{entry.kind} {name} changed: {clip(entry.record.label)}", lines)


def _lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(joined(line) for line in differences(before, after))


def _result_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """A result is written by a program: what it says line by line, and of its thousands of numbers that they differ."""
    said = _lines(*({key: value for key, value in data.items() if key not in _NUMBERS} for data in (before, after)))
    rest = [key for key in _NUMBERS if not same(before.get(key), after.get(key))]
    return (*said, f"{listed(rest)} differ, too" if said else f"{listed(rest)} differ") if rest else said


def _renamed(change: Change) -> Iterator[tuple[Entry, Item]]:
    for old, new in change.renamed.items():
        before, entry = change.before.corpus.entries[old], change.after.corpus.entries[new]
        aliases = () if old in entry.record.aliases else (f"{old} is not among its aliases: links to the old name break",)
        rest = {key: value for key, value in before.document.data.items() if key not in ("id", "aliases")}
        lines = _lines(rest, {key: value for key, value in entry.document.data.items() if key not in ("id", "aliases")})
        yield entry, Item("renamed", new, f"{entry.kind} {old} renamed to {new}", (*aliases, *lines))


def _removed(change: Change) -> Iterator[tuple[Entry, Item]]:
    aliases = change.after.corpus.aliases
    for name, entry in change.before.corpus.entries.items():
        if name not in change.after.corpus.entries and name not in change.renamed and name not in change.after.ids_of_broken:
            lines = (f"its name lives on as an alias of {aliases[name]}",) if name in aliases else ()
            yield entry, Item("removed", name, f"{entry.kind} {name} removed: {clip(entry.record.label)}", lines)


def _layout(change: Change) -> Iterator[str]:
    for name, entry in change.after.corpus.entries.items():
        old = change.before.corpus.entries.get(name)
        if old is not None and old.document is not entry.document and old.document.text != entry.document.text and same(old.document.data, entry.document.data):
            yield entry.file


def _settings(change: Change) -> Iterator[Item]:
    before, after = (side.corpus.config.model_dump(mode="json") for side in (change.before, change.after))
    if lines := _lines(before, after):
        yield Item("settings", "kb.yaml", "kb.yaml changed", lines)
