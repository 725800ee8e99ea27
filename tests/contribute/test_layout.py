"""The canonical layout: idempotent, and never another value or a lost comment."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
import spelled
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kb.contribute.editing import edit
from kb.contribute.layout.canonical import SCHEMA_COMMENT, LayoutError, canonical
from kb.contribute.layout.spans import comments
from kb.contribute.layout.survey import survey
from kb.contribute.layout.tree import same
from kb.records.construct import compose
from kb.records.reader import read_yaml
from kb.records.tree import read_tree
from schemas import RECORD_TYPES

ODD = ["- ", "~x", ".5x", "0x", "?", "...", "--- a", "a:", "!x", "&x", "*x", "%x", "@x", "`x", ".inf", "0o7", "0b1", "1:2:3", "Yes", "N", ""]
SIGNS = ["a: ", "- ", "  ", "# c\n", "\n", "[", "]", "{", "}", ", ", "'x'", "x y", "|", "|+", ">", ">-"]
SIGNS += ["\n  ", "&a ", "*a", "? ", ": ", "1", "no", "\n...\n", "é"]
LINE = "# yaml-language-server: $schema=../schemas/json/finding.schema.json\n"


def laid_out(text: str) -> str:
    return canonical(text, "finding", "findings/a.yaml")


def data(text: str) -> object:
    outcome = read_yaml(text.encode(), "a.yaml")
    assert outcome.data is not None, outcome.problems
    return outcome.data


def comments_of(text: str) -> Counter[str]:
    text = text.replace("\r\n", "\n")
    return Counter(comment for _, comment in comments(compose(text), text) if not SCHEMA_COMMENT.fullmatch(comment))  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(spelled.records())
def test_layout_keeps_values_and_comments_and_is_idempotent(text: str) -> None:
    assume(read_yaml(text.encode(), "a.yaml").data is not None)
    once = laid_out(text)
    assert same(data(once), data(text))
    assert comments_of(once) == comments_of(text)
    assert laid_out(once) == once
    assert once.startswith(LINE)
    assert "\r" not in once
    assert once.endswith("\n")


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(SIGNS), max_size=25).map("".join))
@example("? k\n: >\n  ? ")
def test_any_signs_in_any_order(text: str) -> None:
    text = f"k: {text}"
    if read_yaml(text.encode(), "a.yaml").data is not None:
        once = laid_out(text)
        assert same(data(once), data(text))
        assert laid_out(once) == once


def test_layout_of_every_construct() -> None:
    text = """\
# about the whole file

# yaml-language-server: $schema=wrong.schema.json
status:   working   # beside
title: 'It''s'
id:   a

kind: empirical

claims:
# above the claim
- statement: >-
     folded
     text
  # about the id
  id: one
  measures: [
    {value: 0.230, name: "x"},   # the first
    {of: {b: 1, a: 2},
     name: on, value: +5}
    # none left
  ]
  at: []
     # deeper than what follows
  nature: ~

# before the tail


# the tail
"""
    assert laid_out(text) == (
        LINE
        + """\
# about the whole file

id: a
title: "It's"
status: working  # beside

kind: empirical

claims:
  # above the claim
  # about the id
  - id: one
    statement: >-
      folded
      text
    # deeper than what follows
    nature: null
    measures:
      - {name: "x", value: 0.230}  # the first
      - name: "on"
        value: +5
        of: {b: 1, a: 2}
      # none left
    at: []

# before the tail

# the tail
"""
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", '"no"'),
        ("on", '"on"'),
        ("y", '"y"'),
        ("12:30", '"12:30"'),
        ("1_000", '"1_000"'),
        ("2026-11-21", "2026-11-21"),
        ("2026-01", "2026-01"),
        ('"2026-11-21"', '"2026-11-21"'),
        ('"2406.11717"', '"2406.11717"'),
        ("'no'", '"no"'),
        ("""'say "x"'""", """'say "x"'"""),
        ('"a\\u200bb"', '"a\\u200bb"'),
        ("'a\u200bb'", '"a\\u200Bb"'),
        ("Null", "null"),
        ("", "null"),
        ("True", "true"),
        ("0.230", "0.230"),
        ("+5", "+5"),
        ("0x1F", "0x1F"),
        ("1e-3", "1e-3"),
        ("[ a,b ]", "[a, b]"),
        ("{a: [1,2],b: {c: no}}", '{a: [1, 2], b: {c: "no"}}'),
        ('"one\\n\\ntwo\\n"', "|\n  one\n\n  two"),
        ("plain text\n  over lines", "plain text over lines"),
        ("|4-\n      a\n    b", "|2-\n    a\n  b"),
        ("&x text", "text"),
    ],
)
def test_scalars(written: str, read: str) -> None:
    assert laid_out(f"zeta: {written}\n") == f"{LINE}zeta: {read}\n"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from([*spelled.WORDS, *ODD]), min_size=1),
    st.booleans(),
)
def test_text_is_text_to_every_reader(texts: list[str], in_brackets: bool) -> None:
    """Readers of YAML 1.1 (PyYAML's) and 1.2 (ruamel's) see the same text as ours, but for days."""
    texts = [text for text in texts if text != "2026-01-02"]
    value = texts if in_brackets else [{"of": {"it": text}} for text in texts]
    result = edit("a: 1\n", [(("a",), "set", value)])
    assert data(result) == {"a": value}
    assert yaml.safe_load(result) == YAML(typ="safe", pure=True).load(result) == {"a": value}


@pytest.mark.parametrize("text", ["a: 1\na: 2\n", "a: !!x 1\n", "- a\n", "", "a: [\n"])
def test_what_the_reader_refuses_is_not_laid_out(text: str) -> None:
    with pytest.raises(LayoutError):
        laid_out(text)


def test_a_schema_on_the_web_stays() -> None:
    line = "# yaml-language-server: $schema=https://example.org/finding.schema.json\n"
    assert laid_out(line + "id: a\n") == line + "id: a\n"
    assert laid_out(line.replace("finding", "source") + "id: a\n") == LINE + "id: a\n"


def test_many_comments_and_blank_lines_take_no_time() -> None:
    text = "a:\n" + "".join(f"  # c{n}\n\n  - x\n" for n in range(12_000))
    assert len(text) < 256 * 1024
    begin = time.process_time()
    assert laid_out(text).count("#") == 12_001
    assert time.process_time() - begin < 20


@pytest.mark.parametrize("kind", sorted(RECORD_TYPES))
def test_the_order_is_that_of_the_fields(kind: str) -> None:
    """Every field of every record type has its place; the label of findings, concepts and beliefs follows the id."""
    fields = [info.alias or name for name, info in RECORD_TYPES[kind].model_fields.items()]
    result = canonical("".join(f"{name}: x\n" for name in sorted(fields)), kind, f"{kind}s/a.yaml")
    order = [line.partition(":")[0] for line in result.splitlines()[1:]]
    assert sorted(order) == sorted(fields)
    moved = [name for name in ("title", "name") if order[2] == name]
    assert [name for name in order if name not in moved] == [name for name in fields if name not in moved]
    assert bool(moved) == (kind in ("finding", "concept", "belief"))


def test_the_shipped_records_are_in_canonical_layout() -> None:
    found = survey(read_tree(Path(__file__).parents[2]), cache=False)
    assert (list(found.differing), found.problems) == ([], [])
