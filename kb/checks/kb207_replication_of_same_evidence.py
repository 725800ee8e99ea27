"""KB207: a replication on the same evidence."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB207",
    "replication-of-same-evidence",
    severity="error",
    summary="Two findings are said both to replicate each other and to rest on the same evidence.",
    what="Reports a pair of findings of which one says `replicates` and one, the same or the other, says `same-evidence-as`.",
    why="Looking at the same evidence again is no replication: one of the relations makes two independent examples of the pair, the other makes it one.",
    bad="""
# findings/prompts-move-styles.yaml
relations:
  - {type: same-evidence-as, to: steering-works}
# findings/steering-works.yaml
relations:
  - {type: replicates, to: prompts-move-styles}
""",
    good="""
# findings/steering-works.yaml
relations:
  - {type: replicates, to: prompts-move-styles}
""",
    fix="Keep `replicates` where new data were gathered, `same-evidence-as` where the same data were read again.",
)
def replication_of_same_evidence(ctx: Context) -> Iterator[Hit]:
    same: dict[frozenset[str], str] = {}
    for name, finding in ctx.corpus.findings.items():
        for relation in finding.relations:
            if relation.type == "same-evidence-as":
                same.setdefault(frozenset((name, ctx.canonical(relation.to))), name)
    if not same:
        return
    for name, finding in ctx.corpus.findings.items():
        for i, relation in enumerate(finding.relations):
            pair = frozenset((name, ctx.canonical(relation.to)))
            if relation.type == "replicates" and pair in same and len(pair) == 2:
                message = f"'{name}' replicates '{ctx.canonical(relation.to)}', yet '{same[pair]}' says that both rest on the same evidence"
                yield Hit(name, ("relations", i), message, "one of the two relations", "keep `replicates` only if new data were gathered")
