"""What the ledger implies, what does not fit, and the whole of a belief as data."""

from __future__ import annotations

import json
from typing import Any

import kbmaker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.evidence.coherence import HEADINGS
from kb.evidence.implied import implied, log_odds, moved
from kb.evidence.state import derive
from kb.evidence.weighing import Weighed
from schemas import Belief

BELIEF = "belief/personas-are-selected"
probabilities = st.floats(0.001, 0.999)
decibans = st.floats(-60, 60)


def item(record: str, direction: str = "for", weight: object = "not assessed") -> dict[str, Any]:
    return {"record": record, "direction": direction, "weight": weight, "note": "So."}


def weighed(belief: dict[str, Any], **more: Any) -> Weighed:
    return derive(kbmaker.corpus({BELIEF: belief} | more)).beliefs["personas-are-selected"]


def history(credence: float, *records: str) -> list[dict[str, Any]]:
    return [{"holder": "ann", "history": [{"date": "2026-01-10", "credence": credence, "because": "so", "records": list(records)}]}]


# The implied credence


@given(probabilities, decibans, decibans)
def test_weights_add_and_take_back(prior: float, a: float, b: float) -> None:
    assert moved(moved(prior, a), b) == pytest.approx(moved(prior, a + b), abs=1e-9)
    assert moved(prior, 0) == pytest.approx(prior)
    assert moved(1 - prior, -a) == pytest.approx(1 - moved(prior, a))


@given(probabilities, st.floats(0.01, 100))
def test_it_is_bayes_rule(prior: float, ratio: float) -> None:
    from math import log10

    bayes = prior * ratio / (prior * ratio + 1 - prior)
    assert moved(prior, 10 * log10(ratio)) == pytest.approx(bayes)


def test_certainty_stays_and_large_weights_do_not_break_it() -> None:
    assert (moved(0, 500), moved(1, -500)) == (0, 1)
    assert (moved(0.5, 1e30), moved(0.5, -1e30)) == (1, 0)
    assert log_odds(0.5) == 0


def test_no_assessed_weight_is_insufficient_data_and_not_the_prior() -> None:
    (found,) = weighed({"evidence": [item("steering-works"), item("prompts-move-personas", "against")]}).implied
    assert found.credence is None
    assert found.not_assessed == ("steering-works", "prompts-move-personas")


def test_a_weight_of_zero_is_assessed() -> None:
    (found,) = weighed({"evidence": [item("steering-works", weight=0)]}).implied
    assert found.credence == pytest.approx(0.6)


def test_directions_have_signs_and_mixed_has_none() -> None:
    listed = [item("steering-works", "for", 10), item("prompts-move-personas/rate", "against", 4), item("doe-2024-prompts", "mixed", 3)]
    (found,) = weighed({"evidence": listed, "holders": history(0.5)}).implied
    assert found.decibans == 6
    assert found.credence == pytest.approx(10**0.6 / (1 + 10**0.6))
    assert found.mixed == ("doe-2024-prompts",)
    assert found.counted == ("steering-works", "prompts-move-personas/rate")


@pytest.mark.parametrize("named", ["prompts-move-personas", "prompts-move-personas/rate"])
def test_what_the_first_entry_rests_on_is_not_counted_again(named: str) -> None:
    belief = kbmaker.template("belief", "bb") | {"evidence": [item("prompts-move-personas/rate", "for", 5)], "holders": history(0.5, named)}
    read = Belief.model_validate(belief)
    corpus = kbmaker.corpus()
    found = implied(read, read.holders[0], corpus.canonical)
    assert found.credence is None
    assert found.in_prior == ("prompts-move-personas/rate",)


# What does not fit


def kinds(found: Weighed) -> list[str]:
    return [doubt.kind for doubt in found.doubts]


def test_the_base_fits() -> None:
    assert kinds(weighed({})) == []
    assert len(set(HEADINGS.values())) == len(HEADINGS)


