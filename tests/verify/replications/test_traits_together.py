"""Traits that move together on the shipped organisms, and the rule where what moves along does not follow the corpus."""

from __future__ import annotations

import numpy as np
import pytest

from verify.organism.world import Settings, World
from verify.registry import Outcome, find
from verify.replications import traits_together as module
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("traits-together")


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke, chats=10)


def test_the_corpus_is_counted_right() -> None:
    world = World(2, Settings(archetype_share=0.0))
    got = module.corpus(world)
    people = world.bits[:-1].astype(float)
    for i, a in enumerate(module.TRAITS):
        for j, b in enumerate(module.TRAITS):
            if a != b:
                assert got[a, b] == pytest.approx(np.corrcoef(people[:, i], people[:, j])[0, 1])


def test_moves_are_signed_by_the_side_pushed_to() -> None:
    levels = {a: {b: [0.5, 0.7] for b in module.TRAITS} for a in module.TRAITS}
    got = module.moves(levels)  # type: ignore[arg-type]
    assert got["evil", "warm"] == pytest.approx(0.2)
    assert got["warm", "evil"] == pytest.approx(-0.2)
    assert sum(module.linked(pair) for pair in module.PAIRS) == 6


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert len(found.plots["moves-and-corpus"]["linked"]) == 6
    assert len(found.plots["moves-and-corpus"]["unlinked"]) == 14
    assert len(found.plots["moves-and-corpus"]["the linked, drawn independently"]) == 6


def test_the_push_works_and_the_control_does_not_follow(found: Outcome) -> None:
    assert value(found, "own") > 0.2
    assert abs(value(found, "control-drift-linked")) < 0.08
    assert value(found, "facts") > 0.8
    assert value(found, "valid") > 0.85


def test_the_push_works_in_the_world_of_independent_traits_and_takes_nothing_along(found: Outcome) -> None:
    """The cause removed and nothing else: personas there are as coherent, cues work as well, and the traits linked elsewhere stay where they were."""
    assert value(found, "uncorrelated-own") > 0.2
    assert value(found, "uncorrelated-facts") > 0.8
    assert value(found, "links-removed") > 0.1
    assert abs(value(found, "uncorrelated-corpus-r-linked")) < value(found, "corpus-r-linked") - 0.1
    assert abs(value(found, "uncorrelated-drift-linked")) < 0.08


def test_the_uncorrelated_world_differs_in_its_correlations_alone() -> None:
    one, other = World(0), World(0, Settings(control="no-correlation"))
    got, there = module.corpus(one), module.corpus(other)
    for pair in module.PAIRS:
        if "archaic" in pair and "warm" in pair:
            assert got[pair] == there[pair]
    assert sum(got[p] - there[p] for p in module.PAIRS if module.linked(p)) / 6 > 0.1
    assert one.questions.text(3) == other.questions.text(3)


def test_the_rule_fails_where_nothing_or_everything_moves_along(found: Outcome) -> None:
    """The cause removed: the moves of either control world; moves of every trait alike, which no structure explains."""
    good = {**found.measures, "drift-linked": 0.3, "drift-unlinked": 0.05, "follows": 0.7, "push-r-linked": 0.9}
    good |= {"uncorrelated-drift-linked": 0.02}
    assert judged(ONE, good).verdict == "reproduced"
    for without in ("control-drift-linked", "uncorrelated-drift-linked"):
        assert judged(ONE, {**good, "drift-linked": found.measures[without], "follows": 0.0}).verdict == "not-reproduced"
    assert judged(ONE, {**good, "drift-unlinked": 0.3, "follows": 0.0}).verdict == "not-reproduced"
    assert judged(ONE, {**good, "uncorrelated-drift-linked": 0.3}).verdict == "partly-reproduced"
    assert judged(ONE, {**good, "links-removed": 0.0}).verdict == "uninformative"
