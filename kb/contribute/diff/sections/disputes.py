"""Disputes over figures, opened, resolved and withdrawn."""

from __future__ import annotations

from collections.abc import Iterator

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change, Side
from kb.contribute.diff.words import clip
from kb.evidence.catalogue import Disputed

Key = tuple[str, str, str, str]
"""Claim, what is in dispute, who says otherwise, and what."""


@section(
    "disputes",
    "Disputes over figures",
    order=50,
    counts={
        "opened": ("dispute opened", "disputes opened"),
        "resolved": ("dispute resolved", "disputes resolved"),
        "withdrawn": ("dispute withdrawn", "disputes withdrawn"),
    },
)
def disputes(change: Change) -> Iterator[Item]:
    """By claim; an entry whose claim, subject, source and other value agree is the same dispute."""
    before = {(change.now(claim), about, change.now(by), instead): item for (claim, about, by, instead), item in _by_key(change.before).items()}
    after = _by_key(change.after)
    for key, item in sorted(after.items()):
        old = before.get(key)
        if old is not None and old.state == item.state:
            continue
        lines = [f"reported {clip(item.reported)}; instead, by {item.by}: {clip(item.instead)}"]
        if item.resolution:
            lines.append(f"resolution: {clip(item.resolution)}")
        kind, said = _said(item, old)
        yield Item(kind, item.claim, f"{item.claim}: dispute over {clip(item.about)} {said}", tuple(lines))
    for key, item in sorted(before.items()):
        if key not in after and item.state == "open":
            said = f"{key[0]}: the open dispute over {clip(item.about)} is gone without a resolution"
            yield Item("withdrawn", key[0], said, (f"it said {clip(item.instead)}, by {item.by}",))


def _said(item: Disputed, old: Disputed | None) -> tuple[str, str]:
    if item.state == "open":
        return "opened", "opened" if old is None else "opened again"
    return "resolved", "recorded as resolved" if old is None else "resolved"


def _by_key(side: Side) -> dict[Key, Disputed]:
    return {(item.claim, item.about, item.by, item.instead): item for item in side.state.disputes}
