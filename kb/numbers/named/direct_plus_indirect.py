"""Whether a total effect is the direct one plus the indirect ones."""

from __future__ import annotations

from kb.numbers.named.built import finding, plus_all, sides, term
from kb.numbers.named.figures import Figures
from kb.numbers.named.registry import Finding, named
from schemas.numbertest import DirectPlusIndirect


@named(
    "direct-plus-indirect",
    title="Direct plus indirect effect",
    asks="Is the total effect the direct effect plus the indirect ones?",
    what="Adds the direct effect and every indirect path and compares with the total. Holds for linear models fitted to the same cases.",
    why="A path that is left out, or a total from a model with other cases, changes how much is said to be mediated.",
    source="R. M. Baron and D. A. Kenny (1986), Journal of Personality and Social Psychology 51(6), 1173-1182.",
    example="""
measures: [{name: direct, value: 0.21, unit: times}, {name: path, value: 0.14, unit: times}, {name: total, value: 0.35, unit: times}]
checks: [{test: direct-plus-indirect, direct: direct, indirect: path, total: total}]
""",
    bad="""
measures: [{name: direct, value: 0.21, unit: times}, {name: path, value: 0.14, unit: times}, {name: total, value: 0.45, unit: times}]
checks: [{test: direct-plus-indirect, direct: direct, indirect: path, total: total}]
""",
)
def direct_plus_indirect(test: DirectPlusIndirect, figures: Figures) -> Finding:
    paths = [test.indirect] if isinstance(test.indirect, str) else test.indirect
    names = [test.direct, *paths]
    parts = plus_all([term(figures, test.direct, "direct"), *(term(figures, path, "indirect") for path in paths)])
    return finding(figures, [sides((parts, " + ".join(names)), "=", (term(figures, test.total, "total"), test.total))])
