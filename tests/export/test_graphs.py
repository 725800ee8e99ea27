"""Graphs read back by networkx."""

from __future__ import annotations

import io
import json

import exporting
import networkx as nx
import pytest

READERS = {
    "graphml": lambda text: nx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True),
    "gexf": lambda text: nx.read_gexf(io.BytesIO(text.encode())),
    "node-link": lambda text: nx.node_link_graph(json.loads(text), edges="edges"),
}


@pytest.mark.parametrize("state", ["small", "hostile"])
@pytest.mark.parametrize("name", sorted(READERS))
def test_networkx_reads_the_graph_of_all_records(name: str, state: str) -> None:
    of = getattr(exporting, state)()
    graph = READERS[name](exporting.made(name, of))
    assert graph.is_directed()
    assert set(graph.nodes) == set(of.graph.nodes)
    assert sorted((a, b, data["relation"]) for a, b, data in graph.edges(data=True)) == sorted((a, b, key) for a, b, key in of.graph.edges(keys=True))


def arguments(state=None) -> list[nx.MultiDiGraph]:
    files = exporting.made("argument-graph", state)
    assert sorted(files) == ["arguments.graphml", "arguments.json"]
    return [READERS["graphml"](files["arguments.graphml"].decode()), READERS["node-link"](files["arguments.json"].decode())]


@pytest.mark.parametrize("graph", arguments(), ids=["graphml", "node-link"])
def test_the_argument_graph(graph: nx.MultiDiGraph) -> None:
    belief = "personas-are-selected"
    assert graph.nodes[belief]["kind"] == "belief"
    into = {start: data for start, _, data in graph.in_edges(belief, data=True) if data["relation"] != "fires"}
    assert into["prompts-move-personas/rate"] | {"note": ""} == {"relation": "bears-on", "direction": "for", "weight": 3.0, "note": ""}
    assert into["steering-works"]["direction"] == "against"
    assert "weight" not in into["moved-persona-again"]
    assert into["holder:Ann"]["credence"] == 0.72
    assert into["holder:Bob"]["since"] == "2026-02-01"
    assert "review" not in into["holder:Ann"]  # she has reviewed it
    assert (into["holder:Bob"]["review"], round(into["holder:Bob"]["implied"], 3)) == ("due", 0.32)
    fires = {start: data for start, _, data in graph.in_edges(belief, data=True) if data["relation"] == "fires"}
    assert set(fires) == {*exporting.FIRED_BY, "steering-is-selection"}
    assert fires["steering-works"]["update"] == "answered"
    assert graph.nodes["steering-is-selection"] | {"label": ""} == {"kind": "belief", "label": "", "resolved": "2026-02-20", "outcome": "true"}
    assert "no-such-record" not in graph
    assert graph.get_edge_data(belief, "steering-is-selection").popitem()[1]["how"] == "presupposes"


def test_two_items_on_one_record_are_two_edges() -> None:
    import kbmaker

    from kb.evidence.state import derive

    twice = [{"record": "steering-works", "direction": way, "note": way} for way in ("for", "against")]
    graphs = arguments(derive(kbmaker.corpus({"belief/personas-are-selected": {"evidence": twice}})))
    for graph in graphs:
        found = sorted(data["direction"] for a, _, data in graph.edges(data=True) if a == "steering-works")
        assert found == ["against", "for"]
