"""A shape's row on the board: its state, its different examples, the independent ones among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.evidence.board import ShapeRow
from kb.evidence.predicates.bounds import absent, added, counted, definite, either, enough, gap, how_many, named, oldest_first, words_of
from kb.evidence.predicates.reading import Reading, all_of
from kb.evidence.predicates.registry import atom
from schemas.predicate import HowMany, ShapeReading

if TYPE_CHECKING:
    from kb.evidence.state import State


@atom(ShapeReading)
def shape(state: State, asked: ShapeReading) -> Reading:
    """Unknown where no concept tracks the shape, and where a count that was cut short does not settle it."""
    row = row_of(state, asked)
    if row is None:
        where = f" by {asked.concept}" if asked.concept else ""
        return absent(f"shape {asked.shape}", f"not tracked{where}", "a concept that tracks the shape")
    parts = tuple(_parts(state, row, asked))
    return parts[0] if len(parts) == 1 else all_of(parts, f"of shape {asked.shape} all of these hold")


def row_of(state: State, asked: ShapeReading) -> ShapeRow | None:
    """The row that an atom asks about."""
    concept = (state.corpus.canonical(asked.concept) or asked.concept) if asked.concept else None
    return next((row for row in state.board.of_shape(asked.shape) if row.concept == (concept or row.defined_by)), None)


def _parts(state: State, row: ShapeRow, asked: ShapeReading) -> Iterator[Reading]:
    examples = [example.finding for example in row.examples]
    if asked.state is not None:
        wanted = words_of(asked.state)
        days = [dt.date.fromisoformat(made["on"]) for made in (row.codified, row.retired) if made]
        now = f"{row.state_words}, {row.count_words} of {row.threshold}"
        reading = definite(
            state.corpus,
            f"shape {row.shape} is {either(wanted)}",
            now,
            [row.defined_by, *examples],
            holds=row.state in wanted,
            lacking=f"shape {row.shape} is {now}" + (f". {row.next.words}" if row.next else ""),
            day=max(days, default=None),
        )
        enough_ = [row.defined_by, *oldest_first(state.corpus, row.members)[: row.threshold]]
        last = [day for day in (added(state.corpus, enough_), *days) if day is not None]
        yield replace(reading, first=tuple(sorted(set(enough_))), since=max(last, default=None))
    for what, bounds, count, exact, members in (
        ("different", asked.count, row.count, row.exact, row.members),
        ("independent", asked.independent, row.independent, row.independent_exact, row.independent_members),
    ):
        if bounds is not None:
            yield _count(state, row, what, bounds, count, members, exact=exact)


def _count(state: State, row: ShapeRow, what: str, bounds: HowMany, count: int, members: tuple[str, ...], *, exact: bool) -> Reading:
    value = counted(count, bounds, exact=exact)
    needed = enough(count, bounds, value)
    first = tuple(sorted(oldest_first(state.corpus, members)[:needed])) if needed is not None else ()
    shown = f"{'' if exact else 'at least '}{count}"
    lacking = ""
    if value != "true":
        lacking = gap(count, bounds, f"{what} examples of {row.shape}") or f"a count of {row.shape} that is not cut short"
        wanted = max(bounds.at_least or 0, bounds.is_ or 0) - count
        if row.next is not None and wanted == row.next.short and (what == "independent") == (row.next.lacking == "independence"):
            lacking += f". {row.next.words}"
        elif wanted > 0:
            lacking += f" that differ on {state.corpus.config.thresholds.min_axes} axes"
    return Reading(
        f"{what} examples of shape {row.shape}: {how_many(bounds)}",
        value,
        f"{shown}: {named(members)}" if members else shown,
        lacking,
        tuple(sorted(example.finding for example in row.examples)) if needed is not None else (),
        first,
        added(state.corpus, first),
    )
