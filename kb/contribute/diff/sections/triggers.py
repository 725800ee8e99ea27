"""Predicates of beliefs' updates that became true or are true no longer, and the reviews that they make due."""

from __future__ import annotations

from collections.abc import Iterator

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change, Side
from kb.contribute.diff.words import clip, listed
from kb.evidence.queue.beliefs import WOULD
from kb.evidence.triggers import Trigger


@section(
    "triggers",
    "What would change a belief",
    order=75,
    counts={
        "fired": ("update of a belief fired", "updates of beliefs fired"),
        "due": ("review due again", "reviews due again"),
        "reviewed": ("review recorded", "reviews recorded"),
        "no-longer": ("update no longer fired", "updates no longer fired"),
    },
)
def triggers(change: Change) -> Iterator[Item]:
    """By belief and update. No credence follows by itself: what fires asks the holders for a review."""
    before = {change.now(trigger.id): trigger for trigger in change.before.state.triggers}
    after = {trigger.id: trigger for trigger in change.after.state.triggers}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if new is None:
            assert old is not None
            yield Item("no-longer", name, f"{name} is true no longer: {clip(old.when)}", (_ending(change.after, name), f"it was: {clip(old.why, 300)}"))
        elif old is None:
            yield Item("fired", name, f"{name} fired: {clip(new.when)}", tuple(_fired(new)))
        else:
            yield from _moved(change, name, old, new)


def _fired(new: Trigger) -> Iterator[str]:
    yield f"now true: {clip(new.why, 300)}"
    if new.fired_by:
        yield f"made so by {listed(new.fired_by)}"
    yield f"it was said beforehand that this would {WOULD[new.would]}"
    yield f"review due for {listed(new.due_for)}" if new.due else "every holder has reviewed it"


def _ending(side: Side, name: str) -> str:
    """Why a predicate that was true is not, in the state after."""
    belief_id, _, update = name.partition("/")
    belief = side.corpus.beliefs.get(belief_id)
    if belief is None:
        return "the belief is no valid record any more" if belief_id in side.ids_of_broken else "the belief is gone"
    if belief.resolution is not None:
        return "the belief was resolved"
    condition = next((c for c in side.state.reviewing.conditions(belief_id) if c.update == update), None)
    if condition is None:
        return "the update was taken out"
    if condition.reading is None:
        return "its predicate was taken out"
    return f"{condition.reading.value} now: {clip(condition.reading.now or condition.reading.says, 300)}"


def _moved(change: Change, name: str, old: Trigger, new: Trigger) -> Iterator[Item]:
    """A predicate that stays true: who has to look again, and who has looked."""
    was, now = set(old.due_for), set(new.due_for)
    if again := sorted(now - was):
        joined = sorted(set(new.fired_by) - {change.now(record) for record in old.fired_by})
        why = f"since then {listed(joined)} made it true, too" if joined else "no review of theirs covers what makes it true"
        yield Item("due", name, f"{name} is due for review again by {listed(again)}", (why, f"now true: {clip(new.why, 300)}"))
    for review in new.reviewed:
        if review.holder in was - now:
            note = (f"note: {clip(review.note)}",) if review.note else ()
            yield Item("reviewed", name, f"{name} was reviewed by {review.holder} on {review.date.isoformat()}: {review.outcome}", note)
