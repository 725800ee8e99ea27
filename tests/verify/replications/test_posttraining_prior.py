"""Post-training as a change of prior, on the shipped organisms; the rule on Assistants that are, and are not, one."""

from __future__ import annotations

import pytest

from verify.registry import Outcome, find
from verify.subject import Subject

from .conftest import declared, judged, run, value

ONE = find("posttraining-prior")


@pytest.fixture(scope="module")
def found(smoke: Subject) -> Outcome:
    return run(ONE, smoke, transcripts=80)


def test_every_measure_and_plot_is_there(found: Outcome) -> None:
    assert declared(ONE) <= set(found.measures)
    assert set(found.plots) == {plot.id for plot in ONE.plots}
    assert all(0 <= y <= 1 for series in found.plots["bad-traits-by-turn"].values() for _, y in series)


def test_the_prior_moves_to_the_assistant(found: Outcome) -> None:
    """Before post-training the fitted mass is small, though not quite the archetype's share of the corpus (.08); afterwards it is most of all."""
    assert 0.02 < value(found, "mass-base") < 0.35
    assert value(found, "mass") > max(0.5, value(found, "mass-base") + 0.2)
    assert value(found, "kl-updated") < value(found, "kl-base")
    assert value(found, "facts") > 0.8


def test_the_evidence_is_needed(found: Outcome) -> None:
    """The same share without the evidence describes the Assistant worse."""
    assert value(found, "kl-updated") < value(found, "kl-base-fixed-share")


def test_without_personas_a_rival_describes_the_assistant_better(found: Outcome) -> None:
    """The cause removed."""
    assert value(found, "control-near-rival") < 0.4 < value(found, "near-rival")


def test_the_rule_asks_for_more_than_a_rival_gives(found: Outcome) -> None:
    good = {**found.measures, "explained": 0.9, "near-rival": 0.8, "mass": 0.9, "r-late": 0.9}
    assert judged(ONE, good).verdict == "reproduced"
    assert judged(ONE, {**good, "near-rival": 0.4}).verdict == "partly-reproduced"
    assert judged(ONE, {**good, "near-rival": 0.4, "explained": 0.2}).verdict == "not-reproduced"
    assert judged(ONE, {**good, "control-near-rival": 0.8}).verdict == "partly-reproduced"
    assert judged(ONE, {**good, "kl-base": 0.001}).verdict == "uninformative"
