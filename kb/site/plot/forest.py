"""The estimates of a result beside what was reported: a row each, on one axis for all of one unit.

A row shows the estimate with its interval over worlds, a dot for each job below it, the reported figure where it has the same quantity,
and the region that a criterion counts as an effect. Rows that a criterion reads, or that stand beside a reported figure, come first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kb.site.escape import text
from kb.site.figures import reported as as_reported
from kb.site.model import Site
from kb.site.plot.jobs import Job, Region, regions, values
from kb.site.plot.scale import Scale, pair, place
from kb.site.plot.text import width
from kb.site.plot.ticks import Ticks, number, spans, ticks
from kb.site.reruns import measure_of
from kb.site.units import factor
from schemas import Measure
from schemas.result import Estimate, Result

WIDTH, EDGE, LETTERS = 320, 8, 12
"""Of a row's drawing, in its units. Nothing stands in the edges but halves of markers."""
_LANE = 13  # height of a lane: reported, estimate, jobs, from above


@dataclass(frozen=True)
class Reported:
    """The figure that an estimate stands beside."""

    measure: Measure
    value: float | None
    """In the estimate's unit; None where the units have no common quantity."""
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Row:
    """One estimate with everything that is drawn of it."""

    estimate: Estimate
    jobs: Sequence[Job]
    regions: Sequence[Region]
    reported: Reported | None

    @property
    def says(self) -> str:
        return self.estimate.says or self.estimate.name.replace("-", " ")

    @property
    def leads(self) -> bool:
        """Whether the verdict hangs on it or a reported figure stands beside it."""
        return bool(self.regions) or self.reported is not None

    @property
    def core(self) -> list[float]:
        """What has to be on the axis; the ends of intervals need not."""
        edges = [edge for region in self.regions for edge in (region.low, region.high, region.excludes) if edge is not None and math.isfinite(edge)]
        reported = [self.reported.value] if self.reported is not None and self.reported.value is not None else []
        return [self.estimate.value, *(job.value for job in self.jobs), *edges, *reported]

    @property
    def ends(self) -> list[float]:
        found = [self.estimate.low, self.estimate.high]
        if self.reported is not None:
            found += [self.reported.low, self.reported.high]
        return [end for end in found if end is not None]


@dataclass(frozen=True)
class Drawn:
    """A row as the template prints it."""

    row: Row
    strip: Markup


@dataclass(frozen=True)
class Group:
    """The rows of one unit, and their common axis."""

    unit: str
    rows: Sequence[Drawn]
    axis: Markup


@dataclass(frozen=True)
class Forest:
    """What the template prints: the rows that lead, the others, and which signs need an entry in the key."""

    first: Sequence[Group]
    others: Sequence[Group]
    count: int
    """Of the others."""
    dots: bool
    reported: bool
    counts: bool
    excludes: bool
    cut: bool


def forest(result: Result, site: Site) -> Forest:
    rows = [Row(one, values(result, one), regions(result, one), _reported(site, one)) for one in result.estimates]
    leading, others = [row for row in rows if row.leads], [row for row in rows if not row.leads]
    if not leading:
        leading, others = others, []
    drawn = [_groups(leading), _groups(others)]
    return Forest(
        first=drawn[0],
        others=drawn[1],
        count=len(others),
        dots=any(row.jobs for row in rows),
        reported=any(row.reported for row in rows),
        counts=any(row.regions for row in rows),
        excludes=any(region.excludes is not None for row in rows for region in row.regions),
        cut="kb-cut" in "".join(one.strip for group in (*drawn[0], *drawn[1]) for one in group.rows),
    )


def _reported(site: Site, estimate: Estimate) -> Reported | None:
    measure = measure_of(site, estimate)
    if measure is None:
        return None
    times = factor(measure.unit, estimate.unit)
    if times is None:
        return Reported(measure, None, None, None)
    value, low, high = (None if figure is None else float(figure) * times for figure in (measure.value, measure.low, measure.high))
    if value is None or not math.isfinite(value):
        return Reported(measure, None, None, None)
    whole = low is not None and high is not None and math.isfinite(low) and math.isfinite(high)
    return Reported(measure, value, low if whole else None, high if whole else None)


def _groups(rows: Sequence[Row]) -> list[Group]:
    units = dict.fromkeys(row.estimate.unit for row in rows)
    found = []
    for unit in units:
        members = [row for row in rows if row.estimate.unit == unit]
        marks = axis(members)
        scale = Scale(marks.values[0], marks.values[-1], EDGE, WIDTH - EDGE)
        found.append(Group(unit, [Drawn(row, _strip(row, scale, marks)) for row in members], _axis(scale, marks)))
    return found


def axis(rows: Sequence[Row]) -> Ticks:
    """From tick to tick around all values and zero, and around all ends of intervals but those that would take more than half of the axis."""
    core = [0.0, *(value for row in rows for value in row.core)]
    low, high = min(core), max(core)
    reach = (high / 2 - low / 2) * 2 if math.isfinite(high - low) else math.inf
    ends = [end for row in rows for end in row.ends if not reach or low - reach <= end <= high + reach]
    return ticks(*spans([*core, *ends]), 4)


