"""Triggers: predicates of updates that have become true, and who has looked at them since.

A *condition* is an update of a belief with what its predicate comes to today. A *trigger* is a condition that is true. It makes
a review due for every holder of the belief until that holder records one. A review clears the trigger for its holder as long as it saw everything
that makes the predicate true: each of the records that do so now is listed in `fired-by` and was added on the day of the
review or before. A record that joins them, or a rerun that takes a record's place with a later date, makes the review due again; one that goes does not,
as long as the predicate stays true. A predicate that is true because something is absent names no record, so one review clears it for good.
A belief that has been resolved has no triggers. No credence is ever changed here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kb.checks.graphs import components
from kb.evidence.codification import rests_on_retracted
from kb.evidence.predicates import Reading, evaluate
from kb.records import Corpus
from schemas import Belief, Finding
from schemas.belief import Review, Update
from schemas.predicate import BeliefReading, atoms

if TYPE_CHECKING:
    from kb.evidence.state import State


@dataclass(frozen=True, slots=True)
class Condition:
    """An update of a belief, and how its predicate reads today."""

    belief: str
    update: str
    would: str
    when: str
    how_much: str | None
    not_predicable: str | None
    reading: Reading | None
    """None where the update has no predicate."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A holder's latest review of an update."""

    holder: str
    date: dt.date
    outcome: str
    note: str
    seen: bool
    """Whether it saw all that makes the predicate true now."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A condition that is true."""

    belief: str
    title: str
    update: str
    would: str
    when: str
    why: str
    """What made it true, in words."""
    since: dt.date
    """The day on which the last of the records was added that were enough; the belief's own where it is true because something is absent."""
    fired_by: tuple[str, ...]
    """Every record that has part in making it true."""
    first: tuple[str, ...]
    """As few of them as were enough, those added first."""
    due_for: tuple[str, ...]
    """Holders who have not reviewed it, or not all that makes it true now."""
    reviewed: tuple[Reviewed, ...]
    """The latest review of each holder who has one."""

    @property
    def due(self) -> bool:
        return bool(self.due_for)

    @property
    def id(self) -> str:
        return f"{self.belief}/{self.update}"

    def review(self, holder: str, date: dt.date, outcome: str, note: str) -> dict[str, Any]:
        """The entry of `reviews` that clears it for a holder, keys as in YAML; the fields in the order of the schema."""
        return {
            "date": date.isoformat(),
            "by": holder,
            "of": [self.update],
            **({"fired-by": list(self.fired_by)} if self.fired_by else {}),
            "outcome": outcome,
            "note": note,
        }


class Reviewing:
    """Conditions and triggers of every belief of one state."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._conditions: dict[str, tuple[Condition, ...]] = {}

    @cached_property
    def standing(self) -> tuple[Finding, ...]:
        """The findings that counts may count, not those whose sources are all retracted; by the day they were added, then by id."""
        corpus = self.state.corpus
        found = (finding for finding in corpus.findings.values() if not rests_on_retracted(corpus, finding))
        return tuple(sorted(found, key=lambda finding: (finding.added, finding.id)))

    @cached_property
    def asks(self) -> dict[str, list[str]]:
        """Belief to the beliefs that its predicates ask about."""
        return {belief.id: asked_beliefs(self.state.corpus, belief) for belief in self.state.corpus.beliefs.values()}

    @cached_property
    def circular(self) -> frozenset[str]:
        """Beliefs whose predicates ask, directly or through others, about the belief itself. What they say of reviews is unknown to others."""
        parts = [part for part in components(self.asks) if len(part) > 1 or part[0] in self.asks.get(part[0], ())]
        return frozenset(belief for part in parts for belief in part)

    def conditions(self, belief_id: str) -> tuple[Condition, ...]:
        """The updates of a belief, in the order written."""
        if belief_id not in self._conditions:
            # Each after those that it asks about: no reading has to wait for another, however long the chain.
            for part in components(self.asks):
                for name in part:
                    belief = self.state.corpus.beliefs[name]
                    self._conditions[name] = tuple(_condition(self.state, belief, update) for update in belief.updates)
        return self._conditions[belief_id]

    def triggers(self, belief_id: str) -> tuple[Trigger, ...]:
        """The triggers of a belief, those due first, then oldest first."""
        belief = self.state.corpus.beliefs[belief_id]
        if belief.resolution is not None:
            return ()
        found = [_trigger(self.state, belief, c, c.reading) for c in self.conditions(belief_id) if c.reading is not None and c.reading.value == "true"]
        return tuple(sorted(found, key=lambda trigger: (not trigger.due, trigger.since, trigger.update)))


def asked_beliefs(corpus: Corpus, belief: Belief) -> list[str]:
    """The beliefs that a belief's predicates ask about, by id."""
    found = {corpus.canonical(a.belief) for u in belief.updates if u.predicate is not None for _, a in atoms(u.predicate) if isinstance(a, BeliefReading)}
    return sorted(name for name in found if name in corpus.beliefs)


def _condition(state: State, belief: Belief, update: Update) -> Condition:
    reading = None if update.predicate is None else evaluate(state, update.predicate)
    return Condition(belief.id, update.id, update.would, update.when, update.how_much, update.not_predicable, reading)


def _trigger(state: State, belief: Belief, condition: Condition, reading: Reading) -> Trigger:
    latest: dict[str, Review] = {}
    for review in sorted((r for r in belief.reviews if condition.update in r.of), key=lambda review: review.date):
        latest[review.by] = review
    reviewed = tuple(Reviewed(who, r.date, r.outcome, r.note, _saw(state, r, reading.grounds)) for who, r in sorted(latest.items()))
    seen = {review.holder for review in reviewed if review.seen}
    return Trigger(
        belief=belief.id,
        title=belief.title,
        update=condition.update,
        would=condition.would,
        when=condition.when,
        why=_why(reading),
        since=reading.since or belief.added,
        fired_by=reading.grounds,
        first=reading.first,
        due_for=tuple(holding.holder for holding in belief.holders if holding.holder not in seen),
        reviewed=reviewed,
    )


def _saw(state: State, review: Review, grounds: tuple[str, ...]) -> bool:
    listed = {state.corpus.canonical(record) or record for record in review.fired_by}
    return all(record in listed and state.corpus.entries[record].record.added <= review.date for record in grounds)


def _why(reading: Reading) -> str:
    if reading.joins == "not":
        return f"not so: {reading.parts[0].says}; now {reading.now}"
    if reading.joins:
        return "; ".join(_why(part) for part in reading.parts if part.value == "true")
    return f"{reading.says}; now {reading.now}"
