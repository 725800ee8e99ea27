"""What every export of beliefs shows, before any format: a page per holder, with what has changed since a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from kb.errors import UsageError
from kb.evidence.implied import Implied
from kb.evidence.scoring import Score
from kb.evidence.state import State
from kb.evidence.triggers import Trigger
from kb.evidence.weighing import Weighed
from kb.export.registry import Options
from kb.forms.addresses import label, web
from schemas import Belief
from schemas.belief import CredenceEntry, EvidenceItem, Holding, Review

DIRECTIONS = ("for", "against", "mixed")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One item of a belief's ledger."""

    item: EvidenceItem
    record: str
    """Present id of the record or claim; as written where there is none."""
    title: str
    address: str | None
    added: dt.date | None
    """The day on which the record entered the knowledge base; None where it is not filed. The day on which it was listed is not recorded."""
    new: bool
    """Whether that was after the day asked for."""

    @property
    def weight(self) -> float | None:
        """Decibans; None where not assessed."""
        return None if self.item.weight == "not assessed" else float(self.item.weight)


@dataclass(frozen=True, slots=True)
class Move:
    """How a credence has changed since a day."""

    since: dt.date
    before: float | None
    """The credence on that day; None where the holder had none yet."""
    entries: tuple[CredenceEntry, ...]
    """Entries after that day, oldest first."""


@dataclass(frozen=True, slots=True)
class View:
    """One belief as one holder has it."""

    belief: Belief
    holding: Holding
    address: str
    evidence: tuple[Evidence, ...]
    weighed: Weighed
    """What follows for the belief from the rest of the knowledge base."""
    due: tuple[Trigger, ...]
    """Updates that have come true and wait for a review of this holder."""
    reviews: tuple[Review, ...]
    """Those of this holder, oldest first."""
    implied: Implied
    score: Score | None
    """None where the belief is not resolved, or void."""
    move: Move | None
    """None where no day was asked for."""

    @property
    def changed(self) -> bool:
        """Whether anything below has happened since the day asked for."""
        happened = self.new_evidence or self.new_due or self.new_reviews
        return self.move is not None and (bool(self.move.entries) or bool(happened) or self.new_resolution)

    @property
    def new_evidence(self) -> tuple[Evidence, ...]:
        """Items whose record entered the knowledge base after that day."""
        return tuple(item for item in self.evidence if item.new)

    @property
    def new_due(self) -> tuple[Trigger, ...]:
        """Updates that came true after that day and wait."""
        return tuple(trigger for trigger in self.due if self.move is not None and trigger.since > self.move.since)

    @property
    def new_reviews(self) -> tuple[Review, ...]:
        """Reviews after that day."""
        return tuple(review for review in self.reviews if self.move is not None and review.date > self.move.since)

    @property
    def new_resolution(self) -> bool:
        """Whether the belief was resolved after that day."""
        resolution = self.belief.resolution
        return resolution is not None and self.move is not None and resolution.date > self.move.since

    def sum_of(self, direction: str) -> float | None:
        """Decibans of the assessed items of one direction; None where none is assessed."""
        weights = [item.weight for item in self.evidence if item.item.direction == direction and item.weight is not None]
        return sum(weights) if weights else None

    def count_of(self, direction: str) -> int:
        return sum(item.item.direction == direction for item in self.evidence)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that one holder holds, beliefs by id."""

    holder: str
    views: tuple[View, ...]


def pages(state: State, options: Options) -> list[Page]:
    """A page per holder, by name. Raises UsageError for a holder who holds nothing."""
    by_holder: dict[str, list[View]] = {}
    for belief in state.corpus.beliefs.values():
        for holding in belief.holders:
            by_holder.setdefault(holding.holder, []).append(_view(state, belief, holding, options.since))
    if options.holder is not None:
        by_holder = {_named(options.holder, by_holder): by_holder[_named(options.holder, by_holder)]}
    return [Page(holder, tuple(views)) for holder, views in sorted(by_holder.items())]


def _named(wanted: str, by_holder: Mapping[str, list[View]]) -> str:
    same = [holder for holder in by_holder if holder.casefold() == wanted.casefold()]
    if wanted in by_holder or len(same) == 1:
        return wanted if wanted in by_holder else same[0]
    raise UsageError(f"nobody called '{wanted}' holds a belief; " + (f"expected one of {', '.join(sorted(by_holder))}" if by_holder else "no belief is filed"))


def _view(state: State, belief: Belief, holding: Holding, since: dt.date | None) -> View:
    evidence = tuple(_evidence(state, item, since) for item in belief.evidence)
    move = None
    if since is not None:
        earlier = [entry for entry in holding.history if entry.date <= since]
        later = tuple(entry for entry in holding.history if entry.date > since)
        move = Move(since, earlier[-1].credence if earlier else None, later)
    weighed, holder = state.beliefs[belief.id], holding.holder
    return View(
        belief=belief,
        holding=holding,
        address=web(state.corpus, belief.id) or "",
        evidence=evidence,
        weighed=weighed,
        due=tuple(trigger for trigger in weighed.due if holder in trigger.due_for),
        reviews=tuple(sorted((review for review in belief.reviews if review.by == holder), key=lambda review: review.date)),
        implied=next(found for found in weighed.implied if found.holder == holder),
        score=next((found for found in weighed.scores if found.holder == holder), None),
        move=move,
    )


def _evidence(state: State, item: EvidenceItem, since: dt.date | None) -> Evidence:
    found = state.corpus.canonical(item.record)
    added = state.corpus.record(found).added if found is not None else None
    title = (label(state.corpus, found) if found is not None else None) or item.record
    new = since is not None and added is not None and added > since
    return Evidence(item, found or item.record, title, web(state.corpus, item.record), added, new)


def percent(credence: float) -> str:
    """A credence as a reader says it: 85 %, 2.5 %."""
    return f"{100 * credence:.3g} %"


def moved(move: Move, now: float) -> str:
    """What has happened to a credence, in a sentence."""
    if move.before is None:
        return f"New since {move.since.isoformat()}: {percent(now)}."
    if not move.entries:
        return f"Unchanged since {move.since.isoformat()}: {percent(now)}."
    return f"From {percent(move.before)} on {move.since.isoformat()} to {percent(now)}, in {len(move.entries)} step{'' if len(move.entries) == 1 else 's'}."


def decibans(evidence: Evidence) -> str:
    return "not assessed" if evidence.weight is None else f"{evidence.item.weight} dB"
