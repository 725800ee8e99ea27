"""One drawing of a plot, in a frame. A page shows it in a wide and in a narrow frame, so that its letters stay legible on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from markupsafe import Markup

from kb.site.escape import text
from kb.site.plot import marks
from kb.site.plot.scale import Scale, pair, place
from kb.site.plot.styles import Style
from kb.site.plot.text import lines, spread, width
from kb.site.plot.ticks import Ticks, exact, spans, ticks

_LINE = 1.2  # height of a line of text, in letters' sizes
_TO_LABEL = 16  # from the end of an axis to the names of the lines
_SIGN = 13  # room of a marker before a name
_NEAR_THE_END = 0.9  # a line that ends before this share of the axis can't be named at its end
_CROWD = 120  # points above which they get smaller
_MANY_BANDS = 4  # bands above which they get fainter
_COLOURS = 6  # names above which two have one colour, so that each needs its marker


@dataclass(frozen=True)
class Frame:
    """The size of a drawing and of its letters, in the drawing's units: about a pixel each."""

    name: Literal["wide", "narrow"]
    width: float
    height: float
    letters: float
    x_ticks: int
    labels: float
    """Room for names at the ends of lines; 0 for none."""


WIDE = Frame("wide", 680, 300, 12.5, 8, 190)
NARROW = Frame("narrow", 320, 230, 12, 5, 0)


@dataclass(frozen=True)
class Series:
    """One series as drawn. Points and spans ascend in x where the kind is a line."""

    name: str
    style: Style
    points: Sequence[marks.Point]
    spans: Sequence[marks.Span]


@dataclass(frozen=True)
class Axis:
    """The values that an axis shows, and its ticks."""

    low: Decimal
    high: Decimal
    ticks: Ticks

    @classmethod
    def around(cls, values: Sequence[float], about: int) -> Axis:
        """From tick to tick."""
        found = ticks(*spans(values), about, whole=_whole(values))
        return cls(found.values[0], found.values[-1], found)

    @classmethod
    def along(cls, values: Sequence[float], about: int) -> Axis:
        """From the least to the greatest value, so that a line fills the width; a single value stands in the middle."""
        low, high = exact(min(values)), exact(max(values))
        if low == high:
            half = abs(low) / 2 or 1
            low, high = low - half, high + half
        return cls(low, high, ticks(low, high, about, whole=_whole(values), within=True))


def _whole(values: Iterable[float]) -> bool:
    return all(float(value).is_integer() for value in values)


