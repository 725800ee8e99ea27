"""KB208: a relation that the dates of the two works rule out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.kb206_relation_cycle import AFTER, BEFORE
from kb.checks.registry import Hit, check
from schemas import Finding


@check(
    "KB208",
    "relation-against-time",
    severity="error",
    summary="A relation puts two findings in an order that the dates of their works rule out.",
    what="""
A finding that extends, replicates or supersedes another cannot have appeared before it; one that anticipates another cannot have appeared after it.
Compares the last day on which the earlier one's works can have appeared (`version-date`, or `issued` for a first version) with the first day
of the other's (`issued`). Dates of a month or a year are read in favour of the record.
""",
    why="""
The order of works is what makes a prediction a prediction and a replication a replication. It is easily turned round when a later work is read first.
""",
    bad="""
# findings/prompts-move-styles.yaml
relations:
  - {type: extends, to: steering-works}
# findings/steering-works.yaml
relations: []
""",
    good="""
# findings/prompts-move-styles.yaml
relations:
  - {type: anticipates, to: steering-works}
# findings/steering-works.yaml
relations: []
""",
    fix="Turn the relation round, choose another type, or correct `issued` (the first version's date) or `version-date` of the source.",
)
def relation_against_time(ctx: Context) -> Iterator[Hit]:
    for name, finding in ctx.corpus.findings.items():
        for i, relation in enumerate(finding.relations):
            other = ctx.finding(relation.to)
            if other is None or other.id == name or relation.type not in AFTER | BEFORE:
                continue
            later, earlier = (finding, other) if relation.type in AFTER else (other, finding)
            last, first = last_day(ctx, later), first_day(ctx, earlier)
            if last is not None and first is not None and last < first:
                message = f"'{name}' {relation.type} '{other.id}', yet the works of '{later.id}' appeared by {last} and those of '{earlier.id}' from {first}"
                expected = f"the works of '{later.id}' to be no older than those of '{earlier.id}'"
                yield Hit(name, ("relations", i), message, expected, "turn the relation round, or correct the dates of the sources")


def first_day(ctx: Context, finding: Finding) -> dt.date | None:
    """The first day on which the finding can have been public; None where no source is known."""
    return min((source.issued.earliest for source in ctx.sources_of(finding)), default=None)


def last_day(ctx: Context, finding: Finding) -> dt.date | None:
    """The last day on which the finding can have become public; None where a later version's date is not known."""
    days = []
    for source in ctx.sources_of(finding):
        if source.version_date is None and source.version not in (None, "v1", "1"):
            return None
        days.append((source.version_date or source.issued).latest)
    return max(days, default=None)
