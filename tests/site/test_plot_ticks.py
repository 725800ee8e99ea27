"""Ticks are round, exact and around their values; scales keep order and ends; text is kept apart."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.site.plot.scale import Scale, place
from kb.site.plot.text import lines, spread, width
from kb.site.plot.ticks import exact, number, spans, ticks

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
reals = st.floats(allow_nan=False, allow_infinity=False)
pairs = st.one_of(st.tuples(reals, reals), st.tuples(st.floats(-1, 1), st.floats(-1, 1)), st.tuples(st.integers(-300, 300), st.integers(-300, 300))).map(
    lambda ends: (float(min(ends)), float(max(ends)))
)


def read(label: str) -> Decimal:
    """The value that a label states."""
    mantissa, _, power = label.replace("−", "-").replace("\u202f", "").partition("×10")
    return Decimal(mantissa).scaleb(int(power.translate(SUPERSCRIPTS)) if power else 0)


@given(pairs, st.integers(3, 9), st.booleans())
def test_ticks_are_round_few_and_around_the_values(ends: tuple[float, float], about: int, whole: bool) -> None:
    low, high = ends
    found = ticks(low, high, about, whole=whole)
    assert found.step.normalize().as_tuple().digits in {(1,), (2,), (5,)}
    assert found.values[0] <= exact(low) <= exact(high) <= found.values[-1]
    assert 2 <= len(found.values) <= 1.6 * about + 3
    if not whole and low < high:
        assert len(found.values) >= about / 1.6
    # No tick could be left out.
    if low < high:
        assert found.values[-2] < exact(high)
        assert exact(low) < found.values[1]
    if whole:
        assert found.step >= 1


@given(pairs, st.integers(3, 9), st.booleans())
def test_inner_ticks_lie_between_the_ends(ends: tuple[float, float], about: int, whole: bool) -> None:
    low, high = ends
    assume(low < high)
    found = ticks(low, high, about, whole=whole, within=True)
    assert all(exact(low) <= value <= exact(high) for value in found.values)
    if not whole:
        assert len(found.values) >= about / 1.6 - 1


@given(pairs, st.integers(3, 9))
def test_labels_state_their_ticks_exactly(ends: tuple[float, float], about: int) -> None:
    found = ticks(*ends, about)
    assert [read(label) for label in found.labels] == list(found.values)
    assert len(set(found.labels)) == len(found.labels)
    assert all(re.fullmatch(r"−?\d[\d\u202f]*(\.\d+)?(×10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", label) for label in found.labels)
    # All with the same number of decimals, but zero.
    assert len({label.partition("×")[0].partition(".")[2].__len__() for label in found.labels if label != "0"}) == 1


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 1, "0 0.2 0.4 0.6 0.8 1.0"),
        (0.05, 0.93, "0 0.2 0.4 0.6 0.8 1.0"),
        (-0.3, 0.3, "−0.3 −0.2 −0.1 0 0.1 0.2 0.3"),
        (0, 24000, "0 5\u202f000 10\u202f000 15\u202f000 20\u202f000 25\u202f000"),
        (0, 2.4e6, "0 0.5×10⁶ 1.0×10⁶ 1.5×10⁶ 2.0×10⁶ 2.5×10⁶"),
        (1e-7, 3e-7, "1.0×10⁻⁷ 1.5×10⁻⁷ 2.0×10⁻⁷ 2.5×10⁻⁷ 3.0×10⁻⁷"),
        (0.98, 0.98, "0 0.2 0.4 0.6 0.8 1.0"),
        (-4, -4, "−4 −3 −2 −1 0"),
        (0, 0, "0 0.2 0.4 0.6 0.8 1.0"),
    ],
)
def test_some_axes(low: float, high: float, labels: str) -> None:
    assert list(ticks(low, high).labels) == labels.split(" ")


def test_counts_have_no_halves() -> None:
    assert ticks(0, 3, 8, whole=True).labels == ("0", "1", "2", "3")
    assert ticks(0, 3, 8).labels[1] == "0.5"


def test_ends_in_the_wrong_order_are_an_error() -> None:
    with pytest.raises(ValueError, match="from 2 to 1"):
        ticks(2, 1)
    with pytest.raises(ValueError, match="from 1 to 1"):
        Scale(Decimal(1), Decimal(1), 0, 1)


@pytest.mark.parametrize(("values", "ends"), [([0.3, 0.9], (0, 0.9)), ([0.8, 0.9], (0.8, 0.9)), ([-9, -4], (-9, 0)), ([-1, 2], (-1, 2)), ([5], (5, 5))])
def test_an_axis_begins_at_zero_where_that_is_near(values: list[float], ends: tuple[float, float]) -> None:
    assert spans(values) == ends


@given(st.lists(reals, min_size=2, max_size=8, unique=True), st.floats(0, 100), st.floats(200, 700))
def test_a_scale_keeps_order_and_ends(values: list[float], start: float, end: float) -> None:
    values = sorted(values)
    scale = Scale(exact(values[0]), exact(values[-1]), start, end)
    placed = [scale(value) for value in values]
    assert placed == sorted(placed)
    assert math.isclose(placed[0], start)
    assert math.isclose(placed[-1], end)
    falling = Scale(exact(values[0]), exact(values[-1]), end, start)
    assert all(math.isclose(falling(value) + scale(value), start + end) for value in values)


@given(st.floats(-1000, 1000))
def test_a_coordinate_is_short_and_near(value: float) -> None:
    assert abs(float(place(value)) - value) <= 0.0501
    assert re.fullmatch(r"-?\d+(\.[1-9])?", place(value))
    assert place(value) != "-0"


@given(reals, st.integers(1, 8))
def test_a_number_states_its_value_to_so_many_digits(value: float, digits: int) -> None:
    shown = read(number(value, digits))
    assert shown == 0 if value == 0 else abs(shown - exact(value)) <= abs(exact(value)) * Decimal(10) ** (1 - digits) / 2
    assert not re.search(r"\.\d*0(×|$)", number(value, digits))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.89345, "0.893"), (-1.5, "−1.5"), (-0.0, "0"), (1234.0, "1\u202f230"), (0.0001, "0.0001"), (2.2e-7, "2.2×10⁻⁷"), (3e9, "3×10⁹"), (100.0, "100")],
)
def test_some_numbers(value: float, shown: str) -> None:
    assert number(value) == shown


labels = st.lists(st.tuples(st.floats(-50, 350), st.floats(8, 40)), min_size=1, max_size=12)


@given(labels, st.floats(0, 20), st.floats(250, 500))
def test_labels_neither_overlap_nor_leave(wanted: list[tuple[float, float]], low: float, high: float) -> None:
    places, heights = [place for place, _ in wanted], [height for _, height in wanted]
    found = spread(places, heights, low, high)
    if found is None:
        assert sum(heights) > high - low
        return
    order = sorted(range(len(found)), key=lambda index: found[index])
    for one, other in pairwise(order):
        assert found[other] - found[one] >= (heights[one] + heights[other]) / 2 - 1e-6
        assert places[one] <= places[other]
    assert all(low - 1e-6 <= centre - height / 2 and centre + height / 2 <= high + 1e-6 for centre, height in zip(found, heights, strict=True))


@given(st.lists(st.floats(0, 300), min_size=1, max_size=6, unique=True))
def test_labels_with_room_stay_where_they_are_wanted(places: list[float]) -> None:
    gap = min((abs(a - b) for a in places for b in places if a != b), default=10.0)
    assume(gap > 0.01)
    found = spread(places, [gap / 2] * len(places), -gap, 300 + gap)
    assert found == pytest.approx(places)


def test_labels_that_clash_move_as_little_as_they_can() -> None:
    assert spread([10, 10], [4, 4], 0, 100) == [8, 12]
    assert spread([30, 29, 80], [10, 10, 10], 0, 100) == [34.5, 24.5, 80]
    assert spread([1, 50], [4, 4], 0, 100) == [2, 50]
    assert spread([10, 9, 80], [10, 10, 10], 0, 100) == [15, 5, 80]
    assert spread([1, 2, 3], [40, 40, 40], 0, 100) is None


def test_lines_break_between_words_only() -> None:
    room = width("base model with", 12) + 0.1
    assert lines("base model with a fixed share", 12, room) == ["base model with", "a fixed share"]
    assert lines("base model with a fixed share of everything", 12, room) is None
    assert lines("x" * 60, 12, room) is None
    assert lines("日本語", 12, 100) == ["日本語"]
