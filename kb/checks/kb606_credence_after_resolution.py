"""KB606: a credence that was stated when the outcome was known."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB606",
    "credence-after-resolution",
    severity="error",
    summary="A credence is dated later than the day on which the belief resolved.",
    what="No entry of a holder's `history` may be later than the `date` of the belief's `resolution`. One of the same day is allowed and is not scored.",
    why="Scores are taken from credences stated before the outcome was known. A later one is no forecast, and one of the two dates is wrong.",
    bad="""
# beliefs/styles-are-selected.yaml
resolution: {date: 2026-01-05, outcome: true, by: ann, why: It was shown.}
""",
    good="""
# beliefs/styles-are-selected.yaml
resolution: {date: 2026-02-05, outcome: true, by: ann, why: It was shown.}
""",
    fix="Correct the date that is wrong, or take the entry out.",
)
def credence_after_resolution(ctx: Context) -> Iterator[Hit]:
    for name, belief in ctx.corpus.beliefs.items():
        if belief.resolution is None:
            continue
        for i, holding in enumerate(belief.holders):
            for j, entry in enumerate(holding.history):
                if entry.date > belief.resolution.date:
                    message = f"a credence of {entry.date} on a belief that resolved on {belief.resolution.date}"
                    yield Hit(name, ("holders", i, "history", j, "date"), message, "credences up to the resolution", "correct one of the dates")
