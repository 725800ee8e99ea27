"""Scores of resolved beliefs, against a count day by day."""

from __future__ import annotations

import datetime as dt
from math import inf, isclose, isinf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.evidence.scoring import brier, log_score, score
from schemas.belief import Holding, Resolution

START = dt.date(2026, 1, 1)
credences = st.floats(0, 1)
inner = st.floats(0.001, 0.999)


def holding(*entries: tuple[int, float]) -> Holding:
    history = [{"date": (START + dt.timedelta(days)).isoformat(), "credence": credence, "because": "so"} for days, credence in entries]
    return Holding.model_validate({"holder": "ann", "history": history})


def resolution(days: int, outcome: object = True) -> Resolution:
    day = (START + dt.timedelta(days)).isoformat()
    return Resolution.model_validate({"date": day, "outcome": outcome, "by": "ann", "why": "so"})


courses = st.dictionaries(st.integers(0, 60), inner, min_size=1, max_size=6).map(lambda found: sorted(found.items()))


@given(courses, st.integers(1, 80), st.booleans())
def test_the_mean_is_that_of_the_days(course: list[tuple[int, float]], end: int, outcome: bool) -> None:
    found = score(holding(*course), resolution(end, outcome))
    assert found is not None
    stated = [next(credence for day, credence in reversed(course) if day <= today) for today in range(course[0][0], end)]
    if not stated:
        assert (found.last, found.brier, found.log, found.mean_brier, found.mean_log, found.days) == (None, None, None, None, None, 0)
        return
    right = [credence if outcome else 1 - credence for credence in stated]
    assert found.days == len(stated)
    assert found.last == stated[-1]
    assert found.brier == pytest.approx((1 - right[-1]) ** 2)
    assert found.log == pytest.approx(-log(right[-1]))
    assert found.mean_brier == pytest.approx(sum((1 - p) ** 2 for p in right) / len(right))
    assert found.mean_log == pytest.approx(sum(-log(p) for p in right) / len(right))


@given(inner, inner)
def test_both_scores_are_proper(truth: float, stated: float) -> None:
    for rule in (brier, log_score):
        honest, other = (truth * rule(p, True) + (1 - truth) * rule(p, False) for p in (truth, stated))
        assert honest <= other or isclose(honest, other, abs_tol=1e-12)


@given(credences)
def test_scores_mirror_the_outcome_and_have_their_ends(credence: float) -> None:
    assert 0 <= brier(credence, True) <= 1
    assert log_score(credence, True) >= 0
    assert brier(credence, True) + brier(1 - credence, False) == pytest.approx(2 * brier(credence, True))


def test_certainty_in_what_did_not_happen_is_infinite_and_stated() -> None:
    assert log_score(0, True) == log_score(1, False) == inf
    assert (log_score(1, True), log_score(0, False)) == (0, 0)
    found = score(holding((0, 0.0), (5, 0.5)), resolution(10))
    assert found is not None
    assert found.log == pytest.approx(log(2))
    assert found.mean_log is not None
    assert isinf(found.mean_log)
    assert found.mean_brier == pytest.approx(0.625)


def test_what_is_void_is_not_scored() -> None:
    assert score(holding((0, 0.5)), resolution(3, "void")) is None


def test_the_day_of_the_resolution_may_know_the_outcome() -> None:
    found = score(holding((0, 0.5), (3, 1.0)), resolution(3))
    assert found is not None
    assert (found.last, found.days) == (0.5, 3)
    late = score(holding((3, 1.0)), resolution(3))
    assert late is not None
    assert late.brier is None
