"""KB307: a finding that belongs to no concept and does not say why."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB307",
    "finding-without-concept",
    severity="error",
    summary="A finding names no concept and gives no reason.",
    what="Reports a finding with neither an entry in `instantiates` nor a `no-concept`.",
    why="A finding outside every concept is on no board and in no tally. Where none fits, the reason shows which concept is missing.",
    bad="""
# findings/steering-works.yaml
instantiates: []
""",
    good="""
# findings/steering-works.yaml
instantiates: []
no-concept: It measures the instrument, not a style.
""",
    fix="Name the concepts that the finding bears on, with its role (`candidate` where you are not sure), or give the reason in `no-concept`.",
)
def finding_without_concept(ctx: Context) -> Iterator[Hit]:
    for name, finding in ctx.corpus.findings.items():
        if not finding.instantiates and finding.no_concept is None:
            yield Hit(
                name,
                ("instantiates",),
                "the finding names no concept",
                "an entry in `instantiates`, or a reason in `no-concept`",
                "name the concept that it bears on, or say why there is none",
            )
