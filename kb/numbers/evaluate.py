"""Whether a claim's figures can all be true as printed: verdicts on consistency expressions.

A relation holds or fails for a choice of one value per measure, each within its rounding interval. With D the difference of
the two sides, and [lo, hi] the closure of D's range over all choices:

| relation | consistent             | only-just                | inconsistent |
|----------|------------------------|--------------------------|--------------|
| L = R    | lo < 0 < hi, or D is 0 | lo = 0 or hi = 0         | 0 outside    |
| L ~ R    | as `=`, with R replaced by every t * R, t from 0.95 to 1.05          |||
| L < R    | lo < 0                 | -                        | lo >= 0      |
| L <= R   | lo < 0, or D is 0      | lo = 0                   | lo > 0       |

*Only just possible* means that nothing but the edges of the intervals meet: the figures agree only if a value exactly on
an edge was rounded to the figure that was printed, which depends on how halves were rounded. `>` and `>=` are `<` and `<=`
with the sides exchanged. `~` allows 5 % of the right side, which is where the reported figure belongs.
In a chain every pair of sides is compared, not only neighbours: a < b < c also asks whether a < c can hold.
*Undecidable*: a divisor may be zero, or the bound was not settled within the search's budget; the explanation says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Literal, Protocol

from kb.numbers.grammar import ExpressionError, parse, require_names
from kb.numbers.interval import FigureError, Interval, Reported, of_measure
from kb.numbers.nodes import Binary, Name, Node, Statement
from kb.numbers.ranges import Box, End, Extremum, Span, UndefinedError, bounds, span_of
from kb.numbers.units import require_same_scale
from schemas.numbertest import Acknowledgement

Verdict = Literal["consistent", "only-just", "inconsistent", "undecidable", "error"]
ORDER: tuple[Verdict, ...] = ("consistent", "only-just", "undecidable", "inconsistent", "error")
"""From best to worst: a chain is as good as its worst pair."""

TOLERANCE = Fraction(5, 100)
"""Relative tolerance of `~`."""
_T = "~tolerance"  # no measure can be called this


class NamedMeasure(Reported, Protocol):
    """A measure with the name that expressions call it by."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a statement, with the interval that it comes to."""

    text: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one expression or named test."""

    expression: str
    """The expression, or a named test with its figures, as a line of text."""
    verdict: Verdict
    explanation: str
    """One line for the reader."""
    sides: tuple[Side, ...] = ()
    certain: bool = False
    """Whether the relation holds whatever the rounding, not only for some values within it."""
    column: int | None = None
    """For errors, where in the expression, from 1."""
    test: str = "expression"
    """Name of the named test, or `expression`."""
    measures: tuple[str, ...] = ()
    """Measures of the claim that it is about, by name."""
    unknown: bool = False
    """For errors: whether it names a measure that the claim does not have."""
    position: int | None = None
    """Place in the claim's `checks`; None for a test that runs without being declared."""
    field: tuple[str | int, ...] = ()
    """For errors of a named test, which of its fields is wrong."""
    acknowledged: Acknowledgement | None = None

    @property
    def automatic(self) -> bool:
        """Whether it runs although no record declares it."""
        return self.position is None


def check(expression: str, measures: Iterable[NamedMeasure]) -> Outcome:
    """The verdict on an expression over a claim's measures. Never raises on what a record can hold: problems are verdicts.

    verdict `error`: the expression can't be read, names no measure, or mixes scales; `column` says where.
    """
    try:
        statement = parse(expression)
    except ExpressionError as error:
        return Outcome(expression, "error", str(error), column=error.column or None)
    return judged(statement, measures)


def judged(statement: Statement, measures: Iterable[NamedMeasure]) -> Outcome:
    """The verdict on a statement that is parsed already, or built by a named test; as `check`."""
    expression = statement.text
    by_name = {measure.name: measure for measure in measures}
    try:
        require_names(statement, by_name)
    except ExpressionError as error:
        return Outcome(expression, "error", str(error), column=error.column or None, unknown=True)
    try:
        require_same_scale(statement, {name: by_name[name].unit for name in statement.names})
        box = {name: span_of(of_measure(by_name[name])) for name in statement.names}
    except ExpressionError as error:
        return Outcome(expression, "error", str(error), column=error.column or None)
    except FigureError as error:
        return Outcome(expression, "undecidable", str(error))
    try:
        return _judge(statement, box, {name: of_measure(by_name[name]) for name in statement.names})
    except UndefinedError as error:
        return Outcome(expression, "undecidable", f"Can't be decided: {error}.", column=error.column or None)


