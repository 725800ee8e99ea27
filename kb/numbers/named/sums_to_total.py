"""Whether parts add up to their total."""

from __future__ import annotations

from kb.numbers.named.built import finding, plus_all, sides, term
from kb.numbers.named.figures import Figures
from kb.numbers.named.registry import Finding, named
from schemas.numbertest import SumsToTotal


@named(
    "sums-to-total",
    title="Parts and total",
    asks="Do the parts add up to the total?",
    what="Adds the intervals of all parts and compares with that of the total. `total: 100` is for percentages that exhaust a whole.",
    why="A part that is missing or counted twice shows in the sum; so does a table whose rows were rounded from different data.",
    source="Arithmetic on rounding intervals (R. E. Moore, R. B. Kearfott and M. J. Cloud 2009, Introduction to Interval Analysis, chapter 2).",
    example="""
measures: [{name: agree, value: 45.2, unit: "%"}, {name: disagree, value: 31.7, unit: "%"}, {name: unsure, value: 23.1, unit: "%"}]
checks: [{test: sums-to-total, parts: [agree, disagree, unsure], total: 100}]
""",
    bad="""
measures: [{name: agree, value: 45.2, unit: "%"}, {name: disagree, value: 31.7, unit: "%"}, {name: unsure, value: 13.1, unit: "%"}]
checks: [{test: sums-to-total, parts: [agree, disagree, unsure], total: 100}]
""",
)
def sums_to_total(test: SumsToTotal, figures: Figures) -> Finding:
    parts = plus_all([term(figures, part, "parts", i) for i, part in enumerate(test.parts)])
    total = term(figures, test.total, "total")
    return finding(figures, [sides((parts, " + ".join(test.parts)), "=", (total, test.total))])
