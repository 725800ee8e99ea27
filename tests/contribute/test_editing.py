"""Editing in place: exactly the asked-for value changes, everything else stays to the letter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import kbmaker
import pytest
import spelled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.contribute.editing import Edit, EditError, edit, write_record
from kb.contribute.editing.operations import applied, narrowed
from kb.contribute.layout.tree import same
from kb.records.reader import read_yaml
from kb.records.tree import read_tree
from schemas.scalars import Figure, WrittenFloat, WrittenInt

values = st.recursive(
    st.sampled_from([*spelled.WORDS, *spelled.PARAGRAPHS, "", None, True, 5, WrittenFloat("0.230"), WrittenFloat("1e-3"), WrittenInt("+5"), Figure("007")]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*spelled.KEYS, "a b", "null", "5"]), inner, max_size=3),
    max_leaves=5,
)

TEXT = """\
# yaml-language-server: $schema=../schemas/json/concept.schema.json
schema:   1     # odd spacing stays
id: persona

# about the title
title: 'A title'
tags: [a,  b]
summary: |
  One.

  Two.
shapes:
- id: one     # at the old indentation
  name: First
  # above the note
  note: "n"
- {id: two, name: Second}
value: 0.230
empty:
last: |+
  kept

"""


def data(text: str) -> Any:
    outcome = read_yaml(text.encode(), "a.yaml")
    assert outcome.data is not None, outcome.problems
    return outcome.data


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(spelled.records(), st.data())
def test_only_the_asked_for_value_changes(text: str, draw: st.DataObject) -> None:
    before = data(text)
    path = draw.draw(st.sampled_from(spelled.paths(before)))
    operation = draw.draw(st.sampled_from(["set", "insert", "append", "delete", "new"]))
    value = draw.draw(values)
    if operation == "new":
        path, operation = (*path[:-1], "new-key"), "set"
    one: Edit = (path, operation, value)
    try:
        goal = applied(before, narrowed(before, one))
    except EditError:
        with pytest.raises(EditError):
            edit(text, [one])
        return
    result = edit(text, [one])
    assert same(data(result), goal)
    assert ("\r\n" in text) <= ("\r\n" in result)


@pytest.mark.parametrize(
    ("one", "old", "new"),
    [
        ((("title",), "set", "Another: title"), "title: 'A title'\n", 'title: "Another: title"\n'),
        ((("value",), "set", WrittenFloat("0.2300")), "value: 0.230\n", "value: 0.2300\n"),
        ((("value",), "set", Figure("1e-3")), "value: 0.230\n", "value: 1e-3\n"),
        ((("empty",), "set", "no"), "empty:\n", 'empty: "no"\n'),
        ((("tags",), "append", "c"), "tags: [a,  b]\n", "tags: [a,  b, c]\n"),
        ((("tags", 1), "insert", "c"), "tags: [a,  b]\n", "tags: [a,  c, b]\n"),
        ((("tags", 0), "delete", None), "tags: [a,  b]\n", "tags: [b]\n"),
        ((("shapes", 1, "name"), "set", "S, T"), "{id: two, name: Second}", '{id: two, name: "S, T"}'),
        ((("shapes", 1, "note"), "set", "x"), "name: Second}", "name: Second, note: x}"),
        ((("shapes", 0, "note"), "delete", None), '  # above the note\n  note: "n"\n', ""),
        ((("shapes", 0, "id"), "set", "uno"), "- id: one     # at", "- id: uno     # at"),
        (
            (("shapes", 0, "codified"), "set", {"on": dt.date(2026, 11, 21), "by": "ann", "why": "Three.\n\nReally.\n"}),
            '  note: "n"\n',
            '  note: "n"\n  codified:\n    on: 2026-11-21\n    by: ann\n    why: |\n      Three.\n\n      Really.\n',
        ),
        ((("shapes",), "append", {"id": "three", "name": "Third"}), "name: Second}\n", "name: Second}\n- {id: three, name: Third}\n"),
        ((("summary",), "set", "One line."), "summary: |\n  One.\n\n  Two.\n", "summary: One line.\n"),
        ((("title",), "set", "a\nb\n"), "title: 'A title'\n", "title: |\n  a\n  b\n"),
        ((("schema",), "set", "a\nb\n"), "schema:   1     # odd spacing stays\n", "schema: |  # odd spacing stays\n  a\n  b\n"),
        ((("records",), "append", "r-one"), "  kept\n\n", "  kept\n\nrecords: [r-one]\n"),
        ((("tags", 0), "set", dt.date(2026, 1, 2)), "[a, ", "[2026-01-02, "),
        ((("tags", 0), "set", "2026-01-02"), "[a, ", '["2026-01-02", '),
    ],
)
def test_every_other_character_stays(one: Edit, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert edit(TEXT, [one]) == TEXT.replace(old, new)


def test_edits_follow_each_other() -> None:
    result = edit("a: [x]\n", [(("a", 0), "delete", None), (("a",), "append", "z"), (("b",), "append", {"c": 1})])
    assert result == "a: [z]\nb:\n  - {c: 1}\n"


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "a: !!python/object:os.system x\n",
        "- a\n",
        "a: [\n",
        "a: *x\n",
        "",
        "a: .inf\n",
        "a: &x [1]\nb: {<<: *x}\n",
        "\ufeffa: 1\n",
        "a: " + "[" * 99 + "]" * 99,
    ],
)
def test_what_the_reader_refuses_is_not_edited(text: str) -> None:
    with pytest.raises(EditError):
        edit(text, [(("a",), "set", 1)])


@pytest.mark.parametrize(
    "one",
    [
        ((), "set", {}),
        (("b", "c"), "set", 1),
        (("a", "c"), "set", 1),
        (("a", 1), "set", 1),
        (("a", -1), "delete", None),
        (("a", 5), "insert", 1),
        (("s",), "append", 1),
        (("b",), "delete", None),
        (("a",), "set", object()),
        (("a",), "set", float("inf")),
        (("a",), "set", "bell\x07"),
        (("a",), "set", "x" * 300_000),
    ],
)
def test_what_can_not_be_is_refused(one: Edit) -> None:
    with pytest.raises(EditError):
        edit("a: [1]\ns: text\n", [one])


def test_an_anchor_is_written_out_where_its_value_changes() -> None:
    assert data(edit("a: &x {k: 1}\nb: *x\n", [(("a", "k"), "set", 2)])) == {"a": {"k": 2}, "b": {"k": 1}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kbmaker.write(tmp_path / "kb")


FILE = "findings/steering-works.yaml"


def test_a_record_is_replaced_at_once(root: Path) -> None:
    path = root / FILE
    path.chmod(0o640)
    write_record(read_tree(root), FILE, "id: new\n")
    assert path.read_text() == "id: new\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize(
    "file",
    [
        *("kb.yaml", "../outside.yaml", "findings/../outside.yaml", "/tmp/x.yaml", "findings/sub/x.yaml", "findings/X.yaml", "findings/x.json"),
        *("README.md", "findings/README.md", "findings/.x.yaml", "findings/", ""),
    ],
)
def test_nothing_else_is_written(root: Path, file: str) -> None:
    before = sorted(root.parent.rglob("*"))
    with pytest.raises(EditError):
        write_record(read_tree(root, cache=False), file, "x: 1\n")
    assert sorted(root.parent.rglob("*")) == before


def test_links_changes_and_sizes_are_refused(root: Path, tmp_path: Path) -> None:
    path, outside, elsewhere = root / FILE, tmp_path / "outside.yaml", tmp_path / "elsewhere"
    tree, raw = read_tree(root), path.read_bytes()
    with pytest.raises(EditError, match="regular"):
        write_record(tree, "findings/not-there.yaml", "x: 1\n")
    with pytest.raises(EditError, match="larger"):
        write_record(tree, FILE, "x" * 300_000)
    path.write_bytes(raw + b"# changed\n")
    with pytest.raises(EditError, match="meanwhile"):
        write_record(tree, FILE, "x: 1\n")
    outside.write_bytes(raw)
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises((EditError, OSError)):
        write_record(tree, FILE, "x: 1\n")
    with pytest.raises(EditError, match="regular"):
        write_record(read_tree(root), FILE, "x: 1\n")
    (root / "questions").rename(elsewhere)
    (root / "questions").symlink_to(elsewhere)
    with pytest.raises(EditError, match="folder"):
        write_record(tree, "questions/a-new.yaml", "x: 1\n")
    assert outside.read_bytes() == raw
    assert not (elsewhere / "a-new.yaml").exists()
