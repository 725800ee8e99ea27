"""Differences of plain data, in words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.contribute.diff.words import clip, differences, joined, same, shown
from schemas.scalars import WrittenFloat, WrittenInt

LONG = "The rate of harmful answers rises with the dose of the prompt and falls again once the prompt is gone."


def said(before, after):
    return [joined(line) for line in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"status": "draft"}, {"status": "working"}, ["status draft → working"]),
        ({"n": 1}, {"n": True}, ["n 1 → true"]),
        ({"v": WrittenFloat("0.23")}, {"v": WrittenFloat("0.230")}, ["v 0.23 → 0.230"]),
        ({"v": WrittenInt("007")}, {"v": 7}, ["v 007 → 7"]),
        ({"a": None}, {}, ["a removed; it was nothing"]),
        ({}, {"a": False, "b": [], "c": ["x"]}, ["a added: false", "b added, 0 entries: []", "c added, 1 entry: [x]"]),
        ({"title": "A b"}, {"title": "A  b\n"}, ["title is spaced otherwise"]),
        ({"title": "Old words"}, {"title": "New words"}, ["title “Old words” → “New words”"]),
        (
            {"summary": LONG},
            {"summary": LONG.replace("falls", "drops")},
            ["summary reworded (1 of 20 words): “prompt and falls again once” → “prompt and drops again once”"],
        ),
        ({"summary": LONG}, {"summary": LONG.replace(" ", "\n")}, ["summary is spaced otherwise"]),
        (
            {"claims": [{"id": "rate", "measures": [{"name": "fold", "value": WrittenInt("185")}]}]},
            {"claims": [{"id": "rate", "measures": [{"name": "fold", "value": WrittenInt("158")}]}]},
            ["claims/rate/measures/fold: value 185 → 158"],
        ),
        ({"claims": [{"id": "a"}, {"id": "b"}]}, {"claims": [{"id": "b"}, {"id": "a"}]}, ["claims: order changed"]),
        (
            {"claims": [{"id": "a", "nature": "null"}]},
            {"claims": [{"id": "b", "nature": "null"}]},
            ["claims: b added: nature null", "claims: a removed; it was nature null"],
        ),
        ({"tags": ["a", "b"]}, {"tags": ["b", "c"]}, ["tags: a removed", "tags: c added"]),
        ({"tags": ["a", "b"]}, {"tags": ["b", "a"]}, ["tags: order changed"]),
        ({"at": [{"part": "table", "ref": "2"}]}, {"at": [{"part": "table", "ref": "3"}]}, ["at/entry 1: ref 2 → 3"]),
        (
            {"relations": [{"type": "extends", "to": "x"}]},
            {"relations": [{"type": "explains", "to": "x"}]},
            ["relations: explains x added", "relations: extends x removed"],
        ),
        ({"limitations": [LONG]}, {"limitations": [LONG + " Or not."]}, ["limitations: entry 1 reworded (2 of 22 words): “is gone.” → “is gone. Or not.”"]),
        ({"axes": {"method": "prompting"}}, {"axes": {"method": "steering", "goal": "x"}}, ["axes: method prompting → steering", "axes: goal added: x"]),
        ({"same": [1, {"a": WrittenFloat("1.0")}]}, {"same": [1, {"a": WrittenFloat("1.0")}]}, []),
    ],
)
def test_what_is_said(before, after, lines):
    assert said(before, after) == lines


def test_a_difference_far_into_a_text_is_shown():
    line = said({"title": "x" * 400 + "a"}, {"title": "x" * 400 + "b"})[0]
    assert line.endswith("a” → “…" + "x" * 20 + "b”")


DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=8) | st.sampled_from(["1.0", "1.00", "2.5"]).map(WrittenFloat),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "name", "type", "to", "value", "note"]), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["claims", "title", "note"]), DATA, max_size=3),
    st.dictionaries(st.sampled_from(["claims", "title", "note"]), DATA, max_size=3),
)
def test_something_is_said_exactly_where_something_differs(a, b):
    assert not said(a, a)
    assert bool(said(a, b)) == (not same(a, b))
    assert said(a, b) == said(a, b)


@given(st.text())
def test_every_shown_text_is_one_short_line(text):
    assert len(shown(text)) <= 162
    assert len(shown(text).splitlines()) <= 1
    assert len(clip(text, 20)) <= 20


def test_long_repetitive_texts_take_no_time():
    started = time.perf_counter()
    said({"a": "a " * 9_000, "l": ["x"] * 3_000}, {"a": "a b " * 5_000, "l": ["y", "x"] * 1_500})
    assert time.perf_counter() - started < 5
