"""KB502: a check of figures that can't be carried out."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB502",
    "unusable-check",
    severity="error",
    summary="An expression can't be read, or a named test does not fit the figures that it is given.",
    what="""
Reports expressions with a mistake in their grammar, percentages that meet fractions as they stand, and named tests that lack a figure or are given one
in a unit that they can't use. Names that the claim does not have are left to KB304.
""",
    why="A check that can't be carried out looks like one that passed.",
    bad="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: before, value: 10, unit: "%"}, {name: after, value: 0.4, unit: fraction}]
    checks: [before < after]
""",
    good="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: before, value: 10, unit: "%"}, {name: after, value: 0.4, unit: fraction}]
    checks: [before < 100 * after]
""",
    fix="Correct the expression or the test's parameters; the page on number tests shows what each needs.",
)
def unusable_check(ctx: Context) -> Iterator[Hit]:
    for name, path, _claim, outcomes in ctx.outcomes:
        for outcome in outcomes:
            if outcome.verdict != "error" or outcome.position is None or outcome.unknown:
                continue
            at = f", at character {outcome.column}" if outcome.column else ""
            yield Hit(
                name,
                (*path, "checks", outcome.position, *outcome.field),
                f"'{outcome.expression}' can't be checked{at}: {outcome.explanation.rstrip('.')}",
                "an expression or a named test that fits the claim's figures",
                "correct it; the page on number tests shows what each test needs",
            )
