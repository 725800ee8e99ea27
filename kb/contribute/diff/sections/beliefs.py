"""Beliefs whose evidence moved, and credences that their holders changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sections.records import shown_credence
from kb.contribute.diff.sides import Change, Side
from kb.contribute.diff.words import clip, listed, same
from schemas import Belief


@section(
    "beliefs",
    "Beliefs",
    order=70,
    counts={
        "credence": ("credence changed", "credences changed"),
        "evidence": ("belief whose evidence moved", "beliefs whose evidence moved"),
    },
)
def beliefs(change: Change) -> Iterator[Item]:
    """By belief: credences first, then the records that it lists and what became of them. Nobody's credence follows by itself."""
    before = {change.now(name): belief for name, belief in change.before.corpus.beliefs.items()}
    for name, belief in change.after.corpus.beliefs.items():
        old = before.get(name)
        yield from _credences(name, old, belief)
        lines = tuple(dict.fromkeys((*(_listing(change, old, belief) if old else ()), *_moved(change, belief))))
        if lines:
            yield Item(
                "evidence", name, f"{name}: the evidence moved; its holders ({listed([h.holder for h in belief.holders])}) may want to look again", lines
            )


def _credences(name: str, old: Belief | None, new: Belief) -> Iterator[Item]:
    was = {holding.holder: holding.current for holding in old.holders} if old else {}
    for holding in new.holders:
        now, before = holding.current, was.get(holding.holder)
        if before is None:
            yield Item("credence", name, f"{name}: {holding.holder} gives it {shown_credence(now.credence)}", (f"because: {clip(now.because)}",))
        elif before.credence != now.credence:
            said = f"{name}: {holding.holder} {shown_credence(before.credence)} → {shown_credence(now.credence)} on {now.date.isoformat()}"
            yield Item("credence", name, said, (f"because: {clip(now.because)}",))
    for holder in sorted(was.keys() - {holding.holder for holding in new.holders}):
        yield Item("credence", name, f"{name}: {holder} no longer gives a credence; it was {shown_credence(was[holder].credence)}")


def _listing(change: Change, old: Belief, new: Belief) -> Iterator[str]:
    """What the belief itself says otherwise about its evidence."""
    was = {change.now(item.record): item for item in old.evidence}
    now = {change.after.corpus.canonical(item.record) or item.record: item for item in new.evidence}
    for record in sorted(now.keys() - was.keys()):
        yield f"{record} listed as evidence {now[record].direction} (weight {now[record].weight})"
    for record in sorted(was.keys() - now.keys()):
        yield f"{record} no longer listed as evidence {was[record].direction}"
    for record in sorted(now.keys() & was.keys()):
        if was[record].direction != now[record].direction:
            yield f"{record}: direction {was[record].direction} → {now[record].direction}"
        if was[record].weight != now[record].weight:
            yield f"{record}: weight {was[record].weight} → {now[record].weight}"


def _moved(change: Change, belief: Belief) -> Iterator[str]:
    """What became of the records that it lists."""
    former = {new: old for old, new in change.renamed.items()}
    known = {change.now(name) for name in change.before.corpus.entries}
    for item in belief.evidence:
        target = change.after.corpus.canonical(item.record)
        if target is None:
            if item.record.partition("/")[0] in known:
                yield f"{item.record} is gone"
            continue
        head, slash, claim = target.partition("/")
        old = former.get(head, head)
        was, now = _shown(change.before, old, claim), _shown(change.after, head, claim)
        if was is not None and now is not None and not same(was, now):
            yield f"{target} was changed"
        yield from sorted(_fate(change.after, head, head) - _fate(change.before, old, head))
        verdicts = _verdicts(change.before, old + slash + claim)
        for result, verdict in sorted(_verdicts(change.after, target).items()):
            if verdicts.get(result) != verdict:
                yield f"{target}: rerun {result} says {verdict}" + (f", before {verdicts[result]}" if result in verdicts else "")


def _shown(side: Side, name: str, claim: str) -> Any:
    """The data of a record without what says nothing about the world, or of one of its claims; None where it is not there."""
    entry = side.corpus.entries.get(name)
    if entry is None:
        return None
    if claim:
        return next((item for item in entry.document.data["claims"] if item["id"] == claim), None)
    return {key: value for key, value in entry.document.data.items() if key not in ("id", "aliases", "added", "reviewed", "contributors", "tags")}


def _fate(side: Side, name: str, present: str) -> set[str]:
    """Whether a finding's works are retracted, or another finding supersedes it; said under its present name."""
    found: set[str] = set()
    finding = side.corpus.findings.get(name)
    if finding is None:
        return found
    for ref in finding.sources:
        source = side.corpus.sources.get(side.corpus.canonical(ref) or "")
        if source is not None and source.retracted:
            found.add(f"{present}: its source {source.id} was retracted on {source.retracted.isoformat()}")
    for by, _, kind in side.state.graph.in_edges(name, keys=True):
        if kind == "supersedes":
            found.add(f"{present} is superseded by {by}")
    return found


def _verdicts(side: Side, claim: str) -> dict[str, str]:
    """Results that bear on a claim or a finding, with their verdicts."""
    results = side.corpus.results
    named = side.state.results.get(claim, ()) if "/" in claim else [r.id for r in results.values() if side.corpus.canonical(r.finding) == claim]
    return {name: results[name].verdict for name in named}
