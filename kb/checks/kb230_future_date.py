"""KB230: a date that has not come yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check
from kb.records.corpus import Path_
from schemas import Belief, Concept, Record, Source


@check(
    "KB230",
    "future-date",
    severity="error",
    summary="A date lies in the future.",
    what="""
Compares every date that says when something happened with today (`--today`): `added`, `reviewed`, `issued`, `version-date`, `retracted`, `checked.on`,
the dates of credences, and editors' decisions. A month or year counts from its first day.
""",
    why="A future date is a slip of the keyboard, and it makes a record look fresh for as long as it lies ahead.",
    bad="""
# findings/steering-works.yaml
reviewed: 2062-03-01
""",
    good="""
# findings/steering-works.yaml
reviewed: 2026-03-01
""",
    fix="Write the day on which it happened, as YYYY-MM-DD.",
)
def future_date(ctx: Context) -> Iterator[Hit]:
    today = ctx.today
    for entry in ctx.corpus:
        for path, day in dates(entry.record):
            if day > today:
                yield Hit(entry.record.id, path, f"{day} lies in the future", f"a day up to {today}", "write the day on which it happened")


def dates(record: Record) -> Iterator[tuple[Path_, dt.date]]:
    """Every date of a record that says when something happened, with its place; partial dates by their first day."""
    yield ("added",), record.added
    if record.reviewed is not None:
        yield ("reviewed",), record.reviewed
    if isinstance(record, Source):
        yield ("issued",), record.issued.earliest
        if record.version_date is not None:
            yield ("version-date",), record.version_date.earliest
        if record.retracted is not None:
            yield ("retracted",), record.retracted
        for i, checked in enumerate(record.checked):
            yield ("checked", i, "on"), checked.on
    elif isinstance(record, Belief):
        for i, holding in enumerate(record.holders):
            for j, held in enumerate(holding.history):
                yield ("holders", i, "history", j, "date"), held.date
        for i, review in enumerate(record.reviews):
            yield ("reviews", i, "date"), review.date
        if record.resolution is not None:
            yield ("resolution", "date"), record.resolution.date
    elif isinstance(record, Concept):
        for i, shape in enumerate(record.shapes):
            for field, decision in (("codified", shape.codified), ("retired", shape.retired)):
                if decision is not None:
                    yield ("shapes", i, field, "on"), decision.on
