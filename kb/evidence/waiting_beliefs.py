"""Decisions that wait on beliefs: reviews that fired updates make due.

An item's id is `review-due:BELIEF/UPDATE`. What clears it is an entry of the belief's `reviews`, which `Trigger.review` writes as data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.evidence.queue import Waiting, waits

if TYPE_CHECKING:
    from kb.evidence.state import State

WOULD = {"raise": "raise the credence", "lower": "lower the credence", "abandon": "abandon the belief", "reconsider": "reconsider the belief"}
"""What an update said beforehand it would do."""


@waits("review-due", "Beliefs due for review")
def _reviews(state: State) -> Iterator[Waiting]:
    for trigger in state.triggers:
        if trigger.due:
            yield Waiting(
                id=f"review-due:{trigger.id}",
                kind="review-due",
                title=f"{trigger.title}: {trigger.update.replace('-', ' ')}",
                records=(trigger.belief, *trigger.fired_by),
                what=f"Fired: {trigger.why}. It was said beforehand that this would {WOULD[trigger.would]}. Due for {', '.join(trigger.due_for)}.",
                options=(
                    "move the credence: add an entry to `history` and a review with outcome `changed`",
                    "leave it: add a review with outcome `unchanged` and the reason",
                    "correct the predicate where it says something else than the condition in words, and say so",
                ),
                clears="every holder has a review of this update that lists in `fired-by` what makes it true, or the predicate is true no longer",
                since=trigger.since,
            )
