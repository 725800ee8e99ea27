"""GRIM, k of n and SDs against every data set there is."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import combinations_with_replacement

import pytest
from honest import DOWN, EVEN, UP, outcome, printed, printed_root, verdict
from hypothesis import given
from hypothesis import strategies as st

from kb.numbers.named import sums


@pytest.mark.parametrize("n", range(1, 13))
@pytest.mark.parametrize("places", [1, 2])
def test_grim_finds_what_enumeration_finds(n: int, places: int) -> None:
    """Over all means of n whole numbers: attained, attained by one way of rounding halves only, or not attained."""
    up, down = ({printed(Fraction(k, n), places, halves) for k in range(2 * n + 1)} for halves in (UP, DOWN))
    sure = {printed(Fraction(k, n), places, UP) for k in range(2 * n + 1) if printed(Fraction(k, n), places, UP) == printed(Fraction(k, n), places, DOWN)}
    for value in range(2 * 10**places):
        text = printed(Fraction(value, 10**places), places)
        expected = "consistent" if text in sure else "only-just" if text in up | down else "inconsistent"
        # So many cases that some mean rounds to every value: enumeration agrees that none is ruled out.
        found = verdict({"test": "grim", "of": "m", "n": n}, {"name": "m", "value": text})
        assert found == expected or (found == "consistent" and expected == "only-just" and 10**places < n), (text, n)


@given(st.lists(st.integers(-5, 9), min_size=1, max_size=60), st.integers(0, 3), st.sampled_from([UP, EVEN]))
def test_grim_accepts_every_honest_mean(data: list[int], places: int, halves: str) -> None:
    mean = Fraction(sum(data), len(data))
    assert verdict({"test": "grim", "of": "m"}, {"name": "m", "value": printed(mean, places, halves), "n": len(data)}) != "inconsistent"


@given(st.integers(1, 400), st.data(), st.integers(0, 3), st.sampled_from([UP, EVEN]), st.sampled_from(["%", "fraction"]))
def test_shares_of_n_are_accepted(n: int, data: st.DataObject, places: int, halves: str, unit: str) -> None:
    k = data.draw(st.integers(0, n))
    value = printed(Fraction(k, n) * (100 if unit == "%" else 1), places, halves)
    measure = {"name": "m", "value": value, "unit": unit, "n": n, "k": k}
    assert verdict({"test": "grim", "of": "m"}, measure) != "inconsistent"
    assert verdict({"test": "k-of-n", "of": "m"}, measure) != "inconsistent"
    assert verdict("m = m", measure) == "consistent"


@given(st.integers(1, 30), st.integers(1, 5), st.data())
def test_grim_of_scales_with_several_items_and_half_points(n: int, items: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(0, 2 * 10 * n * items))
    value = printed(Fraction(total, 2 * n * items), 2)
    assert verdict({"test": "grim", "of": "m", "items": items, "step": 0.5, "n": n}, {"name": "m", "value": value}) != "inconsistent"


@pytest.mark.parametrize(
    ("test", "measure", "expected"),
    [
        ({}, {"value": "0.50", "n": 28}, "consistent"),
        ({}, {"value": "0.51", "n": 28}, "inconsistent"),
        ({"items": 4}, {"value": "0.51", "n": 28}, "consistent"),
        ({}, {"value": "5.19", "n": 28}, "inconsistent"),  # 145/28 is 5.179 and 146/28 is 5.214
        ({}, {"value": "43.0", "unit": "%", "n": 30}, "inconsistent"),
        ({}, {"value": "43.3", "unit": "%", "n": 30}, "consistent"),
        ({}, {"value": "43", "unit": "%", "n": 30}, "consistent"),
        ({}, {"value": "0.125", "n": 8}, "consistent"),
        ({}, {"value": "0.13", "n": 8}, "only-just"),
        ({}, {"value": "0.12", "n": 8}, "only-just"),
        ({}, {"value": "101.0", "unit": "%", "n": 300}, "inconsistent"),
        ({}, {"value": "-0.2", "unit": "fraction", "n": 300}, "inconsistent"),
        ({}, {"value": "3.333", "n": 100000}, "consistent"),
        ({}, {"value": "3.3", "n": 7, "qualifier": "about"}, "consistent"),
        ({}, {"value": "3.3", "n": 7, "qualifier": "at-least"}, "undecidable"),
        ({}, {"value": "3.3", "n": 0}, "inconsistent"),
        ({}, {"value": "3.3"}, "error"),
        ({}, {"value": "3.3", "unit": "pp", "n": 7}, "error"),
        ({"n": "m"}, {"value": "3.3"}, "error"),
        ({"n": "nobody"}, {"value": "3.3"}, "error"),
    ],
)
def test_grim_table(test: dict[str, object], measure: dict[str, object], expected: str) -> None:
    found = outcome({"test": "grim", "of": "m"} | test, {"name": "m"} | measure)
    assert found.verdict == expected, found.explanation
    assert (found.field != ()) == (expected == "error")


def test_grim_shows_its_arithmetic() -> None:
    says = outcome({"test": "grim", "of": "m"}, {"name": "m", "value": "0.48", "n": 28}).explanation
    assert says == "0.48 of 28: nearest attainable 13/28 ≈ 0.464286 and 14/28 = 0.5; not possible."


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"value": "23.1", "unit": "%", "k": 421, "n": 1820}, "consistent"),
        ({"value": "23.2", "unit": "%", "k": 421, "n": 1820}, "inconsistent"),
        ({"value": "0.23", "unit": "fraction", "k": 421, "n": 1820}, "consistent"),
        ({"value": "23.1", "unit": "fraction", "k": 421, "n": 1820}, "inconsistent"),
        ({"value": "12", "unit": "%", "k": 1, "n": 8}, "only-just"),
        ({"value": "13", "unit": "%", "k": 1, "n": 8}, "only-just"),
        ({"value": "12", "unit": "count", "k": 12, "n": 80}, "consistent"),
        ({"value": "13", "unit": "count", "k": 12, "n": 80}, "inconsistent"),
        ({"value": "13", "unit": "times", "k": 12, "n": 80}, "error"),
        ({"value": "13", "unit": "%", "k": 0, "n": 0}, "error"),
        ({"value": "13", "unit": "%", "n": 80}, "error"),
    ],
)
def test_k_of_n_table(fields: dict[str, object], expected: str) -> None:
    assert outcome({"test": "k-of-n", "of": "m"}, {"name": "m"} | fields).verdict == expected


def data_sets(n: int, width: int) -> dict[tuple[str, str], set[str]]:
    """Printed mean and SD (one place) to the divisors that give it, over every data set of n numbers from 0 to `width`."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for data in combinations_with_replacement(range(width + 1), n):
        mean = Fraction(sum(data), n)
        squares = sum((x - mean) ** 2 for x in data)
        for divisor, size in (("n", n), ("n-1", n - 1)):
            if size:
                for halves in (UP, DOWN):
                    found[printed(mean, 1, halves), printed_root(squares / size, 1)].add(divisor)
    return found


