"""Triggers from the first record to the review, and what makes a review due again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import kbmaker
import pytest

from kb.evidence.queue.beliefs import WOULD
from kb.evidence.state import State, derive
from kb.evidence.triggers import Trigger
from schemas.belief import Review, Update

BELIEF = "belief/personas-are-selected"
CONTRADICTING = {"count": "findings", "where": {"concept": "persona", "role": "contradicting"}, "at-least": 1}
LINK = {"concept": "persona", "role": "contradicting", "axes": {}}


def against(day: str) -> dict[str, Any]:
    return {"added": day, "instantiates": [LINK]}


def review(*seen: str, date: str = "2026-04-01", by: str = "ann", outcome: str = "unchanged") -> dict[str, Any]:
    return {"date": date, "by": by, "of": ["contradicted"], "fired-by": list(seen), "outcome": outcome, "note": "It is one model."}


def state(*findings: tuple[str, str], reviews: tuple[dict[str, Any], ...] = (), holders: tuple[str, ...] = ("ann",), **more: Any) -> State:
    history = [{"date": "2026-01-10", "credence": 0.6, "because": "so"}]
    belief = {
        "holders": [{"holder": who, "history": history} for who in holders],
        "updates": [{"id": "contradicted", "when": "It is contradicted.", "would": "lower", "predicate": CONTRADICTING}],
        "reviews": list(reviews),
    }
    overrides: dict[str, Any] = {BELIEF: belief | more}
    return derive(kbmaker.corpus(overrides | {f"finding/{name}": against(day) for name, day in findings}))


def only(found: State) -> Trigger:
    (trigger,) = found.triggers
    return trigger


def test_nothing_fires_without_a_record() -> None:
    assert state().triggers == ()
    assert not [item for item in state().queue if item.kind == "review-due"]


def test_a_record_fires_it_with_cause_and_day() -> None:
    trigger = only(state(("null-result", "2026-03-01")))
    assert (trigger.belief, trigger.update, trigger.would) == ("personas-are-selected", "contradicted", "lower")
    assert trigger.since == dt.date(2026, 3, 1)
    assert trigger.fired_by == trigger.first == ("null-result",)
    assert trigger.due_for == ("ann",)
    assert "null-result" in trigger.why


def test_it_waits_in_the_queue_until_it_is_reviewed() -> None:
    (item,) = [item for item in state(("null-result", "2026-03-01")).queue if item.kind == "review-due"]
    assert item.id == "review-due:personas-are-selected/contradicted"
    assert item.records == ("personas-are-selected", "null-result")
    assert item.since == dt.date(2026, 3, 1)
    assert "lower the credence" in item.what
    cleared = state(("null-result", "2026-03-01"), reviews=(review("null-result"),))
    assert not [item for item in cleared.queue if item.kind == "review-due"]


def test_a_review_clears_it_and_the_trigger_remains_to_be_seen() -> None:
    trigger = only(state(("null-result", "2026-03-01"), reviews=(review("null-result"),)))
    assert not trigger.due
    (done,) = trigger.reviewed
    assert (done.holder, done.outcome, done.seen) == ("ann", "unchanged", True)


@pytest.mark.parametrize(
    ("reviews", "due"),
    [
        ((review(),), True),
        ((review("other-result"),), True),
        ((review("null-result", "other-result"),), False),
        ((review("null-result", "other-result", "steering-works"),), False),
        ((review("null-result"),), True),
        ((review("null-result", "other-result", date="2026-03-04"),), True),
        ((review("null-result", "other-result", date="2026-03-05"),), False),
        ((review("null-result", date="2026-03-10"), review("null-result", "other-result")), False),
        ((review("null-result", "other-result", date="2026-03-10"), review("null-result")), True),
    ],
    ids=["nothing seen", "one seen", "all seen", "more seen", "less seen", "too early", "on the day", "the later saw it", "the later did not"],
)
def test_a_review_holds_as_long_as_it_saw_what_makes_it_true(reviews: tuple[dict[str, Any], ...], due: bool) -> None:
    assert only(state(("null-result", "2026-03-01"), ("other-result", "2026-03-05"), reviews=reviews)).due is due


def test_a_record_that_goes_does_not_make_it_due_again() -> None:
    assert not only(state(("null-result", "2026-03-01"), reviews=(review("null-result", "prompts-move-personas"),))).due


def test_a_rerun_that_takes_a_records_place_makes_it_due_again() -> None:
    asked = [{"id": "contradicted", "when": "So.", "would": "lower", "predicate": {"verdict": "rerun", "tier": "organism", "is": "reproduced"}}]
    for day, due in (("2026-03-01", False), ("2026-04-02", True)):
        found = derive(
            kbmaker.corpus({BELIEF: {"updates": asked, "reviews": [review("rerun-smoke", date="2026-04-01")]}, "result/rerun-smoke": {"added": day}})
        )
        assert only(found).due is due


def test_each_holder_reviews_for_themselves() -> None:
    trigger = only(state(("null-result", "2026-03-01"), reviews=(review("null-result", by="bob"),), holders=("ann", "bob")))
    assert trigger.due_for == ("ann",)
    assert trigger.due


def test_what_fires_by_absence_is_dated_by_the_belief_and_cleared_for_good() -> None:
    asked = [{"id": "contradicted", "when": "So.", "would": "raise", "predicate": {"not": CONTRADICTING}}]
    trigger = only(derive(kbmaker.corpus({BELIEF: {"updates": asked}})))
    assert (trigger.fired_by, trigger.since) == ((), dt.date(2026, 1, 10))
    assert "fired-by" not in trigger.review("ann", dt.date(2026, 4, 1), "unchanged", "So.")
    assert not only(derive(kbmaker.corpus({BELIEF: {"updates": asked, "reviews": [review()]}}))).due


def test_the_review_it_offers_is_a_valid_one_and_clears_it() -> None:
    trigger = only(state(("null-result", "2026-03-01")))
    data = trigger.review("ann", dt.date(2026, 4, 1), "unchanged", "One model only.")
    assert Review.model_validate(data).of == ["contradicted"]
    assert list(data) == [(info.alias or name) for name, info in Review.model_fields.items()]
    assert not only(state(("null-result", "2026-03-01"), reviews=(data,))).due


def test_a_resolved_belief_has_no_triggers() -> None:
    resolution = {"date": "2026-05-01", "outcome": False, "by": "ann", "why": "So."}
    found = state(("null-result", "2026-03-01"), resolution=resolution)
    assert found.triggers == ()
    reading = found.reviewing.conditions("personas-are-selected")[0].reading
    assert reading is not None
    assert reading.value == "true"


def test_no_credence_is_changed_and_the_day_plays_no_part() -> None:
    corpus = state(("null-result", "2026-03-01")).corpus
    before = corpus.beliefs["personas-are-selected"].model_dump_json()
    days = [derive(corpus, today=day).triggers for day in (None, dt.date(2026, 4, 1), dt.date(2036, 4, 1))]
    assert days[0] == days[1] == days[2]
    assert corpus.beliefs["personas-are-selected"].model_dump_json() == before


def test_every_word_that_an_update_may_say_has_a_sentence() -> None:
    assert set(WOULD) == set(Update.model_fields["would"].annotation.__args__)  # type: ignore[union-attr]
