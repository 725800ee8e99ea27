"""What is asked of a claim: declared checks, automatic tests, acknowledgements, disputes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.numbers.claims import disputed, label, outcomes, stale, unanswered
from schemas import Claim
from schemas.numbertest import Grim, SumsToTotal

SHARE = {"name": "share", "value": "43", "unit": "%", "k": 12, "n": 30}
INTERVAL = {"name": "effect", "value": "0.5", "unit": "points", "low": "0.1", "high": "0.9", "sd": "1.2"}
WHY = {"on": "2026-01-10", "by": "ann", "why": "So it is printed."}


def claim(*checks: Any, measures: tuple[dict[str, Any], ...] = (SHARE, INTERVAL), **fields: Any) -> Claim:
    return Claim.model_validate({"id": "a", "statement": "It is so.", "nature": "measurement", "measures": measures, "checks": checks} | fields)


def test_measures_are_tested_without_a_declaration() -> None:
    found = [(o.test, o.measures, o.verdict, o.automatic) for o in outcomes(claim())]
    assert found == [
        ("k-of-n", ("share",), "inconsistent", True),
        ("interval-contains", ("effect",), "consistent", True),
        ("sd-possible", ("effect",), "consistent", True),
    ]


def test_a_declared_test_takes_the_place_of_the_automatic_one() -> None:
    found = outcomes(claim({"test": "k-of-n", "of": "share", "acknowledged": WHY}, {"test": "interval-contains", "of": "effect"}, "effect < share"))
    assert [(o.test, o.position) for o in found] == [("k-of-n", 0), ("interval-contains", 1), ("expression", 2), ("sd-possible", None)]
    assert found[0].acknowledged is not None
    assert found[0].acknowledged.by == "ann"
    assert found[2].measures == ("share", "effect")


@pytest.mark.parametrize(
    ("dispute", "covered"),
    [
        ({"about": "a"}, True),
        ({"about": "b"}, True),
        ({"about": "c", "instead": "1,234.50 and 7"}, False),  # about another figure, whatever it quotes
        ({"about": "the order"}, False),
        ({"about": "the order", "reported": "1234.50 before -0.30"}, True),
        ({"about": "the order", "instead": "it is 1,234.50"}, True),
        ({"about": "the order", "note": "The table has −0.30."}, True),
        ({"about": "why 0.30 comes first"}, True),
        ({"about": "the order", "instead": "10.30, 0.3, 0.301, 234.50, 12,345"}, False),
        ({"about": "the order", "instead": "7 models"}, False),  # c is no part of the check
        ({"about": "the order", "instead": "from 0.10"}, True),  # an end of the interval of b
    ],
)
def test_a_dispute_covers_the_checks_of_the_figures_that_it_names(dispute: dict[str, str], covered: bool) -> None:
    entry = {"reported": "so", "instead": "otherwise", "by": "doe-2024", "state": "open"} | dispute
    measures = [
        {"name": "a", "value": "1234.50", "unit": "times"},
        {"name": "b", "value": "-0.30", "unit": "times", "low": "-0.50", "high": "-0.10"},
        {"name": "c", "value": "7", "unit": "models"},
    ]
    of = claim("a < b", measures=tuple(measures), disputes=[entry])
    assert disputed(of, outcomes(of)[0]) is covered
    assert unanswered(of, outcomes(of)[0]) is not covered


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"checks": [{"test": "k-of-n", "of": "share", "acknowledged": WHY}]}, False),
        ({"disputes": ["share"]}, False),
        ({"disputes": ["how many answered"]}, True),
        ({"disputes": ["effect"]}, True),
    ],
)
def test_what_the_record_answers_for(fields: dict[str, Any], expected: bool) -> None:
    disputes = [{"about": about, "reported": "1", "instead": "2", "by": "doe-2024", "state": "open"} for about in fields.pop("disputes", [])]
    of = claim(disputes=disputes, **({"checks": []} | fields))
    first = outcomes(of)[0]
    assert first.verdict == "inconsistent"
    assert unanswered(of, first) == expected
    assert disputed(of, first) == (bool(disputes) and not expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("effect < share", True), ("effect = 0.55", False), ("effect > share", False), ("effect / (effect - effect) > 1", False), ("effect >", False)],
)
def test_only_acknowledgements_of_figures_that_agree_are_stale(expression: str, expected: bool) -> None:
    found = outcomes(claim({"expression": expression, "acknowledged": WHY}))[0]
    assert stale(found) == expected
    assert not stale(outcomes(claim(expression))[0])


def test_a_name_that_the_claim_lacks_is_told_apart_from_other_mistakes() -> None:
    unknown = outcomes(claim("effect < nowhere", {"test": "grim", "of": "nowhere"}, {"test": "grim", "of": "effect", "n": "nowhere"}))[:3]
    assert [(o.verdict, o.unknown) for o in unknown] == [("error", True)] * 3
    assert [o.field for o in unknown] == [(), ("of",), ("n",)]
    other = outcomes(claim("effect <", {"test": "grim", "of": "effect"}))[:2]
    assert [(o.verdict, o.unknown) for o in other] == [("error", False)] * 2


def test_labels_show_what_was_given() -> None:
    assert label(Grim.model_validate({"test": "grim", "of": "a", "n": 30})) == "grim(of=a, n=30)"
    entry = {"test": "sums-to-total", "parts": ["a", 3], "total": 100, "acknowledged": WHY}
    assert label(SumsToTotal.model_validate(entry)) == "sums-to-total(parts=[a, 3], total=100)"


figure = st.one_of(st.decimals(-1000, 1000, places=2).map(str), st.sampled_from(["0", "1e300", "-1e-299", "1e999", "0.000", "5e-320"]))


@settings(max_examples=15)
@given(
    st.fixed_dictionaries(
        {"value": figure, "unit": st.sampled_from(["%", "fraction", "pp", "times", "count", "points"])},
        optional={
            "qualifier": st.sampled_from(["about", "at-least", "less-than"]),
            "sd": figure,
            "se": figure,
            "n": st.sampled_from([0, 1, 7, 10**12]),
            "p": st.sampled_from(["< 0.05", "= 0.000", "> 1", "= 1e-9"]),
        },
    ),
    st.sampled_from(["0", "-5", "0.5", "1e200", "7"]),
)
def test_nothing_that_a_record_can_hold_raises(fields: dict[str, Any], other: str) -> None:
    ends = {"low": min(other, "0.25", key=float), "high": max(other, "0.25", key=float), "level": "0.95"}
    of = claim(
        {"test": "grim", "of": "m"},
        {"test": "grim", "of": "m", "n": 3, "items": 9999, "step": "1e-8"},
        {"test": "k-of-n", "of": "m", "k": "o"},
        {"test": "sd-possible", "of": "m", "min": 0, "max": other if float(other) > 0 else 9, "data": "integer"},
        {"test": "sd-possible", "of": "m", "min": -1e9, "max": 1e9},
        {"test": "p-against-statistic", "of": "m", "statistic": "t", "df": [1]},
        {"test": "p-against-statistic", "of": "m", "statistic": "F", "df": [1, 999999]},
        {"test": "p-against-statistic", "of": "m", "statistic": "r", "df": [0.5]},
        {"test": "p-against-statistic", "of": "m", "statistic": "chi2", "df": [900000]},
        *({"test": "interval-symmetric", "of": "m", "scale": scale} for scale in ("linear", "log", "logit")),
        {"test": "interval-against-p", "of": "m"},
        {"test": "interval-against-se", "of": "m", "df": 0.001},
        {"test": "fold-change", "before": "o", "after": "m", "fold": "m"},
        {"test": "odds-ratio-against-risk-ratio", "exposed": "m", "unexposed": "o", "odds-ratio": "m", "risk-ratio": "o"},
        {"test": "relative-against-absolute", "before": "m", "absolute": "o", "relative": "m", "direction": "decrease"},
        {"test": "mean-of-parts", "parts": ["m", "o"], "mean": "m", "weights": ["o", "m"]},
        {"test": "monotonic", "series": ["m", "o", "m"], "strict": True},
        measures=({"name": "m", **ends, **fields}, {"name": "o", "value": other, "unit": fields["unit"]}),
    )
    for outcome in outcomes(of):
        assert outcome.explanation
        assert outcome.explanation.isprintable()
