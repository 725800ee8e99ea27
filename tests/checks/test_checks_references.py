"""The list of links and the walk over texts know every field of the models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import kbmaker
from checks.table_links import DANGLING
from hypothesis import given
from hypothesis import strategies as st

from kb.checks.graphs import cycles
from kb.checks.references import references
from kb.checks.texts import FREE_KEYS, NO_TEXT, texts_of
from schemas import RECORD_TYPES
from schemas.scalars import SLUG

REFERENCE = r"^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)?$"


def leaves(schema: dict[str, Any], node: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every scalar and free mapping of a JSON Schema with its path of field names."""
    if "$ref" in node:
        yield from leaves(schema, schema["$defs"][node["$ref"].rpartition("/")[2]], path)
    for option in node.get("anyOf", []):
        yield from leaves(schema, option, path)
    if "items" in node:
        yield from leaves(schema, node["items"], path)
    for name, field in node.get("properties", {}).items():
        yield from leaves(schema, field, (*path, name))
    if node.get("type") == "string" or "additionalProperties" in node or "patternProperties" in node:
        yield path, node


def fields(kind: str) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    schema = RECORD_TYPES[kind].model_json_schema(by_alias=True)
    return list(leaves(schema, schema, ()))


def test_no_field_that_can_hold_a_link_is_missed() -> None:
    """A field takes links when its type is RecordId (a slug of two letters or more) or Reference; `id` and `aliases` name the record itself."""
    possible = {
        (kind, ".".join(path))
        for kind in RECORD_TYPES
        for path, node in fields(kind)
        if (node.get("pattern") == REFERENCE or (node.get("pattern") == SLUG and node.get("minLength") == 2)) and path[0] not in ("id", "aliases")
    }
    known = set()
    for case in DANGLING:
        for entry in kbmaker.corpus(case):
            known |= {(entry.kind, ref.field) for ref in references(entry.record)}
    assert known == possible


def test_free_keys_are_the_mappings_of_the_models() -> None:
    free = {
        path[-1] for kind in RECORD_TYPES for path, node in fields(kind) if isinstance(node.get("additionalProperties"), dict) or "patternProperties" in node
    }
    assert free - NO_TEXT == FREE_KEYS


def test_texts_have_the_places_of_their_values() -> None:
    data = {
        "title": "x1",
        "claims": [{"id": "a", "checks": ["x2", {"test": "x7", "acknowledged": {"why": "x8"}}], "measures": [{"of": {"x3": "x4", "n": 5}}]}],
        "URL": "x5",
        "config": {"a": "x6"},
    }
    found = [(text.path, text.text, text.key) for text in texts_of("r", data, lambda text: "x" in text)]
    assert found == [
        (("title",), "x1", False),
        (("claims", 0, "checks", 1, "acknowledged", "why"), "x8", False),
        (("claims", 0, "measures", 0, "of", "x3"), "x4", False),
        (("claims", 0, "measures", 0, "of", "x3"), "x3", True),
    ]


graphs = st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefg"), max_size=4, unique=True).map(sorted), max_size=7)


@given(graphs)
def test_circles_are_circles_and_none_is_missed(edges: dict[str, list[str]]) -> None:
    edges = {node: [other for other in others if other != node] for node, others in edges.items()}
    found = list(cycles(edges))
    for circle in found:
        assert len(circle) > 1
        assert all(there in edges.get(here, []) for here, there in zip(circle, [*circle[1:], circle[0]], strict=True))
    # Without the nodes of the circles' components nothing else may go round: an order of the rest exists.
    reach = {node: set(others) for node, others in edges.items()}
    for _ in edges:
        for node in reach:
            reach[node] |= {far for near in reach[node] for far in reach.get(near, ())}
    on_circle = {node for node in reach if node in reach[node]}
    assert bool(found) == bool(on_circle)
    assert {node for circle in found for node in circle} <= on_circle


def test_a_long_chain_is_no_burden() -> None:
    chain = {f"n{i:05}": [f"n{i + 1:05}"] for i in range(20_000)}
    assert list(cycles(chain)) == []
    chain["n20000"] = ["n00000"]
    assert [len(circle) for circle in cycles(chain)] == [20_001]
