"""`kb show`: a record as text and as JSON, with what links to it."""

from __future__ import annotations

import json
from pathlib import Path

import kbmaker
import pytest

from kb.cli import main


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path / "cache"))
    changes: kbmaker.Overrides = {
        "finding/prompts-move-personas": {"aliases": ["prompting-works"], "summary": "First part.\n\nSecond part, see [[persona]]."},
        "finding/steering-works": {"relations": [{"type": "extends", "to": "prompting-works"}]},
    }
    return kbmaker.write(tmp_path / "kb", changes, raw={"questions/broken-one.yaml": "title: [\n"})


def show(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["show", "--root", str(root), *words])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("name", ["prompts-move-personas", "prompting-works"])
def test_text_has_fields_and_backlinks(kb: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = show(kb, capsys, name)
    assert code == 0
    lines = out.splitlines()
    assert lines[:3] == [
        "A system prompt moves the persona of a small model",
        "finding prompts-move-personas · working · added 2026-01-10",
        "findings/prompts-move-personas.yaml:1",
    ]
    assert "summary: First part." in lines
    assert "  Second part, see [[persona]]." in lines
    tail = lines[lines.index("linked from") + 1 :]
    assert tail[::2] == ["  belief personas-are-selected (evidence.record, claim rate)", "  finding steering-works (relations.to)"]


def test_json_keeps_digits_and_resolves_links(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = show(kb, capsys, "steering-works", "--json")
    data = json.loads(out)
    assert code == 0
    assert {key: data[key] for key in ("id", "kind", "file", "line")} == {
        "id": "steering-works",
        "kind": "finding",
        "file": "findings/steering-works.yaml",
        "line": 1,
    }
    assert {"field": "relations.to", "target": "prompting-works", "id": "prompts-move-personas"} in data["links"]
    assert data["record"]["claims"][0]["measures"][0]["value"] == "10"
    assert data["backlinks"] == []


def test_a_claim_is_shown_with_what_links_to_it(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = show(kb, capsys, "prompting-works/rate", "--json")
    data = json.loads(out)
    assert code == 0
    assert data["id"] == "prompts-move-personas/rate"
    assert data["kind"] == "claim"
    assert data["record"]["id"] == "rate"
    assert [(link["from"], link["field"], link["target"]) for link in data["backlinks"]] == [
        ("personas-are-selected", "evidence.record", "prompts-move-personas/rate")
    ]
    code, out, _ = show(kb, capsys, "prompts-move-personas/rate")
    assert "claim prompts-move-personas/rate" in out.splitlines()


def test_a_rerun_is_shown_at_every_finding_that_it_tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path / "cache"))
    numbers = [{"name": name, "claim": "prompts-move-personas/rate", "value": 1, "level": 0.95, "unit": "%", "n": 1} for name in ("one", "other")]
    numbers = [number | dict.fromkeys(("low", "high", "method")) for number in numbers]
    root = kbmaker.write(tmp_path / "kb", {"result/rerun-one": {"claims": ["prompts-move-personas/rate", "steering-works/rate"], "estimates": numbers}})
    for name, fields in (("steering-works", {"claims"}), ("prompts-move-personas", {"finding", "claims", "estimates.claim"})):
        _, out, _ = show(root, capsys, name, "--json")
        assert {link["field"] for link in json.loads(out)["backlinks"] if link["from"] == "rerun-one"} == fields
    _, out, _ = show(root, capsys, "steering-works")
    assert "  result rerun-one (claims, claim rate)" in out.splitlines()
    _, out, _ = show(root, capsys, "prompts-move-personas")
    assert out.splitlines().count("  result rerun-one (estimates.claim, claim rate)") == 1


def test_links_in_text_are_backlinks(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = show(kb, capsys, "persona", "--json")
    assert ("prompts-move-personas", "text") in {(link["from"], link["field"]) for link in json.loads(out)["backlinks"]}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("prompts-move-persona", "did you mean prompts-move-personas"),
        ("prompts-move-personas/rates", "it has rate"),
        ("persona/rate", "is a concept and has no claims"),
        ("broken-one", "`kb check` says why"),
        ("zzzzzzzz", "no record 'zzzzzzzz'\n"),
    ],
)
def test_what_is_not_there(kb: Path, capsys: pytest.CaptureFixture[str], name: str, said: str) -> None:
    code, out, err = show(kb, capsys, name)
    assert code == 2
    assert out == ""
    assert said in err


@pytest.mark.parametrize("kind", ["doe-2024-prompts", "persona", "personas-are-selected", "what-moves-personas"])
def test_every_kind_can_be_shown(kb: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert show(kb, capsys, kind)[0] == 0


def test_nothing_in_a_record_moves_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = kbmaker.write(tmp_path / "kb", {"finding/steering-works": {"title": "Turned \u202e round"}})
    _, out, _ = show(root, capsys, "steering-works")
    assert "Turned \\u202e round" in out
