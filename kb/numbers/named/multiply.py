"""Whether counts multiply to their product."""

from __future__ import annotations

from kb.numbers.named.built import finding, sides, term, times
from kb.numbers.named.figures import Figures
from kb.numbers.named.registry import Finding, named
from schemas.numbertest import Multiply


@named(
    "multiply",
    title="Factors and product",
    asks="Do the factors multiply to the product?",
    what="Multiplies groups, conditions, items, samples … and compares with the number of cases. Counts in units that count are exact.",
    why="Where groups × items is not n, cases were dropped, or the design in the text is not the one that was run.",
    source="Arithmetic on rounding intervals (Moore, Kearfott and Cloud 2009, chapter 2).",
    example="""
measures: [{name: prompts, value: 13, unit: count}, {name: samples_each, value: 10, unit: count}, {name: answers, value: 130, unit: count}]
checks: [{test: multiply, factors: [prompts, samples_each], product: answers}]
""",
    bad="""
measures: [{name: prompts, value: 13, unit: count}, {name: samples_each, value: 10, unit: count}, {name: answers, value: 120, unit: count}]
checks: [{test: multiply, factors: [prompts, samples_each], product: answers}]
""",
)
def multiply(test: Multiply, figures: Figures) -> Finding:
    product = times(*(term(figures, factor, "factors", i) for i, factor in enumerate(test.factors)))
    return finding(figures, [sides((product, " * ".join(test.factors)), "=", (term(figures, test.product, "product"), test.product))])