def test_credences_against_each_other() -> None:
    other = {"holders": history(0.3)}
    found = derive(
        kbmaker.corpus(
            {BELIEF: {"holders": history(0.6), "depends-on": [{"belief": "other-belief", "how": "entails", "note": "So."}]}, "belief/other-belief": other}
        )
    )
    for name in ("personas-are-selected", "other-belief"):  # told on both pages
        assert kinds(found.beliefs[name]) == ["credences"]


def test_evidence_that_no_longer_stands() -> None:
    listed = {"evidence": [item("steering-works"), item("roe-2025-steering", "mixed")]}
    retracted = {"source/roe-2025-steering": {"retracted": "2026-01-01"}}
    assert kinds(weighed(listed, **retracted)) == ["retracted", "retracted"]
    newer = {"finding/steering-again": {"relations": [{"type": "supersedes", "to": "steering-works"}]}}
    assert kinds(weighed(listed, **newer)) == ["superseded"]


@pytest.mark.parametrize(
    ("record", "state", "told"),
    [("prompts-move-personas", "open", True), ("prompts-move-personas/rate", "open", True), ("prompts-move-personas/rate", "resolved", False)],
)
def test_open_disputes_about_what_is_listed(record: str, state: str, told: bool) -> None:
    claim = kbmaker.template("finding", "prompts-move-personas")["claims"][0]
    dispute = {"about": "after", "reported": "40", "instead": "38", "by": "roe-2025-steering", "state": state}
    if state == "resolved":
        dispute["resolution"] = "The record follows the table."
    finding = {"finding/prompts-move-personas": {"claims": [claim | {"disputes": [dispute]}, claim | {"id": "other", "checks": []}]}}
    assert kinds(weighed({"evidence": [item(record)]}, **finding)) == (["disputed"] if told else [])
    assert kinds(weighed({"evidence": [item("prompts-move-personas/other")]}, **finding)) == []


def test_two_items_of_one_group_in_one_direction() -> None:
    again: dict[str, Any] = {"finding/steering-again": {}}
    for first, second, told in (("for", "for", True), ("for", "against", False), ("mixed", "mixed", False), ("against", "against", True)):
        found = weighed({"evidence": [item("steering-works", first, 3), item("steering-again", second, 3)]}, **again)
        assert kinds(found) == (["double-counting"] if told else [])
    (doubt,) = weighed({"evidence": [item("steering-works", "for", 3), item("steering-again", "for", 3)]}, **again).doubts
    assert doubt.records == ("steering-again", "steering-works")
    assert "2 of them with weights" in doubt.words
    (doubt,) = weighed({"evidence": [item("steering-works", "for", 3), item("steering-again")]}, **again).doubts
    assert "at most one is assessed" in doubt.words
    assert kinds(weighed({"evidence": [item("steering-works"), item("prompts-move-personas")]})) == []


def test_reruns_of_one_tier_stand_or_fall_together() -> None:
    results: dict[str, Any] = {"result/rerun-a": {}, "result/rerun-b": {"replication": "other"}, "result/rerun-c": {"tier": "same-model"}}
    (doubt,) = weighed({"evidence": [item("rerun-a"), item("rerun-b"), item("rerun-c")]}, **results).doubts
    assert doubt.records == ("rerun-a", "rerun-b")
    assert kinds(weighed({"evidence": [item("rerun-a"), item("rerun-b", "against"), item("rerun-c")]}, **results)) == []


# The whole


def test_json_says_infinite_and_absent_apart() -> None:
    sure = {"holders": history(0), "resolution": {"date": "2026-05-01", "outcome": True, "by": "ann", "why": "So."}}
    data = json.loads(json.dumps(weighed(sure).to_json(), allow_nan=False))
    assert data["scores"][0]["log"] == "infinite"
    assert data["scores"][0]["brier"] == 1
    assert data["implied"][0]["credence"] is None
    late = {"holders": history(0.2), "resolution": {"date": "2026-01-10", "outcome": True, "by": "ann", "why": "So."}}
    assert weighed(late).to_json()["scores"][0]["brier"] is None
    void = {"resolution": {"date": "2026-05-01", "outcome": "void", "by": "ann", "why": "So."}}
    assert weighed(void).to_json()["scores"] == []
