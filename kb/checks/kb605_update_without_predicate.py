"""KB605: an update with neither a predicate nor a word on why it has none."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB605",
    "update-without-predicate",
    severity="warning",
    summary="What would change a belief is said in words alone.",
    what="Reports every entry of `updates` that has neither a `predicate` nor `not-predicable`, which says why there can be none.",
    why="A condition in words has to be remembered by somebody. A predicate is watched: when it becomes true, a review is due.",
    bad="""
# beliefs/styles-are-selected.yaml
updates:
  - {id: contradicted, when: A finding contradicts it., would: lower}
""",
    good="""
# beliefs/styles-are-selected.yaml
updates:
  - id: contradicted
    when: A finding contradicts it.
    predicate: {count: findings, where: {concept: style, role: contradicting}, at-least: 1}
    would: lower
""",
    fix="Write the condition as a predicate, or say in `not-predicable` what the records cannot show.",
)
def update_without_predicate(ctx: Context) -> Iterator[Hit]:
    for name, belief in ctx.corpus.beliefs.items():
        for i, update in enumerate(belief.updates):
            if update.predicate is None and update.not_predicable is None:
                message = f"update '{update.id}' has no predicate"
                yield Hit(name, ("updates", i), message, "`predicate`, or `not-predicable` with the reason", "add one of them")
