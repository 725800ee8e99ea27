"""A plot as a page shows it: two drawings of which one is seen, a key, what it shows in words, and its data as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kb.site.plot.chart import NARROW, WIDE, Chart, Series
from kb.site.plot.marks import Point, Span
from kb.site.plot.styles import Style
from kb.site.plot.ticks import number
from schemas.result import Plot, Result


@dataclass(frozen=True)
class Key:
    """One entry of the key."""

    style: Style
    name: str
    empty: bool
    """The record has the series, without data."""
    sign: Markup


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first cell of a row heads it."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """What the template of a plot prints. `wide` and `narrow` are None where the plot holds no data."""

    plot: Plot
    anchor: str | None
    wide: Markup | None
    narrow: Markup | None
    right: str
    """Per cent of the wide drawing to the right of its axes."""
    named: bool
    """The wide drawing names its lines itself."""
    key: Sequence[Key]
    note: str
    table: Table


def figures(result: Result) -> list[Figure]:
    """The plots of a result in its order. An id that comes twice is an anchor once."""
    seen: set[str] = set()
    found = []
    for plot in result.plots:
        found.append(figure(plot, result, anchor=plot.id not in seen))
        seen.add(plot.id)
    return found


def figure(plot: Plot, result: Result | None = None, *, anchor: bool = True) -> Figure:
    """A plot of a result, or one that stands alone."""
    series = _series(plot)
    drawn = [one for one in series if one.points or one.spans]
    words, note = description(plot, series), _note(plot, result) if drawn else ""
    wide, narrow = (Chart(frame, plot.kind, drawn) if drawn else None for frame in (WIDE, NARROW))
    return Figure(
        plot=plot,
        anchor=f"plot-{result.id}-{plot.id}" if result is not None and anchor else None,
        wide=wide.svg(plot.title, words) if wide else None,
        narrow=narrow.svg(plot.title, words) if narrow else None,
        right=f"{wide.right * 100:.1f}" if wide else "0",
        named=bool(wide and wide.labels and len(drawn) == len(series)),
        key=[Key(one.style, one.name, one not in drawn, sign(one.style, plot.kind)) for one in series],
        note=note,
        table=line_table(plot, series) if plot.kind == "line" else point_table(plot, series),
    )


def _series(plot: Plot) -> list[Series]:
    """Series in the record's order, then bands that have none. The points of a line in the order of x."""
    names = [*plot.series, *(name for name in plot.bands if name not in plot.series)]
    points: dict[str, list[Point]] = {name: list(plot.series.get(name, [])) for name in names}
    spans: dict[str, list[Span]] = {name: list(plot.bands.get(name, [])) for name in names}
    if plot.kind == "line":
        points = {name: sorted(found, key=lambda point: point[0]) for name, found in points.items()}
        spans = {name: sorted(found, key=lambda span: span[0]) for name, found in spans.items()}
    return [Series(name, Style(index), points[name], spans[name]) for index, name in enumerate(names)]


def sign(style: Style, kind: str) -> Markup:
    """The sample of a series that stands before its name in the key."""
    course = f'<path class="{style.line}" d="M1 7H27"/>' if kind == "line" else ""
    width, middle = (28, 14.0) if kind == "line" else (14, 7.0)
    return Markup(
        f'<svg class="kb-sign" viewBox="0 0 {width} 14" width="{width}" height="14" aria-hidden="true">{course}'
        f'<path class="{style.marks}" d="{style.marker(middle, 7, 3.8)}"/></svg>'
    )


def _note(plot: Plot, result: Result | None) -> str:
    """What points and bands are, where the result tells."""
    if result is None:
        return "Bands are intervals." if plot.bands else ""
    worlds = len({job.world if job.world is not None else job.seed for job in result.seeds})
    over = f"{worlds} {'world' if worlds == 1 else 'worlds'}"
    if plot.kind == "points":
        return f"The points of all jobs together, from {over}."
    levels = {estimate.level for estimate in result.estimates}
    level = f"{levels.pop() * 100:g}% intervals" if len(levels) == 1 else "intervals"
    if plot.bands:
        return f"Lines are means over {over}, bands their {level}."
    return "One world, so no interval." if worlds == 1 else f"Lines are means over {over}."


def description(plot: Plot, series: Sequence[Series]) -> str:
    """The plot in words, for whoever does not see it."""
    said = [f"{'Lines' if plot.kind == 'line' else 'Points'} of {plot.y} (vertical) against {plot.x} (horizontal)."]
    for one in series:
        if not one.points:
            said.append(f"{one.name}: {'intervals only' if one.spans else 'no data'}.")
        elif plot.kind == "line":
            (first, start), (last, end) = one.points[0], one.points[-1]
            course = f"{number(start)} at {number(first)}"
            said.append(f"{one.name}: {course}." if len(one.points) == 1 else f"{one.name}: from {course} to {number(end)} at {number(last)}.")
        else:
            ranges = (f"{number(min(values))} to {number(max(values))}" for values in zip(*one.points, strict=True))
            said.append(f"{one.name}: {len(one.points)} points, {' by '.join(ranges)}.")
    return " ".join(said)


def line_table(plot: Plot, series: Sequence[Series]) -> Table:
    """A row for each x, a column for each series: value and interval."""
    xs = sorted({point[0] for one in series for point in (*one.points, *one.spans)})
    rows = [[number(x, 6)] for x in xs]
    for one in series:
        at: dict[float, list[str]] = {}
        for x, y in one.points:
            at.setdefault(x, []).append(number(y, 4))
        for x, low, high in one.spans:
            at.setdefault(x, []).append(f"({number(low, 4)} to {number(high, 4)})")
        for row, x in zip(rows, xs, strict=True):
            row.append(" ".join(at.get(x, ["–"])))
    return Table([plot.x, *(one.name for one in series)], rows)


def point_table(plot: Plot, series: Sequence[Series]) -> Table:
    """A row for each point, as the record lists them."""
    rows = [[one.name, number(x, 4), number(y, 4)] for one in series for x, y in one.points]
    rows += [[one.name, number(x, 4), f"({number(low, 4)} to {number(high, 4)})"] for one in series for x, low, high in one.spans]
    return Table(["Series", plot.x, plot.y], rows)
