"""KB504: a figure that does not agree with its own n, k, interval or SD."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check
from kb.numbers.claims import unanswered


@check(
    "KB504",
    "measure-inconsistent",
    severity="warning",
    summary="A figure does not agree with its own k of n, interval or SD.",
    what="""
Some named tests run on every measure that has what they need, without being declared: the share against k of n, the interval around its estimate, the
sign of the SD. Declare the test in `checks` to acknowledge it.
""",
    why="Such a figure was most often mistyped in the record; if the source prints it so, readers should be told.",
    bad="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: rate, value: 43, unit: "%", k: 12, n: 30}]
""",
    good="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: rate, value: 43, unit: "%", k: 12, n: 30}]
    checks: [{test: k-of-n, of: rate, acknowledged: {on: 2026-01-10, by: ann, why: Table 2 prints both; one answer may have been dropped.}}]
""",
    fix="Compare with the source and correct the figure; where the source says so, declare the test in `checks` and acknowledge it.",
)
def measure_inconsistent(ctx: Context) -> Iterator[Hit]:
    for name, path, claim, outcomes in ctx.outcomes:
        for outcome in outcomes:
            if outcome.automatic and unanswered(claim, outcome):
                index = next(i for i, measure in enumerate(claim.measures) if measure.name == outcome.measures[0])
                yield Hit(
                    name,
                    (*path, "measures", index),
                    f"figure '{outcome.measures[0]}' does not agree with itself: {outcome.explanation}",
                    "a figure that agrees with what stands beside it",
                    f"correct it, or declare and acknowledge: {{test: {outcome.test}, of: {outcome.measures[0]}, acknowledged: …}}",
                )
