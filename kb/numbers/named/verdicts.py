"""Verdicts from intervals: how a computed value or interval meets a printed one.

The same reading as in `kb.numbers.evaluate`: two intervals agree where their insides meet; where nothing but edges meet,
it depends on how halves were rounded, and the figures are only just possible.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import inf

from kb.numbers.evaluate import ORDER, Verdict
from kb.numbers.interval import Interval

Point = Fraction | float


def low_of(interval: Interval) -> Point:
    return -inf if interval.low is None else interval.low


def high_of(interval: Interval) -> Point:
    return inf if interval.high is None else interval.high


def meets(a_low: Point, a_high: Point, b: Interval) -> Verdict:
    """Verdict on a value known to lie from `a_low` to `a_high` (taken as reached or approached) against a printed interval."""
    b_low, b_high = low_of(b), high_of(b)
    if a_low > b_high or a_high < b_low:
        return "inconsistent"
    if b.exact:
        return "consistent"  # a count or a sum that the other side reaches
    return "only-just" if a_low == b_high or a_high == b_low else "consistent"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """What several conditions that must all hold come to; consistent where there are none."""
    return max(verdicts, key=ORDER.index, default="consistent")


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """What several ways, of which one is enough, come to; inconsistent where there are none."""
    return min(verdicts, key=ORDER.index, default="inconsistent")


SAYS: dict[Verdict, str] = {
    "consistent": "possible within the rounding",
    "only-just": "only just possible: it depends on how halves were rounded",
    "inconsistent": "not possible",
}
