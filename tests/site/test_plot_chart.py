"""Drawings of plots: what is drawn is what the table says, nothing leaves the frame, the same data give the same bytes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import plotted
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.site.environment import environment
from kb.site.plot import chart, marks
from kb.site.plot.figure import Figure, figure, figures
from kb.site.plot.scale import Scale
from kb.site.plot.styles import SERIES, Style
from kb.site.plot.text import width as text_width
from kb.site.plot.ticks import exact, number
from schemas.result import Plot

numbers = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1, 1), st.integers(-5, 5).map(float))
names = st.lists(st.text("abc äЖ漢 &<", min_size=1, max_size=30).filter(lambda name: name == name.strip()), max_size=13, unique=True)


@st.composite
def plots(draw: st.DrawFn) -> Plot:
    called = draw(names)
    series = {name: draw(st.lists(st.tuples(numbers, numbers), max_size=6)) for name in called}
    spans = st.tuples(numbers, numbers, numbers).map(lambda span: (span[0], min(span[1:]), max(span[1:])))
    bands = {name: draw(st.lists(spans, max_size=4)) for name in draw(st.lists(st.sampled_from([*called, "a band alone"]), max_size=3, unique=True))}
    return Plot(id="any", title="Any", x="x", y="y", kind=draw(st.sampled_from(["line", "points"])), series=series, bands=bands)


def parsed(svg: str | None) -> ET.Element:
    """A drawing, which is well-formed but for an attribute without a value."""
    assert svg is not None
    return ET.fromstring(svg.replace(" data-search-exclude", ""))


def drawings(plot: Plot) -> Iterator[ET.Element]:
    shown = figure(plot)
    for svg in (shown.wide, shown.narrow):
        if svg is not None:
            yield parsed(svg)


def places(d: str) -> Iterator[tuple[float, float]]:
    """The points of path data, relative commands taken along."""
    x = y = 0.0
    for command, arguments in re.findall(r"([A-Za-z])([^A-Za-z]*)", d):
        given_ = [float(number) for number in re.findall(r"-?[\d.]+", arguments)]
        if command in "ML":
            x, y = given_
        elif command == "H":
            x = given_[0]
        elif command == "V":
            y = given_[0]
        elif command == "h":
            x += given_[0]
        elif command == "v":
            y += given_[0]
        elif command == "a":
            x, y = x + given_[5], y + given_[6]
        else:
            assert command == "Z", d
        yield x, y


def of_class(svg: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in svg.iter() if name in (element.get("class") or "").split()]


@given(plots())
def test_nothing_leaves_the_frame_and_every_point_has_its_mark(plot: Plot) -> None:
    for svg in drawings(plot):
        _, _, width, height = map(float, (svg.get("viewBox") or "").split())
        for path in svg.iter("path"):
            for x, y in places(path.get("d") or ""):
                assert -1 <= x <= width + 1
                assert -1 <= y <= height + 1
        for words in (*svg.iter("text"), *svg.iter("tspan")):
            if "x" in words.attrib:
                assert 0 <= float(words.get("x") or "") <= width
                assert 0 <= float(words.get("y") or "") <= height
        for words in of_class(svg, "kb-ticks")[0]:
            if words.get("text-anchor") == "middle" and len(words.text or "") < 12:
                half = text_width(words.text or "", float(svg.get("font-size") or "")) / 2
                assert half - 1 <= float(words.get("x") or "") <= width - half + 1
        signs = {id(path) for name in of_class(svg, "kb-name") for path in of_class(name, "kb-marks")}
        paths = [path.get("d") or "" for path in of_class(svg, "kb-marks") if id(path) not in signs]
        drawn = sum(d.count("Z") or d.count("M") // 2 for d in paths)
        assert drawn == sum(map(len, plot.series.values()))
        shown = [*plot.series, *(name for name in plot.bands if name not in plot.series)]
        drawn_names = {Style(index).name for index, name in enumerate(shown) if plot.series.get(name) or plot.bands.get(name)}
        assert {group.get("class", "").removeprefix("kb-cloud ").removeprefix("kb-name ") for group in svg.iter("g")} - {"kb-ticks"} == drawn_names


def cells(shown: Figure) -> Counter[tuple[str, str, str]]:
    """(series, x, text) of every filled cell of the table."""
    if shown.plot.kind == "points":
        return Counter((name, x, y) for name, x, y in shown.table.rows)
    return Counter(
        (name, row[0], part)
        for row in shown.table.rows
        for name, cell in zip(shown.table.head[1:], row[1:], strict=True)
        for part in re.findall(r"\([^)]*\)|[^ ()]+", cell)
        if part != "–"
    )


@given(plots())
def test_the_table_holds_all_data_and_nothing_else(plot: Plot) -> None:
    digits = 6 if plot.kind == "line" else 4
    wanted = Counter((name, number(x, digits), number(y, 4)) for name, points in plot.series.items() for x, y in points)
    wanted += Counter((name, number(x, digits), f"({number(low, 4)} to {number(high, 4)})") for name, spans in plot.bands.items() for x, low, high in spans)
    assert cells(figure(plot)) == wanted


@given(plots())
def test_the_same_data_give_the_same_bytes(plot: Plot) -> None:
    again = Plot.model_validate(plot.model_dump(by_alias=True))
    assert figure(again) == figure(plot)


@pytest.mark.parametrize("make", plotted.PLOTS)
def test_marks_stand_at_their_values(make: Any) -> None:
    """Read back from the drawing: circles of the first series against the ticks' own places."""
    plot = plotted.plot(make())
    for svg in drawings(plot):
        labels = {float(t.text.replace("−", "-")): t for t in of_class(svg, "kb-ticks")[0] if t.text}
        across = sorted((float(t.get("x") or 0), value) for value, t in labels.items() if t.get("text-anchor") == "middle")
        upward = sorted(
            (float(t.get("y") or 0), float((t.text or "").replace("−", "-"))) for t in of_class(svg, "kb-ticks")[0] if t.get("text-anchor") == "end"
        )
        (x0, a0), (x1, a1) = across[0], across[-1]
        (y0, b0), (y1, b1) = upward[0], upward[-1]
        offset = 0.35 * float(svg.get("font-size") or 0)
        first = next(iter(plot.series.values()))
        path = next(
            group.find("path[@class='kb-marks']")
            for group in svg.iter("g")
            if (group.get("class") or "").endswith("kb-s0") and group.find("path[@class='kb-marks']") is not None
        )
        assert path is not None
        circles = re.findall(r"M([\d.]+) ([\d.]+)a([\d.]+)", path.get("d") or "")
        assert len(circles) == len(first)
        for (x, y), (left, middle, radius) in zip(first, circles, strict=True):
            assert float(left) + float(radius) == pytest.approx(x0 + (x - a0) / (a1 - a0) * (x1 - x0), abs=0.3)
            assert float(middle) == pytest.approx(y0 - offset + (y - b0) / (b1 - b0) * (y1 - y0), abs=0.3)