@pytest.mark.parametrize(("n", "width"), [(1, 3), (2, 4), (3, 4), (4, 3), (5, 4), (6, 2)])
@pytest.mark.parametrize("divisor", ["n", "n-1"])
def test_sd_of_integers_finds_what_enumeration_finds(n: int, width: int, divisor: str) -> None:
    if n == 1 and divisor == "n-1":
        return
    possible = {pair for pair, divisors in data_sets(n, width).items() if divisor in divisors}
    for mean in range(10 * width + 1):
        for sd in range(6 * width + 1):
            pair = (printed(Fraction(mean, 10), 1), printed(Fraction(sd, 10), 1))
            found = verdict(
                {"test": "sd-possible", "of": "m", "data": "integer", "min": 0, "max": width, "divisor": divisor},
                {"name": "m", "value": pair[0], "sd": pair[1], "n": n},
            )
            if pair in possible:
                assert found != "inconsistent", pair
            else:
                # An edge of the SD's interval is reached where rounding halves down would be needed for an exact root.
                assert found in ("inconsistent", "only-just"), pair


whole = st.lists(st.integers(1, 7), min_size=2, max_size=40)


@given(whole, st.integers(0, 3), st.sampled_from(["n", "n-1", None]), st.sampled_from(["integer", "continuous"]), st.booleans())
def test_sd_accepts_every_honest_data_set(data: list[int], places: int, divisor: str | None, kind: str, scaled: bool) -> None:
    mean = Fraction(sum(data), len(data))
    squares = sum((x - mean) ** 2 for x in data)
    size = len(data) if divisor == "n" else len(data) - 1
    test = {"test": "sd-possible", "of": "m", "data": kind} | ({"min": 1, "max": 7} if scaled else {}) | ({"divisor": divisor} if divisor else {})
    measure = {"name": "m", "value": printed(mean, places), "sd": printed_root(squares / size, places), "n": len(data)}
    assert verdict(test, measure) != "inconsistent"


