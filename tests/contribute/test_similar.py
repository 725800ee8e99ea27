"""What resembles a record, with scores and reasons; what is probably the same."""

from __future__ import annotations

import time

import kbmaker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.checks import run
from kb.contribute.similar import Index, Item, item_of, text_item
from kb.records.similarity import near_titles, title_similarity
from schemas import Source

GHOSTS = "Ghosts in the margin of a language model"
DOE = ({"family": "Doe", "given": "J."},)


def index(**titles: str) -> Index:
    return Index.of(kbmaker.corpus({f"source/{name.replace('_', '-')}": {"title": title, "author": list(DOE)} for name, title in titles.items()}))


@pytest.mark.parametrize(
    ("item", "same"),
    [
        (Item("new", "source", (GHOSTS,), authors=("Doe",)), True),
        (Item("new", "source", ("Ghosts in the margin of language models",), authors=("Doe", "Roe")), True),
        (Item("new", "source", (GHOSTS,)), True),  # whoever it is by
        (Item("new", "source", (GHOSTS,), authors=("Else",)), False),
        (Item("new", "source", (GHOSTS + " 2",), authors=("Doe",)), False),
        (Item("new", "source", ("Masks of small networks",), authors=("Doe",)), False),
        (Item("new", "finding", (GHOSTS,)), False),  # another kind of record
        (Item("new", "source", (), keys=frozenset({("address", "example.org/ghosts-then")})), True),
        (Item("new", "source", (), keys=frozenset({("address", "example.org/other")})), False),
    ],
)
def test_duplicates(item: Item, same: bool) -> None:
    found = index(ghosts_then=GHOSTS).duplicates(item)
    assert [match.item.id for match in found] == (["ghosts-then"] if same else [])


@given(
    st.lists(st.sampled_from(["ghosts", "of", "margin", "model", "models", "personas", ":", "voices"]), min_size=2, max_size=6).map(" ".join),
    st.integers(60, 100),
)
def test_what_the_check_would_report_is_a_duplicate_before(title: str, threshold: int) -> None:
    """`kb new` and KB222 have one notion: titles that one calls near-duplicates the other does too."""
    near = near_titles({"a": GHOSTS, "b": title}, threshold)
    assert all(match.score <= round(title_similarity(GHOSTS, title), 1) for match in near)
    changes: kbmaker.Overrides = {
        "kb.yaml": {"thresholds": {"similar-title": threshold}},
        "source/ghosts": {"title": GHOSTS, "author": list(DOE)},
        "source/new-one": {"title": title, "author": list(DOE)},
    }
    corpus = kbmaker.corpus(changes)
    reported = {found.record for found in run(corpus, today=kbmaker.TODAY, select=["KB222"])} & {"new-one"}
    entry = corpus.entries["new-one"]
    assert isinstance(entry.record, Source)
    assert bool(reported) <= bool(Index.of(corpus).duplicates(item_of(entry, corpus)))


def test_a_record_is_compared_by_title_statements_and_authors() -> None:
    corpus = kbmaker.corpus(
        {
            "finding/ghosts": {"title": "Something else entirely", "sources": ["doe-2024-prompts"]},
            "finding/steering-works": {"sources": ["doe-2024-prompts"], "claims": [{**kbmaker.template("finding", "ghosts")["claims"][0], "id": "other"}]},
        }
    )
    found = Index.of(corpus).search(item_of(corpus.entries["ghosts"], corpus), kinds=["finding"])
    assert found[0].item.id == "steering-works"
    assert found[0].why == ("claim other 100", "authors Doe")
    assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
    assert all(match.item.id != "ghosts" for match in found)


def test_the_own_sources_of_a_finding_are_left_out() -> None:
    named = {
        "source/roe-2025-steering": {"author": [{"family": "Doe", "given": "Jane"}]},
        "finding/ghosts": {"title": "Prompts move the persona", "sources": ["doe-2024-prompts"]},
    }
    corpus = kbmaker.corpus({**named, "finding/steering-works": {"title": "Prompts move the persona", "sources": ["roe-2025-steering"]}})

    def near(name: str) -> set[str]:
        return {match.item.id for match in Index.of(corpus).search(item_of(corpus.entries[name], corpus), kinds=["source"])}

    assert "doe-2024-prompts" in near("steering-works")
    assert "doe-2024-prompts" not in near("ghosts")


@pytest.mark.parametrize(
    ("text", "first", "why"),
    [
        ("prompts move the persona", "doe-2024-prompts", "title"),
        ("what moves a persona", "what-moves-personas", "title"),
        ("Poe Roe", "roe-2025-steering", "authors"),
        ("prompts-move-persona", "prompts-move-personas", "title"),
    ],
)
def test_a_text_is_compared_as_words(text: str, first: str, why: str) -> None:
    found = Index.of(kbmaker.corpus()).search(text_item(text))
    assert first in [match.item.id for match in found[:3]]
    assert any(reason.startswith(why) for match in found for reason in match.why if match.item.id == first)
    assert not any(match.duplicate for match in found)


@pytest.mark.parametrize("text", ["zzzz qqqq", "\u200b", "!!", "x" * 5_000])
def test_nothing_resembles_nonsense(text: str) -> None:
    assert Index.of(kbmaker.corpus()).search(text_item(text)) == []


def test_files_that_hold_no_valid_record_are_compared_too(tmp_path) -> None:  # type: ignore[no-untyped-def] # pytest's path
    from kb.records import load

    raw = {
        "sources/doi-ghosts.yaml": kbmaker.schema_line("source") + 'schema: 1\nid: doi-ghosts\ntitle: "TODO: the title"\nDOI: 10.1234/ghosts\nissued: TODO\n'
    }
    corpus = load(kbmaker.write(tmp_path, raw=raw), cache=False)
    found = Index.of(corpus).duplicates(Item("new", "source", (), keys=frozenset({("DOI", "10.1234/ghosts")})))
    assert [(match.item.id, match.why) for match in found] == [("doi-ghosts", ("same DOI",))]


def test_thousands_of_records_take_a_moment() -> None:
    words = ["ghost", "persona", "margin", "mask", "voice", "drift", "steering", "prompt", "model", "axis", "trait", "role"]
    items = [Item(f"s-{n}", "source", (" ".join(words[(n * k) % 12] for k in (1, 5, 7, 11)) + f" study {n}",), authors=("Doe",)) for n in range(5_000)]
    started = time.process_time()
    found = Index(tuple(items), 92).search(Item("new", "source", ("ghost persona margin mask study 17",), authors=("Doe",)), limit=5)
    assert len(found) == 5
    assert time.process_time() - started < 5
