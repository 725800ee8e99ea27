"""Another belief: a credence that somebody gives it, or whether a review of it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.evidence.predicates.bounds import absent, definite, distance, limits, within
from kb.evidence.predicates.reading import Reading, all_of
from kb.evidence.predicates.registry import atom
from schemas import Belief
from schemas.belief import Holding
from schemas.predicate import BeliefReading

if TYPE_CHECKING:
    from kb.evidence.state import State


@atom(BeliefReading)
def belief(state: State, asked: BeliefReading) -> Reading:
    """Unknown where there is no such belief or holder, and where the predicates of beliefs run in a circle."""
    about = f"{asked.belief}, held by {asked.holder}" if asked.holder else asked.belief
    found = state.corpus.beliefs.get(state.corpus.canonical(asked.belief) or "")
    if found is None:
        return absent(f"belief {about}", f"no belief {asked.belief}", "the belief")
    holders = [holding for holding in found.holders if asked.holder in (None, holding.holder)]
    if not holders:
        return absent(f"belief {about}", f"{asked.holder} does not hold {found.id}", "the holder")
    read = _credence if asked.credence is not None else _review
    parts = [read(state, asked, found, holding) for holding in holders]
    return parts[0] if len(parts) == 1 else all_of(parts, f"of every holder of {found.id} this holds")


def _credence(state: State, asked: BeliefReading, found: Belief, holding: Holding) -> Reading:
    assert asked.credence is not None
    bounds, value = asked.credence, holding.current.credence
    return definite(
        state.corpus,
        f"{holding.holder}'s credence in {found.id}: {limits(bounds.at_least, bounds.at_most)}",
        f"{value:g}, since {holding.current.date.isoformat()}",
        [found.id],
        holds=within(value, bounds.at_least, bounds.at_most) == "true",
        lacking=f"{holding.holder}'s credence in {found.id}: {distance(value, bounds.at_least, bounds.at_most)}",
        day=holding.current.date,
    )


def _review(state: State, asked: BeliefReading, found: Belief, holding: Holding) -> Reading:
    says = f"{holding.holder}'s review of {found.id} is {'due' if asked.review == 'due' else 'not due'}"
    if found.id in state.reviewing.circular:
        return absent(says, "the predicates of beliefs run in a circle", "an end of the circle")
    due = [trigger for trigger in state.reviewing.triggers(found.id) if holding.holder in trigger.due_for]
    now = f"due: {', '.join(trigger.update for trigger in due)}" if due else "not due"
    holds = (asked.review == "due") == bool(due)
    day = min((trigger.since for trigger in due), default=None)
    return definite(state.corpus, says, now, [found.id], holds=holds, lacking=f"a review of {found.id} is {now.partition(':')[0]}", day=day)