def test_lines_are_named_at_their_ends_where_that_fits() -> None:
    wide = parsed(figure(plotted.plot(plotted.many())).wide)
    shown = ["".join(words.itertext()) for group in of_class(wide, "kb-name") for words in group.iter("text")]
    assert [words.replace(" ", "") for words in shown] == [name.replace(" ", "") for name in plotted.MANY]
    heights = sorted(float(tspan.get("y") or 0) for group in of_class(wide, "kb-name") for tspan in group.iter("tspan"))
    assert all(other - one >= 12.5 for one, other in pairwise(heights))
    assert not of_class(parsed(figure(plotted.plot(plotted.many())).narrow), "kb-name")


def test_names_carry_markers_where_colours_repeat_or_names_had_to_move() -> None:
    (alone,) = of_class(parsed(figure(plotted.plot(plotted.flat())).wide), "kb-name")
    assert not of_class(alone, "kb-marks")
    named = of_class(parsed(figure(plotted.plot(plotted.many())).wide), "kb-name")
    assert all(len(of_class(name, "kb-marks")) == 1 for name in named)
    crowded = of_class(parsed(figure(plotted.plot(plotted.dose())).wide), "kb-name")
    assert [len(of_class(name, "kb-marks")) for name in crowded] == [1, 1, 1, 1]
    assert [len(of_class(name, "kb-tie")) for name in crowded] == [0, 1, 0, 1]


def test_many_bands_are_faint() -> None:
    data = plotted.many()
    data["bands"] = {name: [[x, y - 0.01, y + 0.01] for x, y in points] for name, points in list(data["series"].items())[:5]}
    assert len(of_class(parsed(figure(plotted.plot(data)).wide), "kb-band--faint")) == 5
    assert not of_class(parsed(figure(plotted.plot(plotted.dose())).wide), "kb-band--faint")


def test_a_key_names_what_the_drawing_does_not() -> None:
    named = {make.__name__: figure(plotted.plot(make())).named for make in plotted.PLOTS}
    assert named == {"dose": True, "many": True, "cloud": False, "gaps": False, "flat": True, "empty": False}


def test_a_line_that_ends_early_is_named_by_the_key() -> None:
    data = plotted.dose()
    data["series"]["persona, benign"] = data["series"]["persona, benign"][:3]
    assert not figure(plotted.plot(data)).named


