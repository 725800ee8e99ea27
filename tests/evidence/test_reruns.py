"""Which record speaks for a rerun, and what has become of each finding."""

from __future__ import annotations

import itertools

import pytest
from kbmaker import corpus

from kb.evidence.reruns import model_of
from kb.evidence.state import State, derive

CLAIM = "prompts-move-personas/rate"


def state(**results: dict[str, object]) -> State:
    return derive(corpus({f"result/{name.replace('_', '-')}": fields for name, fields in results.items()}))


@pytest.mark.parametrize("order", list(itertools.permutations(["smoke", "small", "full"])))
def test_the_largest_scale_speaks_whatever_its_verdict(order: tuple[str, ...]) -> None:
    verdicts = {"smoke": "inconclusive", "small": "reproduced", "full": "not-reproduced"}
    found = state(**{f"r{i}": {"scale": scale, "verdict": verdicts[scale]} for i, scale in enumerate(order)})
    (rerun,) = found.reruns
    assert rerun.lead.verdict == "not-reproduced"
    assert [record.scale for record in rerun.others] == ["small", "smoke"]


def test_of_one_scale_the_newest_version_speaks_then_the_latest_record() -> None:
    found = state(
        old={"replication-version": 1, "added": "2026-03-01"},
        new={"replication-version": 2, "added": "2026-01-10"},
        newer={"replication-version": 2, "added": "2026-02-10"},
    )
    assert [record.id for record in found.reruns[0].records] == ["newer", "new", "old"]


def test_tiers_and_models_are_never_mixed() -> None:
    found = state(
        organism={"replication": "coin"},
        gemma={"replication": "coin", "tier": "small-model", "config": {"model": "gemma"}},
        qwen={"replication": "coin", "tier": "small-model", "config": {"model": "qwen"}},
        other={"replication": "archive"},
    )
    assert [(rerun.replication, rerun.tier, rerun.model) for rerun in found.reruns] == [
        ("archive", "organism", None),
        ("coin", "small-model", "gemma"),
        ("coin", "small-model", "qwen"),
        ("coin", "organism", None),
    ]


@pytest.mark.parametrize("model", [None, "", "  ", 3, ["x"], {"a": 1}])
def test_a_model_that_is_no_name_is_none(model: object) -> None:
    assert model_of(state(one={"config": {"model": model}}).reruns[0].lead) is None


def test_standings_keep_absence_and_impossibility_apart() -> None:
    overrides = {
        "finding/prompts-move-personas": {"aliases": ["prompts-move-characters"]},
        "finding/people-differ": {"no-replication": "People took part."},
        "finding/people-agree": {"no-replication": "People took part."},
        "finding/untried": {},
        "result/one": {"finding": "prompts-move-characters", "claims": ["prompts-move-characters/rate", "steering-works/rate"]},
        "result/two": {"finding": "people-agree", "claims": ["people-agree/rate"], "replication": "other"},
    }
    found = derive(corpus(overrides))
    assert found.standings == {
        "prompts-move-personas": "rerun",
        "steering-works": "tested-besides",
        "people-differ": "no-rerun-possible",
        "people-agree": "rerun",
        "untried": "not-rerun-yet",
    }
    assert [rerun.lead.id for rerun in found.reruns_of_findings["steering-works"]] == ["one"]


def test_reruns_of_the_finding_itself_come_first() -> None:
    found = state(first={"replication": "archive", "finding": "steering-works", "claims": [CLAIM]}, last={"replication": "zoo"})
    assert [rerun.replication for rerun in found.reruns_of_findings["prompts-move-personas"]] == ["zoo", "archive"]
    assert [rerun.replication for rerun in found.reruns_of_findings["steering-works"]] == ["archive"]


def test_a_rerun_of_nothing_that_is_filed_belongs_to_no_finding() -> None:
    found = state(lost={"finding": "nobody", "claims": ["nobody/rate"]})
    assert [rerun.lead.id for rerun in found.reruns] == ["lost"]
    assert found.reruns_of_findings == {}
