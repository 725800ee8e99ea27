"""Figures in words and on their scales."""

from __future__ import annotations

import pytest

from kb.site.figures import bar, reported, reproduced
from kb.site.units import beside
from schemas import Measure
from schemas.result import Estimate


def measure(value: str, unit: str, **more: str) -> Measure:
    return Measure.model_validate({"name": "x", "value": value, "unit": unit, **more})


@pytest.mark.parametrize(
    ("value", "unit", "qualifier", "words"),
    [
        ("42.50", "%", "exactly", "42.50%"),
        ("1.5", "times", "more-than", ">\u202f1.5×"),
        ("0.8", "cosine", "more-than", "cos >\u202f0.8"),
        ("-0.20", "r", "exactly", "r = −0.20"),
        ("32", "rank", "exactly", "rank 32"),
        ("24", "layer", "about", "layer ≈\u202f24"),
        ("4", "layers", "exactly", "4 layers"),
        ("1.4", "odds ratio", "exactly", "odds ratio 1.4"),
        ("7.2", "score 0-10", "exactly", "7.2 on 0–10"),
        ("6.1", "score 1-10", "at-least", "≥\u202f6.1 on 1–10"),
        ("5", "personas", "exactly", "5 personas"),
        ("1", "epochs", "exactly", "1 epoch"),
        ("1.0", "epochs", "exactly", "1.0 epochs"),
        ("1", "kb-units", "exactly", "1 kb-units"),
    ],
)
def test_reported(value: str, unit: str, qualifier: str, words: str) -> None:
    assert reported(measure(value, unit, qualifier=qualifier)) == words


@pytest.mark.parametrize(("value", "unit", "right"), [("50", "%", "50%"), ("1", "score 1-5", "100%"), ("5", "score 1-5", "0%"), ("3", "score 1-5", "50%")])
def test_a_bar_ends_at_the_value_on_the_unit_s_scale(value: str, unit: str, right: str) -> None:
    assert f"right:{right}" in bar(measure(value, unit))


@pytest.mark.parametrize(("value", "unit"), [("101", "%"), ("7", "score 1-5"), ("3", "layers")])
def test_no_bar_without_a_scale(value: str, unit: str) -> None:
    assert bar(measure(value, unit)) == ""


@pytest.mark.parametrize(
    ("unit", "own", "expected"),
    [("%", "fraction", ("80%", 59.1)), ("pp", "fraction", ("80 pp", 59.1)), ("fraction", "%", ("0.008", 0.00591)), ("r", "fraction", ("0.8", 0.591))],
)
def test_a_reproduced_share_stands_in_the_unit_of_the_figure(unit: str, own: str, expected: tuple[str, float]) -> None:
    data = {"name": "x", "value": 0.8, "low": 0.591, "high": None, "level": 0.95, "method": "t", "unit": own, "n": 3}
    estimate = Estimate.model_validate({**data, "high": 1.01})
    found = beside(estimate, measure("20", unit))
    assert (reproduced(found), found.low) == (expected[0], pytest.approx(expected[1]))
    alone = beside(estimate.model_copy(update={"low": None, "high": None, "method": None}), measure("20", unit))
    assert (alone.low, alone.high) == (None, None)
