"""KB301: a claim that does not say where it stands in its source."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB301",
    "claim-without-place",
    severity="error",
    summary="A claim does not say where in the source it stands.",
    what="Reports a claim without an entry in `at`.",
    why="A figure that cannot be looked up cannot be checked, and figures cited from memory drift.",
    bad="""
# findings/steering-works.yaml
kind: methodological
claims:
  - {id: rate, statement: The rate rises., nature: existence}
""",
    good="""
# findings/steering-works.yaml
kind: methodological
claims:
  - {id: rate, statement: The rate rises., nature: existence, at: [{part: table, ref: "2"}]}
""",
    fix="Add `at`: abstract, or a section, table, figure, page or appendix with its number.",
)
def claim_without_place(ctx: Context) -> Iterator[Hit]:
    for name, path, claim in ctx.claims():
        if not claim.at:
            yield Hit(
                name,
                (*path, "at"),
                f"claim '{claim.id}' gives no place in the source",
                "at least one entry in `at`",
                'add e.g. at: [{part: table, ref: "2"}]',
            )
