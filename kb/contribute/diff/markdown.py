"""A report as the comment of a pull request. The first line is the mark by which whoever posts it finds the comment to replace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kb.contribute.diff.github import escaped
from kb.contribute.diff.registry import Item, Report, Section

MARK: Final = "<!-- kb-diff -->"
LIMIT: Final = 65_536
"""Characters of a comment; counted here in bytes of UTF-8, which are never fewer."""
_OPEN: Final = 12
"""Lines up to which a section stands open."""
_NOTE: Final = 400
"""Bytes that a section's frame and its note take."""

Block = list[str]
"""An item's lines: itself, and its details below."""


def render(report: Report) -> str:
    """The comment, at most LIMIT bytes long: where everything does not fit, the longest sections are cut, and say how many lines were left out."""
    head = [
        MARK,
        "## What this change does to the evidence",
        "",
        f"**{escaped(report.summary)}**",
        "",
        f"From {escaped(report.before)} to {escaped(report.after)}.",
        "",
    ]
    blocks = [(section, [_block(item) for item in items]) for section, items in report.parts]
    room = LIMIT - _bytes(head) - sum(_NOTE + _bytes([escaped(section.heading)]) for section, _ in blocks)
    share = _share([sum(map(_bytes, lines)) for _, lines in blocks], room)
    for section, lines in blocks:
        head += _section(section, lines, share)
    return "\n".join(head).rstrip("\n") + "\n"


def _block(item: Item) -> Block:
    return [f"- {escaped(item.what)}", *(f"  - {escaped(detail)}" for detail in item.details)]


def _bytes(lines: Sequence[str]) -> int:
    return sum(len(line.encode("utf-8", "surrogatepass")) + 1 for line in lines)


def _share(sizes: Sequence[int], room: int) -> int:
    """The greatest size to which all longer sections are cut so that together they fit."""
    left, remaining = room, len(sizes)
    for size in sorted(sizes):
        if size * remaining > left:
            return max(0, left // remaining)
        left, remaining = left - size, remaining - 1
    return max(sizes, default=0)


def _section(section: Section, blocks: Sequence[Block], share: int) -> Iterator[str]:
    lines = [line for block in blocks for line in block]
    kept = list(_fitting(lines, share))
    left_out = len(lines) - len(kept)
    heading = escaped(section.heading)
    folded = len(kept) > _OPEN
    yield f"### {heading} ({len(blocks)})"
    yield ""
    if folded:
        yield f"<details><summary>{len(lines)} lines</summary>"
        yield ""
    yield from kept
    if left_out:
        yield ""
        yield f"*{left_out} more {'line is' if left_out == 1 else 'lines are'} left out here, since a comment is limited in length; `kb diff` prints all.*"
    yield ""
    if folded:
        yield "</details>"
        yield ""


def _fitting(lines: Sequence[str], share: int) -> Iterator[str]:
    used = 0
    for line in lines:
        used += _bytes([line])
        if used > share:
            return
        yield line
