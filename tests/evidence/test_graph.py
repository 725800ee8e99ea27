import re
from pathlib import Path

import networkx as nx
import pytest
from evidence.worlds import corpus_of, ex, examples, records, world
from hypothesis import given, settings
from hypothesis import strategies as st
from kbmaker import corpus

import kb.evidence.graph as module
from kb.evidence.graph import LINKERS, backlinks, build, owner
from kb.evidence.relations import LINKS
from schemas import RECORD_TYPES

MEASURED = {"id": "rate", "statement": "It rises.", "nature": "measurement", "at": [{"part": "abstract"}]}
DISPUTE = {"about": "rate", "reported": "10", "instead": "12", "by": "doe-2024-prompts", "state": "open"}
RICH = {
    "finding/steering-works": {
        "artefacts": ["vectors"],
        "summary": "Compare [[prompts-move-personas|prompts]] and [[prompts-move-personas/rate]] and [[no-such-record]].",
        "claims": [MEASURED | {"disputes": [DISPUTE]}],
        "relations": [
            {"type": "extends", "to": "prompts-move-personas", "note": "a"},
            {"type": "conflicts-with", "to": "prompts-move-personas", "moderator": "size"},
            {"type": "explains", "to": "nothing"},
        ],
    },
    "belief/personas-are-selected": {
        "evidence": [
            {"record": "prompts-move-personas/rate", "direction": "for", "note": "It moves."},
            {"record": "steering-works", "direction": "against", "note": "It needs no selection."},
        ],
        "depends-on": [{"belief": "other-belief", "how": "entails", "note": "n"}],
        "readings": [{"title": "A book", "note": "n"}, {"source": "roe-2025-steering", "title": "A paper", "note": "n"}],
        "uncertainties": [{"question": "Is it so?", "why": "w", "settled-by": ["steering-works"]}],
        "sources": ["doe-2024-prompts"],
        "updates": [
            {
                "id": "any-of-it",
                "when": "w",
                "would": "lower",
                "predicate": {
                    "any": [
                        {"count": "findings", "where": {"concept": "drift"}, "at-least": 1},
                        {"count": "findings", "is": 0},
                        {"not": {"shape": "steered-shift", "state": "hint"}},
                        {"shape": "prompted-shift", "concept": "persona", "state": "hint"},
                        {"verdict": "rerun", "tier": "organism", "is": "reproduced"},
                        {"estimate": "rerun/rise", "tier": "same-model", "at-least": 1},
                        {"figure": "prompts-move-personas/rate", "measure": "after", "at-least": 1},
                        {"disputed": "steering-works/rate", "is": "open"},
                        {"question": "what-moves-personas", "is": "answered"},
                        {"belief": "other-belief", "review": "due"},
                    ]
                },
            }
        ],
        "reviews": [{"date": "2026-02-01", "by": "ann", "of": ["any-of-it"], "fired-by": ["steering-works"], "outcome": "unchanged", "note": "n"}],
        "resolution": {"date": "2026-03-01", "outcome": True, "by": "ann", "why": "w", "records": ["prompts-move-personas"]},
    },
    "belief/other-belief": {},
    "question/what-moves-personas": {
        "answers": [{"record": "steering-works", "how": "fragment", "note": "n"}],
        "counter-points": [{"says": "No.", "source": "roe-2025-steering"}, {"says": "Hm."}],
        "raised-by": ["doe-2024-prompts"],
        "bears-on": ["persona"],
        "state": "partly-answered",
    },
    "result/rerun-one": {},
}


def edges(graph):
    return set(graph.edges(keys=True))


def test_every_link_of_every_record_is_an_edge():
    graph = build(corpus(RICH))
    expected = {
        ("steering-works", "roe-2025-steering", "cites"),
        ("steering-works", "artefact:vectors", "uses-artefact"),
        ("steering-works", "steering-works/rate", "states"),
        ("steering-works/rate", "doe-2024-prompts", "disputed-by"),
        ("steering-works", "prompts-move-personas", "extends"),
        ("steering-works", "prompts-move-personas", "conflicts-with"),
        ("steering-works", "prompts-move-personas", "mentions"),
        ("steering-works", "prompts-move-personas/rate", "mentions"),
        ("steering-works", "persona", "instantiates:instantiating"),
        ("steering-works", "shape:persona/steered-shift", "exhibits:instantiating"),
        ("persona", "shape:persona/steered-shift", "tracks"),
        ("persona", "drift", "adjacent"),
        ("personas-are-selected", "prompts-move-personas/rate", "evidence:for"),
        ("personas-are-selected", "steering-works", "evidence:against"),
        ("personas-are-selected", "persona", "about"),
        ("personas-are-selected", "other-belief", "depends:entails"),
        ("personas-are-selected", "roe-2025-steering", "reads"),
        ("personas-are-selected", "steering-works", "settled-by"),
        ("personas-are-selected", "drift", "asks-about"),
        ("personas-are-selected", "shape:persona/steered-shift", "asks-about"),
        ("personas-are-selected", "shape:persona/prompted-shift", "asks-about"),
        ("personas-are-selected", "rerun-one", "asks-about"),
        ("personas-are-selected", "prompts-move-personas/rate", "asks-about"),
        ("personas-are-selected", "steering-works/rate", "asks-about"),
        ("personas-are-selected", "what-moves-personas", "asks-about"),
        ("personas-are-selected", "other-belief", "asks-about"),
        ("personas-are-selected", "steering-works", "reviewed-on"),
        ("personas-are-selected", "prompts-move-personas", "resolved-by"),
        ("personas-are-selected", "doe-2024-prompts", "written-in"),
        ("what-moves-personas", "steering-works", "answers:fragment"),
        ("what-moves-personas", "roe-2025-steering", "counter-point"),
        ("what-moves-personas", "doe-2024-prompts", "raised-by"),
        ("what-moves-personas", "persona", "bears-on"),
        ("rerun-one", "prompts-move-personas", "reruns"),
        ("rerun-one", "prompts-move-personas/rate", "tests"),
        ("person:ann-poe", "roe-2025-steering", "wrote"),
    }
    assert expected <= edges(graph)
    assert graph.nodes["steering-works"] == {
        "kind": "finding",
        "label": "Adding a direction makes answers more theatrical",
        "status": "working",
        "added": "2026-01-10",
        "finding_kind": "empirical",
        "date": "2025-03-10",
    }
    assert graph.nodes["steering-works/rate"]["kind"] == "claim"
    assert not any(to in ("nothing", "no-such-record") for _, to, _ in edges(graph))


