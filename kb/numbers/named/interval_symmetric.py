"""Whether an interval reaches as far up as down from its estimate."""

from __future__ import annotations

from kb.numbers.interval import Interval, of_measure
from kb.numbers.named.built import finding, minus, number, sides, times
from kb.numbers.named.figures import Figures, Named, UndecidableError, UnusableError, scale_of, scale_unit
from kb.numbers.named.registry import Finding, named
from kb.numbers.named.verdicts import high_of, low_of
from kb.numbers.nodes import Binary, Name, Node
from schemas.numbertest import IntervalSymmetric
from schemas.scalars import Figure


@named(
    "interval-symmetric",
    title="Symmetric interval",
    asks="Does the interval reach as far up as down from its estimate?",
    what="""
On the linear scale low + high = 2 × estimate; on log low × high = estimate²; on logit the same of the odds. Only for intervals that were computed so
(estimate ± quantile × standard error): bootstrap, profile-likelihood and Bayesian intervals need not be symmetric.
""",
    why="An end that was mistyped, or rounded from another run, breaks the symmetry at once.",
    source="By construction of Wald intervals; on ratios see D. G. Altman and J. M. Bland (2011), BMJ 343:d2304.",
    example="""
measures: [{name: effect, value: 14.48, unit: pp, low: 11.67, high: 17.28, level: 0.95}]
checks: [{test: interval-symmetric, of: effect}]
""",
    bad="""
measures: [{name: effect, value: 14.48, unit: pp, low: 11.67, high: 18.28, level: 0.95}]
checks: [{test: interval-symmetric, of: effect}]
""",
)
def interval_symmetric(test: IntervalSymmetric, figures: Figures) -> Finding:
    measure = figures.measure(test.of, "of")
    # The evaluator knows measures: the ends of the interval become some, under names that no measure of a record can have.
    extra, names = [], {}
    for what, given in (("low", test.low), ("high", test.high)):
        interval = figures.own(measure, what, given)  # type: ignore[arg-type]  # the two words of the literal
        _in_range(test.scale, interval, figures, test.of, what)
        if given is not None and not isinstance(given, Figure):
            names[what] = given
        else:
            extra.append(Named(f"~{what}", str(given or getattr(measure, what)), scale_unit(measure)))
            names[what] = f"~{what}"
    _in_range(test.scale, of_measure(measure), figures, test.of, "of")
    low, high, value = Name(names["low"]), Name(names["high"]), Name(test.of)
    if test.scale == "linear":
        statement = sides((Binary("+", low, high), "low + high"), "=", (times(number(2), value), f"2 * {test.of}"))
    elif test.scale == "log":
        statement = sides((times(low, high), "low * high"), "=", (times(value, value), f"{test.of} * {test.of}"))
    else:
        one = number(int(scale_of(measure, "of")))

        def rest(x: Node) -> Node:
            return minus(one, x)

        left, right = times(low, high, rest(value), rest(value)), times(value, value, rest(low), rest(high))
        statement = sides((left, "odds(low) * odds(high)"), "=", (right, f"odds({test.of})²"))
    return finding(figures, [statement], extra)


def _in_range(scale: str, interval: Interval, figures: Figures, of: str, field: str) -> None:
    if scale == "linear":
        return
    if high_of(interval) <= 0:
        raise UnusableError(f"'{of}' or an end of its interval is not above 0, where a {scale} scale begins", field)
    if scale == "logit" and low_of(interval) >= scale_of(figures.by_name[of], "of"):
        raise UnusableError(f"'{of}' or an end of its interval is no share below 1", field)
    if low_of(interval) <= 0 or (scale == "logit" and high_of(interval) >= scale_of(figures.by_name[of], "of")):
        raise UndecidableError(f"within its rounding a figure reaches the end of the {scale} scale")
