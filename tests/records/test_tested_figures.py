"""The shipped findings: figures that can be compared with something are tested, or it is said here why they allow no test."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kb.numbers.claims import outcomes, unanswered
from kb.records import load
from schemas.claim import Claim
from schemas.scalars import Figure

ROOT = Path(__file__).parents[2]

UNLIKE = "the figures share a unit and measure different things"
NO_PRODUCT = "counts of the design whose product the source does not give"
BOUNDS = "limits that hold whatever the other is"
UNRELATED = "the source relates the figures in no way that could fail"

UNTESTED = {
    "adapter-specialisation-in-misalignment/patched-scalars": BOUNDS,
    "assistant-axis-activation-capping/steering-away": NO_PRODUCT,
    "assistant-axis-activation-capping/capping-effect": UNLIKE,
    "assistant-axis-persona-space/base-model-steering": NO_PRODUCT,
    "coherent-and-inverted-personas/test-battery": NO_PRODUCT,
    "inoculating-prompts-suppress-traits/emergent-misalignment": UNLIKE,
    "inoculating-prompts-suppress-traits/backdoor": UNRELATED,
    "inoculation-leaves-persona-drift/robust-at-the-end": UNLIKE,
    "insecure-code-broad-misalignment/base-model": UNRELATED,
    "misalignment-across-domains-and-rewards/reward-hacking-null": UNLIKE,
    "narrative-fingerprints-by-vendor/human-or-model": UNLIKE,
    "spec-midtraining-cuts-agentic-misalignment/data-efficiency": UNRELATED,
    "toxic-persona-latent/steering-both-ways": BOUNDS,
    "trait-vectors-monitor-and-control/extraction": NO_PRODUCT,
}
"""Claims without a test although figures share a unit, each with the reason."""


@pytest.fixture(scope="module")
def claims() -> dict[str, Claim]:
    return {f"{finding.id}/{claim.id}": claim for finding in load(ROOT).findings.values() for claim in finding.claims}


def comparable(claim: Claim) -> bool:
    """Whether two figures share a unit, or one has its number of cases beside it."""
    return any(times > 1 for times in Counter(m.unit for m in claim.measures).values()) or any(m.n is not None for m in claim.measures)


def test_comparable_figures_are_tested(claims: dict[str, Claim]) -> None:
    bare = {name for name, claim in claims.items() if comparable(claim) and not outcomes(claim)}
    assert bare - UNTESTED.keys() == set(), "declare a test in the record, or say in UNTESTED why none is possible"
    assert UNTESTED.keys() - bare == set(), "tested by now, or gone: take it off UNTESTED"


def test_every_test_can_be_run(claims: dict[str, Claim]) -> None:
    broken = {name: o.explanation for name, claim in claims.items() for o in outcomes(claim) if o.verdict in ("error", "undecidable")}
    assert broken == {}


def test_what_fails_is_explained(claims: dict[str, Claim]) -> None:
    failing = [(name, claim, outcome) for name, claim in claims.items() for outcome in outcomes(claim) if outcome.verdict == "inconsistent"]
    assert failing
    assert [(name, outcome.expression) for name, claim, outcome in failing if unanswered(claim, outcome)] == []


def claim_of(*measures: dict[str, object], **more: object) -> Claim:
    return Claim.model_validate({"id": "c", "statement": "S.", "nature": "measurement", "measures": list(measures), **more})


A: dict[str, object] = {"name": "a", "value": Figure("40"), "unit": "%"}
B: dict[str, object] = {"name": "b", "value": Figure("30"), "unit": "%"}
C: dict[str, object] = {"name": "c", "value": Figure("7"), "unit": "models"}


@pytest.mark.parametrize(("measures", "answer"), [([A, B], True), ([A | {"n": 50}], True), ([A], False), ([A, C], False), ([], False)])
def test_comparable(measures: list[dict[str, object]], answer: bool) -> None:
    assert comparable(claim_of(*measures)) is answer
