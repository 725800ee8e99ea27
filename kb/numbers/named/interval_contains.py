"""Whether an interval holds its own estimate."""

from __future__ import annotations

from kb.numbers.interval import of_measure
from kb.numbers.named.figures import Figures
from kb.numbers.named.registry import Finding, named
from kb.numbers.named.verdicts import SAYS, high_of, low_of, worst
from schemas.numbertest import IntervalContains


@named(
    "interval-contains",
    title="Interval around its estimate",
    asks="Does the interval hold the estimate that it belongs to?",
    what="Compares the estimate with both ends, each with its rounding.",
    why="Confidence intervals are built around their estimate. One that does not hold it belongs to another row, another model or another scale.",
    source="By construction of confidence intervals. Bootstrap intervals can miss their estimate, if rarely; an acknowledgement can say so.",
    automatic="measures that have `low` and `high`",
    example="""
measures: [{name: rho, value: 0.86, unit: fraction, low: 0.84, high: 0.87, level: 0.95}]
checks: [{test: interval-contains, of: rho}]
""",
    bad="""
measures: [{name: rho, value: 0.86, unit: fraction, low: 0.74, high: 0.84, level: 0.95}]
checks: [{test: interval-contains, of: rho}]
""",
)
def interval_contains(test: IntervalContains, figures: Figures) -> Finding:
    measure = figures.measure(test.of, "of")
    value = of_measure(measure)
    low, high = figures.own(measure, "low", test.low), figures.own(measure, "high", test.high)
    below = low_of(low), high_of(value)
    above = low_of(value), high_of(high)
    verdict = worst("inconsistent" if a > b else "only-just" if a == b else "consistent" for a, b in (below, above))
    ends = f"{figures.shown(measure, 'low', test.low)} to {figures.shown(measure, 'high', test.high)}"
    says = {"consistent": "lies within", "only-just": "lies at an end of", "inconsistent": "lies outside of"}[verdict]
    return Finding(verdict, f"{figures.printed(test.of)} {says} {ends}" + (f"; {SAYS[verdict]}" if verdict == "only-just" else ""))
