"""Whether a standard deviation is possible for its mean, its n and its scale."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from kb.numbers.interval import Interval, of_measure, show
from kb.numbers.named.figures import Figures, UndecidableError, UnusableError
from kb.numbers.named.registry import Finding, named
from kb.numbers.named.sums import attainable, enumerable, squares
from kb.numbers.named.verdicts import SAYS, best, high_of, low_of, meets, worst
from schemas.numbertest import SdPossible

MOST_SUMS = 2_000
"""Sums that the rounding of a mean may leave; beyond that n is so large that whole numbers rule nothing out."""


@named(
    "sd-possible",
    title="Possible standard deviation (GRIMMER and range)",
    asks="Can data on this scale have this SD beside this mean?",
    what="""
Without a scale: an SD is not negative. With `min` and `max`: the variance is at most (mean - min)(max - mean), times n/(n - 1) where the divisor is n - 1.
With integer data and n: the sum S of the numbers is whole, their sum of squares is whole and odd exactly where S is, and it lies between that of
the most even and of the most extreme split of S. For few cases every data set on the scale is enumerated. Without `divisor` both n and n - 1 are tried.
""",
    why="SDs are where mixed-up rows, standard errors that pass as SDs and impossible scores show: the range of a scale bounds them sharply.",
    source=(
        "J. Anaya (2016), The GRIMMER test, PeerJ Preprints 4:e2400v1; J. A. J. Heathers, J. Anaya, T. van der Zee and N. J. L. Brown (2018), Recovering data"
        " from summary statistics: SPRITE, PeerJ Preprints 6:e26968v1; the bound for any data is that of R. Bhatia and C. Davis (2000), American Mathematical"
        " Monthly 107(4), 353-357."
    ),
    automatic="measures that have an `sd`, for its sign only",
    example="""
measures: [{name: mood, value: 5.5, unit: points, sd: 1.83, n: 100}]
checks: [{test: sd-possible, of: mood, min: 1, max: 10}]
""",
    bad="""
