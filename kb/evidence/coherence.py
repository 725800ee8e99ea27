"""What does not fit together in a belief: credences against each other, and a ledger against the evidence as it stands.

`kb check` reports what the records alone show (KB225, KB610 to KB612). What needs derived state is found here: an open dispute about a listed
claim, and double counting, items of one independence group listed in one direction. Both are told on the belief's page and by
`kb beliefs`; an open dispute waits in the queue as such. Neither is an error: a ledger may list tied works, as long as nobody adds them up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kb.evidence.codification import rests_on_retracted
from schemas import Belief
from schemas.result import Tier

if TYPE_CHECKING:
    from kb.evidence.state import State

Kind = Literal["credences", "retracted", "superseded", "disputed", "double-counting"]
MOST_NAMES = 5
"""Authors and artefacts that are told of one group."""
HEADINGS: dict[Kind, str] = {
    "credences": "credences that can't all be right",
    "retracted": "evidence retracted",
    "superseded": "evidence superseded",
    "disputed": "evidence in open dispute",
    "double-counting": "counted twice",
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that does not fit."""

    kind: Kind
    words: str
    records: tuple[str, ...]
    """Records and claims concerned."""

    @property
    def heading(self) -> str:
        return HEADINGS[self.kind]


def doubts(state: State, belief: Belief) -> tuple[Doubt, ...]:
    """Everything about one belief, by kind in the order of `HEADINGS`."""
    return tuple(doubt for find in (_credences, _retracted, _superseded, _disputed, _double) for doubt in find(state, belief))


def _credences(state: State, belief: Belief) -> Iterator[Doubt]:
    for found in state.incoherences:
        if belief.id in found.beliefs:
            yield Doubt("credences", found.words, found.beliefs)


def _listed(state: State, belief: Belief) -> dict[str, list[str]]:
    """Finding to the references that the ledger lists of it, the finding itself or claims."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in belief.evidence:
        present = state.corpus.canonical(item.record)
        if present is not None and present.partition("/")[0] in state.corpus.findings:
            found[present.partition("/")[0]].append(present)
    return found


def _retracted(state: State, belief: Belief) -> Iterator[Doubt]:
    corpus = state.corpus
    for finding in _listed(state, belief):
        if rests_on_retracted(corpus, corpus.findings[finding]):
            yield Doubt("retracted", f"every source of {finding} is retracted", (finding,))
    for item in belief.evidence:
        source = corpus.sources.get(corpus.canonical(item.record) or "")
        if source is not None and source.retracted is not None:
            yield Doubt("retracted", f"{source.id} was retracted on {source.retracted.isoformat()}", (source.id,))


def _superseded(state: State, belief: Belief) -> Iterator[Doubt]:
    for finding in _listed(state, belief):
        for newer, _, kind in sorted(state.graph.in_edges(finding, keys=True)):
            if kind == "supersedes":
                yield Doubt("superseded", f"{finding} has been superseded by {newer}", (finding, newer))


def _disputed(state: State, belief: Belief) -> Iterator[Doubt]:
    listed = _listed(state, belief)
    for dispute in state.disputes:
        refs = listed.get(dispute.finding, ())
        if dispute.state == "open" and any(ref in (dispute.claim, dispute.finding) for ref in refs):
            yield Doubt("disputed", f"{dispute.about.replace('_', ' ')}: {dispute.reported}; {dispute.by} says {dispute.instead}", (dispute.claim,))


def _double(state: State, belief: Belief) -> Iterator[Doubt]:
    """Groups are those among the items of one direction: a tie through an item of the other direction counts nothing twice."""
    for direction in ("for", "against"):
        items: dict[str, bool] = {}
        for item in belief.evidence:
            finding = (state.corpus.canonical(item.record) or "").partition("/")[0]
            if item.direction == direction and finding in state.corpus.findings:
                items[finding] = items.get(finding, False) or item.weight != "not assessed"
        for group in state.independence.groups(items):
            if len(group.members) > 1:
                shared = _shared("author", group.authors) + _shared("artefact", group.artefacts) or ["the same work, data or evidence"]
                shown = "; ".join(shared)
                weighed = sum(items[member] for member in group.members)
                added = f"{weighed} of them with weights that add up" if weighed > 1 else "their weights are not added up, since at most one is assessed"
                yield Doubt("double-counting", f"{len(group.members)} items {direction} are of one independence group ({shown}); {added}", group.members)
        reruns: dict[Tier, list[str]] = defaultdict(list)
        for item in belief.evidence:
            result = state.corpus.results.get(state.corpus.canonical(item.record) or "")
            if result is not None and item.direction == direction and result.id not in reruns[result.tier]:
                reruns[result.tier].append(result.id)
        for tier, members in reruns.items():
            if len(members) > 1:
                words = f"{len(members)} reruns {direction} are of the {tier} tier, by the same programs on one kind of subject: they stand or fall together"
                yield Doubt("double-counting", words, tuple(members))


def _shared(what: str, names: tuple[str, ...]) -> list[str]:
    """What members of a group share, the first few where there are many: `authors Ada Adams, Bob Brown`."""
    if not names:
        return []
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return [f"{what}{'' if len(names) == 1 else 's'} {', '.join(names[:MOST_NAMES])}{more}"]
