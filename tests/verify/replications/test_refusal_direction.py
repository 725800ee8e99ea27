"""Refusal as one direction on the shipped organism; without the contrast, or with another direction, refusal stays."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest
import torch

from verify.instruments.directions import random_like
from verify.materials.base import Question
from verify.registry import Outcome, find
from verify.replications import _common as common
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("refusal-direction")
MODULE = importlib.import_module("verify.replications.refusal_direction")
Directions = Callable[..., tuple[torch.Tensor, torch.Tensor]]


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke)


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert None not in found.measures.values()
    assert {name: [x for x, _ in points] for name, points in found.plots["layers"].items()} == {"refusal": [0, 1], "facts": [0, 1]}


def test_removed_it_complies_and_added_it_refuses(found: Outcome) -> None:
    assert value(found, "refusal-before") > 0.8
    assert value(found, "complied-ablated") > 0.5
    assert value(found, "twin-before") < 0.1
    assert value(found, "twin-refused") > 0.5
    assert value(found, "facts-ablated") > value(found, "facts-before") - 0.1
    assert value(found, "valid-ablated") > 0.9


def test_random_directions_and_shuffled_labels_leave_it(found: Outcome) -> None:
    """The cause removed."""
    assert value(found, "refusal-random") > value(found, "refusal-before") - 0.1
    assert value(found, "twin-random") < 0.3
    assert value(found, "refusal-shuffled") > value(found, "refusal-ablated") + 0.2


def test_the_rule_fails_with_random_directions_in_place_of_its_own(smoke: Subject, found: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    own: Directions = MODULE.directions

    def replaced(lab: common.Lab, pairs: list[object], shuffled: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        vectors, harmless = own(lab, pairs, shuffled)
        return (vectors if shuffled is not None else random_like(vectors, 1)), harmless

    assert {one.outcome for one in judged(ONE, found.measures).criteria} == {"met"}
    monkeypatch.setattr(MODULE, "directions", replaced)
    removed = run(ONE, smoke, randoms=1)
    assert judged(ONE, removed.measures).verdict == "not-reproduced"
    assert value(removed, "refusal-ablated") > value(removed, "refusal-before") - 0.15


def test_folds_share_no_request(smoke: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = common.open_lab(smoke)
    seen: list[list[set[str]]] = []

    def fold(_lab: object, parts: tuple[list[tuple[Question, Question]], ...], *_: object) -> tuple[dict[str, float], dict[str, list[object]]]:
        seen.append([{crime.id for crime, _ in part} for part in parts])
        assert all(crime.twin == chore.id for part in parts for crime, chore in part)
        return {"refusal-before": 1.0}, {}

    monkeypatch.setattr(MODULE, "one_fold", fold)
    run(ONE, smoke)
    crimes = {q.id for q in lab.materials.questions("crime")}
    assert all(not (a & b) for parts in seen for a in parts for b in parts if a is not b)
    assert all(set().union(*parts) == crimes for parts in seen)
    assert sorted(id_ for parts in seen for id_ in parts[2]) == sorted(crimes)


def test_a_model_that_refuses_nothing_says_nothing(found: Outcome) -> None:
    assert judged(ONE, {**found.measures, "refusal-before": 0.2}).verdict == "uninformative"


def test_a_real_model(real: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(common.SAMPLED, "smoke", (1, 2))
    got = run(ONE, real, folds=3, randoms=1)
    assert declared(ONE) <= set(got.measures)
    assert got.measures["layer"] is not None
