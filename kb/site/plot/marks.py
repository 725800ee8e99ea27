"""Path data of lines, bands and points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from kb.site.plot.scale import Scale, pair, place
from kb.site.plot.styles import Style

Point = tuple[float, float]
Span = tuple[float, float, float]
"""(x, low, high)"""
MOST_MARKERS = 24
"""A line of more points shows a marker at about every so many-th part of it."""


def line(points: Sequence[Point], x: Scale, y: Scale) -> str:
    """A line through the points in their order."""
    return "M" + "L".join(pair(x(a), y(b)) for a, b in points) if len(points) > 1 else ""


def points(found: Iterable[Point], x: Scale, y: Scale, style: Style, radius: float) -> str:
    """A marker at each point."""
    return "".join(style.marker(x(a), y(b), radius) for a, b in found)


def marked(found: Sequence[Point]) -> list[Point]:
    """The points of a line that get a marker: all, or evenly chosen ones with both ends."""
    if len(found) <= MOST_MARKERS:
        return list(found)
    last, parts = len(found) - 1, MOST_MARKERS // 2
    return [found[round(part * last / parts)] for part in range(parts + 1)]


def runs(spans: Sequence[Span], xs: Sequence[float]) -> list[list[Span]]:
    """Spans, ascending in x, in unbroken runs: where the line has a value between two of them that lacks a span, the band is open."""
    if not spans:
        return []
    order = {x: number for number, x in enumerate(sorted({*xs, *(span[0] for span in spans)}))}
    found = [[spans[0]]]
    for one, other in pairwise(spans):
        if order[other[0]] - order[one[0]] > 1:
            found.append([])
        found[-1].append(other)
    return found


def band(run: Sequence[Span], x: Scale, y: Scale) -> str:
    """The area between low and high of a run of two spans or more."""
    upper = [pair(x(a), y(high)) for a, _, high in run]
    lower = [pair(x(a), y(low)) for a, low, _ in reversed(run)]
    return "M" + "L".join([*upper, *lower]) + "Z"


def whisker(span: Span, x: Scale, y: Scale, half: float = 3) -> str:
    """A bar from low to high at one x."""
    at, low, high = x(span[0]), place(y(span[1])), place(y(span[2]))
    left, right = place(at - half), place(at + half)
    return f"M{left} {low}H{right}M{place(at)} {low}V{high}M{left} {high}H{right}"
