"""What stands against a claim: disputes about it, and sums over its figures that do not come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.evidence.predicates.bounds import absent, definite, either, words_of
from kb.evidence.predicates.figures import claim_of
from kb.evidence.predicates.reading import Reading
from kb.evidence.predicates.registry import atom
from kb.numbers.evaluate import ORDER
from schemas.predicate import ConsistencyReading, DisputeReading

if TYPE_CHECKING:
    from kb.evidence.state import State


@atom(DisputeReading)
def disputed(state: State, asked: DisputeReading) -> Reading:
    """Unknown only where there is no such claim."""
    wanted = words_of(asked.is_)
    says = f"disputes about {asked.disputed}: {either(wanted)}"
    claim = claim_of(state, asked.disputed)
    if claim is None:
        return absent(says, f"no claim {asked.disputed}", "the claim")
    states = [dispute.state for dispute in claim.disputes]
    found = "open" if "open" in states else "resolved" if states else "none"
    now = "none" if not states else f"{states.count('open')} open, {states.count('resolved')} resolved"
    lacking = f"disputes about {asked.disputed} are {now}, not {either(wanted)}"
    return definite(state.corpus, says, now, [_finding(state, asked.disputed)], holds=found in wanted, lacking=lacking)


@atom(ConsistencyReading)
def consistency(state: State, asked: ConsistencyReading) -> Reading:
    """The worst verdict over the claim's expressions; unknown where it has none."""
    wanted = words_of(asked.is_)
    says = f"figures of {asked.consistency} are {either(wanted)}"
    outcomes = state.checks.get(state.corpus.canonical(asked.consistency) or "", ())
    if not outcomes:
        return absent(says, f"no expression over the figures of {asked.consistency}", "an expression in the claim's `checks`")
    worst = max((outcome.verdict for outcome in outcomes), key=ORDER.index)
    lacking = f"figures of {asked.consistency} are {either([worst])}, not {either(wanted)}"
    return definite(state.corpus, says, either([worst]), [_finding(state, asked.consistency)], holds=worst in wanted, lacking=lacking)


def _finding(state: State, ref: str) -> str:
    return (state.corpus.canonical(ref) or ref).partition("/")[0]
