"""Whether a mean or percentage can come from n whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from kb.numbers.interval import of_measure, show
from kb.numbers.named.figures import Figures, UndecidableError, is_share, scale_of
from kb.numbers.named.registry import Finding, named
from kb.numbers.named.verdicts import SAYS, best, meets
from schemas.numbertest import Grim


def neighbours(low: Fraction, high: Fraction, unit: Fraction, least: int | None = None, most: int | None = None) -> tuple[int, int]:
    """The outermost whole numbers k of interest for an interval: the last k * unit not above `low`, the first not below `high`.

    Both are kept between `least` and `most`, where these are given.
    """
    first, last = floor(low / unit), ceil(high / unit)
    if least is not None:
        first, last = max(first, least), max(last, least)
    if most is not None:
        first, last = min(first, most), min(last, most)
    return first, last


@named(
    "grim",
    title="Attainable mean (GRIM)",
    asks="Can n whole numbers have this mean or percentage?",
    what="""
A mean of N whole numbers (n cases times items per case) is k/N for a whole number k; a percentage of n is 100 k/n. The test looks for a k whose value
rounds to the figure as printed. Where N is so large that every printed value has one, it can't fail and says so.
""",
    why="A mean that no data can have was mistyped, belongs to another n, or rests on cases that were left out without a word.",
    source="N. J. L. Brown and J. A. J. Heathers (2017), The GRIM test, Social Psychological and Personality Science 8(4), 363-369.",
    example="""
measures: [{name: mood, value: 3.46, unit: points, n: 28}]
checks: [{test: grim, of: mood}]
""",
    bad="""
measures: [{name: mood, value: 3.45, unit: points, n: 28}]
checks: [{test: grim, of: mood}]
""",
)
def grim(test: Grim, figures: Figures) -> Finding:
    measure = figures.measure(test.of, "of")
    scale = scale_of(measure, "of")
    n = figures.count(test.n, measure.n, "n", test.of)
    if n == 0:
        return Finding("inconsistent", f"{figures.printed(test.of)} of nothing: n is 0")
    interval = of_measure(measure)
    step = Fraction(test.step.decimal)
    total = n * test.items
    unit = scale * step / total
    of = f"{n} × {test.items}" if test.items > 1 else str(n)
    if interval.low is None or interval.high is None:
        raise UndecidableError("a limit (at least, less than …) leaves every mean beyond it open")
    printed = figures.printed(test.of)
    most = int(total / step) if is_share(measure) else None
    if most is not None and (interval.high < 0 or interval.low > scale):
        return Finding("inconsistent", f"{printed} of {of}: a share lies between 0 and {show(scale)}; {SAYS['inconsistent']}")
    if interval.high - interval.low > unit:
        return Finding("consistent", f"{printed} of {of}: with so many cases some mean rounds to any printed value; the test can't fail here")
    low, high = neighbours(interval.low, interval.high, unit, 0 if is_share(measure) else None, most)
    candidates = range(low, high + 1)
    verdict = best(meets(k * unit, k * unit, interval) for k in candidates)
    fitting = [k for k in candidates if meets(k * unit, k * unit, interval) == verdict] if verdict != "inconsistent" else []
    shown = " and ".join(_value(k, step, total, unit, scale) for k in (fitting[:1] or sorted({low, high})))
    what = f"{shown} rounds to it" if verdict == "consistent" else shown if verdict == "only-just" else f"nearest attainable {shown}"
    return Finding(verdict, f"{printed} of {of}: {what}; {SAYS[verdict]}")


def _value(k: int, step: Fraction, total: int, unit: Fraction, scale: Fraction) -> str:
    value = show(k * unit)
    sign = "=" if Fraction(value) == k * unit else "≈"
    return f"{show(k * step)}/{total} {sign} {value}{' %' if scale == 100 else ''}"
