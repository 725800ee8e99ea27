"""What the registered replications say of the knowledge base is true of it: their findings, claims and figures are there, and no record denies a rerun."""

from __future__ import annotations

from dataclasses import replace

import pytest
from toylab import ROOT

from kb.records import Corpus, load
from verify.registry import Replication, replications


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load(ROOT)


def faults(one: Replication, corpus: Corpus) -> list[str]:
    """What is wrong with a declaration, seen from the records that it names (KB201 and KB226 would say most of it of its results)."""
    claims = {f"{finding.id}/{claim.id}": {m.name for m in claim.measures} for finding in corpus.findings.values() for claim in finding.claims}
    found = [f"no claim {claim}" for claim in one.claims if claim not in claims]
    if not any(claim.startswith(f"{one.finding}/") for claim in one.claims):
        found.append(f"tests no claim of {one.finding}")
    found += [f"no unit {e.unit}" for e in one.estimands if e.unit not in corpus.config.vocabularies.unit]
    found += [f"no figure {e.figure} of {e.claim}" for e in one.estimands if e.claim and e.figure and e.figure not in claims.get(e.claim, set())]
    tested = {claim.partition("/")[0] for claim in one.claims}
    return found + [f"{name} says that no rerun is possible" for name in sorted(tested) if name in corpus.findings and corpus.findings[name].no_replication]


@pytest.mark.parametrize("one", replications(), ids=lambda one: one.name)
def test_declarations_fit_the_records(one: Replication, corpus: Corpus) -> None:
    assert faults(one, corpus) == []


def test_a_declaration_that_does_not_fit_is_seen(corpus: Corpus) -> None:
    one = next(one for one in replications() if one.name == "emergent-misalignment")
    beside = replace(one.estimands[0], claim=one.claims[0], figure="no-such-figure", unit="furlongs")
    wrong = replace(one, claims=(*one.claims, "deployment-values-of-claude/scale", "nobody/knows"), estimands=(beside, *one.estimands[1:]))
    assert faults(wrong, corpus) == [
        "no claim nobody/knows",
        "no unit furlongs",
        f"no figure no-such-figure of {one.claims[0]}",
        "deployment-values-of-claude says that no rerun is possible",
    ]
    assert faults(replace(one, finding="persona-modulation-jailbreak"), corpus) == ["tests no claim of persona-modulation-jailbreak"]
