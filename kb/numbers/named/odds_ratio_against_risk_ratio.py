"""Whether an odds ratio and a risk ratio belong to two shares, and are not mixed up."""

from __future__ import annotations

from fractions import Fraction

from kb.numbers.named.built import finding, minus, over, sides, times
from kb.numbers.named.figures import Figures, UnusableError, is_share, scale_of
from kb.numbers.named.registry import Finding, named
from kb.numbers.nodes import Name, Node, Number
from schemas.numbertest import OddsRatioAgainstRiskRatio


@named(
    "odds-ratio-against-risk-ratio",
    title="Odds ratio against risk ratio",
    asks="Are the odds ratio and the risk ratio those of the two shares?",
    what="""
risk ratio = a / b and odds ratio = a (1 - b) / (b (1 - a)) for the shares a (exposed) and b (unexposed). Where a ratio fails, the test says whether it would
pass as the other. Only for raw ratios: those from a model with covariates differ.
""",
    why="An odds ratio read as a risk ratio exaggerates every effect on a frequent outcome.",
    source="H. T. O. Davies, I. K. Crombie and M. Tavakoli (1998), When can odds ratios mislead?, BMJ 316:989-991.",
    example="""
measures: [{name: a, value: 50, unit: "%"}, {name: b, value: 20, unit: "%"}, {name: ratio, value: 4.0, unit: times}]
checks: [{test: odds-ratio-against-risk-ratio, exposed: a, unexposed: b, odds-ratio: ratio}]
""",
    bad="""
measures: [{name: a, value: 50, unit: "%"}, {name: b, value: 20, unit: "%"}, {name: ratio, value: 4.0, unit: times}]
checks: [{test: odds-ratio-against-risk-ratio, exposed: a, unexposed: b, risk-ratio: ratio}]
""",
)
def odds_ratio_against_risk_ratio(test: OddsRatioAgainstRiskRatio, figures: Figures) -> Finding:
    for share, field in ((test.exposed, "exposed"), (test.unexposed, "unexposed")):
        measure = figures.measure(share, field)
        if not is_share(measure):
            raise UnusableError(f"'{share}' is in '{measure.unit or 'no unit'}': expected a share, in % or fraction", field)
    a, b = Name(test.exposed), Name(test.unexposed)
    scales = {scale_of(figures.by_name[share]) for share in (test.exposed, test.unexposed)}
    if len(scales) > 1:
        raise UnusableError("one share is in % and the other a fraction: bring both to one unit", "unexposed")
    formulas = {
        "risk": (over(a, b), f"{test.exposed} / {test.unexposed}"),
        "odds": (over(times(a, _rest(b, scales)), times(b, _rest(a, scales))), f"odds({test.exposed}) / odds({test.unexposed})"),
    }
    statements, notes = [], []
    for kind, other, name in (("odds", "risk", test.odds_ratio), ("risk", "odds", test.risk_ratio)):
        if name is None:
            continue
        figures.measure(name, f"{kind}-ratio")
        statement = sides(formulas[kind], "=", (Name(name), name))
        statements.append(statement)
        swapped = sides(formulas[other], "=", (Name(name), name))
        if finding(figures, [statement]).verdict == "inconsistent" and finding(figures, [swapped]).verdict == "consistent":
            notes.append(f" '{name}' would be their {other} ratio")
    found = finding(figures, statements)
    return found._replace(says=found.says + "".join(f";{note}" for note in notes))


def _rest(x: Node, scales: set[Fraction]) -> Node:
    scale = next(iter(scales))
    return minus(Number(scale, str(scale)), x)
