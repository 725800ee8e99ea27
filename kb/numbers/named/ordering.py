"""Whether a figure is the largest or smallest of its group."""

from __future__ import annotations

from kb.numbers.named.built import finding, sides, term
from kb.numbers.named.figures import Figures, UnusableError
from kb.numbers.named.registry import Finding, named
from kb.numbers.nodes import Call
from schemas.numbertest import Ordering


@named(
    "ordering",
    title="Largest or smallest of a group",
    asks="Is the figure the largest, or smallest, of those it is compared with?",
    what="Compares the figure with the greatest or least of `among`, within their rounding. A tie passes.",
    why="`The best of all methods` is the sentence that is quoted; the table may rank another one first.",
    source="Order on rounding intervals (Moore, Kearfott and Cloud 2009, chapter 2).",
    example="""
measures: [{name: ours, value: 85.2, unit: points}, {name: next_best, value: 67.4, unit: points}]
checks: [{test: ordering, of: ours, place: largest, among: [next_best]}]
""",
    bad="""
measures: [{name: ours, value: 65.2, unit: points}, {name: next_best, value: 67.4, unit: points}]
checks: [{test: ordering, of: ours, place: largest, among: [next_best]}]
""",
)
def ordering(test: Ordering, figures: Figures) -> Finding:
    of = (term(figures, test.of, "of"), test.of)
    if test.of in test.among:
        raise UnusableError(f"'{test.of}' is compared with itself", "among")
    others = tuple(term(figures, name, "among", i) for i, name in enumerate(test.among))
    function, relation = ("max", ">=") if test.place == "largest" else ("min", "<=")
    words = test.among[0] if len(others) == 1 else f"{function}({', '.join(test.among)})"
    node = others[0] if len(others) == 1 else Call(function, others)  # type: ignore[arg-type]  # one of the functions
    return finding(figures, [sides(of, relation, (node, words))])  # type: ignore[arg-type]  # one of the relations
