"""A networkx graph in the formats of graph tools. Imports networkx when it writes."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.evidence.graph import Graph

Writer = Callable[["Graph"], str]
WRITERS: dict[str, Writer] = {}

# XML 1.0 has no way to write these.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def writer(name: str) -> Callable[[Writer], Writer]:
    """Register the function that writes one format."""

    def register(function: Writer) -> Writer:
        WRITERS[name] = function
        return function

    return register


@writer("graphml")
def graphml(graph: Graph) -> str:
    import networkx as nx

    out = io.BytesIO()
    nx.write_graphml_xml(_flat(graph), out, prettyprint=True)
    return out.getvalue().decode("utf-8").rstrip("\n") + "\n"


@writer("gexf")
def gexf(graph: Graph) -> str:
    import networkx as nx

    lines = nx.generate_gexf(_flat(graph), prettyprint=True)
    # networkx stamps the day of writing; the same records must give the same bytes.
    text = re.sub(r' lastmodifieddate="[^"]*"', "", "\n".join(lines), count=1)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + text.rstrip("\n") + "\n"


@writer("json")
def node_link(graph: Graph) -> str:
    """networkx's node-link form: read it with `nx.node_link_graph(data, edges="edges")`."""
    import networkx as nx

    return json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1) + "\n"


def _flat(graph: Graph) -> Graph:
    """A copy whose attributes both XML formats can hold: text and numbers; lists are joined, absent values left out."""
    import networkx as nx

    flat: Graph = nx.MultiDiGraph()
    flat.add_nodes_from((node, _plain(data)) for node, data in graph.nodes(data=True))
    for a, b, key, data in graph.edges(keys=True, data=True):
        flat.add_edge(a, b, key, **_plain(data))
    return flat


def _plain(data: dict[str, object]) -> dict[str, str | int | float]:
    kept: dict[str, str | int | float] = {}
    for key, value in data.items():
        if isinstance(value, (list, tuple)):
            value = "; ".join(map(str, value))
        if value is not None:
            kept[key] = value if isinstance(value, (int, float)) else UNWRITABLE.sub("�", str(value))
    return kept
