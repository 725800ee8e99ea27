"""Whether k of n is the share as printed."""

from __future__ import annotations

from fractions import Fraction

from kb.numbers.interval import of_measure, show
from kb.numbers.named.figures import Figures, UnusableError, is_count, is_share, scale_of
from kb.numbers.named.registry import Finding, named
from kb.numbers.named.verdicts import SAYS, meets
from schemas.numbertest import KOfN


@named(
    "k-of-n",
    title="k of n",
    asks="Is the share as printed k of n?",
    what="Divides k by n and compares with the printed percentage or fraction, with its rounding. A figure in a unit that counts must be k itself.",
    why="Counts and percentages are often typed by hand beside each other; a slip in either shows here.",
    source="Arithmetic on rounding intervals (R. E. Moore, R. B. Kearfott and M. J. Cloud 2009, Introduction to Interval Analysis, chapter 2).",
    automatic="measures in % or fraction that have both `k` and `n`",
    example="""
measures: [{name: share, value: 23.1, unit: "%", k: 421, n: 1820}]
checks: [{test: k-of-n, of: share}]
""",
    bad="""
measures: [{name: share, value: 23.2, unit: "%", k: 421, n: 1820}]
checks: [{test: k-of-n, of: share}]
""",
)
def k_of_n(test: KOfN, figures: Figures) -> Finding:
    measure = figures.measure(test.of, "of")
    scale = scale_of(measure, "of")
    k, n = figures.count(test.k, measure.k, "k", test.of), figures.count(test.n, measure.n, "n", test.of)
    if n == 0:
        raise UnusableError("n is 0: there is no share of nothing", "n")
    if is_count(measure):
        value, shown = Fraction(k), f"the count is {k} of {n}"
    elif is_share(measure):
        value = scale * k / n
        text = show(value)
        shown = f"{k} of {n} {'is' if Fraction(text) == value else 'is about'} {text}{' %' if scale == 100 else ''}"
    else:
        raise UnusableError(f"'{test.of}' is in '{measure.unit or 'no unit'}': expected a share in % or fraction, or a count", "of")
    verdict = meets(value, value, of_measure(measure))
    return Finding(verdict, f"{shown}, printed {figures.printed(test.of)}: {SAYS[verdict]}", certain=verdict == "consistent")
