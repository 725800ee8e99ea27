"""KB303: a unit outside the vocabulary of kb.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check


def offered(written: str, units: Mapping[str, str]) -> list[str]:
    """Units that `written` may stand for: by name, by meaning, and by the words with which the meaning begins ("per cent")."""
    labels = {re.split(r" of | from |[,;(]", meaning)[0]: unit for unit, meaning in reversed(list(units.items()))}
    labels |= {meaning: unit for unit, meaning in units.items()} | {unit: unit for unit in units}
    return list(dict.fromkeys(labels[label] for label in nearest(written, sorted(labels))))


@check(
    "KB303",
    "unknown-unit",
    severity="error",
    summary="A unit is not in the vocabulary of kb.yaml.",
    what="""
Every `unit` of a measure must be a key of `vocabularies: unit` in kb.yaml; an empty vocabulary admits every unit. The nearest unit is offered, by
name and by meaning.
""",
    why="`percent`, `per cent` and `%` are one unit to a reader and three to whatever compares figures.",
    bad="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: measurement
    at: [{part: abstract}]
    measures: [{name: rate, value: 42.5, unit: percent}]
""",
    good="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: measurement
    at: [{part: abstract}]
    measures: [{name: rate, value: 42.5, unit: "%"}]
""",
    fix="Use a unit of the vocabulary, or add yours to kb.yaml with its meaning.",
)
def unknown_unit(ctx: Context) -> Iterator[Hit]:
    units = ctx.config.vocabularies.unit
    if not units:
        return
    for name, path, measure in ctx.measures():
        if measure.unit is not None and measure.unit not in units:
            fix = did_you_mean(offered(measure.unit, units), "add it to `vocabularies: unit` in kb.yaml")
            yield Hit(name, (*path, "unit"), f"unknown unit {measure.unit!r}", "a unit of kb.yaml", fix)