def _judge(statement: Statement, box: Box, intervals: dict[str, Interval]) -> Outcome:
    sides = tuple(
        Side(text, intervals[node.name] if isinstance(node, Name) else _interval(*bounds(node, box)))
        for node, text in zip(statement.sides, statement.side_texts, strict=True)
    )
    worst: tuple[Verdict, int, int, str] | None = None
    certain = True
    for i in range(len(sides)):
        for j in range(i + 1, len(sides)):
            relation = _between(statement.relations[i:j])
            verdict, sure = _compare(statement.sides[i], relation, statement.sides[j], box)
            certain = certain and sure
            if worst is None or ORDER.index(verdict) > ORDER.index(worst[0]):
                worst = (verdict, i, j, relation)
    assert worst is not None  # a statement has at least two sides
    verdict, i, j, relation = worst
    return Outcome(statement.text, verdict, _explain(verdict, relation, sides[i], sides[j], certain), sides, certain)


def _between(relations: tuple[str, ...]) -> str:
    """What a chain says about its first and last side."""
    kinds = set(relations)
    for strict in ("<", ">"):
        if strict in kinds:
            return strict
    return next(iter(kinds - {"="}), "=")


def _compare(left: Node, relation: str, right: Node, box: Box) -> tuple[Verdict, bool]:
    """The verdict on one relation, and whether it holds for every choice of values."""
    if relation in (">", ">="):
        left, right, relation = right, left, {">": "<", ">=": "<="}[relation]
    if relation == "~":
        box = {**box, _T: Span(1 - TOLERANCE, 1 + TOLERANCE)}
        right = Binary("*", Name(_T), right)
    low, high = bounds(Binary("-", left, right), box)
    always_zero = low.outer == 0 == high.outer
    if relation in ("=", "~"):
        return _equal(low, high), always_zero and relation == "="
    if low.inner < 0 or (relation == "<=" and always_zero):
        # At zero the edges meet from a low end that belongs to its interval and a high end that does not.
        return "consistent", high.outer <= 0
    if low.outer > 0 or (relation == "<" and low.outer == 0):
        return "inconsistent", False
    return ("undecidable" if low.inner > 0 else _at_edge(low)), False


def _equal(low: Extremum, high: Extremum) -> Verdict:
    if low.inner < 0 < high.inner or low.outer == 0 == high.outer:
        return "consistent"
    if low.outer > 0 or high.outer < 0:
        return "inconsistent"
    if low.inner > 0 or high.inner < 0:
        return "undecidable"  # between what is reached and what is not ruled out
    return _at_edge(*(end for end in (low, high) if end.inner == 0))


def _at_edge(*ends: Extremum) -> Verdict:
    """The verdict where zero is the outermost value known at one end of the range, or at both."""
    # A settled end is the edge. Short of it, zero is reached by the figures as printed or near them: the relation can hold.
    return "only-just" if all(end.settled for end in ends) else "consistent"


def _interval(low: Extremum, high: Extremum) -> Interval:
    return Interval(_bound(low.outer), _bound(high.outer), low.outer == -inf, high.outer == inf)


def _bound(end: End) -> Fraction | None:
    return None if isinstance(end, float) else end


SAYS = {"=": "equals", "~": "is about", "<": "is less than", "<=": "is at most", ">": "is greater than", ">=": "is at least"}


def _explain(verdict: Verdict, relation: str, left: Side, right: Side, certain: bool) -> str:
    facts = " and ".join(f"{side.text} is {side.interval.words}" for side in (left, right) if not side.text.lstrip("- ").replace(".", "").isdigit())
    tail = {
        "consistent": "this holds whatever the rounding" if certain else "the figures agree within their rounding",
        "only-just": "only the edges of the rounding intervals meet, so that it depends on how halves were rounded",
        "inconsistent": "no values that round to these figures agree",
        "undecidable": "the bound is too close to settle",
    }[verdict if verdict != "error" else "undecidable"]
    if relation == "~":
        tail = {"consistent": "they agree within 5 %", "inconsistent": "they are more than 5 % apart"}.get(verdict, tail)
    elif relation != "=" and verdict == "consistent" and not certain:
        tail = "this is possible within the rounding"
    return f"{left.text} {SAYS[relation]} {right.text}: {facts + '; ' if facts else ''}{tail}."
