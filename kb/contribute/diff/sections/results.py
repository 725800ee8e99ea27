"""Reruns: verdicts that are new or other than before, and results gone stale or fresh."""

from __future__ import annotations

from collections.abc import Iterator

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change, Side
from kb.contribute.diff.words import listed
from kb.evidence.reruns import Rerun


@section(
    "results",
    "Reruns",
    order=80,
    counts={
        "verdict": ("verdict changed", "verdicts changed"),
        "rerun": ("rerun added", "reruns added"),
        "gone": ("rerun gone", "reruns gone"),
        "stale": ("result gone stale", "results gone stale"),
        "fresh": ("result fresh again", "results fresh again"),
    },
)
def results(change: Change) -> Iterator[Item]:
    """Reruns by replication, tier and model, then the age of each result, by id."""
    before, after = _reruns(change.before), _reruns(change.after)
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None and new is not None:
            yield Item("rerun", name, f"{name}: rerun of {new.lead.finding}, {new.lead.verdict} at scale {new.lead.scale}")
        elif new is None and old is not None:
            yield Item("gone", name, f"{name}: the rerun of {old.lead.finding} is gone; it said {old.lead.verdict}")
        elif old is not None and new is not None and old.lead.verdict != new.lead.verdict:
            lead = "" if old.lead.id == new.lead.id else f"; {new.lead.id} speaks for it now, before {old.lead.id}"
            yield Item("verdict", name, f"{name}: {old.lead.verdict} → {new.lead.verdict}{lead}")
    was = {change.now(name): staleness for name, staleness in change.before.state.staleness.items()}
    for name, staleness in change.after.state.staleness.items():
        old_state = was[name].state if name in was else None
        if staleness.state == "stale" and old_state != "stale":
            yield Item("stale", name, f"{name} is stale: {listed(staleness.changed, 4)} changed since it was written")
        elif old_state == "stale" and staleness.state != "stale":
            age = "current" if staleness.state == "current" else "of unknown age"
            yield Item("fresh", name, f"{name} is {age}: its sources are as they were when it was written")


def _reruns(side: Side) -> dict[str, Rerun]:
    return {f"{rerun.replication} ({rerun.tier}{', ' + rerun.model if rerun.model else ''})": rerun for rerun in side.state.reruns}
