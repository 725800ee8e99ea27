"""A report as the comment of a pull request. The first line is the mark by which whoever posts it finds the comment to replace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kb.contribute.diff.github import escaped
from kb.contribute.diff.registry import Item, Report, Section

MARK: Final = "<!-- kb-diff -->"
LIMIT: Final = 65_536
"""Characters of a comment; counted here in bytes of UTF-8, which are never fewer."""
_OPEN: Final = 12
"""Lines up to which a section stands open."""
_NOTE: Final = 400
"""Bytes that a section's heading, frame and note take at most."""


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
    room = LIMIT - _bytes(head) - _NOTE * len(report.parts)
    bodies = [list(_fitting(_lines(items), room)) for _, items in report.parts]
    share = _share([_bytes(body) for body in bodies], room)
    for (section, items), body in zip(report.parts, bodies, strict=True):
        head += _section(section, items, body, share)
    return "\n".join(head).rstrip("\n") + "\n"


def _lines(items: Iterable[Item]) -> Iterator[str]:
    """Each item's line, and its details below. Made one by one: nobody waits for the lines that no comment has room for."""
    for item in items:
        yield f"- {escaped(item.what)}"
        yield from (f"  - {escaped(detail)}" for detail in item.details)


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


def _section(section: Section, items: Sequence[Item], body: Sequence[str], share: int) -> Iterator[str]:
    kept = list(_fitting(body, share))
    lines = sum(1 + len(item.details) for item in items)
    left_out = lines - len(kept)
    folded = len(kept) > _OPEN
    yield f"### {escaped(section.heading)} ({len(items)})"
    yield ""
    if folded:
        yield f"<details><summary>{lines} lines</summary>"
        yield ""
    yield from kept
    if left_out:
        yield ""
        yield f"*{left_out} more {'line is' if left_out == 1 else 'lines are'} left out here, since a comment is limited in length; `kb diff` prints all.*"
    yield ""
    if folded:
        yield "</details>"
        yield ""


def _fitting(lines: Iterable[str], share: int) -> Iterator[str]:
    used = 0
    for line in lines:
        used += _bytes([line])
        if used > share:
            return
        yield line
