"""KB232: a credence history that is not in the order of its dates."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB232",
    "history-out-of-order",
    severity="error",
    summary="The entries of a credence history are not in the order of their dates.",
    what="Each entry of a holder's `history` must be later than the one before it.",
    why="The last entry is taken as the current credence. Out of order, a belief is shown with a credence that its holder has given up.",
    bad="""
# beliefs/styles-are-selected.yaml
holders:
  - holder: ann
    history:
      - {date: 2026-03-01, credence: 0.7, because: new evidence, records: [prompts-move-styles]}
      - {date: 2026-01-10, credence: 0.6, because: a first guess, records: [prompts-move-styles]}
""",
    good="""
# beliefs/styles-are-selected.yaml
holders:
  - holder: ann
    history:
      - {date: 2026-01-10, credence: 0.6, because: a first guess, records: [prompts-move-styles]}
      - {date: 2026-03-01, credence: 0.7, because: new evidence, records: [prompts-move-styles]}
""",
    fix="Put the entries in order, oldest first; join two entries of one day.",
)
def history_out_of_order(ctx: Context) -> Iterator[Hit]:
    for name, belief in ctx.corpus.beliefs.items():
        for i, holding in enumerate(belief.holders):
            for j, (before, after) in enumerate(zip(holding.history, holding.history[1:], strict=False), start=1):
                if after.date <= before.date:
                    message = f"{after.date} follows {before.date} in the history of '{holding.holder}'"
                    yield Hit(
                        name,
                        ("holders", i, "history", j, "date"),
                        message,
                        "later dates further down",
                        "put the entries in order, oldest first; join two of one day",
                    )
