"""History cues on the shipped organisms, and what becomes of them without polarity, without the trait, without personas."""

from __future__ import annotations

import numpy as np
import pytest

from verify.materials.organism import OrganismMaterials
from verify.organism.world import World
from verify.registry import Outcome, find
from verify.replications import _cues as cues
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("history-cues")


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke, chats=16)


@pytest.mark.parametrize("trait", list(cues.PUSHED))
def test_cues_show_what_they_are_named_after(trait: str) -> None:
    world = World(1)
    materials, ids, k = OrganismMaterials(world), world.lexicon.ids, 10

    def shown(turn: tuple[str, str]) -> bool:
        question = next(q for q in materials.questions(materials.kind_of[trait]) if q.text == turn[0])
        content, style, mood, _ = turn[1].split()
        if trait == "archaic":
            return style in ("verily", "forsooth", "prithee")
        if trait == "warm":
            return mood in ("friend", "dear", "gladly")
        return ids[content] in world.questions.options[int(question.id), 1]

    for kind, wanted in (("reversed", cues.PUSHED[trait]), ("plain", not cues.PUSHED[trait])):
        assert {shown(turn) for turn in cues.history(materials, trait, kind, k, np.random.default_rng(0))} == {wanted}  # type: ignore[arg-type]
    assert {shown(turn) for turn in cues.history(materials, trait, "random", 30, np.random.default_rng(0))} == {True, False}
    facts = {q.text for q in materials.questions("fact")}
    assert {user for user, _ in cues.history(materials, trait, "unrelated", k, np.random.default_rng(0))} <= facts
    held_out = {q.text for q in cues.asked(materials, trait, "test")}
    assert not held_out & {user for user, _ in cues.history(materials, trait, "reversed", 40, np.random.default_rng(0))}


def test_cues_about_linked_traits_leave_the_trait_out() -> None:
    materials = OrganismMaterials(World(1))
    kinds = {q.text: q.kind for kind in ("advice", "opinion", "unknowable") for q in materials.questions(kind)}
    assert {kinds[user] for user, _ in cues.history(materials, "evil", "other-trait", 8, np.random.default_rng(0))} == {"opinion", "unknowable"}


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert all(points[0] == (0.0, 0.0) for points in found.plots["by-turn"].values())


def test_reversed_cues_reverse_and_their_ablations_do_less(found: Outcome) -> None:
    assert value(found, "moved-8-evil") > 0.4
    assert value(found, "moved-8") > value(found, "moved-1")
    assert value(found, "moved-8") > value(found, "moved-random") + 0.1
    assert abs(value(found, "moved-unrelated")) < 0.1
    assert value(found, "facts-after") > value(found, "facts") - 0.1


def test_without_personas_cues_do_nothing(found: Outcome) -> None:
    """The cause removed."""
    assert abs(value(found, "control-moved-8")) < 0.1


def test_the_rule_fails_for_the_control_and_for_unrelated_text(found: Outcome) -> None:
    good = {**found.measures, "moved-8": 0.8, "moved-1": 0.5, "moved-8-linked": 0.8}
    assert judged(ONE, good).verdict == "reproduced"
    for instead in ("control-moved-8", "moved-unrelated"):
        assert judged(ONE, {**good, "moved-8": found.measures[instead], "moved-8-linked": found.measures[instead]}).verdict == "not-reproduced"
    assert judged(ONE, {**good, "moved-random": 0.8}).verdict == "partly-reproduced"
