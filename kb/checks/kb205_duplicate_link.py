"""KB205: the same link twice in one list."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check
from schemas import Finding

# Several places, disputes or estimates may well name one record.
_MAY_REPEAT = frozenset({"text", "finding", "claims.disputes.by", "claims.at.source", "estimates.claim", "counter-points.source"})


@check(
    "KB205",
    "duplicate-link",
    severity="error",
    summary="A list of links names the same record twice.",
    what="""
Reports a second entry of a list of links (`sources`, `relations` of one type, `adjacent`, `evidence`, `bears-on`, `answers`,
`shapes`, `artefacts` …) that names what an earlier entry names, also when one of them uses a former id. A belief's
evidence may name several claims of one finding, yet not a claim and the finding as a whole.
""",
    why="Evidence that is listed twice is counted twice.",
    bad="""
# beliefs/styles-are-selected.yaml
evidence:
  - {record: steering-works, direction: for, note: It works.}
  - {record: steering-works, direction: for, note: It really works.}
""",
    good="""
# beliefs/styles-are-selected.yaml
evidence:
  - {record: steering-works, direction: for, note: It works.}
  - {record: prompts-move-styles, direction: for, note: So do prompts.}
""",
    fix="Keep one of the entries and put what both say into it.",
)
def duplicate_link(ctx: Context) -> Iterator[Hit]:
    seen: set[tuple[object, ...]] = set()
    evidence: dict[tuple[str, str], set[str]] = {}
    for ref in ctx.refs:
        if ref.field in _MAY_REPEAT or ref.field.startswith("updates.predicate."):
            continue
        head, _, claim = ref.target.partition("/")
        target = ctx.canonical(head)
        if ref.field == "evidence.record":
            claims = evidence.setdefault((ref.owner, target), set())
            twice = claim in claims or (bool(claims) and (not claim or "" in claims))
            claims.add(claim)
            kind = ""
        else:
            kind = ctx.corpus.findings[ref.owner].relations[int(ref.path[1])].type if ref.field == "relations.to" else ""
            # Paths with all but the last list position are those of one list: histories of two holders are two lists.
            key = (ref.owner, kind, target, claim, *ref.path[: -2 if isinstance(ref.path[-1], str) else -1])
            twice = key in seen
            seen.add(key)
        if twice:
            yield Hit(
                ref.owner, ref.path, f"`{ref.field}` names '{target}' a second time{kind and ' as '}{kind}", "each record once", "keep one of the entries"
            )
    for finding in ctx.corpus.findings.values():
        yield from _slugs(finding)


def _slugs(finding: Finding) -> Iterator[Hit]:
    for i, link in enumerate(finding.instantiates):
        for j, shape in enumerate(link.shapes):
            if shape in link.shapes[:j]:
                yield Hit(finding.id, ("instantiates", i, "shapes", j), f"`shapes` names '{shape}' a second time", "each shape once", "remove it")
    for j, artefact in enumerate(finding.artefacts):
        if artefact in finding.artefacts[:j]:
            yield Hit(finding.id, ("artefacts", j), f"`artefacts` names '{artefact}' a second time", "each artefact once", "remove it")