@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.sampled_from([0, 10**9]))
def test_bounds_on_squares_hold_whether_or_not_data_sets_are_enumerated(data: list[int], work: int) -> None:
    low, high = sums.squares(sum(data), len(data), 0, 3) or (1, 0)
    assert high is not None
    assert low <= sum(x * x for x in data) <= high
    if work:
        assert sums.attainable(len(data), 3)[sum(data)] >> sum(x * x for x in data) & 1


@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=2, max_size=15))
def test_sd_of_scores_that_average_items(cases: list[list[int]]) -> None:
    scores = [Fraction(sum(case), 3) for case in cases]
    mean = sum(scores, Fraction(0)) / len(scores)
    variance = sum(((x - mean) ** 2 for x in scores), Fraction(0)) / (len(scores) - 1)
    test = {"test": "sd-possible", "of": "m", "data": "integer", "items": 3, "min": 1, "max": 5, "divisor": "n-1"}
    assert verdict(test, {"name": "m", "value": printed(mean, 2), "sd": printed_root(variance, 2), "n": len(cases)}) != "inconsistent"


@pytest.mark.parametrize(
    ("test", "measure", "expected"),
    [
        ({"min": 1, "max": 10}, {"value": "5.5", "sd": "4.5", "n": 100}, "consistent"),
        ({"min": 1, "max": 10}, {"value": "5.5", "sd": "4.6", "n": 100}, "inconsistent"),
        ({"min": 1, "max": 10}, {"value": "5.5", "sd": "5.3"}, "consistent"),  # without n: two cases may be all
        ({"min": 1, "max": 10, "divisor": "n"}, {"value": "5.5", "sd": "5.3"}, "inconsistent"),
        ({"min": 1, "max": 10}, {"value": "10.0", "sd": "0.0", "n": 10}, "consistent"),
        ({"min": 1, "max": 10}, {"value": "10.0", "sd": "2.0", "n": 10}, "inconsistent"),
        ({"min": 1, "max": 10}, {"value": "10.2", "sd": "0.1", "n": 10}, "inconsistent"),
        ({"min": 0, "max": 1}, {"value": "0.5", "sd": "0.5", "n": 10, "unit": "fraction"}, "consistent"),
        ({}, {"value": "0.5", "sd": "0.5"}, "consistent"),
        ({}, {"value": "0.5", "sd": "-0.5"}, "inconsistent"),
        ({}, {"value": "0.5", "sd": "0"}, "consistent"),
        ({}, {"value": "0.5"}, "error"),
        ({"data": "integer"}, {"value": "0.5", "sd": "0.5"}, "error"),
        ({"data": "integer"}, {"value": "0.5", "sd": "0.5", "n": 0}, "error"),
        ({"data": "integer", "divisor": "n-1"}, {"value": "1", "sd": "0", "n": 1}, "error"),
        ({"data": "integer"}, {"value": "2.30", "sd": "0.00", "n": 10}, "inconsistent"),  # no ten equal whole numbers
        ({"data": "integer"}, {"value": "2.35", "sd": "1.00", "n": 10}, "inconsistent"),
        ({"data": "integer"}, {"value": "0.12", "sd": "0.33", "n": 8}, "only-just"),
        ({"data": "integer"}, {"value": "3", "sd": "1.00", "n": 10**7}, "undecidable"),
        ({"data": "integer", "min": 0.5, "max": 3}, {"value": "2", "sd": "1.00", "n": 10}, "error"),
        ({"data": "integer", "min": 0, "max": 9}, {"value": "5.50", "sd": "0.98", "n": 130}, "consistent"),
    ],
)
def test_sd_table(test: dict[str, object], measure: dict[str, object], expected: str) -> None:
    found = outcome({"test": "sd-possible", "of": "m"} | test, {"name": "m"} | measure)
    assert found.verdict == expected, found.explanation


def test_printing_is_exact() -> None:
    assert [printed(Fraction(1, 8), 2, halves) for halves in (UP, EVEN, DOWN)] == ["0.13", "0.12", "0.12"]
    assert printed(Fraction(-1, 8), 2) == "-0.13"
    assert printed(Fraction(5, 2), 0, EVEN) == "2"
    assert printed_root(Fraction(2), 3) == "1.414"
