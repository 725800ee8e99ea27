"""Decisions about beliefs: reviews that fired updates make due. What clears one is an entry of the belief's `reviews`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.evidence.queue.item import Edit, Edits, Option, Ruling, Waiting, waits

if TYPE_CHECKING:
    from kb.evidence.state import State
    from kb.evidence.triggers import Trigger

WOULD = {"raise": "raise the credence", "lower": "lower the credence", "abandon": "abandon the belief", "reconsider": "reconsider the belief"}
"""What an update said beforehand it would do."""
_CREDENCE = re.compile(r"0|1|0?\.[0-9]{1,6}|0\.0|1\.0")


@waits("review-due", "Beliefs due for review")
def _reviews(state: State) -> Iterator[Waiting]:
    for trigger in state.triggers:
        if trigger.due:
            several = len(trigger.due_for) > 1
            who = f"the holder, {' or '.join(trigger.due_for)}" if several else ""
            credence = "the new credence from 0 to 1" + (", after the holder, as in `NAME=0.6`" if several else "")
            yield Waiting(
                id=f"review-due:{trigger.id}",
                kind="review-due",
                title=f"{trigger.title}: {trigger.update.replace('-', ' ')}",
                records=(trigger.belief, *trigger.fired_by),
                what=f"Fired: {trigger.why}. It was said beforehand that this would {WOULD[trigger.would]}. Due for {', '.join(trigger.due_for)}.",
                options=(
                    Option("move", "move the credence: add an entry to `history` and a review with outcome `changed`", _moved(state, trigger), credence),
                    Option("leave", "leave it: add a review with outcome `unchanged` and the reason", _left(trigger), who),
                    Option("correct", "correct the predicate where it says something else than the condition in words, and say so"),
                ),
                clears="every holder has a review of this update that lists in `fired-by` what makes it true, or the predicate is true no longer",
                since=trigger.since,
            )


def _holder(trigger: Trigger, named: str) -> str:
    """Whose review it is: the one who is due, or the one named of several. Only that holder's credence can be moved."""
    if len(trigger.due_for) == 1 and not named:
        return trigger.due_for[0]
    if named not in trigger.due_for:
        raise ValueError(f"a holder for whom the review is due: {' or '.join(trigger.due_for)}")
    return named


def _note(ruling: Ruling, holder: str) -> str:
    """The reason, with who recorded it where that is somebody else than the holder."""
    return ruling.why if ruling.by == holder else f"{ruling.why} (recorded by {ruling.by})"


def _left(trigger: Trigger) -> Edits:
    def edits(ruling: Ruling) -> list[Edit]:
        holder = _holder(trigger, ruling.value)
        review = trigger.review(holder, ruling.on, "unchanged", _note(ruling, holder)) | {"date": ruling.on}
        return [Edit(trigger.belief, "append", ("reviews",), review)]

    return edits


def _moved(state: State, trigger: Trigger) -> Edits:
    def edits(ruling: Ruling) -> list[Edit]:
        named, _, number = ruling.value.rpartition("=")
        if not _CREDENCE.fullmatch(number):
            raise ValueError("a credence from 0 to 1, as in 0.6" + (", after the holder: NAME=0.6" if len(trigger.due_for) > 1 else ""))
        holder = _holder(trigger, named)
        holders = state.corpus.beliefs[trigger.belief].holders
        place = next(i for i, holding in enumerate(holders) if holding.holder == holder)
        if holders[place].current.credence == float(number):
            raise ValueError(f"a credence other than the present {holders[place].current.credence:g}; `leave` records that it stays")
        note = _note(ruling, holder)
        entry = {"date": ruling.on, "credence": float(number), "because": note, **({"records": list(trigger.fired_by)} if trigger.fired_by else {})}
        review = trigger.review(holder, ruling.on, "changed", note) | {"date": ruling.on}
        return [Edit(trigger.belief, "append", ("holders", place, "history"), entry), Edit(trigger.belief, "append", ("reviews",), review)]

    return edits
