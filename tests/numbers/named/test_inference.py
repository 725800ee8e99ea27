"""p values and intervals: honest ones are never called inconsistent, altered ones are."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from honest import EVEN, UP, outcome, printed, verdict
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

halves = st.sampled_from([UP, EVEN])
places = st.integers(1, 4)
whole_df = st.integers(1, 2000)


def p_of(statistic: str, x: float, degrees: list[float], tails: str) -> float:
    sides = 2 if tails == "two" and statistic in "tzr" else 1
    match statistic:
        case "t":
            return float(sides * stats.t.sf(abs(x), *degrees))
        case "z":
            return float(sides * stats.norm.sf(abs(x)))
        case "F":
            return float(stats.f.sf(x, *degrees))
        case "chi2":
            return float(stats.chi2.sf(x, *degrees))
        case _:
            return float(sides * stats.t.sf(abs(x) * math.sqrt(degrees[0] / (1 - x * x)), *degrees))


@st.composite
def reports(draw: st.DrawFn) -> tuple[str, float, list[float], str]:
    statistic = draw(st.sampled_from(["t", "z", "F", "chi2", "r"]))
    x = draw(st.floats(-0.99, 0.99)) if statistic == "r" else draw(st.floats(-6, 6)) if statistic in "tz" else draw(st.floats(0, 30))
    degrees = [float(draw(whole_df)) for _ in range({"z": 0, "F": 2}.get(statistic, 1))]
    return statistic, x, degrees, draw(st.sampled_from(["one", "two"])) if statistic in "tzr" else "two"


def p_test(statistic: str, degrees: list[float], tails: str, p: str) -> dict[str, Any]:
    return {"test": "p-against-statistic", "of": "m", "statistic": statistic, "p": p, "tails": tails} | ({"df": [int(d) for d in degrees]} if degrees else {})


@given(reports(), places, places, halves)
def test_honest_p_values_pass(report: tuple[str, float, list[float], str], digits: int, p_digits: int, rounding: str) -> None:
    statistic, x, degrees, tails = report
    p = p_of(statistic, x, degrees, tails)
    # Away from the halves, where SciPy's last digit would decide how p is printed.
    assume(abs(p * 10**p_digits % 1 - 0.5) > 1e-6)
    text = "= " + printed(Fraction(p), p_digits, rounding)
    assert verdict(p_test(statistic, degrees, tails, text), {"name": "m", "value": printed(Fraction(x), digits, rounding)}) != "inconsistent"


@given(reports(), st.sampled_from([0.05, 0.01, 0.001]))
def test_honest_limits_pass(report: tuple[str, float, list[float], str], limit: float) -> None:
    statistic, x, degrees, tails = report
    sign = "<" if p_of(statistic, x, degrees, tails) < limit else ">="
    assert verdict(p_test(statistic, degrees, tails, f"{sign} {limit}"), {"name": "m", "value": printed(Fraction(x), 3)}) != "inconsistent"


@given(st.floats(1, 3), st.integers(5, 200))
def test_a_p_value_that_is_twice_as_large_is_found(t: float, degrees: int) -> None:
    p = p_of("t", t, [degrees], "two")
    test = p_test("t", [degrees], "two", "= " + printed(Fraction(2 * p), 5))
    assert verdict(test, {"name": "m", "value": printed(Fraction(t), 4)}) == "inconsistent"


@pytest.mark.parametrize(
    ("fields", "measure", "expected"),
    [
        ({"statistic": "t", "df": [28]}, {"value": "2.20", "p": "= 0.036"}, "consistent"),
        ({"statistic": "t", "df": [28]}, {"value": "2.20", "p": "= 0.03"}, "inconsistent"),
        ({"statistic": "t", "df": [28]}, {"value": "-2.20", "p": "= .04"}, "consistent"),
        ({"statistic": "t", "df": [28], "tails": "one"}, {"value": "2.20", "p": "= 0.018"}, "consistent"),
        ({"statistic": "t", "df": [38.4]}, {"value": "2.20", "p": "= 0.034"}, "consistent"),
        ({"statistic": "z"}, {"value": "1.96", "p": "< 0.05"}, "consistent"),
        ({"statistic": "z"}, {"value": "1.95", "p": "< 0.05"}, "inconsistent"),
        ({"statistic": "z"}, {"value": "1.95", "p": ">= 0.05"}, "consistent"),
        ({"statistic": "z"}, {"value": "9.9", "p": "= 0.000"}, "consistent"),
        ({"statistic": "z"}, {"value": "9.9", "p": "= 1e-23"}, "inconsistent"),
        ({"statistic": "z"}, {"value": "0.0", "p": "= 1.00"}, "consistent"),
        ({"statistic": "F", "df": [2, 57]}, {"value": "3.20", "p": "= 0.048"}, "consistent"),
        ({"statistic": "F", "df": [57, 2]}, {"value": "3.20", "p": "= 0.048"}, "inconsistent"),
        ({"statistic": "chi2", "df": [1]}, {"value": "3.84", "p": "= 0.05"}, "consistent"),
        ({"statistic": "r", "df": [28]}, {"value": "0.36", "p": "= 0.05"}, "consistent"),
        ({"statistic": "r", "df": [28]}, {"value": "1.00", "p": "< 0.001"}, "consistent"),
        ({"statistic": "r", "df": [28]}, {"value": "1.20", "p": "< 0.001"}, "error"),
        ({"statistic": "F", "df": [1, 2]}, {"value": "-3.20", "p": "< 0.001"}, "error"),
        ({"statistic": "t", "df": [28]}, {"value": "2.20"}, "error"),
        ({"statistic": "t", "df": [10000000]}, {"value": "2.20", "p": "= 0.03"}, "undecidable"),
        ({"statistic": "t", "df": [28], "value": 2.20, "p": "= 0.036"}, {"value": "17"}, "consistent"),
        ({"statistic": "t", "df": [28], "value": "nothing", "p": "= 0.036"}, {"value": "17"}, "error"),
    ],
)
def test_p_table(fields: dict[str, Any], measure: dict[str, Any], expected: str) -> None:
    found = outcome({"test": "p-against-statistic", "of": "m"} | fields, {"name": "m"} | measure)
    assert found.verdict == expected, found.explanation


estimates = st.fractions(-50, 50, max_denominator=1000)
errors = st.fractions(Fraction(1, 20), 10, max_denominator=100)
levels = st.sampled_from([0.9, 0.95, 0.99])
reach = st.fractions(Fraction(1, 100), 20, max_denominator=1000)


@given(estimates, reach, reach, st.integers(0, 3), halves)
def test_honest_intervals_hold_their_estimate(value: Fraction, down: Fraction, up: Fraction, digits: int, rounding: str) -> None:
    low, mid, high = (printed(x, digits, rounding) for x in (value - down, value, value + up))
    assert verdict({"test": "interval-contains", "of": "m"}, {"name": "m", "value": mid, "low": low, "high": high}) == "consistent"


@given(estimates, reach, st.integers(0, 3), halves)
def test_honest_wald_intervals_are_symmetric(value: Fraction, by: Fraction, digits: int, rounding: str) -> None:
    low, mid, high = (printed(x, digits, rounding) for x in (value - by, value, value + by))
    measure = {"name": "m", "value": mid, "low": low, "high": high}
    assert verdict({"test": "interval-symmetric", "of": "m"}, measure) != "inconsistent"
    far = {**measure, "high": printed(value + by + Fraction(5, 10**digits), digits, rounding)}
    assert verdict({"test": "interval-symmetric", "of": "m"}, far) == "inconsistent"


@given(st.fractions(Fraction(1, 2), 40, max_denominator=100), st.fractions(Fraction(11, 10), 4, max_denominator=100), halves)
def test_honest_ratios_are_symmetric_on_the_log_scale(value: Fraction, factor: Fraction, rounding: str) -> None:
    low, mid, high = (printed(x, 2, rounding) for x in (value / factor, value, value * factor))
    test = {"test": "interval-symmetric", "of": "m", "scale": "log"}
    assert verdict(test, {"name": "m", "unit": "times", "value": mid, "low": low, "high": high}) != "inconsistent"
    wide = printed(value * factor * Fraction(3, 2) + 1, 2, rounding)
    assert verdict(test, {"name": "m", "unit": "times", "value": mid, "low": low, "high": wide}) == "inconsistent"


@given(st.fractions(Fraction(1, 10), 10, max_denominator=50), st.fractions(Fraction(11, 10), 4, max_denominator=50), st.sampled_from(["%", "fraction"]))
def test_honest_shares_are_symmetric_on_the_logit_scale(odds: Fraction, factor: Fraction, unit: str) -> None:
    scale, digits = (100, 1) if unit == "%" else (1, 3)
    low, mid, high = (printed(scale * o / (1 + o), digits) for o in (odds / factor, odds, odds * factor))
    test = {"test": "interval-symmetric", "of": "m", "scale": "logit"}
    assert verdict(test, {"name": "m", "unit": unit, "value": mid, "low": low, "high": high}) != "inconsistent"
    assert (
        verdict(test, {"name": "m", "unit": unit, "value": mid, "low": low, "high": printed(Fraction(scale) * Fraction(995, 1000), digits)}) == "inconsistent"
    )


@given(
    estimates, st.fractions(Fraction(1, 20), 10, max_denominator=100), st.sampled_from([0.9, 0.95, 0.99]), st.sampled_from([0, 5, 30]), st.booleans(), halves
)
def test_honest_standard_errors_fit_their_intervals(value: Fraction, se: Fraction, level: float, df: int, short: bool, rounding: str) -> None:
    quantile = stats.t.ppf((1 + level) / 2, df) if df else stats.norm.ppf((1 + level) / 2)
    q = Fraction(round(quantile, 2)) if short else Fraction(quantile)
    low, mid, high = (printed(x, 2, rounding) for x in (value - q * se, value, value + q * se))
    test = {"test": "interval-against-se", "of": "m", "level": level} | ({"df": df} if df else {})
    assert verdict(test, {"name": "m", "value": mid, "se": printed(se, 2, rounding), "low": low, "high": high}) != "inconsistent"
    off = printed(2 * se + Fraction(1, 10), 2, rounding)
    assert verdict(test, {"name": "m", "value": mid, "se": off, "low": low, "high": high}) == "inconsistent"


@given(estimates, errors, levels, st.integers(1, 3), halves)
def test_honest_p_values_and_intervals_agree(value: Fraction, se: Fraction, level: float, digits: int, rounding: str) -> None:
    quantile = Fraction(stats.norm.ppf((1 + level) / 2))
    p = float(2 * stats.norm.sf(abs(float(value / se))))
    assume(abs(p * 1000 % 1 - 0.5) > 1e-6)
    low, mid, high = (printed(x, digits, rounding) for x in (value - quantile * se, value, value + quantile * se))
    test = {"test": "interval-against-p", "of": "m", "level": level, "p": "= " + printed(Fraction(p), 3, rounding)}
    assert verdict(test, {"name": "m", "value": mid, "low": low, "high": high}) != "inconsistent"


@pytest.mark.parametrize(
    ("test", "measure", "expected"),
    [
        ("interval-contains", {"value": "0.86", "low": "0.84", "high": "0.87"}, "consistent"),
        ("interval-contains", {"value": "0.84", "low": "0.84", "high": "0.87"}, "consistent"),
        ("interval-contains", {"value": "0.83", "low": "0.84", "high": "0.87"}, "only-just"),
        ("interval-contains", {"value": "0.82", "low": "0.84", "high": "0.87"}, "inconsistent"),
        ("interval-contains", {"value": "3", "low": "3", "high": "3", "unit": "models"}, "consistent"),
        ("interval-contains", {"value": "0.82"}, "error"),
        ("interval-symmetric", {"value": "0.30", "low": "0.20", "high": "0.40"}, "consistent"),
        ("interval-symmetric", {"value": "0.30", "low": "0.20", "high": "0.42"}, "only-just"),
        ("interval-symmetric", {"value": "0.30", "low": "0.20", "high": "0.43"}, "inconsistent"),
        ("interval-symmetric", {"value": "30", "low": "20", "high": "40", "unit": "participants"}, "consistent"),
        ("interval-against-p", {"value": "1.0", "low": "0.1", "high": "1.9", "level": "0.95", "p": "= 0.03"}, "consistent"),
        ("interval-against-p", {"value": "1.0", "low": "0.1", "high": "1.9", "level": "0.95", "p": "= 0.3"}, "inconsistent"),
        ("interval-against-p", {"value": "1.0", "low": "-0.1", "high": "1.9", "level": "0.95", "p": "< 0.01"}, "inconsistent"),
        ("interval-against-p", {"value": "1.0", "low": "-0.1", "high": "1.9", "level": "0.95", "p": "= 0.07"}, "consistent"),
        ("interval-against-p", {"value": "1.0", "low": "0.0", "high": "1.9", "level": "0.95", "p": "= 0.051"}, "consistent"),
        ("interval-against-p", {"value": "1.5", "low": "1.1", "high": "1.9", "level": "0.95", "p": "= 0.3", "unit": "odds ratio"}, "inconsistent"),
        ("interval-against-p", {"value": "1.5", "low": "0.8", "high": "2.9", "level": "0.95", "p": "= 0.3", "unit": "odds ratio"}, "consistent"),
        ("interval-against-p", {"value": "1.5", "low": "0.8", "high": "2.9", "level": "0.95"}, "error"),
        ("interval-against-p", {"value": "1.5", "low": "0.8", "high": "2.9", "p": "= 0.3"}, "error"),
        ("interval-against-se", {"value": "1.5", "low": "0.8", "high": "2.9", "level": "0.95"}, "error"),
        ("interval-against-se", {"value": "1.5", "low": "0.8", "high": "2.9", "se": "0.1"}, "error"),
    ],
)
def test_interval_table(test: str, measure: dict[str, Any], expected: str) -> None:
    found = outcome({"test": test, "of": "m"}, {"name": "m"} | measure)
    assert found.verdict == expected, found.explanation


@pytest.mark.parametrize(
    ("scale", "measure", "expected"),
    [
        ("log", {"value": "2.0", "low": "1.0", "high": "4.0"}, "consistent"),
        ("log", {"value": "2.0", "low": "1.0", "high": "3.0"}, "inconsistent"),
        ("log", {"value": "2.0", "low": "-1.0", "high": "4.0"}, "error"),
        ("log", {"value": "2", "low": "0", "high": "4"}, "undecidable"),
        ("logit", {"value": "50", "low": "20", "high": "80", "unit": "%"}, "consistent"),
        ("logit", {"value": "50", "low": "30", "high": "80", "unit": "%"}, "inconsistent"),
        ("logit", {"value": "50", "low": "20", "high": "180", "unit": "%"}, "error"),
        ("logit", {"value": "50", "low": "20", "high": "100", "unit": "%"}, "undecidable"),
        ("logit", {"value": "50", "low": "20", "high": "80", "unit": "pp"}, "error"),
    ],
)
def test_scale_table(scale: str, measure: dict[str, Any], expected: str) -> None:
    found = outcome({"test": "interval-symmetric", "of": "m", "scale": scale}, {"name": "m", "unit": "times"} | measure)
    assert found.verdict == expected, found.explanation


def test_ends_may_be_measures_or_numbers() -> None:
    ends = ({"name": "m", "value": "0.30"}, {"name": "bottom", "value": "0.20"}, {"name": "top", "value": "0.40"})
    for name in ("interval-contains", "interval-symmetric"):
        assert verdict({"test": name, "of": "m", "low": "bottom", "high": "top"}, *ends) == "consistent"
        assert verdict({"test": name, "of": "m", "low": 0.20, "high": "0.60"}, *ends) == ("consistent" if name == "interval-contains" else "inconsistent")
    test = {"test": "interval-against-se", "of": "m", "low": "bottom", "high": "top", "se": 0.051, "level": 0.95}
    assert verdict(test, *ends) == "consistent"
