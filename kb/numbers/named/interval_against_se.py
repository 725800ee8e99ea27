"""Whether an interval reaches as far as its standard error says."""

from __future__ import annotations

from kb.numbers.distributions import normal_quantile, t_quantile
from kb.numbers.named.built import finding, sides, term, times
from kb.numbers.named.figures import Figures, Named, UnusableError, scale_unit
from kb.numbers.named.registry import Finding, named
from kb.numbers.nodes import Binary, Name, Node
from schemas.numbertest import IntervalAgainstSe
from schemas.scalars import Figure


@named(
    "interval-against-se",
    title="Interval against standard error",
    asks="Are the ends of the interval the estimate plus and minus its quantile times the standard error?",
    what="""
Compares low with estimate - q × se and high with estimate + q × se, where q is the quantile of the normal distribution, or of Student's t with `df`, for
the level. q is taken with two decimals and their rounding, because many authors compute with 1.96. Only for Wald intervals.
""",
    why="A standard deviation printed as a standard error, or a 90 % interval called one of 95 %, is off by a visible factor.",
    source="By construction of Wald intervals; D. G. Altman and J. M. Bland (2005), Standard deviations and standard errors, BMJ 331:903.",
    example="""
measures: [{name: effect, value: 2.0, unit: points, low: 1.02, high: 2.98, level: 0.95, se: 0.5}]
checks: [{test: interval-against-se, of: effect}]
""",
    bad="""
measures: [{name: effect, value: 2.0, unit: points, low: 1.18, high: 2.82, level: 0.95, se: 0.7}]
checks: [{test: interval-against-se, of: effect}]
""",
)
def interval_against_se(test: IntervalAgainstSe, figures: Figures) -> Finding:
    measure = figures.measure(test.of, "of")
    level = test.level or measure.level
    if level is None:
        raise UnusableError(f"'{test.of}' has no `level`, and the test gives none", "level")
    tail = (1 + float(level)) / 2
    if tail >= 1 - 1e-12:
        raise UnusableError(f"a level of {level} is as good as 1: its interval has no ends", "level")
    quantile = normal_quantile(tail) if test.df is None else t_quantile(tail, float(test.df))
    extra = [Named("~q", f"{quantile:.2f}")]
    nodes: dict[str, Node] = {}
    for what, given in (("low", test.low), ("high", test.high), ("se", test.se)):
        figures.own(measure, what, given)  # type: ignore[arg-type]  # says what is missing
        if given is not None and not isinstance(given, Figure):
            nodes[what] = term(figures, given, what)
        else:
            extra.append(Named(f"~{what}", str(given or getattr(measure, what)), scale_unit(measure)))
            nodes[what] = Name(f"~{what}")
    reach = times(Name("~q"), nodes["se"])
    word = f"{quantile:.2f} * se"
    value = Name(test.of)
    return finding(
        figures,
        [
            sides((nodes["low"], "low"), "=", (Binary("-", value, reach), f"{test.of} - {word}")),
            sides((nodes["high"], "high"), "=", (Binary("+", value, reach), f"{test.of} + {word}")),
        ],
        extra,
    )
