"""Whether an interval and a p value agree on the null hypothesis."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from kb.numbers.interval import show
from kb.numbers.named.figures import RATIOS, Figures, UnusableError
from kb.numbers.named.p_against_statistic import printed_p
from kb.numbers.named.registry import Finding, named
from kb.numbers.named.verdicts import SAYS, Point, high_of, low_of
from schemas.numbertest import IntervalAgainstP


@named(
    "interval-against-p",
    title="Interval against p",
    asks="Do the interval and the p value agree on whether the null is ruled out?",
    what="""
A 95 % interval leaves the null value out exactly where the p value of the same test is below 0.05 (and so for other levels). The test only asks on which
side both stand, within their rounding. It does not run by itself: p values that are corrected for several tests, or come from another test, need not agree.
""",
    why="Where they disagree, one belongs to another model, another correction or another row, and a reader may take the wrong conclusion.",
    source="Duality of tests and intervals; D. G. Altman and J. M. Bland (2011), How to obtain the P value from a confidence interval, BMJ 343:d2304.",
    example="""
measures: [{name: effect, value: -0.06, unit: pp, low: -0.11, high: -0.01, level: 0.95, p: "= 0.033"}]
checks: [{test: interval-against-p, of: effect}]
""",
    bad="""
measures: [{name: effect, value: -0.06, unit: pp, low: -0.11, high: -0.01, level: 0.95, p: "= 0.33"}]
checks: [{test: interval-against-p, of: effect}]
""",
)
def interval_against_p(test: IntervalAgainstP, figures: Figures) -> Finding:
    measure = figures.measure(test.of, "of")
    low, high = figures.own(measure, "low", test.low), figures.own(measure, "high", test.high)
    text, level = test.p or measure.p, test.level or measure.level
    if text is None:
        raise UnusableError(f"'{test.of}' has no `p`, and the test gives none", "p")
    if level is None:
        raise UnusableError(f"'{test.of}' has no `level`, and the test gives none", "level")
    null = Fraction(test.null.decimal) if test.null is not None else Fraction(1 if measure.unit in RATIOS else 0)
    alpha = 1 - Fraction(level.decimal)
    sign, number = printed_p(text)
    bottom: Point = low_of(number) if sign in ("=", ">", ">=") else -inf
    top: Point = high_of(number) if sign in ("=", "<", "<=") else inf
    # Two ways to agree: the null inside and p above alpha, or outside and p below. On an edge both hold.
    inside = low_of(low) < null < high_of(high)
    outside = null < high_of(low) or null > low_of(high)
    inside_edge = low_of(low) <= null <= high_of(high)
    outside_edge = null <= high_of(low) or null >= low_of(high)
    if (inside and top > alpha) or (outside and bottom < alpha):
        verdict = "consistent"
    elif (inside_edge and top >= alpha) or (outside_edge and bottom <= alpha):
        verdict = "only-just"
    else:
        verdict = "inconsistent"
    where = "may hold or leave out" if inside and outside else "holds" if inside else "leaves out" if outside else "ends at"
    ends = f"{figures.shown(measure, 'low', test.low)} to {figures.shown(measure, 'high', test.high)}"
    return Finding(verdict, f"{ends} {where} {show(null)}, so p should be {_beside(where)} {show(alpha)}; printed p {text}: {SAYS[verdict]}")  # type: ignore[arg-type,index]


def _beside(where: str) -> str:
    return {"holds": "above", "leaves out": "below"}.get(where, "near")