def _strip(row: Row, scale: Scale, marks: Ticks) -> Markup:
    estimate, lanes = row.estimate, 0
    washes, edges = _regions(row, scale)
    grid = "".join(f"M{place(scale(value))} 0V@" for value in marks.values if value)
    parts = [washes, f'<path class="kb-grid" d="{grid}"/><path class="kb-axis" d="M{place(scale(0))} 0V@"/>', edges]
    if row.reported is not None and row.reported.value is not None:
        middle, x = lanes * _LANE + _LANE / 2 + 1, scale(row.reported.value)
        span = _interval(row.reported.low, row.reported.high, scale, middle)
        parts.append(f'<g class="kb-reported">{span}<path class="kb-marks" d="M{pair(x - 3.6, middle - 3.6)}h7.2v7.2h-7.2Z"/></g>')
        lanes += 1
    middle = lanes * _LANE + _LANE / 2 + 1
    span = _interval(estimate.low, estimate.high, scale, middle)
    parts.append(f'<g class="kb-estimate">{span}<circle cx="{place(scale(estimate.value))}" cy="{place(middle)}" r="4.2"/></g>')
    lanes += 1
    if row.jobs:
        middle = lanes * _LANE + _LANE / 2
        dots = "".join(f'<circle cx="{place(scale(job.value))}" cy="{place(middle)}" r="2.6"/>' for job in row.jobs)
        parts.append(f'<g class="kb-jobs">{dots}</g>')
        lanes += 1
    height = place(lanes * _LANE + 2)
    return Markup(
        f'<svg class="kb-strip-plot" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{text(_words(row))}" data-search-exclude>'
        + "".join(parts).replace("@", height)
        + "</svg>"
    )


def _regions(row: Row, scale: Scale) -> tuple[str, str]:
    """The washes of all regions, and their edges, which nothing may hide."""
    washes, edges = [], []
    for region in row.regions:
        left = scale.start - EDGE if math.isinf(region.low) else scale(region.low)
        right = scale.end + EDGE if math.isinf(region.high) else scale(region.high)
        washes.append(f'<path class="kb-counts" d="M{place(left)} 0H{place(right)}V@H{place(left)}Z"/>')
        ends = "".join(f"M{place(scale(edge))} 0V@" for edge in (region.low, region.high) if math.isfinite(edge))
        edges.append(f'<path class="kb-counts-edge" d="{ends}"/>')
        if region.excludes is not None:
            edges.append(f'<path class="kb-excludes" d="M{place(scale(region.excludes))} 0V@"/>')
    return "".join(washes), "".join(edges)


def _interval(low: float | None, high: float | None, scale: Scale, y: float) -> str:
    """A bar with ends; an arrow where it goes on beyond the axis."""
    if low is None or high is None:
        return ""
    left, right = max(scale(low), scale.start - EDGE + 1), min(scale(high), scale.end + EDGE - 1)
    stroke, cut = [f"M{pair(left, y)}H{place(right)}"], []
    for end, x, inward in ((scale(low), left, 4), (scale(high), right, -4)):
        if end == x:
            stroke.append(f"M{pair(x, y - 3.5)}v7")
        else:
            cut.append(f"M{pair(x + inward, y - 3.5)}L{pair(x, y)}L{pair(x + inward, y + 3.5)}")
    arrows = f'<path class="kb-line kb-cut" d="{"".join(cut)}"/>' if cut else ""
    return f'<path class="kb-line" d="{"".join(stroke)}"/>{arrows}'


def _axis(scale: Scale, marks: Ticks) -> Markup:
    labels = marks.labels
    gap = scale(marks.values[1]) - scale(marks.values[0])
    every = max(1, math.ceil((max(width(label, LETTERS) for label in labels) + LETTERS) / gap))
    # From zero outwards, so that zero keeps its label.
    shown = [(value, label) for index, (value, label) in enumerate(zip(marks.values, labels, strict=True), marks.first) if index % every == 0]
    words = []
    for value, label in shown:
        # A label wider than the edges allow would stick out of the drawing.
        half = width(label, LETTERS) / 2
        x = min(max(scale(value), half), WIDTH - half) if 2 * half < WIDTH else WIDTH / 2
        words.append(f'<text x="{place(x)}" y="{1.15 * LETTERS:g}" text-anchor="middle">{text(label)}</text>')
    return Markup(
        f'<svg class="kb-strip-plot kb-strip-axis" viewBox="0 0 {WIDTH} {1.5 * LETTERS:g}" font-size="{LETTERS}" aria-hidden="true"'
        f' data-search-exclude><g class="kb-ticks">{"".join(words)}</g></svg>'
    )


def _words(row: Row) -> str:
    """What the row's drawing shows."""
    one = row.estimate
    said = [f"{row.says}: {number(one.value)}"]
    if one.low is not None and one.high is not None:
        said.append(f"interval {number(one.low)} to {number(one.high)}")
    if row.jobs:
        said.append("jobs " + ", ".join(number(job.value) for job in row.jobs))
    if row.reported is not None and row.reported.value is not None:
        said.append(f"reported {as_reported(row.reported.measure)}")
    said += [f"counts {_range(region)} ({region.criterion}: {region.outcome.replace('-', ' ')})" for region in row.regions]
    return "; ".join(said)


def _range(region: Region) -> str:
    if math.isinf(region.high):
        return f"from {number(region.low)} up"
    return f"up to {number(region.high)}" if math.isinf(region.low) else f"from {number(region.low)} to {number(region.high)}"
