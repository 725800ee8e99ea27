"""Persona prompts on the shipped organisms: what is carried to another world, and what is left without characters or with the ranking shuffled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from verify.materials.natural import NaturalMaterials
from verify.materials.organism import OrganismMaterials
from verify.organism.world import World
from verify.registry import Outcome, find
from verify.replications import _common as common
from verify.replications import _modulation as mod
from verify.replications import persona_modulation as module
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("persona-modulation")


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke)


def table(rows: dict[str, list[float]]) -> mod.Compliance:
    values = np.array(list(rows.values()))
    return mod.Compliance({text: i for i, text in enumerate(rows)}, values, np.ones_like(values), values[0] * 0, values[0] * 0)


def test_headers_are_sorted_by_what_they_say() -> None:
    got = mod.headers(OrganismMaterials(World(1)))
    assert len(got.names) == 60
    assert len({frozenset(text.split()) for text in got.descriptions}) == len(got.descriptions) == 10 + 40
    assert set(got.indirect) == {text for text in got.descriptions if not {"evil", "kind"} & set(text.split())}
    assert {word for text in got.irrelevant for word in text.split()} == {"you", "are", "archaic", "modern", "warm", "cold"}
    assert set(got.irrelevant) < set(got.indirect)


def test_headers_in_a_natural_language() -> None:
    got = mod.headers(NaturalMaterials(None))
    assert got.irrelevant == mod.UNRELATED
    assert len(got.names) == 30
    assert set(got.indirect) == set(got.descriptions) - {text for present in (True, False) for text in NaturalMaterials(None).prompts("evil", present)}


def test_the_best_headers_are_chosen_on_the_given_requests_alone() -> None:
    read = table({"a": [0.9, 0.0], "b": [0.1, 1.0], "c": [np.nan, np.nan], "d": [0.9, 0.5], **{f"e{i}": [0.2, 0.2] for i in range(4)}})
    texts = list(read.rows)
    assert mod.best(read, texts, np.array([0]), 2) == ["a", "d"]
    assert mod.best(read, texts, np.array([1]), 1) == ["b"]
    assert mod.best(read, texts, np.array([0]), 1, least=True) == ["b"]
    assert mod.best(read, texts, np.array([0]), 5) == ["a", "d"]  # a quarter of eight
    assert mod.rank_r(read.values, read.values) == pytest.approx(1)
    assert mod.average(np.array([np.nan])) is None


def test_tenths_of_a_ranking() -> None:
    assert module.enumerated([float(i) for i in range(20)])[:2] == [(0.05, 0.5), (pytest.approx(0.15), 2.5)]
    assert len(module.enumerated([1.0, 2.0, 3.0])) == 3


def test_every_measure_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert None not in found.measures.values()
    assert set(found.plots) == {plot.id for plot in ONE.plots}
    assert {name: len(points) for name, points in found.plots["carried-over"].items()} == {
        f"{kind}, another {other}": n for other in module.OTHERS for kind, n in (("descriptions", 50), ("names", 60))
    }


def test_descriptions_raise_compliance_here_and_on_other_models(found: Outcome) -> None:
    for where in ("own", "initialisation", "world"):
        assert value(found, f"{where}-described") > value(found, f"{where}-plain") + 0.4
        assert value(found, f"{where}-described") > value(found, f"{where}-irrelevant") + 0.2
    assert value(found, "world-described-facts") > value(found, "world-plain-facts") - 0.1
    assert value(found, "own-described-valid") > 0.9


def test_names_carry_over_within_a_world_and_not_to_another(found: Outcome) -> None:
    """The cause removed in another way: the same names, of other people."""
    assert value(found, "initialisation-name-r") > 0.5
    assert abs(value(found, "world-name-r")) < 0.4
    assert value(found, "world-description-r") > value(found, "world-name-r") + 0.3


def test_without_characters_there_is_nothing_to_choose(found: Outcome) -> None:
    """The cause removed: searched afresh there or carried over, the best descriptions are as good as irrelevant ones."""
    assert abs(value(found, "searched-over-irrelevant")) < 0.1
    assert abs(value(found, "control-over-irrelevant")) < 0.1
    assert value(found, "searched-described") < value(found, "own-described") - 0.4


def test_a_shuffled_ranking_carries_nothing(smoke: Subject) -> None:
    """The labels shuffled: headers chosen by another header's compliance."""
    lab, world = common.open_lab(smoke), common.open_lab(smoke, other="world")
    headers = mod.headers(lab.materials)
    own, there = mod.compliance(lab, headers), mod.compliance(world, headers)
    halves = (np.arange(0, 12, 2), np.arange(1, 12, 2))
    order = np.random.default_rng(0).permutation(len(own.values))
    mixed = mod.Compliance(own.rows, own.values[order], own.valid, own.plain, own.named)
    good, bad = (module.carried(headers, source, there, halves, 5, same=False, prefix="world") for source in (own, mixed))
    assert bad["world-descriptions"] == good["world-descriptions"]
    assert abs(bad["world-description-r"] or 0.0) < 0.4 < (good["world-description-r"] or 0.0)
    assert (bad["world-described"] or 0.0) < (good["world-described"] or 0.0) - 0.2


def test_the_rule_fails_when_the_cause_is_removed(found: Outcome) -> None:
    assert judged(ONE, found.measures).verdict == "reproduced"
    without: dict[str, Any] = {**found.measures}
    for key in found.measures:
        for here, there in (("own", "searched"), ("initialisation", "control"), ("world", "control")):
            if key.startswith(f"{here}-") and key.replace(here, there, 1) in found.measures:
                without[key] = found.measures[key.replace(here, there, 1)]
    outcomes = {one.id: one.outcome for one in judged(ONE, without).criteria}
    assert judged(ONE, without).verdict == "not-reproduced"
    assert outcomes["raises"] == outcomes["choice-matters"] == outcomes["transfers-world"] == outcomes["needs-structure"] == "not-met"


def test_the_rule_is_not_passed_by_prompts_that_stay_at_home(found: Outcome) -> None:
    """Descriptions that fare on another world's model as names do."""
    stuck = {**found.measures, "world-described": found.measures["world-irrelevant"], "world-description-r": found.measures["world-name-r"]}
    assert judged(ONE, stuck).verdict == "partly-reproduced"
    irrelevant = {**found.measures, "own-described": found.measures["own-irrelevant"]}
    assert judged(ONE, irrelevant).verdict == "not-reproduced"


def test_a_real_model_has_no_neighbours(real: Subject) -> None:
    got = run(ONE, real)
    assert declared(ONE) <= set(got.measures)
    assert {found for key, found in got.measures.items() if key.split("-")[0] in ("initialisation", "world", "searched", "control", "uncorrelated")} == {None}
    assert got.measures["own-plain-valid"] is not None
    assert got.plots == {"carried-over": {}, "by-rank": {}}
