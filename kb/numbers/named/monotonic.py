"""Whether a series runs in one direction."""

from __future__ import annotations

from kb.numbers.named.built import chain, finding, term
from kb.numbers.named.figures import Figures
from kb.numbers.named.registry import Finding, named
from schemas.numbertest import Monotonic


@named(
    "monotonic",
    title="Monotonic series",
    asks="Does the series rise, or fall, all the way?",
    what="Compares every pair of the series, not only neighbours, within their rounding. Ties pass unless `strict` is set.",
    why="`Increases with the dose` is a statement about every step; the figures beside it may say otherwise.",
    source="Order on rounding intervals (Moore, Kearfott and Cloud 2009, chapter 2).",
    example="""
measures: [{name: half, value: 31, unit: "%"}, {name: full, value: 34, unit: "%"}]
checks: [{test: monotonic, series: [half, full], direction: increasing, strict: true}]
""",
    bad="""
measures: [{name: half, value: 31, unit: "%"}, {name: full, value: 34, unit: "%"}]
checks: [{test: monotonic, series: [half, full], direction: decreasing}]
""",
)
def monotonic(test: Monotonic, figures: Figures) -> Finding:
    parts = [(term(figures, name, "series", i), name) for i, name in enumerate(test.series)]
    sign = "<" if test.direction == "increasing" else ">"
    return finding(figures, [chain(parts, sign if test.strict else f"{sign}=")])  # type: ignore[arg-type]  # one of the relations
