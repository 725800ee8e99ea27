"""Whether a relative change, an absolute one and the figures before and after go together."""

from __future__ import annotations

from kb.numbers.named.built import finding, minus, number, over, sides, term, times
from kb.numbers.named.figures import Figures, UnusableError
from kb.numbers.named.registry import Finding, named
from kb.numbers.nodes import Node, Statement
from schemas.numbertest import RelativeAgainstAbsolute


@named(
    "relative-against-absolute",
    title="Relative against absolute change",
    asks="Do the relative and the absolute change belong to the same two figures?",
    what="""
absolute = after - before, and relative = (after - before) / before, times 100 where it is in %. `direction: decrease` turns both around, for reductions
that are printed as positive numbers.
""",
    why="Percentages and percentage points are mixed up more often than any other pair of units, and a relative change without its base misleads.",
    source="Arithmetic; on relative and absolute risks see G. Gigerenzer and A. Edwards (2003), Simple tools for understanding risks, BMJ 327:741.",
    example="""
measures: [{name: before, value: 40, unit: "%"}, {name: after, value: 30, unit: "%"}, {name: drop, value: 25, unit: "%"}]
checks: [{test: relative-against-absolute, before: before, after: after, relative: drop, direction: decrease}]
""",
    bad="""
measures: [{name: before, value: 40, unit: "%"}, {name: after, value: 30, unit: "%"}, {name: drop, value: 10, unit: "%"}]
checks: [{test: relative-against-absolute, before: before, after: after, relative: drop, direction: decrease}]
""",
)
def relative_against_absolute(test: RelativeAgainstAbsolute, figures: Figures) -> Finding:
    before = term(figures, test.before, "before")
    change: Node
    statements: list[Statement] = []
    if test.after is not None:
        after = term(figures, test.after, "after")
        first, second, words = (after, before, f"{test.after} - {test.before}")
        if test.direction == "decrease":
            first, second, words = (before, after, f"{test.before} - {test.after}")
        change = minus(first, second)
        if test.absolute is not None:
            statements.append(sides((change, words), "=", (term(figures, test.absolute, "absolute"), test.absolute)))
    else:
        assert test.absolute is not None  # the record's model asks for two of three
        change, words = term(figures, test.absolute, "absolute"), test.absolute
    if test.relative is not None:
        unit = figures.measure(test.relative, "relative").unit
        if unit not in ("%", "fraction", "times"):
            raise UnusableError(f"'{test.relative}' is in '{unit or 'no unit'}': a relative change is in % or a fraction", "relative")
        relative, text = over(change, before), f"({words}) / {test.before}"
        if unit == "%":
            relative, text = times(number(100), relative), f"100 * {text}"
        statements.append(sides((relative, text), "=", (term(figures, test.relative, "relative"), test.relative)))
    return finding(figures, statements)
