"""KB503: an acknowledgement of figures that agree."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check
from kb.numbers.claims import stale


@check(
    "KB503",
    "stale-acknowledgement",
    severity="error",
    summary="A check is acknowledged as failing, and it does not fail.",
    what="Reports `acknowledged` on an expression or named test whose figures agree. Where they are only just possible, an acknowledgement may stand.",
    why="The page would tell readers of a problem that was corrected since; and the acknowledgement would silence the next one without anybody having looked.",
    bad="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: before, value: 10, unit: "%"}, {name: after, value: 40, unit: "%"}]
    checks: [{expression: before < after, acknowledged: {on: 2026-01-10, by: ann, why: The table was corrected.}}]
""",
    good="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: before, value: 10, unit: "%"}, {name: after, value: 40, unit: "%"}]
    checks: [before < after]
""",
    fix="Remove `acknowledged`.",
)
def stale_acknowledgement(ctx: Context) -> Iterator[Hit]:
    for name, path, _claim, outcomes in ctx.outcomes:
        for outcome in outcomes:
            if outcome.position is not None and stale(outcome):
                yield Hit(
                    name,
                    (*path, "checks", outcome.position, "acknowledged"),
                    f"'{outcome.expression}' is acknowledged as failing, but it is consistent: {outcome.explanation}",
                    "an acknowledgement of a check that fails",
                    "remove `acknowledged`",
                    key=True,
                )
