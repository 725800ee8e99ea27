"""The queue: every decision that waits for a person, each with its options and what clears it.

An item appears when the records call for a decision and goes when they no longer do; nothing is stored and no record is
edited. `since` is taken from the records (the day the last record that made it necessary was added), never from a clock; ages
and stale records need the present day and are left out without it. One module per family of decisions; an option may say what
it would write, and `kb decide` writes it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.evidence.queue import beliefs, figures, findings, shapes, upkeep
from kb.evidence.queue.item import FINDERS, KINDS, Edit, Option, Reach, Ruling, Waiting, waits
from kb.evidence.queue.reach import Reaches

if TYPE_CHECKING:
    from kb.evidence.state import State


def queue(state: State) -> tuple[Waiting, ...]:
    """All decisions, by consequence (beliefs, then counts, then links that rest on them), then oldest first, then by id."""
    reaches = Reaches(state)
    found = [replace(item, reach=reaches.of(item.records), age_days=_age(item, state.today)) for find in FINDERS.values() for item in find(state)]
    return tuple(sorted(found, key=lambda item: (item.reach.rank, item.since or dt.date.max, item.id)))


def _age(item: Waiting, today: dt.date | None) -> int | None:
    return None if today is None or item.since is None else (today - item.since).days


__all__ = ["FINDERS", "KINDS", "Edit", "Option", "Reach", "Ruling", "Waiting", "beliefs", "figures", "findings", "queue", "shapes", "upkeep", "waits"]