@dataclass(frozen=True)
class EndLabel:
    """The name of a line at its end: broken into lines, centred on a height."""

    series: Series
    lines: Sequence[str]
    at: float
    end: tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """The drawing of series, of which at least one holds a point or a span."""

    frame: Frame
    kind: Literal["line", "points"]
    series: Sequence[Series]

    @cached_property
    def _axes(self) -> tuple[Axis, Axis]:
        xs = [point[0] for one in self.series for point in (*one.points, *one.spans)]
        ys = [y for one in self.series for point in (*one.points, *one.spans) for y in point[1:]]
        across = Axis.along if self.kind == "line" else Axis.around
        return across(xs, self.frame.x_ticks), Axis.around(ys, 5)

    @cached_property
    def _left(self) -> float:
        """Where the axes begin: behind the labels of the vertical one, and with room for half of the first label of the other."""
        widest = max(width(label, self.frame.letters) for label in self._axes[1].ticks.labels)
        return min(max(widest + 8, self._half(0) - 8), 0.5 * self.frame.width)

    def _half(self, index: int) -> float:
        """Half the width of a label of the horizontal axis."""
        labels = self._axes[0].ticks.labels
        return width(labels[index], self.frame.letters) / 2 if labels else 0

    @property
    def _bottom(self) -> float:
        return self.frame.height - 2 * self.frame.letters

    @cached_property
    def y(self) -> Scale:
        axis = self._axes[1]
        return Scale(axis.low, axis.high, self._bottom, 9)

    def _across(self, room: float) -> Scale:
        """The horizontal scale that leaves this room to its right."""
        axis = self._axes[0]
        return Scale(axis.low, axis.high, self._left + 8, self.frame.width - max(room, 14, min(self._half(-1), 0.2 * self.frame.width)))

    @cached_property
    def x(self) -> Scale:
        return self._across(self._room(label.lines for label in self.labels) if self.labels else 0)

    def _room(self, names: Iterable[Sequence[str]]) -> float:
        return _TO_LABEL + _SIGN + max(width(line, self.frame.letters) for name in names for line in name)

    @cached_property
    def labels(self) -> list[EndLabel] | None:
        """Names at the ends of the lines; None where they don't fit or a line ends early: then the key has to name them."""
        drawn, size = [one for one in self.series if one.points], self.frame.letters
        if self.kind != "line" or not self.frame.labels:
            return None
        names = [name for one in drawn if (name := lines(one.name, size, self.frame.labels - _TO_LABEL - _SIGN))]
        if not drawn or len(names) < len(drawn):
            return None
        x = self._across(self._room(names))
        ends = [(x(one.points[-1][0]), self.y(one.points[-1][1])) for one in drawn]
        if any(end[0] < x.start + _NEAR_THE_END * (x.end - x.start) for end in ends):
            return None
        places = spread([end[1] for end in ends], [len(name) * size * _LINE + 2 for name in names], 0, self.frame.height)
        if places is None:
            return None
        return [EndLabel(*label) for label in zip(drawn, names, places, ends, strict=True)]

    @property
    def right(self) -> float:
        """The share of the width that lies to the right of the axes."""
        return 1 - self.x.end / self.frame.width

    def svg(self, name: str, description: str) -> Markup:
        """The drawing, under an accessible name and description."""
        frame = self.frame
        parts = [self._grid(), *map(self._bands, self.series), *map(self._series, self.series), *map(self._label, self.labels or ())]
        return Markup(
            f'<svg class="kb-chart kb-chart--{frame.name}" viewBox="0 0 {place(frame.width)} {place(frame.height)}" font-size="{frame.letters:g}"'
            f' role="img" aria-label="{text(name)}" data-search-exclude><desc>{text(description)}</desc>{"".join(parts)}</svg>'
        )

    def _grid(self) -> str:
        x, y, size = self.x, self.y, self.frame.letters
        across, up = self._axes[0].ticks, self._axes[1].ticks
        words, right = [], place(x.end)
        for value, label in zip(up.values, up.labels, strict=True):
            words.append(f'<text x="{place(self._left - 6)}" y="{place(y(value) + 0.35 * size)}" text-anchor="end">{text(label)}</text>')
        # Every n-th label, where all of them would touch.
        widest = max(width(label, size) for label in across.labels) + size
        gap = x(across.values[1]) - x(across.values[0]) if len(across.values) > 1 else widest
        every = max(1, -(-int(widest) // max(1, int(gap))))
        shown = list(zip(across.values, across.labels, strict=True))[::every]
        for value, label in shown:
            words.append(f'<text x="{place(x(value))}" y="{place(self._bottom + 1.5 * size)}" text-anchor="middle">{text(label)}</text>')
        rules = "".join(f"M{pair(self._left, y(value))}H{right}" for value in up.values)
        stubs = "".join(f"M{pair(x(value), self._bottom)}v4" for value, _ in shown)
        zero = y(0) if up.first <= 0 <= up.last else self._bottom
        axis = f'<path class="kb-axis" d="M{pair(self._left, zero)}H{right}{stubs}"/>'
        return f'<path class="kb-grid" d="{rules}"/>{axis}<g class="kb-ticks">{"".join(words)}</g>'

    def _bands(self, one: Series) -> str:
        """Areas of a line's intervals; a whisker where one stands alone, and at each of a cloud's."""
        runs = marks.runs(one.spans, [x for x, _ in one.points]) if self.kind == "line" else [[span] for span in one.spans]
        areas = "".join(marks.band(run, self.x, self.y) for run in runs if len(run) > 1)
        bars = "".join(marks.whisker(run[0], self.x, self.y) for run in runs if len(run) == 1)
        faint = " kb-band--faint" if sum(bool(other.spans) for other in self.series) > _MANY_BANDS else ""
        drawn = f'<path class="kb-band{faint}" d="{areas}"/>' if areas else ""
        drawn += f'<path class="kb-line" d="{bars}"/>' if bars else ""
        return f'<g class="{one.style.name}">{drawn}</g>' if drawn else ""

    def _series(self, one: Series) -> str:
        if not one.points:
            return ""
        if self.kind == "points":
            crowd = sum(len(other.points) for other in self.series) > _CROWD
            dots = marks.points(one.points, self.x, self.y, one.style, 2.6 if crowd else 3.6)
            return f'<g class="kb-cloud {one.style.name}"><path class="{one.style.marks}" d="{dots}"/></g>'
        stroke = marks.line(one.points, self.x, self.y)
        course = f'<path class="{one.style.line}" d="{stroke}"/>' if stroke else ""
        dots = marks.points(marks.marked(one.points), self.x, self.y, one.style, 3.6)
        return f'<g class="{one.style.name}">{course}<path class="{one.style.marks}" d="{dots}"/></g>'

    def _moved(self, label: EndLabel) -> bool:
        """Whether the name stands apart from the end of its line."""
        return abs(label.at - label.end[1]) > 3 or label.end[0] < self.x.end - 1

    @cached_property
    def _signed(self) -> bool:
        """Whether names carry the markers of their lines."""
        labels = self.labels or []
        return len(labels) > _COLOURS or any(map(self._moved, labels))

    def _label(self, label: EndLabel) -> str:
        size, x = self.frame.letters, self.x.end + _TO_LABEL - 2
        style, tie, sign = label.series.style, "", ""
        if self._moved(label):
            tie = f'<path class="kb-tie" d="M{pair(label.end[0] + 6, label.end[1])}L{pair(x - 3, label.at)}"/>'
        if self._signed:
            sign = f'<path class="{style.marks}" d="{style.marker(x + 4, label.at, 3.2)}"/>'
            x += _SIGN
        top = label.at - (len(label.lines) - 1) * size * _LINE / 2 + 0.35 * size
        rows = "".join(f'<tspan x="{place(x)}" y="{place(top + row * size * _LINE)}">{text(line)}</tspan>' for row, line in enumerate(label.lines))
        return f'<g class="kb-name {style.name}">{tie}{sign}<text>{rows}</text></g>'
