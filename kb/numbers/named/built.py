"""Named tests that are expressions: they are put together from nodes and judged by the evaluator, not by arithmetic of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce

from kb.numbers.evaluate import NamedMeasure, judged
from kb.numbers.named.figures import Figures, Named, UndecidableError, UnusableError
from kb.numbers.named.registry import Finding
from kb.numbers.named.verdicts import worst
from kb.numbers.nodes import Binary, Call, Name, Node, Number, Relation, Statement
from schemas.scalars import Figure


def term(figures: Figures, operand: str, *field: str | int) -> Node:
    """A measure by its name, or an exact number. Raises UnusableError for an unknown name."""
    if isinstance(operand, Figure):
        return Number(Fraction(operand.decimal), str(operand))
    figures.measure(operand, *field)
    return Name(operand)


def number(value: int) -> Node:
    return Number(Fraction(value), str(value))


def times(*factors: Node) -> Node:
    return reduce(lambda a, b: Binary("*", a, b), factors)


def over(a: Node, b: Node) -> Node:
    return Binary("/", a, b)


def minus(a: Node, b: Node) -> Node:
    return Binary("-", a, b)


def plus_all(parts: Sequence[Node]) -> Node:
    return Call("sum", tuple(parts)) if len(parts) > 1 else parts[0]


def sides(left: tuple[Node, str], relation: Relation, right: tuple[Node, str]) -> Statement:
    """A statement of two sides, each with its text for the reader."""
    return chain((left, right), relation)


def chain(parts: Sequence[tuple[Node, str]], relation: Relation) -> Statement:
    texts = tuple(text for _, text in parts)
    return Statement(f" {relation} ".join(texts), tuple(node for node, _ in parts), texts, (relation,) * (len(parts) - 1))


def finding(figures: Figures, statements: Iterable[Statement], extra: Iterable[Named] = ()) -> Finding:
    """The verdicts on statements that must all hold, in the evaluator's words.

    Raises UnusableError for mixed scales and UndecidableError where the evaluator can't tell and nothing else fails.
    """
    measures: list[NamedMeasure] = [*figures.by_name.values(), *extra]
    outcomes = [judged(statement, measures) for statement in statements]
    for outcome in outcomes:
        if outcome.verdict == "error":
            raise UnusableError(outcome.explanation)
    verdict = worst(outcome.verdict for outcome in outcomes if outcome.verdict != "undecidable")
    if verdict != "inconsistent" and (open_ := [o for o in outcomes if o.verdict == "undecidable"]):
        raise UndecidableError(open_[0].explanation.removeprefix("Can't be decided: ").rstrip("."))
    return Finding(verdict, " ".join(o.explanation for o in outcomes).rstrip("."), all(o.certain for o in outcomes))
