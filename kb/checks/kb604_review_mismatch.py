"""KB604: a review that does not fit the belief that it is of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check
from schemas import Belief
from schemas.belief import Review


@check(
    "KB604",
    "review-mismatch",
    severity="error",
    summary="A review names an update or a holder that the belief lacks, or an outcome that its history does not show.",
    what="""
A review is `of` updates of the belief, `by` one of its holders. Where its outcome is `changed`, the holder's history has an entry of that day whose
credence differs from the one before; where it is `unchanged`, no entry of that day moves the credence.
""",
    why="A review clears a trigger. One that names the wrong update, or claims a change that nobody made, silences an alarm that nobody has heard.",
    bad="""
# beliefs/styles-are-selected.yaml
updates:
  - {id: answered, when: The question is open., predicate: {question: what-moves-styles, is: open}, would: lower}
reviews:
  - {date: 2026-02-01, by: ann, of: [answer], fired-by: [what-moves-styles], outcome: unchanged, note: It was open before.}
""",
    good="""
# beliefs/styles-are-selected.yaml
updates:
  - {id: answered, when: The question is open., predicate: {question: what-moves-styles, is: open}, would: lower}
reviews:
  - {date: 2026-02-01, by: ann, of: [answered], fired-by: [what-moves-styles], outcome: unchanged, note: It was open before.}
""",
    fix="Correct the name, or add the entry to `history` that the review speaks of.",
)
def review_mismatch(ctx: Context) -> Iterator[Hit]:
    for name, belief in ctx.corpus.beliefs.items():
        updates, holders = [update.id for update in belief.updates], [holding.holder for holding in belief.holders]
        for i, review in enumerate(belief.reviews):
            for j, of in enumerate(review.of):
                if of not in updates:
                    fix = did_you_mean(nearest(of, updates), "name the update that was reviewed")
                    yield Hit(name, ("reviews", i, "of", j), f"the belief has no update '{of}'", f"one of {', '.join(updates) or 'none'}", fix)
            if review.by not in holders:
                fix = did_you_mean(nearest(review.by, holders), "name the holder whose credence it is")
                yield Hit(name, ("reviews", i, "by"), f"'{review.by}' does not hold the belief", f"one of {', '.join(holders)}", fix)
                continue
            moved = _moved(belief, review)
            if moved != (review.outcome == "changed"):
                found = "no entry of that day moves the credence" if not moved else "an entry of that day moves the credence"
                message = f"the outcome is {review.outcome}, yet {found} of '{review.by}'"
                fix = "add the entry to `history`, or write `unchanged`" if not moved else "write `changed`, or correct the entry"
                yield Hit(name, ("reviews", i, "outcome"), message, "an outcome that the history shows", fix)


def _moved(belief: Belief, review: Review) -> bool:
    history = next(holding.history for holding in belief.holders if holding.holder == review.by)
    return any(after.date == review.date and after.credence != before.credence for before, after in pairwise(history))
