"""KB501: figures of a claim that cannot all be right."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check
from kb.numbers.claims import unanswered


@check(
    "KB501",
    "figures-inconsistent",
    severity="error",
    summary="Figures of a claim cannot all be right as printed, and the record does not say so.",
    what="""
Evaluates every expression and named test in `checks` over all values that round to the printed figures. Reports one that none of them satisfies, unless
the check is `acknowledged` or the claim has a dispute about one of the check's figures: by its name in `about`, or, in words, with its digits.
Figures that are only just possible are not reported.
""",
    why="A slip in the record looks like the source's error, and an error of the source should be written down once, not found again by every reader.",
    bad="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: before, value: 10, unit: "%"}, {name: after, value: 40, unit: "%"}, {name: fold, value: 3, unit: times}]
    checks: [{test: fold-change, before: before, after: after, fold: fold}]
""",
    good="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: before, value: 10, unit: "%"}, {name: after, value: 40, unit: "%"}, {name: fold, value: 3, unit: times}]
    checks:
      - test: fold-change
        before: before
        after: after
        fold: fold
        acknowledged: {on: 2026-01-10, by: ann, why: The text says threefold beside these figures; the authors were asked.}
""",
    fix="Compare with the source and correct the figure; where the source says so, record a dispute or acknowledge the check with the reason.",
)
def figures_inconsistent(ctx: Context) -> Iterator[Hit]:
    for name, path, claim, outcomes in ctx.outcomes:
        for outcome in outcomes:
            if outcome.position is not None and unanswered(claim, outcome):
                yield Hit(
                    name,
                    (*path, "checks", outcome.position),
                    f"the figures of claim '{claim.id}' cannot all be right: {outcome.explanation}",
                    "figures that agree within their rounding",
                    "compare with the source; correct the record, or acknowledge the check with what the source says",
                )
