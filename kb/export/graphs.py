"""The graph of all records, and the graph of arguments about beliefs."""

from __future__ import annotations

from kb.evidence.graph import Graph
from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.forms import graphs
from kb.forms.addresses import label

_PARTS = {
    "node": "a record by id, a claim as `finding/claim`, a shape as `shape:concept/shape`, a person as `person:key`, an artefact as `artefact:slug`",
    "node: kind, label": "what it is, and what a reader calls it",
    "edge: relation": "type of the link, from the record that states it",
    "edge: field, note": "where in the record it stands, and what its author says about it",
}


@export(
    "graphml",
    summary="The graph of all records for graph tools",
    file="graph.graphml",
    media="application/graphml+xml",
    reader="networkx; also Gephi, yEd and Cytoscape",
    schema=_PARTS,
    notes="A directed multigraph; lists are joined by semicolons, absent values are left out.",
)
def graphml(state: State, _: Options) -> str:
    return graphs.graphml(state.graph)


@export(
    "gexf",
    summary="The graph of all records for Gephi",
    file="graph.gexf",
    media="application/gexf+xml",
    reader="networkx; also Gephi",
    schema=_PARTS,
    notes="GEXF 1.2 without the day of writing.",
)
def gexf(state: State, _: Options) -> str:
    return graphs.gexf(state.graph)


@export(
    "node-link",
    summary="The graph of all records as JSON",
    file="graph.json",
    media="application/json",
    reader='networkx (`node_link_graph(data, edges="edges")`); also d3',
    schema={"nodes": "list of objects with `id`, `kind`, `label`", "edges": "list of objects with `source`, `target`, `key`, `relation`, `field`, `note`"},
)
def node_link(state: State, _: Options) -> str:
    return graphs.node_link(state.graph)


@export(
    "argument-graph",
    summary="Beliefs with their holders, evidence and dependences as a graph",
    file="arguments",
    media="application/graphml+xml, application/json",
    kind="folder",
    reader="networkx",
    schema={
        "arguments.graphml": "the graph as GraphML",
        "arguments.json": "the same in node-link form",
        "node: kind": "belief, holder, or the kind of the evidence",
        "node: label": "title of the belief or record, name of the holder",
        "node: resolved, outcome": "of beliefs that are resolved: the day, and true, false or void",
        "edge: relation": "holds (holder to belief), bears-on (evidence to belief), depends (belief to belief), fires (record to belief)",
        "edge: credence, since": "of holds: the present credence and its date",
        "edge: review": "of holds: `due` while a review of the holder is",
        "edge: implied": "of holds: the credence that the listed weights imply, left out where no weight counts",
        "edge: update, would, since": "of fires: the condition that the record has part in making true, what it would do, from which day",
        "edge: direction, weight": "of bears-on: for, against or mixed; decibans, left out where not assessed",
        "edge: how": "of depends: entails, entailed-by, excludes, supports or presupposes",
        "edge: note": "what the record says about it",
    },
    notes="Evidence that is not filed is left out. An edge points the way that support runs; a dependence points from the belief that depends.",
)
def argument_graph(state: State, _: Options) -> dict[str, bytes]:
    graph = arguments(state)
    return {"arguments.graphml": graphs.graphml(graph).encode(), "arguments.json": graphs.node_link(graph).encode()}


def arguments(state: State) -> Graph:
    """The argument graph. Nodes and edges are added in sorted order."""
    import networkx as nx

    corpus = state.corpus
    nodes: dict[str, dict[str, str]] = {}
    edges: list[tuple[str, str, str, dict[str, object]]] = []
    for belief in corpus.beliefs.values():
        weighed, resolution = state.beliefs[belief.id], belief.resolution
        how = {"resolved": resolution.date.isoformat(), "outcome": str(resolution.outcome).lower()} if resolution else {}
        nodes[belief.id] = {"kind": "belief", "label": belief.title, **how}
        for holding, implied in zip(belief.holders, weighed.implied, strict=True):
            holder = f"holder:{holding.holder}"
            nodes[holder] = {"kind": "holder", "label": holding.holder}
            now: dict[str, object] = {"credence": holding.current.credence, "since": holding.current.date.isoformat()}
            now |= {"review": "due"} if any(holding.holder in trigger.due_for for trigger in weighed.due) else {}
            now |= {"implied": implied.credence} if implied.credence is not None else {}
            edges.append((holder, belief.id, "holds", {"relation": "holds", **now, "note": holding.current.because}))
        for position, item in enumerate(belief.evidence, 1):
            if (found := corpus.canonical(item.record)) is None or found == belief.id:
                continue
            kind = "claim" if "/" in found else corpus.entries[found].kind
            nodes.setdefault(found, {"kind": kind, "label": label(corpus, found) or found})
            weight = {} if item.weight == "not assessed" else {"weight": float(item.weight)}
            edges.append((found, belief.id, f"bears-on:{position}", {"relation": "bears-on", "direction": item.direction, **weight, "note": item.note}))
        for trigger in weighed.triggers:
            fired: dict[str, object] = {
                "relation": "fires",
                "update": trigger.update,
                "would": trigger.would,
                "since": trigger.since.isoformat(),
                "note": trigger.why,
            }
            for record in trigger.fired_by:
                if record != belief.id:
                    nodes.setdefault(record, {"kind": corpus.entries[record].kind, "label": label(corpus, record) or record})
                    edges.append((record, belief.id, f"fires:{trigger.update}", fired))
        for position, link in enumerate(belief.depends_on, 1):
            if (other := corpus.canonical(link.belief)) in corpus.beliefs and other is not None and other != belief.id:
                edges.append((belief.id, other, f"depends:{position}", {"relation": "depends", "how": link.how, "note": link.note}))
    graph: Graph = nx.MultiDiGraph()
    graph.add_nodes_from(sorted(nodes.items()))
    for start, to, key, data in sorted(edges, key=lambda edge: edge[:3]):
        graph.add_edge(start, to, key, **data)
    return graph
