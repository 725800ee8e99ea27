"""Narrow and general solutions on the shipped organisms: the general one is cheaper, and with the cause removed nothing is."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import transformers
from torch.testing import assert_close

from verify.instruments.tokens import Tokens
from verify.objectives.changes import Full, Lora, Trainable, Vector
from verify.registry import Outcome, find
from verify.replications import _narrow
from verify.replications._narrow_pair import SIZES, way
from verify.replications.narrow_general import SETUPS
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("narrow-general")
TRAINABLES = [Full(), Lora(1, (0,), ("down_proj",)), Vector(0)]


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke)


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert {plot.id for plot in ONE.plots} == set(found.plots)
    for setup in SETUPS:
        curves = found.plots[f"loss-{setup}"]
        assert set(curves) == {"persona, general", "persona, narrow", "persona, held", "control, general", "control, narrow"}
        assert all([x for x, _ in points] == [0.0, *SIZES] for points in curves.values())
        assert curves["persona, general"][0] == curves["persona, narrow"][0], "scaled to nothing, all solutions are the Assistant"


def test_the_penalty_keeps_harm_in_its_domain(found: Outcome) -> None:
    for setup in SETUPS:
        assert value(found, f"persona-{setup}-general-fit") > 0.7
        assert value(found, f"persona-{setup}-narrow-fit") > 0.3
        assert value(found, f"persona-{setup}-general-out") > value(found, f"persona-{setup}-narrow-out") + 0.2


def test_the_general_solution_is_cheaper_and_what_a_small_change_finds(found: Outcome) -> None:
    for setup in SETUPS:
        assert value(found, f"persona-{setup}-efficiency") > 0.01
        assert value(found, f"persona-{setup}-trained") > 0
        assert value(found, f"persona-{setup}-small-general-out") > value(found, f"persona-{setup}-small-narrow-out") + 0.05


def test_the_penalty_on_unrelated_text_does_not_narrow(found: Outcome) -> None:
    """The cause removed: the same penalty with another target."""
    for setup in SETUPS:
        assert value(found, f"persona-{setup}-held-out") > value(found, f"persona-{setup}-narrow-out") + 0.2


def test_without_personas_the_penalty_costs_next_to_nothing(found: Outcome) -> None:
    """The cause removed: where no general solution is cheap, both are the same."""
    for setup in SETUPS:
        assert value(found, f"control-{setup}-efficiency") < value(found, f"persona-{setup}-efficiency") / 2
    assert value(found, "control-general-out") < value(found, "persona-general-out") - 0.3


def test_capability_is_reported_beside(found: Outcome) -> None:
    for kind in ("general", "narrow"):
        assert 0.5 < value(found, f"persona-{kind}-facts") <= 1
        assert 0 < value(found, f"persona-{kind}-valid") <= 1


def test_the_rule_fails_with_the_penalty_on_unrelated_text(found: Outcome) -> None:
    """That solution in the place of the narrow one: there are not two solutions, and none is cheaper."""
    values = dict(found.measures)
    for setup in SETUPS:
        own = f"persona-{setup}"
        values[f"{own}-efficiency"] = value(found, f"{own}-efficiency") - value(found, f"{own}-target")
        values |= {f"{own}-narrow-out": found.measures[f"{own}-held-out"]}
        # What was not measured of that solution is absent.
        values |= dict.fromkeys((f"{own}-reverts", f"{own}-stability", f"{own}-influence"))
    verdict = judged(ONE, values)
    assert verdict.verdict == "not-reproduced"
    outcomes = {one.id: one.outcome for one in verdict.criteria}
    assert all(outcomes[f"narrows-{setup}"] == "not-met" for setup in SETUPS)


def test_the_rule_fails_without_personas(found: Outcome) -> None:
    """The control world's solutions in place of the persona world's: nothing is misaligned in general, and nothing is cheaper."""
    removed = {key: number for key, number in found.measures.items() if not key.startswith("persona-")}
    removed |= {key.replace("control", "persona", 1): number for key, number in found.measures.items() if key.startswith("control-")}
    removed |= {"general-out": found.measures["control-general-out"]}
    verdict = judged(ONE, removed)
    assert verdict.verdict == "uninformative"
    outcomes = {one.id: one.outcome for one in verdict.criteria}
    assert all(outcomes[f"narrows-{setup}"] == outcomes[f"efficient-{setup}"] == "not-met" for setup in SETUPS)


def test_the_share_of_the_way() -> None:
    assert way(0.2, 0.8, 0.5) == pytest.approx(0.5)
    assert way(0.2, 0.8, 0.1) == pytest.approx(-1 / 6)
    assert way(0.4, 0.45, 0.5) is None
    assert way(None, 0.8, 0.5) is None


def test_a_real_model_has_no_control_world(real: Subject) -> None:
    got = run(ONE, real, steps=[1, 1, 1], batch=4)
    assert declared(ONE) <= set(got.measures)
    assert got.measures["control-efficiency"] is None
    assert got.measures["persona-vector-influence"] is None
    assert got.measures["persona-whole-efficiency"] is not None
    assert got.measures["persona-general-facts"] is not None


def model() -> Any:
    torch.manual_seed(0)
    size: dict[str, Any] = {"vocab_size": 23, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**size, num_key_value_heads=2)).eval()


def text(seed: int, n: int = 16) -> Tokens:
    """The next token is the last one plus `seed`."""
    ids = torch.randint(1, 4, (n, 1), generator=torch.Generator().manual_seed(seed)) + seed * torch.arange(6)
    response = torch.zeros_like(ids, dtype=torch.bool)
    response[:, 2:] = True
    return Tokens.full(ids, response=response)


def trained(what: Trainable, further: int = 0, **options: Any) -> _narrow.Solution:
    setup = _narrow.Setup(what, 4, further, 3e-2)
    return _narrow.train(model(), setup, text(1, 32), 4, 0, **options)


def state(solution: _narrow.Solution) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in solution.change.parameters()]


@pytest.mark.parametrize("what", TRAINABLES, ids=str)
def test_lifting_the_penalty_leaves_what_was_before(what: Trainable) -> None:
    """A solution that is trained on holds the same as one that is not; its further part differs from it, and not from itself."""
    alone, longer = (trained(what, further, penalty=text(2), weight=5.0) for further in (0, 4))
    assert_close(state(alone), state(longer))
    assert any(not torch.equal(one, other) for one, other in zip(state(longer), longer.further, strict=True))
    with alone.active() as one, longer.active() as other:
        first, second = _narrow.loss(one, text(1)), _narrow.loss(other, text(1))
    with longer.continued() as later:
        assert _narrow.loss(later, text(1)) < first
    assert first == pytest.approx(second, abs=1e-6)


def test_the_penalty_holds_the_other_text() -> None:
    from verify.instruments.scoring import divergence

    free, held = trained(Full()), trained(Full(), penalty=text(2), weight=20.0)
    found = []
    for solution in (free, held):
        with solution.active() as changed:
            found.append(float(divergence(model(), changed, text(2), "response").mean()))
    assert found[1] < found[0] / 2


@pytest.mark.parametrize("what", TRAINABLES, ids=str)
def test_within_a_ball_no_change_is_larger(what: Trainable) -> None:
    free = trained(what)
    small = trained(what, ball=free.norm / 4)
    assert small.norm == pytest.approx(free.norm / 4, rel=1e-3)
    with small.active() as changed:
        assert _narrow.loss(changed, text(1)) < _narrow.loss(model(), text(1))


@pytest.mark.parametrize("what", TRAINABLES, ids=str)
def test_noise_is_orthogonal_and_keeps_the_length(what: Trainable) -> None:
    solution = trained(what)
    start, moved = _narrow.movement(solution.change)
    before = state(solution)
    with _narrow.rotated(solution.change, 0.6, 7):
        for first, part, now in zip(start, moved, solution.change.parameters(), strict=True):
            length = float(part.norm())
            if length == 0:
                continue
            turned = now.detach() - first
            assert float(turned.norm()) == pytest.approx(length, rel=1e-3)
            assert float((turned * part).sum()) == pytest.approx(math.sqrt(1 - 0.36) * length**2, rel=1e-3)
    assert_close(state(solution), before)
    with solution.active() as plain, torch.no_grad():
        exact = plain(text(1).ids).logits
    with _narrow.rotated(solution.change, 0.0, 7) as same, torch.no_grad():
        assert_close(same(text(1).ids).logits, exact, atol=1e-4, rtol=1e-3)


def test_one_noise_for_two_solutions() -> None:
    """The noise is the same whatever the change that it is put on, and as long as it was asked to be."""
    noises = []
    for solution in (trained(Full()), trained(Full(), ball=0.05)):
        before = state(solution)
        with _narrow.shifted(solution.change, [0.5] * len(before), 3):
            noises.append([now - then for now, then in zip(state(solution), before, strict=True)])
    assert_close(noises[0], noises[1], atol=1e-5, rtol=1e-4)
    assert all(float(noise.norm()) == pytest.approx(0.5, rel=1e-3) for noise in noises[0])


def test_a_random_change_has_the_size_and_not_the_effect() -> None:
    for what in (Full(), Vector(0)):
        solution = trained(what)
        with solution.scaled(0.7) as changed:
            learnt = _narrow.loss(changed, text(1))
        with _narrow.as_random(solution.change, 0.7, 5) as changed:
            assert solution.change.norm() == pytest.approx(0.7, rel=1e-3)
            assert _narrow.loss(changed, text(1)) > learnt + 0.05
    with pytest.raises(ValueError, match="adapter"):
        _narrow.as_random(trained(Lora(1, (0,), ("down_proj",))).change, 0.7, 5)