def test_a_series_without_data_keeps_its_place_in_the_key() -> None:
    shown = figure(plotted.plot(plotted.gaps()))
    assert [(key.name, key.empty) for key in shown.key][1:] == [("benign", False), ("nothing came of it", True)]
    assert [row[3] for row in shown.table.rows] == ["–"] * 6


def test_a_plot_without_data_draws_nothing() -> None:
    shown = figure(plotted.plot(plotted.empty()), plotted.record())
    assert shown.note == ""
    assert shown.wide is None
    assert shown.narrow is None
    assert shown.table.rows == []


def test_a_band_stays_open_where_it_lacks_a_value() -> None:
    spans = [(0.0, 0.0, 1.0), (1.0, 0.0, 1.0), (3.0, 0.0, 1.0)]
    assert [[span[0] for span in run] for run in marks.runs(spans, [0.0, 1.0, 2.0, 3.0])] == [[0, 1], [3]]
    assert [[span[0] for span in run] for run in marks.runs(spans, [0.0, 1.0, 3.0])] == [[0, 1, 3]]
    svg = parsed(figure(plotted.plot(plotted.gaps())).wide)
    assert sum((path.get("d") or "").count("Z") for path in of_class(svg, "kb-band")) == 1
    assert sum((path.get("d") or "").count("V") for path in of_class(svg, "kb-line")) == 2


def test_a_long_line_has_few_markers_and_both_ends() -> None:
    points = [(float(x), 0.0) for x in range(1000)]
    chosen = marks.marked(points)
    assert len(chosen) <= marks.MOST_MARKERS
    assert {points[0], points[-1]} <= set(chosen)
    assert len(set(chosen)) == len(chosen)


def test_twelve_series_differ_without_colour() -> None:
    looks = [(Style(index).marker(0, 0, 3), Style(index).marks, Style(index).line) for index in range(SERIES)]
    assert len(set(looks)) == SERIES == 12
    assert [Style(index).name for index in range(SERIES)] == [f"kb-series kb-s{index}" for index in range(SERIES)]
    assert Style(12).name == Style(0).name


def test_every_series_has_its_colour() -> None:
    sheet = (chart.__file__.rpartition("/plot/")[0], "assets/kb.css")
    with open("/".join(sheet), encoding="utf-8") as file:
        css = file.read()
    for index in range(SERIES):
        assert re.search(rf"\.kb-s{index}\b[^{{}}]*{{ color: var\(--kb-series-{index % 6 + 1}\)", css)
        assert f".kb-plot:has(.kb-s{index}:hover) .kb-series:not(.kb-s{index})" in css
    for number_ in range(1, 7):
        assert len(re.findall(rf"--kb-series-{number_}: #", css)) == 2  # light and dark


@pytest.mark.parametrize(
    ("worlds", "make", "note"),
    [
        (3, plotted.dose, "Lines are means over 3 worlds, bands their 95% intervals."),
        (3, plotted.many, "Lines are means over 3 worlds."),
        (1, plotted.many, "One world, so no interval."),
        (2, plotted.cloud, "The points of all jobs together, from 2 worlds."),
    ],
)
def test_the_note_says_what_lines_and_points_are(worlds: int, make: Any, note: str) -> None:
    assert figure(plotted.plot(make()), plotted.record(worlds)).note == note


def test_the_description_tells_the_course() -> None:
    svg = parsed(figure(plotted.plot(plotted.dose())).wide)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "Harm in untrained domains along the fine-tune"
    words = svg.findtext("desc") or ""
    assert "persona, harmful: from 0.05 at 0 to 0.924 at 40." in words
    assert words.startswith("Lines of probability of harm (vertical) against fine-tuning steps (horizontal).")
    cloud = parsed(figure(plotted.plot(plotted.cloud())).wide).findtext("desc") or ""
    assert "after the last turn: 80 points" in cloud


def test_an_id_that_comes_twice_is_an_anchor_once() -> None:
    found = figures(plotted.record(plots=[plotted.dose(), plotted.dose(), plotted.cloud()]))
    assert [one.anchor for one in found] == ["plot-made-up-dose", None, "plot-made-up-cloud"]


def test_a_point_far_out_stays_on_the_axis() -> None:
    scale = Scale(exact(-1.7e308), exact(1.7e308), 0, 100)
    assert [scale(value) for value in (-1.7e308, 0.0, 1.7e308)] == [0, 50, 100]


def test_one_plot_alone_can_be_shown() -> None:
    template = environment().from_string('{% import "plot_parts.html" as p with context %}{{ p.plot(plot) }}{{ p.plot(plot, result) }}')
    page = template.render(plot=plotted.plot(plotted.dose()), result=plotted.record())
    assert page.count("<figure") == page.count("</figure>") == 2
    assert page.count('id="plot-made-up-dose"') == 1
    assert "Bands are intervals." in page
    assert "Lines are means over 3 worlds" in page
