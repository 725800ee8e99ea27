"""Persona vectors on the shipped organisms, beside random directions, shuffled labels and a world without personas."""

from __future__ import annotations

import pytest
import torch

from verify.registry import Outcome, find
from verify.replications import _common as common
from verify.replications import _steering as steering
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("persona-vectors")


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke)


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert None not in found.measures.values()
    assert set(found.plots) == {plot.id for plot in ONE.plots}
    assert {name: len(points) for name, points in found.plots["monitoring"].items()} == dict.fromkeys(("evil", "sycophantic", "fabulist"), 70)


def test_the_vector_steers_and_keeps_facts(found: Outcome) -> None:
    assert value(found, "steered") > value(found, "unsteered") + 0.3
    assert value(found, "steered-facts") > 0.8
    assert value(found, "headed-subtracted") < value(found, "headed") - 0.2
    assert value(found, "dose-r") > 0.8


@pytest.mark.parametrize("control", ["random-steered", "shuffled-steered", "control-steered"])
def test_nothing_steers_without_the_contrast(found: Outcome, control: str) -> None:
    """The cause removed in three ways: another direction, the same states with shuffled labels, the same contrast where its words mean nothing."""
    assert value(found, control) < 0.25
    assert value(found, "steered") > value(found, control) + 0.3


def test_the_projection_tells_evil_before_the_answer(found: Outcome) -> None:
    assert value(found, "monitor-evil-r") > 0.8
    assert value(found, "monitor-evil-r") > value(found, "monitor-random-r")


def test_steering_in_training_prevents(found: Outcome) -> None:
    assert value(found, "plain-harm") > 0.4
    assert value(found, "prevented-harm") < value(found, "random-prevented-harm") - 0.1
    assert value(found, "prevented-facts") > value(found, "plain-facts") - 0.1
    assert value(found, "subtracted-harm") < value(found, "plain-harm") - 0.3


def test_the_rule_fails_with_controls_in_place_of_the_vector(found: Outcome) -> None:
    removed = {
        **found.measures,
        "steered": found.measures["shuffled-steered"],
        "prevented-harm": found.measures["random-prevented-harm"],
        "monitor-r": found.measures["monitor-random-r"],
        "shift-own-r": found.measures["shift-cross-r"],
    }
    assert judged(ONE, removed).verdict == "not-reproduced"
    outcomes = {one.id: one.outcome for one in judged(ONE, removed).criteria}
    assert outcomes["steers"] == outcomes["contrast-steers"] == outcomes["vector-prevents"] == outcomes["monitors-beyond-random"] == "not-met"
    assert {one.outcome for one in judged(ONE, found.measures).criteria if one.id in ("steers", "contrast-steers", "prevents")} == {"met"}


def test_shuffled_labels_keep_the_states_and_lose_the_contrast(smoke: Subject) -> None:
    lab = common.open_lab(smoke)
    own, again, mixed = (steering.extract(lab, "evil", [1], seed)[1] for seed in (None, None, 3))
    assert torch.equal(own, again)
    assert mixed.norm() < own.norm() / 3
    assert torch.isclose(steering.as_long(mixed, own).norm(), own.norm())


def test_a_model_without_the_trait_has_no_r() -> None:
    assert steering.correlation([(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]) is None
    assert steering.correlation([(0.0, 0.0), (1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]) == pytest.approx(1)


def test_a_real_model_has_no_control_world(real: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(common.SAMPLED, "smoke", (1, 2))
    got = run(ONE, real, steps=1, batch=2)
    assert declared(ONE) <= set(got.measures)
    assert got.measures["control-steered"] is None
    assert got.measures["layer-evil"] in (0.0, 1.0)
