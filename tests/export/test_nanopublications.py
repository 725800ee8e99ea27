"""Nanopublications parsed by rdflib."""

from __future__ import annotations

import exporting
import pytest
import rdflib
from rdflib import DCTERMS, PROV, RDF, XSD, Literal, URIRef
from strangers import HOSTILE

NP = rdflib.Namespace("http://www.nanopub.org/nschema#")
SCHEMA = rdflib.Namespace("https://schema.org/")
BASE = "https://wiki.example.org/"


def _read(state: str) -> rdflib.Dataset:
    found = rdflib.Dataset()
    found.parse(data=exporting.made("nanopublications", getattr(exporting, state)()), format="trig")
    return found


@pytest.mark.parametrize("state", ["small", "hostile"])
def test_every_claim_has_four_linked_graphs(state: str) -> None:
    data = _read(state)
    claims = [f"{finding.id}/{claim.id}" for finding in getattr(exporting, state)().corpus.findings.values() for claim in finding.claims]
    graphs = {graph.identifier: graph for graph in data.graphs() if len(graph)}
    assert len(graphs) == 4 * len(claims)
    for claim in claims:
        np = URIRef(f"{BASE}nanopublications/{claim}")
        head = graphs[np + "#head"]
        assert (np, RDF.type, NP.Nanopublication) in head
        parts = {predicate: head.value(np, predicate) for predicate in (NP.hasAssertion, NP.hasProvenance, NP.hasPublicationInfo)}
        assert set(parts.values()) == {np + "#assertion", np + "#provenance", np + "#pubinfo"}
        assertion = graphs[parts[NP.hasAssertion]]
        finding, _, name = claim.partition("/")
        assert assertion.value(URIRef(f"{BASE}findings/{finding}.html#claim-{name}"), RDF.type) == SCHEMA.Claim
        provenance, info = graphs[parts[NP.hasProvenance]], graphs[parts[NP.hasPublicationInfo]]
        assert list(provenance.predicate_objects(np + "#assertion"))
        assert info.value(np, DCTERMS.created).datatype == XSD.date
        assert info.value(np, DCTERMS.creator)


def test_figures_and_works() -> None:
    data = _read("small")
    figure = URIRef(f"{BASE}nanopublications/prompts-move-personas/rate#figure-after")
    values = [value for _, _, value, _ in data.quads((figure, SCHEMA.value, None, None))]
    assert values[0].datatype == XSD.decimal
    assert float(values[0]) == 40
    assertion = URIRef(f"{BASE}nanopublications/steering-works/rate#assertion")
    works = [work for _, _, work, _ in data.quads((assertion, PROV.wasDerivedFrom, None, None))]
    assert works == [URIRef("https://doi.org/10.1234/Steer.1")]


def test_strangers_text_is_only_a_literal() -> None:
    data = _read("hostile")
    claim = URIRef(f"{BASE}findings/prompts-move-personas.html#claim-rate")
    assert {value for _, _, value, _ in data.quads((claim, SCHEMA.text, None, None))} == {Literal(" ".join(HOSTILE.split()))}
    assert all(str(subject).startswith(("https://", "http://")) for subject in {subject for subject, *_ in data.quads((None, None, None, None))})