def test_links_by_a_former_id_lead_to_the_record():
    graph = build(
        corpus({"finding/prompts-move-personas": {"aliases": ["old-id"]}, "finding/steering-works": {"relations": [{"type": "extends", "to": "old-id"}]}})
    )
    assert ("steering-works", "prompts-move-personas", "extends") in edges(graph)


def test_backlinks_are_seen_from_the_other_end_and_include_the_claims():
    graph = build(corpus(RICH))
    found = backlinks(graph, "prompts-move-personas")
    by = {(b.record, b.type, b.target) for b in found}
    assert by == {
        ("personas-are-selected", "asks-about", "prompts-move-personas/rate"),
        ("personas-are-selected", "evidence:for", "prompts-move-personas/rate"),
        ("personas-are-selected", "resolved-by", "prompts-move-personas"),
        ("rerun-one", "reruns", "prompts-move-personas"),
        ("rerun-one", "tests", "prompts-move-personas/rate"),
        ("steering-works", "conflicts-with", "prompts-move-personas"),
        ("steering-works", "extends", "prompts-move-personas"),
        ("steering-works", "mentions", "prompts-move-personas"),
        ("steering-works", "mentions", "prompts-move-personas/rate"),
    }
    extends = next(b for b in found if b.type == "extends")
    assert (extends.words, extends.field, extends.note) == ("extended by", "relations", "a")
    disputed = next(b for b in backlinks(graph, "doe-2024-prompts") if b.type == "disputed-by")
    assert (disputed.record, disputed.start) == ("steering-works", "steering-works/rate")
    with pytest.raises(KeyError):
        backlinks(graph, "no-such-record")


def test_a_rerun_that_tests_claims_of_two_findings_is_linked_to_both():
    tested = ["prompts-move-personas/rate", "old-id/rate"]
    graph = build(corpus({"result/rerun-one": {"claims": tested, "verdict": "not-reproduced"}, "finding/steering-works": {"aliases": ["old-id"]}}))
    assert {(to, kind) for _, to, kind in graph.out_edges("rerun-one", keys=True)} == {
        ("prompts-move-personas", "reruns"),
        ("prompts-move-personas/rate", "tests"),
        ("steering-works/rate", "tests"),
    }
    found = [(b.type, b.words, b.target, b.note) for b in backlinks(graph, "steering-works") if b.record == "rerun-one"]
    assert found == [("tests", "tested by", "steering-works/rate", "not-reproduced")]
    assert {b.type for b in backlinks(graph, "prompts-move-personas") if b.record == "rerun-one"} == {"reruns", "tests"}


def test_every_record_type_has_a_linker_and_every_link_type_has_words():
    assert set(LINKERS) == set(RECORD_TYPES.values())
    assert {key for _, _, key in edges(build(corpus(RICH)))} <= set(LINKS)
    written = set(re.findall(r'Link\([^)]*?, "([a-z-]+)", "', Path(module.__file__).read_text(encoding="utf-8")))
    assert written
    assert written <= set(LINKS)


@settings(max_examples=25, deadline=None)
@given(examples(most=5), st.randoms(use_true_random=False))
def test_the_order_of_files_never_matters(drawn, random):
    found = list(records(drawn).items())
    graph = build(corpus_of(dict(found)))
    random.shuffle(found)
    again = build(corpus_of(dict(found)))
    assert list(graph.nodes(data=True)) == list(again.nodes(data=True))
    assert list(graph.edges(keys=True, data=True)) == list(again.edges(keys=True, data=True))


def test_two_links_of_one_type_are_one_edge_with_both_notes():
    relations = [{"type": "extends", "to": "x2", "note": "first"}, {"type": "extends", "to": "x2", "note": "second"}]
    graph = build(world([ex("x1", finding={"relations": relations}), ex("x2")]))
    assert graph.edges["x1", "x2", "extends"]["note"] == "first\n\nsecond"


def test_it_is_a_multidigraph_and_owners_are_found():
    assert isinstance(build(corpus()), nx.MultiDiGraph)
    assert [owner(n) for n in ("a-b", "a-b/c", "shape:a/b", "person:x")] == ["a-b", "a-b", "shape:a/b", "person:x"]
