"""Decisions about findings: conflicts between them, groups that no concept holds, findings that belong nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.evidence.queue.item import Edit, Edits, Option, Ruling, Waiting, waits
from kb.evidence.queue.since import added

if TYPE_CHECKING:
    from kb.evidence.state import State


@waits("findings-conflict", "Findings in conflict")
def _conflicts(state: State) -> Iterator[Waiting]:
    findings = state.corpus.findings
    supersede = {(a, b) for a, b, kind in state.graph.edges(keys=True) if kind == "supersedes"}
    explained: dict[str, set[str]] = {f: {a for a, _, kind in state.graph.in_edges(f, keys=True) if kind == "explains"} for f in findings}
    seen: set[tuple[str, str]] = set()
    for finding in findings.values():
        for relation in finding.relations:
            other = state.corpus.canonical(relation.to)
            if relation.type != "conflicts-with" or other not in findings or other == finding.id:
                continue
            pair = (min(finding.id, other), max(finding.id, other))
            if pair in seen or {pair, pair[::-1]} & supersede or (explained[pair[0]] & explained[pair[1]]):
                continue
            seen.add(pair)
            yield Waiting(
                id=f"findings-conflict:{pair[0]}:{pair[1]}",
                kind="findings-conflict",
                title=f"{findings[pair[0]].title} / {findings[pair[1]].title}",
                records=pair,
                what=f"The two results differ; the variable held to moderate them: {relation.moderator}",
                options=(
                    Option("explain", "file a finding that varies the moderator and `explains` both"),
                    Option("supersede", "file that one `supersedes` the other", _superseded(pair), f"the finding that stands: {pair[0]} or {pair[1]}"),
                    Option("wait", "file a research idea that would settle it, and wait"),
                ),
                clears="a finding explains both, or one supersedes the other",
                since=added(state, pair)[-1],
            )


@waits("concept-gap", "Findings that hang together without a concept")
def _gaps(state: State) -> Iterator[Waiting]:
    for gap in state.gaps:
        nearest = f" The nearest, {gap.nearest}, holds {gap.held} of them." if gap.nearest else ""
        yield Waiting(
            id=f"concept-gap:{gap.findings[0]}",
            kind="concept-gap",
            title="A concept for " + ", ".join(gap.tags or gap.findings[:3]) + "?",
            records=gap.findings,
            what=f"{len(gap.findings)} findings of {gap.works} works are tied to each other, and no concept holds half of them.{nearest}",
            options=(
                Option("file", "file a concept that holds them"),
                Option("link", "link them to an existing concept"),
                Option("say-why", "say in `no-concept` why they have none, or drop loose tags"),
            ),
            clears="a concept holds at least half of them, or they are no longer tied",
            since=added(state, gap.findings)[-1],
        )


@waits("no-concept", "Findings without a concept or a reason")
def _homeless(state: State) -> Iterator[Waiting]:
    for item in state.homeless:
        if item.reason is None:
            yield Waiting(
                id=f"no-concept:{item.finding}",
                kind="no-concept",
                title=state.corpus.findings[item.finding].title,
                records=(item.finding,),
                what="The finding bears on no filed concept and does not say why.",
                options=(
                    Option("link", "name a concept in `instantiates`"),
                    Option("say-why", "give the reason in `no-concept`", _reasoned(item.finding)),
                ),
                clears="the finding names a concept or a reason",
                since=added(state, [item.finding])[0],
            )


def _superseded(pair: tuple[str, str]) -> Edits:
    def edits(ruling: Ruling) -> list[Edit]:
        if ruling.value not in pair:
            raise ValueError(f"one of the two findings: {pair[0]} or {pair[1]}")
        other = pair[1] if ruling.value == pair[0] else pair[0]
        return [Edit(ruling.value, "append", ("relations",), {"type": "supersedes", "to": other, "note": ruling.said})]

    return edits


def _reasoned(finding: str) -> Edits:
    return lambda ruling: [Edit(finding, "set", ("no-concept",), ruling.said)]
