"""What records hold commands neither a terminal nor a build server that prints it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import kbmaker
import pytest

from kb.checks.formats import FORMATS, inert, printable
from kb.cli import main

COMMANDS = (
    "##[stop-commands]x", "##[add-mask]a", "##vso[task.setvariable variable=x]y", "##teamcity[x]", "a ##[error]b", "::error::x",
    "::stop-commands::x", "%0A::error::x",
    "%0D%0A::set-output name=x::y", "\u202eevil\u202c", "\u200b", "\U000e0041", "e\u0301\u0301\u0301\u0301\u0301\u0301",
)  # fmt: skip
_COMMAND = re.compile(r"##\w*\[")


def hostile(folder: Path, words: str) -> Path:
    """A knowledge base that says some words wherever a message may repeat them: values, unknown keys, ids, expressions, a file's name."""
    claim = {"id": "rate", "statement": f"<b>{words}", "nature": "null", "checks": [f"{words} = 1"], "at": [{"part": "abstract"}]}
    overrides = {
        "finding/steering-works": {"summary": f"<b>{words}</b> [[{words}]]", "claims": [claim], "models": [{"name": f"{{{{{words}"}]},
        "concept/persona": {"definition": f"[{words}](x) two {words} findings"},
        "source/roe-2025-steering": {"title": f"\ufffd{words}"},
    }
    raw = {
        f"findings/{words.replace('/', '')}.yaml": "a: 1\n",
        "findings/no-key.yaml": f'"{words}": 1\n"{words}": 2\nid: "{words}"\n',
        "beliefs/no-value.yaml": f'schema: "{words}"\nstatus: "{words}"\n',
        "questions/no-tag.yaml": f"a: !{words.split()[0]} x\nb: *{words.split()[0]}\n",
    }
    return kbmaker.write(folder, overrides, raw)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_report_commands_nothing(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = hostile(tmp_path, words)
    found = {}
    for name in FORMATS:
        assert main(["check", "--root", str(root), "--today", "2026-06-01", "--no-cache", "--format", name]) == 1
        out, err = capsys.readouterr()
        found[name] = out
        assert re.fullmatch(r"checked \d+ files: \d+ errors, \d+ warnings?(; \d+ fixable with --fix)?\n", err)
        for line in out.splitlines():
            assert line.isprintable()
            assert not _COMMAND.search(line)
            assert name == "github" or not line.lstrip().startswith("::")
    problems = json.loads(found["json"])["diagnostics"]
    assert len(problems) >= 8
    lines = found["github"].splitlines()
    assert len(lines) == len(problems) == len(json.loads(found["sarif"])["runs"][0]["results"])
    for line, problem in zip(lines, problems, strict=True):
        head = re.fullmatch(r"::(error|warning) file=[^:,]+,line=(\d+),col=(\d+),title=(KB\d{3})::.*", line)
        assert head
        assert head.groups() == (problem["severity"], str(problem["line"]), str(problem["column"]), problem["code"])
    # As JSON the words are the same as in the record: only their spelling in the file differs.
    if "[" in words and words.isascii():
        assert any(words[:12] in problem["message"] for problem in problems)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_shown_record_commands_nothing(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(f"{'long' * (n % 7)} {words}" for n in range(40)).strip()
    overrides = {"finding/steering-works": {"title": f"{words} title", "summary": text, "limitations": [words, text]}}
    root = kbmaker.write(tmp_path, overrides)
    for options in ([], ["--json"]):
        assert main(["show", "steering-works", "--root", str(root), *options]) == 0
        out = capsys.readouterr().out
        for line in out.splitlines():
            assert options or line.isprintable()
            assert not _COMMAND.search(line)
            assert not line.lstrip().startswith("::")
    assert json.loads(out)["record"]["summary"] == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – “text” ## [x]", "plain – “text” ## [x]"),
        ("##[error]", r"#\x23[error]"),
        ("###[x]", r"##\x23[x]"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\u202eb\x9b", r"a\u202eb\x9b"),
        ("\ud800", r"\ud800"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_inert_json_means_the_same() -> None:
    data = {"##[x]": ["a##vso[b] \\##[c]", "## [d]"]}
    text = inert(json.dumps(data))
    assert json.loads(text) == data
    assert not _COMMAND.search(text)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_complaint_about_the_settings_commands_nothing(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kb.yaml").write_text(f'title: x\n"{words}": 1\nurl: "{words}"\nfolders: {{"{words}": "{words}"}}\n', encoding="utf-8")
    assert main(["check", "--root", str(tmp_path)]) == 2
    for line in capsys.readouterr().err.splitlines():
        assert line.isprintable()
        assert line.startswith(("kb: kb.yaml:", "kb.yaml:"))
        assert not _COMMAND.search(line)
