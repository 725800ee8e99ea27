"""KB225: a belief that rests on a finding which another has superseded."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB225",
    "superseded-evidence",
    severity="warning",
    summary="A belief's evidence is a finding that another finding supersedes.",
    what="Reports an entry of a belief's `evidence` whose finding is the target of a `supersedes` relation.",
    why="The newer finding may say something else; the belief should be weighed on what stands today.",
    bad="""
# findings/steering-works.yaml
relations:
  - {type: supersedes, to: prompts-move-styles}
# beliefs/styles-are-selected.yaml
evidence:
  - {record: prompts-move-styles, direction: for, note: It moves.}
""",
    good="""
# findings/steering-works.yaml
relations:
  - {type: supersedes, to: prompts-move-styles}
# beliefs/styles-are-selected.yaml
evidence:
  - {record: steering-works, direction: for, note: It moves.}
""",
    fix="Read the newer finding and name it instead; a history entry says whether the credence moved.",
)
def superseded_evidence(ctx: Context) -> Iterator[Hit]:
    by: dict[str, str] = {}
    for name, finding in ctx.corpus.findings.items():
        for relation in finding.relations:
            if relation.type == "supersedes" and ctx.canonical(relation.to) != name:
                by.setdefault(ctx.canonical(relation.to), name)
    if not by:
        return
    for name, belief in ctx.corpus.beliefs.items():
        for i, item in enumerate(belief.evidence):
            finding_id = ctx.canonical(item.record.partition("/")[0])
            if finding_id in by:
                message = f"'{finding_id}' has been superseded by '{by[finding_id]}'"
                yield Hit(name, ("evidence", i, "record"), message, "evidence that stands", f"weigh '{by[finding_id]}' instead")
