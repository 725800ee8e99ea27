"""JSON-LD parsed by rdflib without a network, whole and as pages embed it."""

from __future__ import annotations

import json
import re
import socket

import exporting
import kbmaker
import pytest
import rdflib
from lxml import html
from strangers import HOSTILE

from kb.evidence.state import derive
from kb.forms import jsonld
from kb.site import files

SCHEMA = rdflib.Namespace("https://schema.org/")
BASE = "https://wiki.example.org/"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def parsed(text: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=text, format="json-ld")


def test_rdflib_reads_the_whole() -> None:
    state = exporting.small()
    graph = parsed(exporting.made("jsonld"))
    for kind, count in (("DefinedTerm", 2), ("CreativeWork", len(state.corpus.findings)), ("Dataset", 1 + len(state.corpus.results))):
        named = {node for node in graph.subjects(rdflib.RDF.type, SCHEMA[kind]) if isinstance(node, rdflib.URIRef)}
        assert len(named) == count, kind
    claim = rdflib.URIRef(BASE + "findings/prompts-move-personas.html#claim-rate")
    assert (claim, rdflib.RDF.type, SCHEMA.Claim) in graph
    assert (claim, SCHEMA.isPartOf, rdflib.URIRef(BASE + "findings/prompts-move-personas.html")) in graph
    figures = {str(graph.value(node, SCHEMA.name)): str(graph.value(node, SCHEMA.value)) for node in graph.objects(claim, SCHEMA.mentions)}
    assert figures == {"before": "10", "after": "40.0", "shift": "-0.20"}
    work = rdflib.URIRef(BASE + "sources/roe-2025-steering.html")
    assert {str(same) for same in graph.objects(work, SCHEMA.sameAs)} == {"https://doi.org/10.1234/Steer.1", "https://arxiv.org/abs/2503.04321"}


def test_every_node_that_is_named_is_there() -> None:
    graph = json.loads(exporting.made("jsonld"))["@graph"]
    there = {node["@id"] for node in graph}
    assert len(there) == len(graph)
    values = [value for node in graph for found in node.values() for value in (found if isinstance(found, list) else [found])]
    named = {value["@id"] for value in values if isinstance(value, dict) and set(value) == {"@id"}}
    assert named <= there


def test_a_licence_is_named_where_there_is_one() -> None:
    assert '"license"' not in exporting.made("jsonld")
    licence = "https://creativecommons.org/licenses/by/4.0/"
    graph = parsed(exporting.made("jsonld", derive(kbmaker.corpus({"kb.yaml": {"license": licence}}))))
    # schema.org's context would make an address of it; without that context it is text.
    assert licence in {str(value) for value in graph.objects(None, SCHEMA.license)}


@pytest.mark.parametrize("name", ["findings/prompts-move-personas.md", "sources/doe-2024-prompts.md", "replications/moved-persona.md"])
@pytest.mark.parametrize("state", ["small", "hostile"])
def test_pages_embed_what_they_show(name: str, state: str) -> None:
    of = getattr(exporting, state)()
    page = files(of.corpus, of)[name].decode()
    (script,) = re.findall(r'^<script type="application/ld\+json">(.*)</script>$', page, re.M)
    assert not re.search(r"[<>&`]|\{\{|\{%|\{#|[^\x20-\x7e]", script)
    address = BASE + name.removesuffix(".md") + ".html"
    assert any(str(node).partition("#")[0] == address for node in parsed(script).subjects())
    (element,) = html.fromstring(f"<div>{page}</div>").xpath("//script[@type='application/ld+json']")
    assert json.loads(element.text)["@context"] == jsonld.CONTEXT


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!-- <script>", "{{ 7*7 }}{% x %}{# y #}", "\u2028 ü `a` & b", HOSTILE])
def test_embedded_text_comes_back_and_ends_nothing(text: str) -> None:
    made = jsonld.embedded([{"@id": "https://example.org/", "name": text}])
    assert json.loads(made)["@graph"][0]["name"] == text
    assert not re.search(r"[<>&`]|\{\{|\{%|\{#", made)


def test_other_pages_have_no_script() -> None:
    state = exporting.hostile()
    for name, content in files(state.corpus, state).items():
        if name.endswith(".md") and not name.startswith(("findings/", "sources/", "replications/", "checks/")):
            assert b"<script" not in content, name
