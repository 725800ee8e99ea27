"""KB612: a belief that rests on a retracted work."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB612",
    "retracted-evidence",
    severity="warning",
    summary="A belief's evidence rests on a work that has been retracted.",
    what="Reports an entry of a belief's `evidence` that is a retracted source, or a finding all of whose sources are retracted.",
    why="The ledger is what a credence is weighed on. What has been withdrawn weighs nothing, and the credence may have to move.",
    bad="""
# sources/roe-2025-steering.yaml
retracted: 2025-12-01
# findings/steering-works.yaml
sources: [doe-2024-prompts]
relations: []
# beliefs/styles-are-selected.yaml
evidence:
  - {record: roe-2025-steering, direction: for, note: It steers.}
""",
    good="""
# beliefs/styles-are-selected.yaml
evidence:
  - {record: roe-2025-steering, direction: for, note: It steers.}
""",
    fix="Take the entry out and add one to `history` that says whether the credence moved.",
)
def retracted_evidence(ctx: Context) -> Iterator[Hit]:
    if not any(source.retracted for source in ctx.corpus.sources.values()):
        return
    for name, belief in ctx.corpus.beliefs.items():
        for i, item in enumerate(belief.evidence):
            head = ctx.canonical(item.record.partition("/")[0])
            finding, source = ctx.corpus.findings.get(head), ctx.corpus.sources.get(head)
            works = ctx.sources_of(finding) if finding else [source] if source else []
            if works and all(work.retracted for work in works):
                message = f"'{item.record}' rests on {'a work' if len(works) == 1 else 'works'} retracted on {max(w.retracted for w in works if w.retracted)}"
                yield Hit(name, ("evidence", i, "record"), message, "evidence that stands", "take it out, and say whether the credence moved")
