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


LOCAL = frozenset({"stale-result"})
"""Kinds that compare records with what is installed here."""


def queue(state: State, *, without: frozenset[str] = frozenset()) -> tuple[Waiting, ...]:
    """All decisions but kinds in `without`: reviews due first, the rest by consequence, then oldest first, then by id.

    Somebody said beforehand that what fired would matter. The consequence of the rest is what rests on their records: beliefs, then counts, then links.
    """
    reaches = Reaches(state)
    finders = [find for kind, find in FINDERS.items() if kind not in without]
    found = [replace(item, reach=reaches.of(item.records), age_days=_age(item, state.today)) for find in finders for item in find(state)]
    return tuple(sorted(found, key=lambda item: (item.kind != "review-due", item.reach.rank, item.since or dt.date.max, item.id)))


def standing(state: State) -> tuple[Waiting, ...]:
    """The decisions that the records alone call for, on any day and on any machine, in the order of the queue."""
    return queue(state if state.today is None else replace(state, today=None), without=LOCAL)


def _age(item: Waiting, today: dt.date | None) -> int | None:
    return None if today is None or item.since is None else (today - item.since).days


__all__ = [
    "FINDERS",
    "KINDS",
    "LOCAL",
    "Edit",
    "Option",
    "Reach",
    "Ruling",
    "Waiting",
    "beliefs",
    "figures",
    "findings",
    "queue",
    "shapes",
    "standing",
    "upkeep",
    "waits",
]
