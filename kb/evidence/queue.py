"""The queue: every decision that waits for a person, each with its options and what clears it.

An item appears when the records call for a decision and goes when they no longer do; nothing is stored and no record is
edited. `since` is taken from the records (the day the last record that made it necessary was added), never from a clock; ages
and stale records need the present day and are left out without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.evidence.reruns import command
from kb.numbers.claims import unanswered
from schemas import Finding

if TYPE_CHECKING:
    from kb.evidence.board import ShapeRow
    from kb.evidence.state import State


@dataclass(frozen=True, slots=True)
class Waiting:
    """One decision."""

    id: str
    """Stable while the decision waits: its kind and what it is about."""
    kind: str
    title: str
    records: tuple[str, ...]
    """Records and claims concerned, the one to edit first."""
    what: str
    """What has happened."""
    options: tuple[str, ...]
    clears: str
    """The condition under which the item goes away."""
    since: dt.date | None
    age_days: int | None = None
    """Days from `since` to the present day, where that was given."""


Finder = Callable[["State"], Iterator[Waiting]]
FINDERS: dict[str, Finder] = {}
KINDS: dict[str, str] = {}
"""Kind of decision to its heading."""


def waits(kind: str, heading: str) -> Callable[[Finder], Finder]:
    """Register the function that finds one kind of decision."""

    def register(finder: Finder) -> Finder:
        FINDERS[kind], KINDS[kind] = finder, heading
        return finder

    return register


def queue(state: State) -> tuple[Waiting, ...]:
    """All decisions: by kind in the order registered, then oldest first, then by id."""
    found: list[Waiting] = []
    for kind in FINDERS:
        items = sorted(FINDERS[kind](state), key=lambda item: (item.since or dt.date.max, item.id))
        found += (_aged(item, state.today) for item in items)
    return tuple(found)


def _aged(item: Waiting, today: dt.date | None) -> Waiting:
    if today is None or item.since is None:
        return item
    return Waiting(item.id, item.kind, item.title, item.records, item.what, item.options, item.clears, item.since, (today - item.since).days)


def _added(state: State, ids: Iterable[str]) -> list[dt.date]:
    return sorted(state.corpus.entries[i.partition("/")[0]].record.added for i in ids)


def _rows(state: State, wanted: str) -> Iterator[ShapeRow]:
    return (row for row in state.board.rows if row.state == wanted)


@waits("threshold-reached", "Shapes that have reached their threshold")
def _thresholds(state: State) -> Iterator[Waiting]:
    for row in _rows(state, "threshold-reached"):
        independent = f", {row.independent_words} of them independent" if row.independent < row.count else ""
        yield Waiting(
            id=f"threshold-reached:{row.concept}/{row.shape}",
            kind="threshold-reached",
            title=f"{row.name}: codify?",
            records=(row.defined_by, *row.members),
            what=f"{row.count_words} mutually different examples{independent}; the threshold is {row.threshold}.",
            options=(
                "codify: add `codified` with date, name and reason to the shape",
                "raise the threshold with a reason",
                "retire the shape",
                "wait for independent examples" if row.independent < row.threshold else "correct the examples' shapes or axes",
            ),
            clears="the shape is codified or retired, or its count falls below the threshold",
            since=_added(state, row.members)[row.threshold - 1],
        )


@waits("codified-unsupported", "Codified shapes that are no longer supported")
def _unsupported(state: State) -> Iterator[Waiting]:
    for row in _rows(state, "codified-unsupported"):
        yield Waiting(
            id=f"codified-unsupported:{row.concept}/{row.shape}",
            kind="codified-unsupported",
            title=f"{row.name}: still codified?",
            records=(row.defined_by, *row.members),
            what=f"Codified, but {row.count_words} mutually different examples remain of the {row.threshold} that the threshold asks for.",
            options=("file the missing examples", "take `codified` back", "retire the shape", "change the threshold with a reason"),
            clears="the count reaches the threshold again, or the decision is taken back",
            since=dt.date.fromisoformat(row.codified["on"]) if row.codified else None,
        )


@waits("figure-disputed", "Figures in dispute")
def _disputes(state: State) -> Iterator[Waiting]:
    for dispute in state.disputes:
        if dispute.state == "open":
            yield Waiting(
                id=f"figure-disputed:{dispute.claim}:{dispute.position}",
                kind="figure-disputed",
                title=f"{state.corpus.findings[dispute.finding].title}: {dispute.about}",
                records=(dispute.claim, dispute.by),
                what=f"Reported: {dispute.reported}. Instead, by {dispute.by}: {dispute.instead}.",
                options=("compare with the primary source and resolve", "ask the authors", "leave both, with a note on what would settle it"),
                clears="the dispute's state is resolved, with a resolution",
                since=_added(state, [dispute.finding])[0],
            )


@waits("figures-inconsistent", "Figures that can't all be right")
def _inconsistent(state: State) -> Iterator[Waiting]:
    for claim, outcomes in state.checks.items():
        finding, _, claim_id = claim.partition("/")
        record = next(c for c in state.corpus.findings[finding].claims if c.id == claim_id)
        for position, outcome in enumerate(outcomes):
            if unanswered(record, outcome):
                yield Waiting(
                    id=f"figures-inconsistent:{claim}:{position}",
                    kind="figures-inconsistent",
                    title=f"{state.corpus.findings[finding].title}: {outcome.expression}",
                    records=(claim,),
                    what=outcome.explanation,
                    options=(
                        "compare the figures with the source and correct them",
                        "record a dispute that says what does not add up",
                        "acknowledge the check with the reason",
                        "correct the expression or the test's parameters",
                    ),
                    clears="the check is consistent or acknowledged, or the claim has a dispute about it",
                    since=_added(state, [finding])[0],
                )


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
                    "file a finding that varies the moderator and `explains` both",
                    "file that one `supersedes` the other",
                    "file a research idea that would settle it, and wait",
                ),
                clears="a finding explains both, or one supersedes the other",
                since=_added(state, pair)[-1],
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
            options=("file a concept that holds them", "link them to an existing concept", "say in `no-concept` why they have none, or drop loose tags"),
            clears="a concept holds at least half of them, or they are no longer tied",
            since=_added(state, gap.findings)[-1],
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
                options=("name a concept in `instantiates`", "give the reason in `no-concept`"),
                clears="the finding names a concept or a reason",
                since=_added(state, [item.finding])[0],
            )


@waits("stale-record", "Working records that nobody has looked at for long")
def _stale(state: State) -> Iterator[Waiting]:
    limit = state.corpus.config.thresholds.stale_after_days
    if state.today is None:
        return
    for entry in state.corpus:
        due = entry.record.last_looked_at + dt.timedelta(days=limit)
        if entry.record.status == "working" and isinstance(entry.record, Finding) and due < state.today:
            yield Waiting(
                id=f"stale-record:{entry.record.id}",
                kind="stale-record",
                title=entry.record.label,
                records=(entry.record.id,),
                what=f"Last looked at on {entry.record.last_looked_at.isoformat()}, more than {limit} days ago, and still working.",
                options=("compare it with its sources and set `reviewed`", "make it stable"),
                clears="`reviewed` is within the limit, or the status is stable",
                since=due,
            )


@waits("stale-result", "Reruns whose code has changed since")
def _stale_results(state: State) -> Iterator[Waiting]:
    for rerun in state.reruns:
        stale = [record for record in rerun.records if state.staleness[record.id].state == "stale"]
        if not stale:
            continue
        changed = sorted({path for record in stale for path in state.staleness[record.id].changed})
        named = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        commands = " and ".join(f"`{command(record)}`" for record in stale)
        yield Waiting(
            id=f"stale-result:{rerun.replication}/{rerun.tier}" + (f"/{rerun.model}" if rerun.model else ""),
            kind="stale-result",
            title=f"{rerun.replication.replace('-', ' ')}, {rerun.model or rerun.tier + ' tier'}: run it again?",
            records=tuple(record.id for record in stale),
            what=f"Changed or gone since the record was written: {named}.",
            options=(
                f"run it again: {commands}",
                "leave it, and let the pages call it stale",
                "take the record out where its replication is gone",
            ),
            clears="every source file that the record names is as it was, or a new record takes its place",
            since=max(record.added for record in stale),
        )
