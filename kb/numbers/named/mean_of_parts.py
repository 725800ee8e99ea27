"""Whether a figure for the whole is the mean of its parts."""

from __future__ import annotations

from kb.numbers.named.built import finding, number, over, plus_all, sides, term, times
from kb.numbers.named.figures import Figures
from kb.numbers.named.registry import Finding, named
from schemas.numbertest import MeanOfParts


@named(
    "mean-of-parts",
    title="Mean of parts",
    asks="Is the figure for the whole the mean of the parts?",
    what="Takes the plain mean, or the mean with `weights` (such as each group's n), over the rounding of every part.",
    why="An overall figure outside of what its parts allow was computed from other data, or weighted in a way that the text does not say.",
    source="Arithmetic on rounding intervals (Moore, Kearfott and Cloud 2009, chapters 2 and 6).",
    example="""
measures: [{name: first, value: 40, unit: "%"}, {name: second, value: 60, unit: "%"}, {name: whole, value: 55, unit: "%"}]
checks: [{test: mean-of-parts, parts: [first, second], mean: whole, weights: [100, 300]}]
""",
    bad="""
measures: [{name: first, value: 40, unit: "%"}, {name: second, value: 60, unit: "%"}, {name: whole, value: 65, unit: "%"}]
checks: [{test: mean-of-parts, parts: [first, second], mean: whole}]
""",
)
def mean_of_parts(test: MeanOfParts, figures: Figures) -> Finding:
    parts = [term(figures, part, "parts", i) for i, part in enumerate(test.parts)]
    mean = (term(figures, test.mean, "mean"), test.mean)
    names = ", ".join(test.parts)
    if test.weights is None:
        left = over(plus_all(parts), number(len(parts)))
        return finding(figures, [sides((left, f"mean({names})"), "=", mean)])
    weights = [term(figures, weight, "weights", i) for i, weight in enumerate(test.weights)]
    weighted = over(plus_all([times(w, p) for w, p in zip(weights, parts, strict=True)]), plus_all(weights))
    return finding(figures, [sides((weighted, f"weighted mean({names})"), "=", mean)])
