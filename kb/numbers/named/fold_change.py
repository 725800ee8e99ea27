"""Whether a factor is the ratio of its two figures."""

from __future__ import annotations

from kb.numbers.named.built import finding, over, sides, term
from kb.numbers.named.figures import Figures, UnusableError
from kb.numbers.named.registry import Finding, named
from schemas.numbertest import FoldChange
from schemas.scalars import Figure


@named(
    "fold-change",
    title="Fold change",
    asks="Is the factor the later figure divided by the earlier one?",
    what="after / before = fold, within the rounding of all three. A fold printed as `about` is given that qualifier.",
    why="`Three times more` and `three times as much` differ by one, and factors are often taken from unrounded or older figures.",
    source="Arithmetic on rounding intervals (Moore, Kearfott and Cloud 2009, chapter 2).",
    example="""
measures: [{name: before, value: 0.23, unit: "%"}, {name: after, value: 42.5, unit: "%"}, {name: fold, value: 185, unit: times}]
checks: [{test: fold-change, before: before, after: after, fold: fold}]
""",
    bad="""
measures: [{name: before, value: 0.23, unit: "%"}, {name: after, value: 42.5, unit: "%"}, {name: fold, value: 195, unit: times}]
checks: [{test: fold-change, before: before, after: after, fold: fold}]
""",
)
def fold_change(test: FoldChange, figures: Figures) -> Finding:
    before, after, fold = term(figures, test.before, "before"), term(figures, test.after, "after"), term(figures, test.fold, "fold")
    units = [figures.by_name[name].unit for name in (test.before, test.after)]
    if units[0] != units[1]:
        raise UnusableError(f"'{test.before}' is in '{units[0]}' and '{test.after}' in '{units[1]}': a factor compares figures in one unit", "after")
    if not isinstance(test.fold, Figure) and figures.by_name[test.fold].unit in ("%", "pp"):
        raise UnusableError(f"'{test.fold}' is in %: a factor is in times; relative-against-absolute tests changes in %", "fold")
    return finding(figures, [sides((over(after, before), f"{test.after} / {test.before}"), "=", (fold, test.fold))])
