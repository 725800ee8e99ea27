"""Decisions that time asks for: records to look at again or to promote, readings to catch up with, reruns whose code has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.evidence.queue.item import Edit, Edits, Option, Ruling, Waiting, waits
from kb.evidence.reruns import command
from kb.records.similarity import near_titles
from schemas import Belief, Finding, Record, Result
from schemas.source import VERIFIED

if TYPE_CHECKING:
    from kb.evidence.state import State


def _reviewed(record: str) -> Edits:
    def edits(ruling: Ruling) -> list[Edit]:
        return [Edit(record, "set", ("reviewed",), ruling.on), Edit(record, "set", ("reviewed-note",), f"{ruling.why} ({ruling.by})")]

    return edits


def _status(record: str, status: str) -> Edits:
    looked = _reviewed(record)
    return lambda ruling: [Edit(record, "set", ("status",), status), *looked(ruling)]


LOOKED = "compare it with its sources and set `reviewed`"


@waits("stale-record", "Working records that nobody has looked at for long")
def _stale(state: State) -> Iterator[Waiting]:
    limit = state.corpus.config.thresholds.stale_after_days
    for record, due in _due(state, "working", limit):
        yield Waiting(
            id=f"stale-record:{record.id}",
            kind="stale-record",
            title=record.label,
            records=(record.id,),
            what=f"Last looked at on {record.last_looked_at.isoformat()}, more than {limit} days ago, and still working.",
            options=(Option("reviewed", LOOKED, _reviewed(record.id)), Option("stable", "make it stable", _status(record.id, "stable"))),
            clears="`reviewed` is within the limit, or the status is stable",
            since=due,
        )


@waits("old-draft", "Drafts that wait to be checked")
def _drafts(state: State) -> Iterator[Waiting]:
    limit = state.corpus.config.thresholds.draft_after_days
    for record, due in _due(state, "draft", limit):
        yield Waiting(
            id=f"old-draft:{record.id}",
            kind="old-draft",
            title=record.label,
            records=(record.id,),
            what=f"A draft, last looked at on {record.last_looked_at.isoformat()}, more than {limit} days ago.",
            options=(
                Option("working", "check it and make it working", _status(record.id, "working")),
                Option("reviewed", "leave it a draft after a look: set `reviewed`", _reviewed(record.id)),
                Option("remove", "take the file out"),
            ),
            clears="the status is no longer draft, or `reviewed` is within the limit",
            since=due,
        )


def _due(state: State, status: str, limit: int) -> Iterator[tuple[Record, dt.date]]:
    """Records of a status that nobody has looked at for more than `limit` days, with the day on which that became so."""
    if state.today is None:
        return
    for entry in state.corpus:
        due = entry.record.last_looked_at + dt.timedelta(days=limit)
        if entry.record.status == status and not isinstance(entry.record, Result) and due < state.today:
            yield entry.record, due


@waits("promotable", "Findings that were checked through and are not stable yet")
def _promotable(state: State) -> Iterator[Waiting]:
    for finding in state.corpus.findings.values():
        disputed = any(dispute.state == "open" for claim in finding.claims for dispute in claim.disputes)
        if finding.status == "working" and not disputed and _verified(state, finding):
            yield Waiting(
                id=f"promotable:{finding.id}",
                kind="promotable",
                title=f"{finding.title}: stable?",
                records=(finding.id,),
                what="Every claim was checked against the full text or the authors' data, and no figure is in dispute.",
                options=(
                    Option("stable", "make it stable", _status(finding.id, "stable")),
                    Option("recheck", "say in a claim's `checked` where the check went less far"),
                ),
                clears="the status is stable, or a claim turns out to be checked less far or disputed",
                since=finding.last_looked_at,
            )


def _verified(state: State, finding: Finding) -> bool:
    """Whether every claim went as far as `stable` promises (KB310 holds a stable finding to the same)."""
    sources = [state.corpus.sources[key] for name in finding.sources if (key := state.corpus.canonical(name)) in state.corpus.sources]
    known = bool(sources) and all(source.best_extent in VERIFIED for source in sources)
    return all(claim.checked in VERIFIED if claim.checked else known for claim in finding.claims)


@waits("unread-reading", "Readings that a belief still waits for")
def _readings(state: State) -> Iterator[Waiting]:
    limit = state.corpus.config.thresholds.stale_after_days
    appeared = _appeared(state)
    for belief in state.corpus.beliefs.values():
        due = belief.last_looked_at + dt.timedelta(days=limit)
        for position, reading in enumerate(belief.readings):
            if reading.state == "read":
                continue
            filed = reading.source or appeared.get((belief.id, position))
            if filed is None and (state.today is None or due >= state.today):
                continue
            source = state.corpus.sources.get(state.corpus.canonical(filed) or "") if filed else None
            what = f"Filed as {filed}, and still {reading.state} here." if filed else f"Still {reading.state}, and nobody has looked at the belief since."
            yield Waiting(
                id=f"unread-reading:{belief.id}:{position}",
                kind="unread-reading",
                title=f"{belief.title}: {reading.title}",
                records=(belief.id, source.id) if source else (belief.id,),
                what=what,
                options=(
                    Option("read", "read it, and say what it does to the belief", _read(belief, position, source.id if source else None)),
                    Option("reviewed", "leave it unread after a look at the belief: set `reviewed`", None if source else _reviewed(belief.id)),
                ),
                clears="the reading's state is read" + ("" if source else ", or the belief was looked at within the limit"),
                since=source.added if source else due,
            )


def _appeared(state: State) -> dict[tuple[str, int], str]:
    """Readings that name no source, with the filed source whose title they nearly agree with."""
    unfiled = {
        f"{belief.id} {i}": reading.title
        for belief in state.corpus.beliefs.values()
        for i, reading in enumerate(belief.readings)
        if reading.source is None and reading.state != "read"
    }
    if not unfiled:
        return {}
    titles = unfiled | {source.id: source.title for source in state.corpus.sources.values()}
    found: dict[tuple[str, int], str] = {}
    for near in near_titles(titles, state.corpus.config.thresholds.similar_title):
        for a, b in ((near.first, near.second), (near.second, near.first)):
            if a in unfiled and b not in unfiled:
                belief, _, position = a.partition(" ")
                found.setdefault((belief, int(position)), b)
    return found


def _read(belief: Belief, position: int, source: str | None) -> Edits:
    reading = belief.readings[position]

    def edits(ruling: Ruling) -> list[Edit]:
        path = ("readings", position)
        note = f"{reading.note.rstrip()} {ruling.said}"
        found = [Edit(belief.id, "set", (*path, "state"), "read"), Edit(belief.id, "set", (*path, "note"), note)]
        return [Edit(belief.id, "set", (*path, "source"), source), *found] if source and not reading.source else found

    return edits


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
                Option("rerun", f"run it again: {commands}"),
                Option("leave", "leave it, and let the pages call it stale"),
                Option("remove", "take the record out where its replication is gone"),
            ),
            clears="every source file that the record names is as it was, or a new record takes its place",
            since=max(record.added for record in stale),
        )
