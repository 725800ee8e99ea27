"""Named tests that are expressions: what an honest author prints passes, what does not follow fails."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from honest import EVEN, UP, outcome, printed, verdict
from hypothesis import given
from hypothesis import strategies as st

halves = st.sampled_from([UP, EVEN])
digits = st.integers(0, 3)
amount = st.fractions(Fraction(1, 2), 90, max_denominator=200)
amounts = st.lists(amount, min_size=2, max_size=6)


def named(values: list[Fraction], places: int, rounding: str, unit: str = "points") -> list[dict[str, Any]]:
    return [{"name": f"m{i}", "value": printed(value, places, rounding), "unit": unit} for i, value in enumerate(values)]


def names(values: list[Fraction]) -> list[str]:
    return [f"m{i}" for i in range(len(values))]


@given(amounts, digits, halves)
def test_honest_totals_and_means(values: list[Fraction], places: int, rounding: str) -> None:
    parts = named(values, places, rounding)
    total = {"name": "total", "value": printed(sum(values, Fraction(0)), places, rounding)}
    mean = {"name": "mean", "value": printed(sum(values, Fraction(0)) / len(values), places, rounding)}
    weighted = {"name": "mean", "value": printed(sum(v * (i + 1) for i, v in enumerate(values)) / sum(range(1, len(values) + 1)), places, rounding)}
    assert verdict({"test": "sums-to-total", "parts": names(values), "total": "total"}, *parts, total) != "inconsistent"
    assert verdict({"test": "direct-plus-indirect", "direct": "m0", "indirect": names(values)[1:], "total": "total"}, *parts, total) != "inconsistent"
    assert verdict({"test": "mean-of-parts", "parts": names(values), "mean": "mean"}, *parts, mean) != "inconsistent"
    weights = list(range(1, len(values) + 1))
    assert verdict({"test": "mean-of-parts", "parts": names(values), "mean": "mean", "weights": weights}, *parts, weighted) != "inconsistent"
    off = {"name": "total", "value": printed(sum(values, Fraction(0)) + (len(values) + 2) * Fraction(1, 10**places), places, rounding)}
    assert verdict({"test": "sums-to-total", "parts": names(values), "total": "total"}, *parts, off) == "inconsistent"


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), digits, halves)
def test_honest_percentages_sum_to_a_hundred(counts: list[int], places: int, rounding: str) -> None:
    shares = [Fraction(100 * count, sum(counts)) for count in counts]
    assert verdict({"test": "sums-to-total", "parts": names(shares), "total": 100}, *named(shares, places, rounding, "%")) != "inconsistent"


@given(amount, amount, digits, halves)
def test_honest_changes(before: Fraction, after: Fraction, places: int, rounding: str) -> None:
    figures = [
        {"name": "before", "value": printed(before, places, rounding), "unit": "%"},
        {"name": "after", "value": printed(after, places, rounding), "unit": "%"},
        {"name": "absolute", "value": printed(after - before, places, rounding), "unit": "pp"},
        {"name": "relative", "value": printed(100 * (after - before) / before, places, rounding), "unit": "%"},
        {"name": "fold", "value": printed(after / before, places, rounding), "unit": "times"},
    ]
    change = {"test": "relative-against-absolute", "before": "before", "after": "after", "absolute": "absolute", "relative": "relative"}
    assert verdict(change, *figures) != "inconsistent"
    assert verdict({key: value for key, value in change.items() if key != "after"}, *figures) != "inconsistent"
    down = [{**f, "value": f["value"].removeprefix("-") if f["value"].startswith("-") else f"-{f['value']}"} for f in figures[2:4]]
    assert verdict({**change, "direction": "decrease"}, *figures[:2], *down) != "inconsistent"
    assert verdict({"test": "fold-change", "before": "before", "after": "after", "fold": "fold"}, *figures) != "inconsistent"


@given(st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=100), st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=100), halves)
def test_honest_ratios(a: Fraction, b: Fraction, rounding: str) -> None:
    figures = [
        {"name": "a", "value": printed(100 * a, 1, rounding), "unit": "%"},
        {"name": "b", "value": printed(100 * b, 1, rounding), "unit": "%"},
        {"name": "odds", "value": printed(a * (1 - b) / (b * (1 - a)), 2, rounding), "unit": "odds ratio"},
        {"name": "risk", "value": printed(a / b, 2, rounding), "unit": "times"},
    ]
    test = {"test": "odds-ratio-against-risk-ratio", "exposed": "a", "unexposed": "b", "odds-ratio": "odds", "risk-ratio": "risk"}
    assert verdict(test, *figures) != "inconsistent"


@given(st.lists(st.integers(-400, 400), min_size=2, max_size=6), st.integers(0, 2), halves)
def test_honest_orders(values: list[int], places: int, rounding: str) -> None:
    rising = sorted(Fraction(value, 100) for value in values)
    series = named(rising, places, rounding)
    assert verdict({"test": "monotonic", "series": names(rising)}, *series) == "consistent"
    assert verdict({"test": "monotonic", "series": names(rising)[::-1], "direction": "decreasing"}, *series) == "consistent"
    last = f"m{len(rising) - 1}"
    assert verdict({"test": "ordering", "of": last, "place": "largest", "among": names(rising)[:-1]}, *series) == "consistent"
    assert verdict({"test": "ordering", "of": "m0", "place": "smallest", "among": names(rising)[1:]}, *series) == "consistent"
    apart = rising[-1] - rising[0] > Fraction(2, 10**places)
    if apart:
        assert verdict({"test": "monotonic", "series": names(rising), "direction": "decreasing"}, *series) == "inconsistent"
        assert verdict({"test": "ordering", "of": "m0", "place": "largest", "among": names(rising)[1:]}, *series) == "inconsistent"


@given(st.lists(st.integers(1, 60), min_size=2, max_size=4))
def test_counts_multiply(factors: list[int]) -> None:
    product = 1
    for factor in factors:
        product *= factor
    counts = [{"name": f"m{i}", "value": str(factor), "unit": "count"} for i, factor in enumerate(factors)]
    test = {"test": "multiply", "factors": [f"m{i}" for i in range(len(factors))], "product": "n"}
    assert verdict(test, *counts, {"name": "n", "value": str(product), "unit": "participants"}) == "consistent"
    assert verdict(test, *counts, {"name": "n", "value": str(product + 1), "unit": "participants"}) == "inconsistent"


def share(name: str, value: str, unit: str = "%") -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit}


A, B, F = share("a", "40"), share("b", "30"), share("f", "0.4", "fraction")


@pytest.mark.parametrize(
    ("test", "measures", "expected"),
    [
        ({"test": "sums-to-total", "parts": ["a", "b", 30], "total": 100}, [A, B], "consistent"),
        ({"test": "sums-to-total", "parts": ["a", "b", 31], "total": 100}, [A, B], "only-just"),
        ({"test": "sums-to-total", "parts": ["a", "b", 32], "total": 100}, [A, B], "inconsistent"),
        ({"test": "sums-to-total", "parts": ["a", "f"], "total": 100}, [A, F], "error"),
        ({"test": "sums-to-total", "parts": ["a", "nobody"], "total": 100}, [A], "error"),
        ({"test": "mean-of-parts", "parts": ["a", "b"], "mean": "c"}, [A, B, share("c", "35")], "consistent"),
        ({"test": "mean-of-parts", "parts": ["a", "b"], "mean": "c", "weights": [1, 9]}, [A, B, share("c", "35")], "inconsistent"),
        ({"test": "mean-of-parts", "parts": ["a", "f"], "mean": "a"}, [A, F], "error"),
        ({"test": "fold-change", "before": "a", "after": "b", "fold": 0.75}, [A, B], "consistent"),
        ({"test": "fold-change", "before": "a", "after": "b", "fold": 1.75}, [A, B], "inconsistent"),
        ({"test": "fold-change", "before": "a", "after": "f", "fold": 0.75}, [A, F], "error"),
        ({"test": "fold-change", "before": "a", "after": "b", "fold": "c"}, [A, B, share("c", "75")], "error"),
        ({"test": "fold-change", "before": "z", "after": "b", "fold": 0.75}, [share("z", "0.0"), B], "undecidable"),
        ({"test": "relative-against-absolute", "before": "a", "after": "b", "relative": "c"}, [A, B, share("c", "-25")], "consistent"),
        ({"test": "relative-against-absolute", "before": "a", "after": "b", "relative": "c"}, [A, B, share("c", "-10")], "inconsistent"),
        ({"test": "relative-against-absolute", "before": "a", "after": "b", "relative": "c"}, [A, B, share("c", "-0.25", "fraction")], "consistent"),
        ({"test": "relative-against-absolute", "before": "a", "after": "b", "relative": "c"}, [A, B, share("c", "-10", "pp")], "error"),
        ({"test": "relative-against-absolute", "before": "a", "after": "b", "absolute": "c"}, [A, B, share("c", "-10", "pp")], "consistent"),
        ({"test": "relative-against-absolute", "before": "a", "absolute": "c", "relative": "d"}, [A, share("c", "10", "pp"), share("d", "25")], "consistent"),
        ({"test": "relative-against-absolute", "before": "a", "absolute": "c", "relative": "d"}, [A, share("c", "10", "pp"), share("d", "10")], "inconsistent"),
        ({"test": "odds-ratio-against-risk-ratio", "exposed": "a", "unexposed": "b", "odds-ratio": "c"}, [A, B, share("c", "1.6", "times")], "consistent"),
        ({"test": "odds-ratio-against-risk-ratio", "exposed": "a", "unexposed": "b", "odds-ratio": "c"}, [A, B, share("c", "1.9", "times")], "inconsistent"),
        ({"test": "odds-ratio-against-risk-ratio", "exposed": "a", "unexposed": "f", "odds-ratio": "a"}, [A, F], "error"),
        ({"test": "odds-ratio-against-risk-ratio", "exposed": "a", "unexposed": "c", "odds-ratio": "a"}, [A, share("c", "1", "times")], "error"),
        ({"test": "direct-plus-indirect", "direct": "a", "indirect": "b", "total": "c"}, [A, B, share("c", "70")], "consistent"),
        ({"test": "direct-plus-indirect", "direct": "a", "indirect": "b", "total": "c"}, [A, B, share("c", "75")], "inconsistent"),
        ({"test": "monotonic", "series": ["a", "a2"], "strict": True}, [A, share("a2", "40")], "consistent"),
        ({"test": "monotonic", "series": ["a", "b"]}, [A, B], "inconsistent"),
        ({"test": "ordering", "of": "a", "place": "largest", "among": ["b"]}, [A, B], "consistent"),
        ({"test": "ordering", "of": "a", "place": "smallest", "among": ["b"]}, [A, B], "inconsistent"),
        ({"test": "ordering", "of": "a", "place": "smallest", "among": ["a", "b"]}, [A, B], "error"),
        ({"test": "multiply", "factors": ["a", 3], "product": 120}, [A], "consistent"),
        ({"test": "multiply", "factors": ["a", 3], "product": 130}, [A], "inconsistent"),
    ],
)
def test_table(test: dict[str, Any], measures: list[dict[str, Any]], expected: str) -> None:
    found = outcome(test, *measures)
    assert found.verdict == expected, found.explanation
    assert found.explanation.endswith(".")


def test_a_risk_ratio_that_is_an_odds_ratio_is_named() -> None:
    test = {"test": "odds-ratio-against-risk-ratio", "exposed": "a", "unexposed": "b", "risk-ratio": "c"}
    found = outcome(test, share("a", "50"), share("b", "20"), share("c", "4.0", "times"))
    assert found.verdict == "inconsistent"
    assert "'c' would be their odds ratio" in found.explanation