measures: [{name: mood, value: 9.5, unit: points, sd: 2.5, n: 100}]
checks: [{test: sd-possible, of: mood, min: 1, max: 10}]
""",
)
def sd_possible(test: SdPossible, figures: Figures) -> Finding:
    measure = figures.measure(test.of, "of")
    sd = figures.own(measure, "sd", test.sd)
    shown = f"SD {figures.shown(measure, 'sd', test.sd)}"
    if high_of(sd) <= 0 and not sd.contains(Fraction(0)):
        return Finding("inconsistent", f"{shown} is negative; {SAYS['inconsistent']}")
    n = figures.count(test.n, measure.n, "n", test.of) if test.n is not None or measure.n is not None else None
    if test.data == "integer":
        if n is None:
            raise UnusableError(f"'{test.of}' has no `n`, and integer data can't be tested without one", "n")
        return _integer(test, figures, of_measure(measure), sd, n, shown)
    if test.min is None or test.max is None:
        return Finding("consistent", f"{shown} is not negative")
    return _continuous(test, figures, of_measure(measure), sd, n, shown)


def _continuous(test: SdPossible, figures: Figures, mean: Interval, sd: Interval, n: int | None, shown: str) -> Finding:
    assert test.min is not None
    assert test.max is not None
    least, most = Fraction(test.min.decimal), Fraction(test.max.decimal)
    facts = f"{shown} beside {figures.printed(test.of)} on a scale from {test.min} to {test.max}"
    low, high = max(low_of(mean), least), min(high_of(mean), most)
    if low > high:
        return Finding("inconsistent", f"{figures.printed(test.of)} lies outside of the scale from {test.min} to {test.max}")
    inside = meets(least, most, mean)
    at = min(max((least + most) / 2, low), high)
    assert isinstance(at, Fraction)  # both ends of the scale are finite
    if n == 1 and test.divisor == "n-1":
        raise UnusableError("an SD with the divisor n - 1 needs two cases: n is 1", "n")
    factor = Fraction(1) if test.divisor == "n" else Fraction(2) if n is None else Fraction(n, max(n - 1, 1))
    bound = (at - least) * (most - at) * factor
    verdict = worst((inside, meets(Fraction(0), bound, _squared(sd))))
    root = show(Fraction(float(bound) ** 0.5).limit_denominator(10**6))
    return Finding(verdict, f"{facts}: at most about {root}; {SAYS[verdict]}")


def _squared(sd: Interval) -> Interval:
    """The variances that a printed SD allows. An SD that may be 0 has no edge there: nothing lies below it."""
    low, high = low_of(sd), high_of(sd)
    bottom = low * low if low > 0 and isinstance(low, Fraction) else Fraction(-1)
    return Interval(bottom, high * high if isinstance(high, Fraction) else None)


def _integer(test: SdPossible, figures: Figures, mean: Interval, sd: Interval, n: int, shown: str) -> Finding:
    if n == 0:
        raise UnusableError("n is 0: nothing has an SD", "n")
    if mean.low is None or mean.high is None:
        raise UndecidableError("a limit (at least, less than …) leaves every mean beyond it open")
    scale = f" on whole numbers from {test.min} to {test.max}" if test.min is not None else " of whole numbers"
    facts = f"{shown} beside {figures.printed(test.of)} with n = {n}{f' × {test.items} items' if test.items > 1 else ''}{scale}"
    ends = [None if end is None else end.decimal * test.items for end in (test.min, test.max)]
    if any(end is not None and end != int(end) for end in ends):
        raise UnusableError("the ends of a scale of whole numbers are whole numbers", "min")
    least, most = (None if end is None else int(end) for end in ends)
    # In units of 1 / items every case is a whole number.
    per = n * test.items
    first, last = ceil(mean.low * per), floor(mean.high * per)
    if last - first >= MOST_SUMS:
        raise UndecidableError(f"the rounding of the mean leaves {last - first + 1} sums, too many to look at; test it as continuous data")
    divisors = [n] if test.divisor == "n" else [n - 1] if test.divisor == "n-1" else [n, n - 1]
    divisors = [d for d in divisors if d > 0]
    if not divisors:
        raise UnusableError("an SD with the divisor n - 1 needs two cases: n is 1", "n")
    if first > last:
        return Finding("inconsistent", f"{facts}: no sum of whole numbers gives that mean; {SAYS['inconsistent']}")
    found = [
        worst((meets(Fraction(total, per), Fraction(total, per), mean), meets(variance, variance, _squared(sd))))
        for total in range(first, last + 1)
        for variance in _variances(total, n, test.items, least, most, divisors, sd)
    ]
    verdict = best(found)
    sums = f"the sum {first}" if first == last else f"the sums {first} to {last}"
    return Finding(verdict, f"{facts}: {sums} {'allow' if first != last else 'allows'} {'it' if verdict != 'inconsistent' else 'no such SD'}; {SAYS[verdict]}")


def _variances(total: int, n: int, items: int, least: int | None, most: int | None, divisors: list[int], sd: Interval) -> Iterator[Fraction]:
    """Variances that n whole numbers with this sum may have, in the printed unit: those nearest to the printed SD are enough."""
    limits = squares(total, n, least, most)
    if limits is None:
        return
    low, high = limits
    for divisor in divisors:
        # variance * items² = (Q - total² / n) / divisor, for the sum of squares Q
        window = _squared(sd)
        bottom, top = (None if end is None else end * items * items * divisor + Fraction(total * total, n) for end in (window.low, window.high))
        assert bottom is not None
        start = max(low, ceil(bottom))
        stop = min((x for x in (high, None if top is None else floor(top)) if x is not None), default=start + 2)
        for q in _sums_of_squares(total, n, least, most, start, stop):
            yield (q - Fraction(total * total, n)) / (divisor * items * items)


def _sums_of_squares(total: int, n: int, least: int | None, most: int | None, start: int, stop: int) -> Iterator[int]:
    """Sums of squares in a window: those that data sets have where they can be enumerated, else those of the right parity.

    Enough of them to tell an edge from the inside: the first three and the last.
    """
    if least is not None and most is not None and enumerable(n, most - least):
        bits = attainable(n, most - least)[total - n * least]
        # With x = y + least: sum x² = sum y² + 2 least sum y + n least²
        shift = 2 * least * (total - n * least) + n * least * least
        fitting = [q for q in range(start, stop + 1) if q >= shift and bits >> (q - shift) & 1]
    else:
        odd = start + (start - total) % 2
        fitting = [*range(odd, min(stop, odd + 4) + 1, 2), *([stop - (stop - total) % 2] if stop - (stop - total) % 2 >= odd else [])]
    yield from dict.fromkeys([*fitting[:3], *fitting[-1:]])
