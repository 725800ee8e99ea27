"""Decisions that wait for a person, opened and cleared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change
from kb.contribute.diff.words import clip
from kb.evidence.queue import KINDS, Waiting

_TOKEN = re.compile(r"[a-z0-9-]+")


@section(
    "decisions",
    "Decisions that wait",
    order=90,
    counts={"opened": ("decision opened", "decisions opened"), "cleared": ("decision cleared", "decisions cleared")},
)
def decisions(change: Change) -> Iterator[Item]:
    """In the order of the queue: those opened, with what clears them, then those cleared."""
    before = [(_key(item, change), item) for item in change.before.state.queue]
    after = [(_key(item, None), item) for item in change.after.state.queue]
    for item in _beyond(after, before):
        yield Item("opened", item.id, f"{KINDS[item.kind]}: {clip(item.title)}", (clip(item.what, 300), f"clears when {clip(item.clears)}"))
    for item in _beyond(before, after):
        yield Item("cleared", item.id, f"no longer waits ({KINDS[item.kind]}): {clip(item.title)}")


def _key(item: Waiting, change: Change | None) -> tuple[str, str]:
    """What a decision is about in present names. A position in a list is no name: another entry may come before it."""
    head, colon, last = item.id.rpartition(":")
    name, what = (head, item.title) if last.isdecimal() else (head + colon + last, "")
    return (_TOKEN.sub(lambda token: change.now(token[0]), name) if change else name), what


def _beyond(these: list[tuple[tuple[str, str], Waiting]], those: list[tuple[tuple[str, str], Waiting]]) -> Iterator[Waiting]:
    left = Counter(key for key, _ in those)
    for key, item in these:
        if left[key]:
            left[key] -= 1
        else:
            yield item
