"""A figure of a claim, as printed, against bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kb.evidence.predicates.bounds import absent, definite, distance, limits
from kb.evidence.predicates.reading import Reading, Truth
from kb.evidence.predicates.registry import atom
from schemas import Claim, Measure
from schemas.predicate import FigureReading

if TYPE_CHECKING:
    from kb.evidence.state import State

INFINITE = Decimal("Infinity")


def claim_of(state: State, ref: str) -> Claim | None:
    """The claim behind finding/claim, if there is one."""
    finding, _, claim = (state.corpus.canonical(ref) or "").partition("/")
    return next((c for c in state.corpus.findings[finding].claims if c.id == claim), None) if claim else None


@atom(FigureReading)
def figure(state: State, asked: FigureReading) -> Reading:
    """The printed value counts, not its rounding interval. `more-than`, `at-least`, `less-than` and `at-most` leave one side open:
    a bound on that side is unknown. Whether the figure is disputed is said and does not decide."""
    says = f"{asked.measure} of {asked.figure}: {limits(asked.at_least, asked.at_most)}"
    claim = claim_of(state, asked.figure)
    if claim is None:
        return absent(says, f"no claim {asked.figure}", "the claim")
    measure = next((m for m in claim.measures if m.name == asked.measure), None)
    if measure is None:
        return absent(says, f"{asked.figure} has no measure {asked.measure}", "the figure")
    value = compared(measure, asked.at_least, asked.at_most)
    around = "" if measure.qualifier == "exactly" else f"{measure.qualifier.replace('-', ' ')} "
    disputed = any(d.state == "open" and d.about == measure.name for d in claim.disputes)
    now = f"{around}{measure.value}{f' {measure.unit}' if measure.unit else ''}" + (", in open dispute" if disputed else "")
    if value == "unknown":
        return absent(says, now, f"a figure that says more than {now}")
    finding = (state.corpus.canonical(asked.figure) or "").partition("/")[0]
    far = distance(float(measure.value), asked.at_least, asked.at_most) or f"{now}, beyond the bound"
    return definite(state.corpus, says, now, [finding], holds=value == "true", lacking=f"{asked.measure} of {asked.figure}: {far}")


def compared(measure: Measure, at_least: float | None, at_most: float | None) -> Truth:
    """Whether a figure lies within bounds for every, for no, or only for some values that its words leave open."""
    value = measure.value.decimal
    up, down = measure.qualifier in ("more-than", "at-least"), measure.qualifier in ("less-than", "at-most")
    low, high = (-INFINITE if down else value), (INFINITE if up else value)
    answers: set[Truth] = set()
    if at_least is not None:
        bound = Decimal(repr(float(at_least)))
        never = high < bound or (high == bound and measure.qualifier == "less-than")
        answers.add("true" if low >= bound else "false" if never else "unknown")
    if at_most is not None:
        bound = Decimal(repr(float(at_most)))
        never = low > bound or (low == bound and measure.qualifier == "more-than")
        answers.add("true" if high <= bound else "false" if never else "unknown")
    return "false" if "false" in answers else "unknown" if "unknown" in answers else "true"
