"""Schema problems in words for people who write YAML, each at the key or value that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import kbmaker
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from kb.records import load
from kb.records.codes import CODES, SCHEMA
from kb.records.document import TextDocument
from kb.records.reader import read_yaml
from kb.records.validation import shown_path, validate
from kb.records.wording import either, found, quoted
from schemas import RECORD_TYPES, Concept, Figure, Strict

HEAD = "schema: 1\nid: x1\nstatus: draft\nadded: 2026-01-01\ncontributors: [ann]\n"
BODY = "name: N\nshape: pattern\ndefinition: D\n"
CLAIM = "title: T\nkind: empirical\nsources: [abc]\nsummary: S\nclaims:\n  - id: c\n    statement: S\n    nature: "
BELIEF = "title: T\nstatement: S\nholders:\n  - holder: ann\n    history: [{date: 2026-01-01, credence: 0.5, because: b}]\nrationale: R\n"

# Kind, text after the head: line, column, code, and words of message, expectation and fix.
MUST_REJECT: list[tuple[str, str, int, int, str, str, str, str]] = [
    ("concept", BODY + "sorces: [a]\n", 9, 1, "KB101", "unknown key 'sorces'", "'sources'", "did you mean 'sources'?"),
    ("concept", BODY + "shapes:\n  - {id: a, nam: N, name: N, family: f, definition: D}\n", 10, 13, "KB101", "'nam' in shapes[0]", "'codify-at'", ""),
    ("concept", BODY + "is_not: [a]\n", 9, 1, "KB101", "unknown key 'is_not'", "", "did you mean 'is-not'?"),
    ("concept", BODY + "zzzzqq: 1\n", 9, 1, "KB101", "'zzzzqq'", "", "remove it"),
    ("concept", "name: N\nshape: pattern\n", 1, 1, "KB102", "'definition' is missing", "the field 'definition'", "add `definition:`"),
    ("concept", BODY + "shapes:\n  - {id: a, name: N, definition: D}\n", 10, 5, "KB102", "'family' is missing in shapes[0]", "", "add `family:`"),
    ("concept", "name: N\ndefinition: D\nshape: mecanism\n", 8, 8, "KB103", "shape is 'mecanism'", "'mechanism'", "did you mean 'mechanism'?"),
    ("concept", "name: N\ndefinition: D\nshape: zzzz\n", 8, 8, "KB103", "shape is 'zzzz'", "'capacity'", "use one of 'capacity'"),
    ("finding", CLAIM + "causl\n", 13, 13, "KB103", "claims[0].nature is 'causl'", "'causal'", "did you mean 'causal'?"),
    (
        "belief",
        BELIEF + "evidence: [{record: ab, direction: for, weight: not asessed, note: n}]\n",
        12,
        49,
        "KB103",
        "weight is 'not asessed'",
        "or a number",
        "'not assessed'",
    ),
    ("finding", CLAIM + "null\n", 13, 13, "KB103", "claims[0].nature is nothing", "'null'", 'quote it: "null"'),
    (
        "finding",
        CLAIM + "'null'\n    checks: [{test: grimm, of: a}]\n",
        14,
        21,
        "KB103",
        "checks[0].test is 'grimm'",
        "'grim'",
        "did you mean 'grim'?",
    ),
    ("finding", CLAIM + "'null'\n    checks: [{test: 3, of: a}]\n", 14, 21, "KB103", "test is the number 3", "'grim'", ""),
    ("finding", CLAIM + "'null'\n    checks: [{test: grim}]\n", 14, 14, "KB102", "'of' is missing in claims[0].checks[0]", "the field 'of'", "add `of:`"),
    ("finding", CLAIM + "'null'\n    checks: [{test: grim, of: a, item: 2}]\n", 14, 34, "KB101", "unknown key 'item'", "'items'", "did you mean 'items'?"),
    ("finding", CLAIM + "'null'\n    checks: [{expresion: a < b}]\n", 14, 14, "KB102", "'expression' is missing", "", "add `expression:`"),
    ("finding", CLAIM + "'null'\n    checks: [{test: grim, of: A}]\n", 14, 31, "KB104", "of is 'A'", "lower-case letters, digits and underscores", ""),
    ("finding", CLAIM + "'null'\n    checks: [{test: monotonic, series: [a]}]\n", 14, 40, "KB104", "a list of 1", "at least 2 entries", ""),
    (
        "finding",
        CLAIM + "'null'\n    checks: [{test: monotonic, series: [a, b], direction: increasng}]\n",
        14,
        59,
        "KB103",
        "direction is 'increasng'",
        "one of 'decreasing' or 'increasing'",
        "did you mean 'increasing'",
    ),
    ("finding", CLAIM + "'null'\n    checks: [{test: sd-possible, of: a, min: 1}]\n", 14, 14, "KB105", "give `min` and `max`", "", ""),
    ("finding", CLAIM + "'null'\n    checks: [3]\n", 14, 14, "KB104", "checks[0] is the number 3", "text", ""),
    ("concept", BODY + "tags: persona\n", 9, 7, "KB104", "tags is 'persona'", "a list", "[a, b]"),
    ("concept", BODY + "tags: [One Tag]\n", 9, 8, "KB104", "tags[0] is 'One Tag'", "lower-case words", "word-pair-recall"),
    ("concept", "name: 3.10\nshape: pattern\ndefinition: D\n", 6, 7, "KB104", "the number 3.10", "text", 'quote it: "3.10"'),
    ("concept", "name: true\nshape: pattern\ndefinition: D\n", 6, 7, "KB104", "name is true", "text", 'quote it: "true"'),
    ("concept", "name: N\nshape: pattern\ndefinition:\n", 8, 12, "KB104", "definition is nothing", "text", "write a value"),
    ("concept", "name: ' N'\nshape: pattern\ndefinition: D\n", 6, 7, "KB104", "name is ' N'", "one line of text", ""),
    ("concept", BODY + "reviewed: 2026-02-30\n", 9, 11, "KB104", "'2026-02-30'", "a day", ""),
    ("concept", BODY + "reviewed: 2026-2-3\n", 9, 11, "KB104", "'2026-2-3'", "YYYY-MM-DD", ""),
    ("concept", BODY + "axes: [{id: a, name: A, asks: Q, values: [{id: v, means: m}]}]\n", 9, 42, "KB104", "a list of 1", "at least 2 entries", ""),
    ("concept", BODY + "shapes: [x]\n", 9, 10, "KB104", "shapes[0] is 'x'", "a mapping", ""),
    ("finding", CLAIM + "'null'\n    measures: [{name: a, value: 1e}]\n", 14, 33, "KB104", "'1e'", "a number as the source prints it", ""),
    ("finding", CLAIM + "'null'\n    measures: [{name: a, value: '1,000'}]\n", 14, 33, "KB104", "'1,000'", "digits", "thousands"),
    (
        "finding",
        CLAIM + "'null'\n    measures: [{name: a, value: 1, of: {Big Model: x}}]\n",
        14,
        41,
        "KB104",
        "the key 'Big Model' in claims[0].measures[0].of",
        "lower-case",
        "",
    ),
    ("finding", CLAIM + "'null'\n    measures: [{name: a, value: 1, p: '<.'}]\n", 14, 39, "KB104", "'<.'", "a sign and a probability", "< 0.001"),
    ("finding", CLAIM + "'null'\n    measures: [{name: a, value: 1, n: 2.5}]\n", 14, 39, "KB104", "the number 2.5", "a whole number", ""),
    ("finding", CLAIM + "'null'\n    measures: [{name: a, value: 1, n: -2}]\n", 14, 39, "KB104", "the number -2", "at least 0", ""),
    (
        "finding",
        CLAIM + "'null'\n    measures: [{name: a, value: 1, low: 2}]\n",
        14,
        16,
        "KB105",
        "claims[0].measures[0]: an interval needs both",
        "go together",
        "",
    ),
    ("finding", CLAIM + "'null'\n    measures: [{name: a, value: 1}, {name: a, value: 2}]\n", 11, 5, "KB105", "two measures are called 'a'", "", ""),
    (
        "concept",
        BODY + "axes: [{id: a, name: A, asks: Q, values: [{id: v, means: m}, {id: v, means: m}]}]\n",
        1,
        1,
        "KB105",
        "two values of axis a are called 'v'",
        "",
        "",
    ),
]


def read(kind: str, text: str) -> tuple[object, list[Any]]:
    outcome = read_yaml(text.encode(), "f.yaml")
    assert outcome.data is not None, outcome.problems
    return validate(RECORD_TYPES[kind], TextDocument("f.yaml", outcome.text, outcome.data))


@pytest.mark.parametrize(("kind", "body", "line", "column", "code", "message", "expected", "fix"), MUST_REJECT)
def test_rejects(kind: str, body: str, line: int, column: int, code: str, message: str, expected: str, fix: str) -> None:
    record, problems = read(kind, HEAD + body)
    assert record is None
    problem = next(p for p in problems if p.code == code)
    assert (problem.place.line, problem.place.column) == (line, column)
    assert message in problem.message
    assert expected in problem.expected
    assert problem.fix
    assert fix in problem.fix
    assert problem.record == "x1"


def test_every_schema_code_is_shown() -> None:
    assert {row[4] for row in MUST_REJECT} == {code.code for code in SCHEMA}
    assert len(CODES) == len({code.name for code in CODES.values()})


@pytest.mark.parametrize(("kind", "body"), [("concept", BODY), ("finding", CLAIM + "causal\n"), ("belief", BELIEF), ("finding", CLAIM + "'null'\n")])
def test_accepts(kind: str, body: str) -> None:
    record, problems = read(kind, HEAD + body)
    assert problems == []
    assert record is not None


def test_every_problem_of_a_file_is_reported_in_order() -> None:
    _, problems = read("concept", HEAD.replace("draft", "drft") + "shape: x\ndefinition: 1\nzz: 1\n")
    assert [(p.code, p.place.line) for p in problems] == [("KB102", 1), ("KB103", 3), ("KB103", 6), ("KB104", 7), ("KB101", 8)]


def test_a_union_is_one_problem() -> None:
    _, problems = read("belief", HEAD + BELIEF + "evidence: [{record: ab, direction: for, weight: [], note: n}]\n")
    assert len(problems) == 1


def test_a_file_of_errors_reports_some() -> None:
    _, problems = read("concept", HEAD + BODY + "tags: [" + "1, " * 5000 + "1]\n")
    assert len(problems) == 50


@pytest.mark.parametrize("kind", sorted(RECORD_TYPES))
def test_the_templates_are_valid(kind: str, tmp_path: Path) -> None:
    root = kbmaker.write(tmp_path, {f"{kind}/another-one": {}})
    assert load(root, cache=False).problems == ()


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(sorted({info.alias or name for model in RECORD_TYPES.values() for name, info in model.model_fields.items()} | {"zz", ""}))


@given(st.sampled_from(sorted(RECORD_TYPES)), st.dictionaries(names, json_like, max_size=8))
def test_any_data_is_a_record_or_has_problems(kind: str, data: dict[str, JsonValue]) -> None:
    import json

    text = json.dumps(data, ensure_ascii=True)
    record, problems = validate(RECORD_TYPES[kind], TextDocument("f.json", text, data))
    assert (record is None) == bool(problems)
    for problem in problems:
        assert problem.code in CODES
        assert problem.message.isprintable()
        assert problem.expected.isprintable()
        assert problem.fix


def test_paths_are_shown_as_people_say_them() -> None:
    assert shown_path(("claims", 0, "measures", 1, "unit")) == "claims[0].measures[1].unit"
    assert shown_path(("a", "\x1b[31m")).isprintable()


@given(st.text(max_size=100))
def test_quoting_is_safe_and_bounded(text: str) -> None:
    assert quoted(text).isprintable()
    assert len(quoted(text)) <= 62
    assert found(text).isprintable()


def test_lists_of_words() -> None:
    assert either(["a"]) == "'a'"
    assert either(["a", "b", "c"]) == "'a', 'b' or 'c'"
    assert either([str(n) for n in range(30)]).endswith("(30 in all)")


class Small(Strict):
    figure: Figure
    word: Literal["one"]


def test_a_vocabulary_of_one_word() -> None:
    _, problems = validate(Small, TextDocument("f.yaml", "figure: 1\nword: on\n", {"figure": 1, "word": "on"}))
    assert [(p.code, p.expected) for p in problems] == [("KB103", "'one'")]


def test_unknown_key_where_nothing_is_known() -> None:
    assert Concept.model_fields
    _, problems = validate(Small, TextDocument("f.yaml", "figure: {a: 1}\nword: one\n", {"figure": {"a": 1}, "word": "one"}))
    assert [p.code for p in problems] == ["KB104"]
