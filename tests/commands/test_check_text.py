"""`kb check --text`: what is compared with which text, what is printed in each format, and that nothing of a text stays."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import kbmaker
import pytest
from contribute import papers

from kb.checks.formats import FORMATS
from kb.cli import main

TODAY = kbmaker.TODAY.isoformat()
MEASURES = [
    {"name": "before", "value": "10", "unit": "%", "low": "8", "high": "12", "level": "0.95", "n": 200, "k": 20, "p": "< 0.001"},
    {"name": "after", "value": "40.0", "unit": "%", "sd": "3.5"},
    {"name": "share", "value": "0.25", "unit": "fraction"},
    {"name": "shift", "value": "-0.20", "unit": "times", "se": "0.1"},
]
PLACES = [{"part": "abstract", "source": "doe-2024-prompts"}, {"part": "data", "ref": "table.csv", "source": "roe-2025-steering"}]
CLAIM: dict[str, Any] = {"id": "rate", "statement": "It rises.", "nature": "comparison", "at": PLACES, "measures": MEASURES}
OTHER = CLAIM | {"id": "other", "at": [{"part": "abstract", "source": "roe-2025-steering"}], "measures": [{"name": "rate", "value": "77", "unit": "%"}]}
OVERRIDES: kbmaker.Overrides = {
    "finding/prompts-move-personas": {"sources": ["doe-2024-prompts", "roe-2025-steering"], "claims": [CLAIM, OTHER]},
    "source/doe-2024-prompts": {"aliases": ["doe-prompts"]},
}
SECRET = "zebrafinch"
PAPER = f"""A {SECRET} says that 20 of 200 answers (10 %,
95% CI [8, 12], p < .001) became 40%, sd 3.5.
A quarter (25%) stays; the shift is 0.20 (0.1).
"""
CLASSES = {
    ("before", "value"): "found",
    ("before", "low"): "found",
    ("before", "high"): "found",
    ("before", "n"): "found",
    ("before", "k"): "found",
    ("before", "p"): "found",
    ("after", "value"): "other-digits",
    ("after", "sd"): "found",
    ("share", "value"): "other-unit",
    ("shift", "value"): "absent",
    ("shift", "se"): "found",
}


@pytest.fixture
def kb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "paper.txt").write_text(PAPER, encoding="utf-8")
    return kbmaker.write(tmp_path / "kb", OVERRIDES)


def check(root: Path, *words: str) -> int:
    return main(["check", "--root", str(root), "--today", TODAY, *words])


def as_json(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    check(root, "--format", "json", *words)
    return json.loads(capsys.readouterr().out)


def test_each_figure_has_its_class(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = as_json(kb, capsys, "--text", "doe-2024-prompts=paper.txt")["text"]
    assert {(figure["measure"], figure["field"]): figure["class"] for figure in text["figures"]} == CLASSES
    assert text["files"] == [{"source": "doe-2024-prompts", "file": "paper.txt", "format": "text", "numbers": 12}]
    assert text["summary"] == {"figures": 11, "found": 8, "other-unit": 1, "other-digits": 1, "absent": 1}
    shift = next(figure for figure in text["figures"] if figure["measure"] == "shift")
    assert shift["nearest"][0] == {"printed": "0.20", "line": 3}
    assert next(figure for figure in text["figures"] if figure["measure"] == "before")["places"] == [{"printed": "10 %", "line": 1}]


def test_a_claim_that_names_another_source_is_not_compared(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kb.parent / "roe.txt").write_text("It was 77 per cent.", encoding="utf-8")
    text = as_json(kb, capsys, "--text", "roe-2025-steering=roe.txt", str(kb / "findings" / "prompts-move-personas.yaml"))["text"]
    assert [(figure["claim"], figure["class"]) for figure in text["figures"] if figure["claim"] == "other"] == [("other", "found")]
    alone = as_json(kb, capsys, "--text", "doe-2024-prompts=paper.txt")["text"]
    assert {figure["claim"] for figure in alone["figures"]} == {"rate"}
    # With both, the text that prints a figure speaks.
    both = as_json(kb, capsys, "--text", "roe-2025-steering=roe.txt", "--text", "doe-prompts=paper.txt", str(kb / "findings" / "prompts-move-personas.yaml"))[
        "text"
    ]
    assert [(figure["class"], figure["text"]) for figure in both["figures"] if figure["field"] == "k"] == [("found", 1)]
    assert both["summary"]["absent"] == 1


def test_absent_figures_are_warnings_at_their_place(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(kb, capsys, "--text", "doe-prompts=paper.txt")["diagnostics"]
    assert [(d["code"], d["severity"], d["record"]) for d in found] == [(code, "warning", "prompts-move-personas") for code in ("KB511", "KB510")]
    lines = (kb / "findings" / "prompts-move-personas.yaml").read_text(encoding="utf-8").splitlines()
    for diagnostic, figure in zip(found, ("40.0", "-0.20"), strict=True):
        assert lines[diagnostic["line"] - 1][diagnostic["column"] - 1 :].startswith(f'"{figure}"')
    assert "nearest: 0.20" in found[1]["message"]
    assert "roe-2025-steering" in found[1]["fix"]
    assert check(kb, "--text", "doe-prompts=paper.txt") == 0
    assert check(kb, "--text", "doe-prompts=paper.txt", "--strict") == 1
    assert check(kb, "--text", "doe-prompts=paper.txt", "--strict", "--ignore", "KB51") == 0
    assert check(kb, "--text", "doe-prompts=paper.txt", "--strict", str(kb / "concepts")) == 0


def test_the_section_for_people(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(kb, "--text", "doe-2024-prompts=paper.txt", "--ignore", "KB51")
    out, err = capsys.readouterr()
    assert out.startswith("doe-2024-prompts in paper.txt (text, 12 numbers)\n  prompts-move-personas/rate\n")
    assert re.search(r"^    before 10 % +  found, line 1$", out, re.MULTILINE)
    assert re.search(r"^    after 40\.0 % +  found with other digits as 40 %, line 2$", out, re.MULTILINE)
    assert "    share 0.25 fraction" in out
    assert "found in another unit as 25 %, line 3\n" in out
    assert "        nearest: 0.20 (line 3): " in out
    assert "the shift is 0.20" in out
    assert err.startswith("looked for 11 figures: 8 found, 1 found in another unit, 1 found with other digits, 1 absent\n")


@pytest.mark.parametrize("name", FORMATS)
def test_words_of_the_text_go_to_the_terminal_alone(name: str, kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kb.parent / "paper.txt").write_text(f"{SECRET} 0.20 {SECRET}", encoding="utf-8")
    before = {path: path.read_bytes() for path in kb.rglob("*") if path.is_file()}
    check(kb, "--format", name, "--text", "doe-2024-prompts=paper.txt")
    out, err = capsys.readouterr()
    assert (SECRET in out) == (name == "text")
    assert SECRET not in err
    assert {path: path.read_bytes() for path in kb.rglob("*") if path.is_file()} == before
    stored = [path for path in kb.parent.rglob("*") if path.is_file() and path.name != "paper.txt"]
    assert any("cache" in path.parts for path in stored)
    assert not any(SECRET.encode() in path.read_bytes() for path in stored)
    # What is in the cache knows nothing of the text.
    check(kb, "--format", "json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["diagnostics"] == []
    assert "text" not in answer


@pytest.mark.parametrize("hostile", ["\x1b[31m", "\u202e", "\x07"])
def test_a_text_moves_no_terminal(hostile: str, kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kb.parent / "paper.txt").write_text(f"It {hostile} is 0.20 {hostile} here", encoding="utf-8")
    check(kb, "--text", "doe-2024-prompts=paper.txt")
    assert hostile not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("paper.txt", "expected KEY=FILE"),
        ("=paper.txt", "expected KEY=FILE"),
        ("doe-2024-prompts=", "expected KEY=FILE"),
        ("doe-2024-promts=paper.txt", "did you mean 'doe-2024-prompts'"),
        ("prompts-move-personas=paper.txt", "no source"),
        ("doe-2024-prompts=none.txt", "none.txt"),
    ],
)
def test_usage_errors(option: str, says: str, kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(kb, "--text", option) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err


def test_a_pdf_and_a_page(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (kb.parent / "paper.pdf").write_bytes(papers.pdf([["Nothing here."], PAPER.splitlines()]))
    (kb.parent / "paper.html").write_text(f"<p>{PAPER.replace('25%', '<b>25</b>&nbsp;%')}</p>", encoding="utf-8")
    for file, place in (("paper.pdf", {"page": 2}), ("paper.html", {"line": 1})):
        text = as_json(kb, capsys, "--text", f"doe-2024-prompts={file}")["text"]
        assert {(figure["measure"], figure["field"]): figure["class"] for figure in text["figures"]} == CLASSES
        assert text["figures"][0]["places"] == [{"printed": "10 %"} | place]
