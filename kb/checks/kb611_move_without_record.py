"""KB611: a credence that moved on no record."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB611",
    "move-without-record",
    severity="warning",
    summary="A credence moved, and the entry names no record that moved it.",
    what="Reports an entry of a credence history whose credence differs from the one before and whose `records` are empty. The first entry is no move.",
    why="What moved a mind is what a reader wants to look at, and what the ledger is compared with. A reason in words alone leads nowhere.",
    bad="""
# beliefs/styles-are-selected.yaml
holders:
  - holder: ann
    history:
      - {date: 2026-01-10, credence: 0.6, because: a first guess}
      - {date: 2026-03-01, credence: 0.7, because: new evidence}
""",
    good="""
# beliefs/styles-are-selected.yaml
holders:
  - holder: ann
    history:
      - {date: 2026-01-10, credence: 0.6, because: a first guess}
      - {date: 2026-03-01, credence: 0.7, because: new evidence, records: [prompts-move-styles]}
""",
    fix="Name in `records` what moved it: findings, results, sources, questions or other beliefs.",
)
def move_without_record(ctx: Context) -> Iterator[Hit]:
    for name, belief in ctx.corpus.beliefs.items():
        for i, holding in enumerate(belief.holders):
            for j, (before, after) in enumerate(zip(holding.history, holding.history[1:], strict=False), start=1):
                if after.credence != before.credence and not after.records:
                    message = f"the credence of '{holding.holder}' moved from {before.credence:g} to {after.credence:g} on no record"
                    yield Hit(name, ("holders", i, "history", j), message, "the records that moved it", "name them in `records`")
