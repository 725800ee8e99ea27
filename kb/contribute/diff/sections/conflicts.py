"""Conflicts between findings, opened and closed."""

from __future__ import annotations

from collections.abc import Iterator

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change, Side
from kb.contribute.diff.words import clip
from kb.evidence.queue import Waiting

Pair = tuple[str, ...]


@section(
    "conflicts",
    "Conflicts between findings",
    order=40,
    counts={"opened": ("conflict opened", "conflicts opened"), "closed": ("conflict closed", "conflicts closed")},
)
def conflicts(change: Change) -> Iterator[Item]:
    """Those opened first, each by the ids of the two findings. A conflict is open while nothing explains both findings and neither supersedes the other."""
    before = {tuple(sorted(map(change.now, pair))): item for pair, item in _open(change.before).items()}
    after = _open(change.after)
    for pair in sorted(after.keys() - before.keys()):
        yield Item("opened", "/".join(pair), f"{pair[0]} conflicts with {pair[1]}", (clip(after[pair].what, 300),))
    for pair in sorted(before.keys() - after.keys()):
        yield Item("closed", "/".join(pair), f"{pair[0]} and {pair[1]} no longer conflict: {_how(change, pair)}", (clip(before[pair].what, 300),))


def _open(side: Side) -> dict[Pair, Waiting]:
    return {tuple(sorted(item.records)): item for item in side.state.queue if item.kind == "findings-conflict"}


def _how(change: Change, pair: Pair) -> str:
    """What closed it."""
    findings = change.after.corpus.findings
    if gone := [name for name in pair if name not in findings]:
        return f"{gone[0]} is gone"
    relations = [(name, relation.type, change.after.corpus.canonical(relation.to)) for name, finding in findings.items() for relation in finding.relations]
    for name, kind, to in relations:
        if kind == "supersedes" and {name, to} == set(pair):
            return f"{name} supersedes {to}"
    explains = {end: {name for name, kind, to in relations if kind == "explains" and to == end} for end in pair}
    if both := sorted(set.intersection(*explains.values())):
        return f"{both[0]} explains both"
    return "the relation was taken out"
