"""Scaffolds read back as they were meant, whatever fills them, and are written whole, once, and where they belong."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from contribute.recorded import HOSTILE
from hypothesis import given
from hypothesis import strategies as st

from kb.contribute.emit import block
from kb.contribute.plain import line
from kb.contribute.scaffold import KINDS, filled, markers, template
from kb.contribute.write import Draft, write
from kb.errors import UsageError
from kb.records.reader import read_yaml
from schemas import RECORD_TYPES

TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60), st.from_regex(r"\A[-+]?[0-9.eExo_:]{1,12}\Z")).map(line).filter(bool)


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_teaches_every_field_that_it_has(kind: str) -> None:
    text = template(kind)
    fields = {field.alias or name for name, field in RECORD_TYPES[kind].model_fields.items()}
    named = {text_line.removeprefix("# ").partition(":")[0] for text_line in text.splitlines()[1:] if text_line[:1].isalpha() or text_line.startswith("# ")}
    assert {name for name in named if " " not in name and name} - {"-"} <= fields
    assert read_yaml(text.encode(), "x.yaml").problems == ()
    assert markers(text, "x.yaml")


def test_comments_stay_and_optional_fields_become_real_when_given() -> None:
    text = filled("finding", "findings", {"title": "Ghosts answer", "instantiates": [{"concept": "persona", "role": "candidate"}]}, without=["no-concept"])
    assert "title: Ghosts answer\n" in text
    assert "instantiates:  # how it bears on a concept, instead of `no-concept`\n  - {concept: persona, role: candidate}\n" in text
    assert "no-concept:" not in text
    assert "# relations:" in text
    assert "# relations:" not in filled("finding", "findings", {}, offers=False)


def test_the_schema_is_found_from_any_depth() -> None:
    assert filled("source", "kb/sources", {}).startswith("# yaml-language-server: $schema=../../schemas/json/source.schema.json\n")


def test_markers_have_places() -> None:
    text = filled("question", "questions", {"title": "Does it hold?", "contributors": ["ann"], "raised-by": ["x-y"]})
    assert [(str(place), asked) for place, asked in markers(text, "q.yaml")] == [
        ("q.yaml:9:7", "what exactly is asked"),
        ("q.yaml:10:6", "what depends on the answer"),
        ("q.yaml:12:5", "what one would have to see"),
    ]


@given(TEXT, TEXT, st.lists(TEXT, max_size=3))
def test_whatever_fills_a_scaffold_it_reads_back(title: str, name: str, affiliations: list[str]) -> None:
    values: dict[str, Any] = {
        "id": "some-source",
        "title": title,
        "author": [{"literal": name}, {"family": name, "given": title}],
        "affiliations": affiliations,
    }
    text = filled("source", "sources", values)
    data = read_yaml(text.encode(), "sources/some-source.yaml").data
    assert data is not None
    assert {field: data[field] for field in values} == values
    assert set(data) == {"schema", "id", "status", "added", "contributors", "type", "title", "author", "issued", "affiliations", "checked"}
    # Tools that go by YAML 1.1 read the same texts, days aside, which stand bare in every record.
    assert str(yaml.safe_load(text)["title"]) == title


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-01-05", "x: 2026-01-05\n"),
        ("2601.01234", 'x: "2601.01234"\n'),
        ("1e3", 'x: "1e3"\n'),
        ("no", 'x: "no"\n'),
        ("~", 'x: "~"\n'),
        ("a: b", 'x: "a: b"\n'),
        ([{"by": "ann", "on": "2026-01-05"}], "x:\n  - {by: ann, on: 2026-01-05}\n"),
        (["a", "b, c"], 'x: [a, "b, c"]\n'),
        ([{"holder": "ann", "history": [{"credence": 0.5}]}], "x:\n  - holder: ann\n    history:\n      - {credence: 0.5}\n"),
    ],
)
def test_the_layout_is_that_of_the_shipped_records(value: Any, text: str) -> None:
    assert block("x", value) == text


def test_a_field_that_a_template_lacks_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError, match="retracted"):
        filled("source", "sources", {"retracted": "2026-01-01"})
    with pytest.raises(ValueError, match="larger than 256 kB"):
        filled("source", "sources", {"author": [{"literal": "x" * 300}] * 1_000})


def draft(name: str = "some-ghost", text: str = "title: x\n") -> Draft:
    return Draft("finding", name, "findings", text)


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path: Path) -> None:
    write(tmp_path, [draft()])
    with pytest.raises(UsageError, match=r"findings/some-ghost\.yaml exists already"):
        write(tmp_path, [draft("other"), draft(text="changed")])
    assert {path.name: path.read_text() for path in (tmp_path / "findings").iterdir()} == {"some-ghost.yaml": "title: x\n"}


def test_without_hard_links_it_is_as_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    write(tmp_path, [draft()])
    with pytest.raises(UsageError, match="exists already"):
        write(tmp_path, [draft(text="changed")])
    assert [path.name for path in (tmp_path / "findings").iterdir()] == ["some-ghost.yaml"]


@pytest.mark.parametrize("dangling", [False, True])
def test_no_link_is_followed(tmp_path: Path, dangling: bool) -> None:
    root, outside = tmp_path / "kb", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "findings").symlink_to(tmp_path / "nowhere" if dangling else outside)
    with pytest.raises(UsageError, match="symbolic link"):
        write(root, [draft()])
    (root / "findings").unlink()
    (root / "findings").mkdir()
    (root / "findings" / "some-ghost.yaml").symlink_to(outside / "target")
    with pytest.raises(UsageError, match="exists already"):
        write(root, [draft()])
    assert list(outside.iterdir()) == []
