"""Everything that is asked of a claim's figures: the checks that it declares, and the tests that need no declaration.

A test runs by itself only where its measure says all that it needs and every honest figure passes it. It is declared to be
acknowledged: a declared test takes the place of the automatic one on the same measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.numbers.evaluate import Outcome, check
from kb.numbers.interval import FigureError
from kb.numbers.named.figures import Figures, UndecidableError, UnusableError
from schemas.claim import Claim, Dispute, Measure
from schemas.numbertest import Acknowledgement, Expression, IntervalContains, KOfN, NumberTest, SdPossible

FAILING = ("inconsistent",)
"""Verdicts that a record has to answer for."""


def outcomes(claim: Claim) -> tuple[Outcome, ...]:
    """The outcomes of a claim: declared checks in their order, then automatic tests in the order of the measures. Never raises on a valid claim."""
    return (*declared(claim), *automatic(claim))


def declared(claim: Claim) -> Iterator[Outcome]:
    for position, entry in enumerate(claim.checks):
        if isinstance(entry, NumberTest):
            yield run(entry, claim, position)
        else:
            text, acknowledged = (entry.expression, entry.acknowledged) if isinstance(entry, Expression) else (entry, None)
            yield _placed(check(text, claim.measures), claim, position, acknowledged)


def _placed(outcome: Outcome, claim: Claim, position: int, acknowledged: Acknowledgement | None) -> Outcome:
    words = set(re.findall(r"[a-z][a-z0-9_]*", outcome.expression))
    names = tuple(measure.name for measure in claim.measures if measure.name in words)
    return Outcome(
        outcome.expression,
        outcome.verdict,
        outcome.explanation,
        outcome.sides,
        outcome.certain,
        outcome.column,
        measures=names,
        unknown=outcome.unknown,
        position=position,
        acknowledged=acknowledged,
    )


def automatic(claim: Claim) -> Iterator[Outcome]:
    """Tests of what single measures say of themselves, where the claim does not declare them."""
    given = {(entry.test, entry.of) for entry in claim.checks if isinstance(entry, (KOfN, IntervalContains, SdPossible))}
    for measure in claim.measures:
        for test in _applicable(measure):
            if (test.test, test.of) not in given:
                yield run(test, claim, None)


def _applicable(measure: Measure) -> Iterator[KOfN | IntervalContains | SdPossible]:
    # Built without validation: the parts come from a record that is valid.
    if measure.k is not None and measure.n and measure.unit in ("%", "fraction"):
        yield KOfN.model_construct(test="k-of-n", of=measure.name)
    if measure.low is not None:
        yield IntervalContains.model_construct(test="interval-contains", of=measure.name)
    if measure.sd is not None:
        yield SdPossible.model_construct(test="sd-possible", of=measure.name)


def run(test: NumberTest, claim: Claim, position: int | None) -> Outcome:
    """The outcome of one named test on a claim. `position` is its place in `checks`, None for an automatic one."""
    from kb.numbers.named.registry import all_tests

    name: str = test.test  # type: ignore[attr-defined]  # each of them has one
    figures = Figures(claim.measures)
    field: tuple[str | int, ...] = ()
    certain = False
    try:
        verdict, says, certain = all_tests()[name].function(test, figures)
    except UnusableError as error:
        verdict, says, field = "error", str(error), error.field
    except (UndecidableError, FigureError) as error:
        verdict, says = "undecidable", f"can't be decided: {error}"
    return Outcome(
        label(test),
        verdict,
        f"{says[:1].upper()}{says[1:]}." if verdict in ("error", "undecidable") else f"{says}.",
        certain=certain,
        test=name,
        measures=tuple(name for name in figures.used if name in figures.by_name),
        unknown=any(name not in figures.by_name for name in figures.used),
        position=position,
        field=field,
        acknowledged=test.acknowledged,
    )


def label(test: NumberTest) -> str:
    """A named test and its parameters on one line: `grim(of=mood, n=28)`."""
    given = test.model_dump(mode="json", exclude_defaults=True, exclude={"acknowledged", "test"})
    parts = [f"{key}={_value(value)}" for key, value in given.items()]
    return f"{test.test}({', '.join(parts)})"  # type: ignore[attr-defined]  # each of them has one


def _value(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)


def disputed(claim: Claim, outcome: Outcome) -> bool:
    """Whether a dispute of the claim covers an outcome: one about a figure that the check uses, or one in words that prints such a figure.

    A dispute in words that names none of the figures was written about something else, and silences nothing.
    """
    used = [measure for measure in claim.measures if measure.name in outcome.measures]
    names = {measure.name for measure in claim.measures}
    if any(dispute.about in outcome.measures for dispute in claim.disputes):
        return True
    printed = {str(figure).lstrip("+-") for m in used for figure in (m.value, m.low, m.high, m.sd, m.se) if figure is not None}
    return any(dispute.about not in names and not printed.isdisjoint(_numbers(dispute)) for dispute in claim.disputes)


def _numbers(dispute: Dispute) -> list[str]:
    """The unsigned numbers in a dispute's text, digits as they stand, thousands joined."""
    text = " ".join((dispute.about, dispute.reported, dispute.instead, dispute.note or ""))
    return re.findall(r"[0-9]+(?:\.[0-9]+)?", re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", text))


def unanswered(claim: Claim, outcome: Outcome) -> bool:
    """Whether figures can't all be right and the record says nothing of it."""
    return outcome.verdict in FAILING and outcome.acknowledged is None and not disputed(claim, outcome)


def stale(outcome: Outcome) -> bool:
    """Whether an acknowledgement speaks of figures that agree."""
    return outcome.acknowledged is not None and outcome.verdict == "consistent"
