"""Whether a p value belongs to its test statistic and degrees of freedom."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import inf, sqrt

from kb.numbers.distributions import chi2_tail, f_tail, normal_tail, t_tail
from kb.numbers.evaluate import Verdict
from kb.numbers.interval import Interval, reported
from kb.numbers.named.figures import Figures, UndecidableError, UnusableError
from kb.numbers.named.registry import Finding, named
from kb.numbers.named.verdicts import SAYS, high_of, low_of
from schemas.numbertest import PAgainstStatistic
from schemas.scalars import Figure

SLACK = 1e-6
"""Relative error that computed probabilities are allowed; degrees of freedom that were rounded themselves get a thousandth."""
MOST_DF = 10**6


def printed_p(text: str) -> tuple[str, Interval]:
    """The sign of a printed p and the interval of its number: rounded after `=`, exact as a limit."""
    sign = text.rstrip("0123456789.eE-+ ")
    number = text[len(sign) :].strip()
    if sign == "=":
        return sign, reported(number)
    limit = Fraction(Decimal(number))
    return sign, Interval(limit, limit)


def against_p(low: float, high: float, text: str, slack: float) -> Verdict:
    """Verdict on a p known to lie from `low` to `high`, up to a relative error, against one as printed."""
    sign, interval = printed_p(text)
    bottom = float(low_of(interval)) if sign in ("=", ">", ">=") else -inf
    top = float(high_of(interval)) if sign in ("=", "<", "<=") else inf
    near = slack * max(high, 1e-300)
    if low > top + near or high < bottom - near:
        return "inconsistent"
    # An exact 0 or 1 lies within a printed 0.000 or 1.000.
    return "only-just" if low >= top - near or high <= bottom + near else "consistent"


@named(
    "p-against-statistic",
    title="p against its statistic",
    asks="Does the p value follow from the statistic and its degrees of freedom?",
    what="""
Computes p from t, F, chi-squared, z or r over the rounding of the statistic, and compares with the printed p over its own. `p < 0.05` is a limit: it fails
where p can't be below 0.05. A correction for several tests makes p larger than this; acknowledge it, naming the correction.
""",
    why="About half of the articles that Nuijten and colleagues searched held a p value that does not follow from its statistic, one in eight a decisive one.",
    source="""
M. B. Nuijten, C. H. J. Hartgerink, M. A. L. M. van Assen, S. Epskamp and J. M. Wicherts (2016), The prevalence of statistical reporting errors in psychology,
Behavior Research Methods 48(4), 1205-1226 (statcheck).
""",
    example="""
measures: [{name: effect, value: 2.2, unit: coefficient, p: "= 0.037"}]
checks: [{test: p-against-statistic, of: effect, statistic: t, df: [28]}]
""",
    bad="""
measures: [{name: effect, value: 2.2, unit: coefficient, p: "= 0.01"}]
checks: [{test: p-against-statistic, of: effect, statistic: t, df: [28]}]
""",
)
def p_against_statistic(test: PAgainstStatistic, figures: Figures) -> Finding:
    measure = figures.measure(test.of, "of") if test.of is not None else None
    text = test.p or (measure.p if measure else None)
    if text is None:
        raise UnusableError(f"'{test.of}' has no `p`, and the test gives none", "p")
    operand = test.value if test.value is not None else test.of
    assert operand is not None  # the record's model asks for one of them
    low, high = _p_range(test, figures.interval(operand, "value"))
    rounded = any("." in df for df in test.df or [])
    verdict = against_p(low, high, text, 1e-3 if rounded else SLACK)
    df = f"({', '.join(test.df)})" if test.df else ""
    came = f"about {low:.3g}" if high - low < 1e-4 * high else f"{low:.3g} to {high:.3g}"
    tails = f", {test.tails}-tailed" if test.statistic in ("t", "z", "r") else ""
    return Finding(verdict, f"{test.statistic}{df} = {figures.printed(operand)}{tails}: p is {came}, printed p {text}; {SAYS[verdict]}")


def _p_range(test: PAgainstStatistic, statistic: Interval) -> tuple[float, float]:
    """Least and greatest p that the roundings allow. p falls with the size of the statistic."""
    low, high = float(low_of(statistic)), float(high_of(statistic))
    if test.statistic in ("F", "chi2"):
        if high < 0:
            raise UnusableError(f"{test.statistic} is never negative", "value")
        smallest, largest = max(low, 0.0), high
    else:
        smallest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        largest = max(abs(low), abs(high))
    if test.statistic == "r":
        if smallest > 1:
            raise UnusableError("a correlation lies between -1 and 1", "value")
        largest = min(largest, 1.0)
    tail = TAILS[test.statistic]
    sides = 2 if test.tails == "two" and test.statistic in ("t", "z", "r") else 1
    corners = list(product(*(_df(df) for df in test.df or [])))
    found = [sides * tail(x, *df) for x in (smallest, largest) for df in corners]
    return min(found), max(found)


def _df(df: Figure) -> tuple[float, ...]:
    """Both ends of a rounded df (of Welch or Greenhouse-Geisser), or the one value of a whole number."""
    if float(df) > MOST_DF:
        raise UndecidableError(f"{df} degrees of freedom are more than the {MOST_DF} that are computed with")
    if "." not in df:
        return (float(df),)
    interval = reported(df)
    return max(float(low_of(interval)), 1e-3), float(high_of(interval))


def _r_tail(r: float, df: float) -> float:
    return t_tail(r * sqrt(df / (1 - r * r)) if r < 1 else inf, df)


TAILS: dict[str, Callable[..., float]] = {"t": t_tail, "F": f_tail, "chi2": chi2_tail, "z": normal_tail, "r": _r_tail}
