"""The space of roles on the shipped organisms, beside labels dealt anew, another world's names, a world without personas and one without an Assistant."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from verify.instruments.model import depth
from verify.materials.base import Chat
from verify.materials.organism import OrganismMaterials
from verify.organism.world import World
from verify.registry import Outcome, find
from verify.replications import _axis as ax
from verify.replications import _common as common
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("assistant-axis")


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke)


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert None not in found.measures.values()
    assert {name: len(points) for name, points in found.plots["loadings"].items()} == {
        "another initialisation": 110,
        "another world, roles by description": 50,
    }
    for points in found.plots["spectrum"].values():
        shares = [share for _, share in points]
        assert shares == sorted(shares)
        assert shares[-1] <= 1


def test_roles_span_few_dimensions_and_the_axis_lies_along_the_first(found: Outcome) -> None:
    assert value(found, "components") <= 8
    assert value(found, "stable") > 0.8
    assert value(found, "alignment") > value(found, "alignment-shuffled") + 0.1
    assert value(found, "alignment") > 0.4 > value(found, "alignment-random") + 0.2
    assert value(found, "edge") < 0.2


def test_roles_load_alike_in_another_model_of_the_world(found: Outcome) -> None:
    assert value(found, "same-world") > 0.6
    assert value(found, "same-world-named") > 0.6


@pytest.mark.parametrize("removed", ["same-world-shuffled", "other-world-named"])
def test_labels_of_others_agree_with_nothing(found: Outcome, removed: str) -> None:
    """The cause removed: the same answers with labels dealt anew, and names that mean somebody else."""
    assert value(found, removed) < 0.4
    assert value(found, "same-world") > value(found, removed) + 0.4


def test_without_personas_the_first_component_is_noise(found: Outcome) -> None:
    assert value(found, "stable-control") < 0.6 < value(found, "stable")


def test_the_base_model_has_the_component_and_an_assistant_only_where_it_met_one(found: Outcome) -> None:
    assert value(found, "base-first") > 0.8
    assert value(found, "base-like") > value(found, "base-like-random") + 0.02
    assert value(found, "base-axis") > value(found, "bare-base-axis") + 0.05
    assert value(found, "base-who-opening") > value(found, "bare-base-who-opening") + 0.1


GOOD = {
    "components": 4.0, "alignment": 0.8, "alignment-shuffled": 0.4, "edge": 0.05, "same-world": 0.9, "other-world": 0.8, "base-first": 0.95, "base-axis": 0.9,
    "bare-base-axis": 0.3, "base-like": 0.9, "base-like-random": 0.6, "base-who-gain": 0.4, "facts": 0.95, "played": 0.8, "stable": 0.95,
}  # fmt: skip


def test_the_rule_fails_when_the_cause_is_removed(found: Outcome) -> None:
    """Labels dealt anew, names of others, random directions; the world without personas, whose component is noise; pre-training without an Assistant."""
    good = {**found.measures, **GOOD}
    assert judged(ONE, good).verdict == "reproduced"
    shuffled = {"alignment": GOOD["alignment-shuffled"], "same-world": good["same-world-shuffled"], "other-world": good["other-world-named"]}
    verdict = judged(ONE, {**good, **shuffled})
    outcomes = {one.id: one.outcome for one in verdict.criteria}
    assert outcomes["aligned-by-roles"] == outcomes["same-in-one-world"] == outcomes["same-across-worlds"] == "not-met"
    assert verdict.verdict == "not-reproduced"
    assert judged(ONE, {**good, "stable": good["stable-control"]}).verdict == "uninformative"
    bare = {key.removeprefix("bare-"): number for key, number in good.items() if key.startswith("bare-")}
    verdict = judged(ONE, {**good, **bare, "base-like": GOOD["base-like-random"]})
    assert {one.id for one in verdict.criteria if one.outcome != "met"} == {"base-is-moved", "needs-archetype", "names-need-archetype"}
    assert verdict.verdict == "partly-reproduced"


# ------------------------------------------------------------------------------------------------------------------ what it is made of


def test_each_set_of_words_is_one_role() -> None:
    cast = ax.cast_of(OrganismMaterials(World(1)))
    described = [frozenset(cast.prompts[i].split()) for i in cast.of(ax.DESCRIBED)]
    assert len(set(described)) == len(described) == 5 * 2 + 10 * 4
    assert len(cast.of(ax.NAMED)) == 60
    assert len(cast) == 110


def test_answers_are_marked(smoke: Subject) -> None:
    lab = common.open_lab(smoke)
    asked = [Chat(q, header) for header in (None, "you are evil") for q in lab.materials.questions("fact", "test")[:3]]
    tokens, kept = ax.respond(lab.assistant, lab.materials, asked, 1)
    assert kept == list(range(6))
    words = lab.world.lexicon
    for row, chat in enumerate(asked):
        ids = tokens.ids[row][tokens.attention[row]].tolist()
        prompt = lab.materials.encode([chat])[0]
        assert ids[: len(prompt)] == prompt
        assert tokens.ids[row][tokens.mask("response")[row]].tolist() == ids[len(prompt) :]
        assert 1 <= len(ids) - len(prompt) <= ax.WORDS
        assert [words.words[i] for i in tokens.ids[row][tokens.mask("opening")[row]].tolist()] == ["<ast>"]
    again, _ = ax.respond(lab.assistant, lab.materials, asked, 1)
    assert torch.equal(tokens.ids, again.ids)
    assert ax.states_of(lab.assistant, tokens, range(depth(lab.assistant))).shape == (depth(lab.assistant), 6, tokens_width(lab.assistant))
    opening = ax.states_of(lab.assistant, tokens, [1], "opening")[0]
    assert torch.allclose(ax.answer_states(lab.assistant, lab.materials, asked, 1, "opening", 1), opening, atol=1e-4)


def tokens_width(model: torch.nn.Module) -> int:
    return int(model.get_input_embeddings().weight.shape[1])  # type: ignore[operator, union-attr]


def invented(roles: int = 12, questions: int = 4, d: int = 6) -> tuple[ax.Cast, ax.Rollouts, torch.Tensor]:
    """Answers [2, n, d] of roles that differ along the first coordinate, and of an Assistant beyond the last of them."""
    rng = torch.Generator().manual_seed(0)
    cast = ax.Cast(tuple(f"r{i}" for i in range(roles)), tuple(ax.NAMED if i < roles // 2 else ax.DESCRIBED for i in range(roles)))
    who = torch.arange(roles + 1).repeat_interleave(questions)
    states = 0.1 * torch.randn(2, len(who), d, generator=rng)
    states[:, :, 0] += torch.where(who == roles, 8.0, (who % (roles // 2)).float())
    states[:, :, 1] += 20.0 * (who >= roles // 2)  # the form of the header
    made = ax.Rollouts(ax.Tokens.full(torch.zeros(len(who), 1, dtype=torch.long)), who, torch.arange(questions).repeat(roles + 1))
    return cast, made, states


def test_the_space_against_a_plain_reference() -> None:
    cast, made, states = invented()
    space = ax.space_of(cast, states, made)
    data = np.array([[states[1, made.who == r].mean(0).numpy() for r in range(12)]])[0]
    assert np.allclose(space.roles[1], data, atol=1e-5)
    for form in (slice(0, 6), slice(6, 12)):
        data[form] -= data[form].mean(0)
    first = np.linalg.svd(data)[2][0]
    first = first * np.sign(first[0])
    cosines = data @ first / np.linalg.norm(data, axis=1)
    assert np.allclose(space.loadings().numpy(), cosines, atol=1e-4)
    assert float(cosines[5]) > 0.9 > -0.9 > float(cosines[0])
    assert space.at().needed() == 1
    places = space.place(torch.stack([space.assistant[1], space.roles[1].mean(0)]))
    assert places.tolist() == pytest.approx([1.0, 0.0], abs=1e-5)


def test_labels_are_dealt_anew_within_each_question() -> None:
    _, made, _ = invented()
    mixed = made.shuffled(3)
    assert not torch.equal(mixed.who, made.who)
    for question in range(4):
        rows = made.question == question
        assert sorted(mixed.who[rows].tolist()) == sorted(made.who[rows].tolist())
    assert torch.equal(mixed.who, made.shuffled(3).who)


def test_where_the_assistant_lies() -> None:
    cast, made, states = invented()
    space = ax.space_of(cast, states, made)
    here = space.at(1)
    assert ax.edge(here, space.assistant[1], 0) < 0  # beyond the last role
    assert ax.edge(here, space.roles[1].mean(0), 0) == pytest.approx(0.5, abs=0.1)


def test_comparing_loadings() -> None:
    a = torch.tensor([0.1, 0.5, -0.2, 0.9, -0.7])
    assert ax.agreement(a, -2 * a) == pytest.approx(1)
    assert ax.agreement(a, torch.ones(5)) is None
    b = torch.tensor([1.0, 0.0, 0.5, -1.0, 0.3])
    assert ax.spanned(a + 2 * b + 1, [b, a]) == pytest.approx(1)
    assert ax.spanned(a, [b]) == pytest.approx(float(np.corrcoef(a, b)[0, 1] ** 2), abs=1e-5)
    assert float(ax.towards(torch.tensor([-1.0, 0.0]), torch.tensor([3.0, 4.0])) @ torch.tensor([1.0, 0.0])) == pytest.approx(5)


def test_a_real_model_has_no_other_worlds(real: Subject) -> None:
    got = run(ONE, real, questions=1)
    assert declared(ONE) <= set(got.measures)
    assert got.measures["alignment"] is not None
    assert got.measures["components"] is not None
    assert {got.measures[key] for key in ("same-world", "other-world", "base-first", "alignment-control")} == {None}
