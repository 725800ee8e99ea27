"""KB602: a predicate that asks about a replication, criterion, estimate or tag that no record has yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check
from kb.records.corpus import Path_
from schemas import Result
from schemas.predicate import EstimateReading, FindingCount, VerdictReading, atoms


@check(
    "KB602",
    "not-filed-yet",
    severity="warning",
    summary="A predicate asks about a replication, a criterion, an estimate or a tag that no record has.",
    what="""
Looks for a result of the replication on the tier that the predicate names, for the criterion or the estimate in it, and for a finding with the tag.
A condition may well be registered before its replication has run: its value is unknown till then, and this is only a warning.
""",
    why="A name that nothing answers to is as often a slip of the pen as a hope, and a predicate with a slip in it never becomes true.",
    bad="""
# results/rerun-smoke.yaml
tier: organism
# beliefs/styles-are-selected.yaml
updates:
  - id: reversed
    when: The rerun fails.
    predicate: {verdict: reruns, tier: organism, is: not-reproduced}
    would: lower
""",
    good="""
# results/rerun-smoke.yaml
tier: organism
# beliefs/styles-are-selected.yaml
updates:
  - id: reversed
    when: The rerun fails.
    predicate: {verdict: rerun, tier: organism, is: not-reproduced}
    would: lower
""",
    fix="Correct the name, or leave it until the record is filed.",
)
def not_filed_yet(ctx: Context) -> Iterator[Hit]:
    results: dict[str, list[Result]] = defaultdict(list)
    for result in ctx.corpus.results.values():
        results[result.replication].append(result)
    tags = sorted({tag for finding in ctx.corpus.findings.values() for tag in finding.tags})
    for name, belief in ctx.corpus.beliefs.items():
        for i, update in enumerate(belief.updates):
            for steps, atom in atoms(update.predicate) if update.predicate is not None else ():
                path: Path_ = ("updates", i, "predicate", *steps)
                if isinstance(atom, (VerdictReading, EstimateReading)):
                    yield from _result(name, path, atom, results)
                elif isinstance(atom, FindingCount) and atom.where.tag is not None and atom.where.tag not in tags:
                    fix = did_you_mean(nearest(atom.where.tag, tags), "leave it until a finding has it")
                    yield Hit(name, (*path, "where", "tag"), f"no finding is tagged '{atom.where.tag}'", "a tag in use", fix)


def _result(owner: str, path: Path_, atom: VerdictReading | EstimateReading, results: dict[str, list[Result]]) -> Iterator[Hit]:
    verdict = isinstance(atom, VerdictReading)
    field, whole = ("verdict", atom.verdict) if isinstance(atom, VerdictReading) else ("estimate", atom.estimate)
    replication, _, part = whole.partition("/")
    if replication not in results:
        fix = did_you_mean(nearest(replication, sorted(results)), "leave it until a result is filed")
        yield Hit(owner, (*path, field), f"no result of a replication '{replication}' is filed", "a replication with a result", fix)
        return
    found = [result for result in results[replication] if result.tier == atom.tier]
    if not found:
        tiers = sorted({result.tier for result in results[replication]})
        yield Hit(
            owner, (*path, "tier"), f"'{replication}' has no result on tier {atom.tier}", f"one of {', '.join(tiers)}", "leave it until a result is filed"
        )
        return
    names = sorted({part.id for r in found for part in r.criteria} if verdict else {part.name for r in found for part in r.estimates})
    if part and part not in names:
        what = "criterion" if verdict else "estimate"
        fix = did_you_mean([f"{replication}/{near}" for near in nearest(part, names)], "leave it until a result has it")
        yield Hit(owner, (*path, field), f"no result of '{replication}' on tier {atom.tier} has {what} '{part}'", f"one of {', '.join(names)}", fix)
