"""Conversations of a shipped organism with itself, and where its answers lie; what becomes of the rule without personas and along random directions."""

from __future__ import annotations

import pytest
import torch

from verify.registry import Outcome, find
from verify.replications import _common as common
from verify.replications._talk import ARMS, Talk, settled
from verify.replications.conversational_drift import explained, minus, regained
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("conversational-drift")


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke)


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert None not in found.measures.values()
    assert {"task", "laden", "self"} <= set(found.plots["by-turn"])
    assert all(points[0] == (0.0, pytest.approx(1.0)) and len(points) == 5 for points in found.plots["by-turn"].values())
    assert len(found.plots["roles"]["roles"]) == 110


def test_harmful_answers_move_the_place(found: Outcome) -> None:
    assert value(found, "place-start") == pytest.approx(1)
    assert value(found, "pushed-way") > 0.3
    assert value(found, "harm-pushed") > value(found, "harm-start") + 0.2


def test_distance_goes_with_harm_along_the_axis(found: Outcome) -> None:
    assert value(found, "role-harm-r") > 0.2
    assert value(found, "role-harm-r") > value(found, "role-harm-random-r") + 0.03


def test_facts_are_kept(found: Outcome) -> None:
    assert value(found, "facts-laden") > value(found, "facts") - 0.1


def test_without_personas_turns_say_nothing_of_who_speaks(found: Outcome) -> None:
    """The cause removed: what a conversation was about makes no difference."""
    assert abs(value(found, "control-gap")) < 0.15
    assert abs(value(found, "control-harm-laden") - value(found, "control-harm-task")) < 0.1
    assert abs(value(found, "gap")) > 0.15


GOOD = {
    "place-start": 1.0, "place-task": 0.98, "place-laden": 0.7, "place-self": 0.8, "gap": 0.28, "control-gap": 0.0, "message-r2": 0.6, "change-r2": 0.2,
    "role-harm-r": 0.5, "role-harm-random-r": 0.1, "back-task": 0.6, "pushed-way": 0.5, "harm-start": 0.05, "facts": 0.95, "facts-laden": 0.95,
}  # fmt: skip


def test_the_rule_fails_when_the_cause_is_removed(found: Outcome) -> None:
    good = {**found.measures, **GOOD}
    assert judged(ONE, good).verdict == "reproduced"
    control = {key: found.measures[f"control-{key}"] for key in ("gap", "place-task", "place-laden")}
    random = {"gap": 0.0, "place-laden": GOOD["place-task"], "role-harm-r": 0.0}
    for removed in ({**control, "role-harm-r": found.measures["role-harm-random-r"]}, random):
        verdict = judged(ONE, {**good, **removed})
        assert verdict.verdict == "not-reproduced"
        assert {one.id: one.outcome for one in verdict.criteria}["laden-turns-drift"] == "not-met"
    assert judged(ONE, {**good, "pushed-way": 0.0}).verdict == "uninformative"


# ------------------------------------------------------------------------------------------------------------------ what it is made of


@pytest.fixture(scope="module")
def talk(smoke: Subject) -> Talk:
    return Talk(common.open_lab(smoke), smoke, 6, 2, 1, ("task", "laden", "self"))


def test_conversations_grow_by_questions_of_their_kinds(talk: Talk) -> None:
    asked = {q.text: q.kind for kind in talk.materials.kinds for q in talk.materials.questions(kind)}
    for arm, held in talk.held.items():
        assert [len(histories[0]) for histories in held.histories] == [0, 1, 2]
        for before, after in zip(held.histories[:-1], held.histories[1:], strict=True):
            assert all(longer[:-1] == shorter for shorter, longer in zip(before, after, strict=True))
        for kinds, histories in zip(held.kinds, held.histories[1:], strict=True):
            assert set(kinds) <= set(ARMS[arm])
            assert [asked[turns[-1][0]] for turns in histories] == kinds
        assert all(len(words.split()) == 4 for turns in held.histories[-1] for _, words in turns)
        assert all(torch.isfinite(places).all() for places in held.places)


def test_probes_are_the_same_for_every_arm(talk: Talk) -> None:
    first, second = (talk.probes(talk.held[arm].histories[-1]) for arm in ("task", "laden"))
    assert [chat.question for chat in first] == [chat.question for chat in second]
    assert {chat.question.split for chat in first} == {"test"}
    assert talk.place(talk.start) == pytest.approx(1)
    roles = talk.probes([()] * len(talk.space.cast), talk.space.cast.prompts)
    assert [chat.system for chat in roles] == list(talk.space.cast.prompts)
    zero = settled(talk.space.place(talk.states(roles)))
    assert zero is not None
    assert zero < 0.7


def test_the_share_that_groups_explain() -> None:
    assert explained([("a", 1.0), ("a", 1.0), ("b", 3.0), ("b", 3.0)]) == pytest.approx(1)
    assert explained([("a", 1.0), ("a", 3.0), ("b", 1.0), ("b", 3.0)]) == pytest.approx(0)
    assert explained([("a", 1.0), ("b", 1.0)]) is None
    assert explained([]) is None


def test_the_way_back() -> None:
    assert regained(1.0, 0.2, 0.6) == pytest.approx(0.5)
    assert regained(0.0, 0.8, 1.0) == pytest.approx(-0.25)
    assert regained(1.0, 0.99, 1.0) is None
    assert regained(1.0, None, 1.0) is None
    assert minus(None, 1.0) is None
    assert settled(torch.tensor([float("nan"), 2.0, 4.0])) == 3.0
    assert settled(torch.tensor([float("nan")])) is None


def test_a_real_model_has_no_control_world(real: Subject) -> None:
    got = run(ONE, real, questions=1, conversations=4, turns=2, roles=1)
    assert declared(ONE) <= set(got.measures)
    assert got.measures["control-gap"] is None
    assert got.measures["place-self"] is None
    assert got.measures["message-r2"] is not None
