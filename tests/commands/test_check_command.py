"""`kb check`: what it prints in each format, what it restricts, and how it exits."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import kbmaker
import pytest

from kb.checks.formats import FORMATS, Report, printable, render
from kb.cli import main
from kb.records import Diagnostic, Place

TODAY = kbmaker.TODAY.isoformat()
BROKEN_LINK: kbmaker.Overrides = {"finding/steering-works": {"relations": [{"type": "extends", "to": "prompts-move-persona"}]}}
STALE: kbmaker.Overrides = {"finding/steering-works": {"added": "2025-06-01"}}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("KB_TODAY", raising=False)


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    return kbmaker.write(tmp_path / "kb", BROKEN_LINK)


def check(root: Path, *words: str) -> int:
    return main(["check", "--root", str(root), "--today", TODAY, *words])


def test_a_clean_knowledge_base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(kbmaker.write(tmp_path / "kb")) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "checked 8 files: 0 errors, 0 warnings\n"


def test_text_shows_place_message_expectation_and_fix(kb: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(kb.parent)
    assert check(kb) == 1
    out, err = capsys.readouterr()
    assert out == (
        "kb/findings/steering-works.yaml:44:7: error KB201: `relations.to` names 'prompts-move-persona', which does not exist\n"
        "    expected: the id of a finding\n"
        "    fix: did you mean 'prompts-move-personas'?\n"
    )
    assert err == "checked 8 files: 1 error, 0 warnings\n"


def test_json_is_stable(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(kb, "--format", "json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "version": 1,
        "summary": {"files": 8, "errors": 1, "warnings": 0},
        "diagnostics": [
            {
                "file": "findings/steering-works.yaml",
                "line": 44,
                "column": 7,
                "code": "KB201",
                "severity": "error",
                "message": "`relations.to` names 'prompts-move-persona', which does not exist",
                "expected": "the id of a finding",
                "fix": "did you mean 'prompts-move-personas'?",
                "record": "steering-works",
                "fixable": False,
            }
        ],
    }


def test_a_github_annotation_cannot_be_left() -> None:
    hostile = Diagnostic(Place("a,b:c%.yaml", 2, 3), "KB999", "100% wrong\r\n::error::mine", "x\x1b[31m", "one,two: three", "a", "warning")
    assert render("github", Report([hostile], 1, "kb/")) == (
        "::warning file=kb/a%2Cb%3Ac%25.yaml,line=2,col=3,title=KB999::100%25 wrong%0D%0A::error::mine%0Aexpected: x\\x1b[31m%0Afix: one,two: three\n"
    )


def test_text_for_terminals_obeys_no_record() -> None:
    hostile = Diagnostic(Place("a.yaml"), "KB999", "red \x1b[31m and \u202eturned\nover", "", "")
    assert render("text", Report([hostile], 1)) == "a.yaml:1:1: error KB999: red \\x1b[31m and \\u202eturned\\nover\n"
    assert printable("Émile – 日本") == "Émile – 日本"


SARIF = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id", "shortDescription", "help", "defaultConfiguration"],
                                            "properties": {"help": {"type": "object", "required": ["text"]}},
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["ruleId", "ruleIndex", "message", "locations", "level"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"type": "object", "required": ["text"]},
                                "locations": {
                                    "minItems": 1,
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {"properties": {"uri": {"type": "string", "pattern": r"^[^ \\]+$"}}},
                                                    "region": {"properties": {"startLine": {"minimum": 1}, "startColumn": {"minimum": 1}}},
                                                },
                                            }
                                        }
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_is_valid_and_its_rules_explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = kbmaker.write(tmp_path / "kb", {**BROKEN_LINK, "source/kim-2024-notes": {}})
    assert check(root, "--format", "sarif") == 1
    log = json.loads(capsys.readouterr().out)
    jsonschema.validate(log, SARIF)
    run = log["runs"][0]
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [("KB201", "error"), ("KB220", "warning")]
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert "Fix:" in rule["help"]["text"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 44, "startColumn": 7}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_nothing_and_something(name: str) -> None:
    empty = render(name, Report([], 0))
    assert empty == "" or json.loads(empty)
    assert render(name, Report([Diagnostic(Place("a.yaml"), "KB201", "m")], 1)).endswith("\n")


def test_an_unknown_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        render("os", Report([], 0))


def test_paths_restrict_what_is_reported_not_what_is_read(kb: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(kb, str(kb / "sources")) == 0
    assert check(kb, str(kb / "findings" / "prompts-move-personas.yaml")) == 0
    assert check(kb, str(kb / "findings")) == 1
    assert check(kb, str(kb)) == 1
    monkeypatch.chdir(kb / "findings")
    assert main(["check", "--today", TODAY, "steering-works.yaml"]) == 1
    monkeypatch.chdir(kb.parent.parent)
    assert main(["check", "--today", TODAY, str(kb / "findings" / "steering-works.yaml")]) == 1
    capsys.readouterr()
    assert check(kb, str(kb / "no-such-file.yaml")) == 2
    assert "no file or folder" in capsys.readouterr().err
    assert check(kb, str(Path(__file__))) == 2
    assert "lies outside" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--select", "KB201"], 1),
        (["--select", "kb2"], 1),
        (["--select", "dangling-reference,KB4"], 1),
        (["--select", "KB3", "--select", "KB201"], 1),
        (["--select", "KB3"], 0),
        (["--ignore", "KB201"], 0),
        (["--ignore", "KB2"], 0),
        (["--ignore", "KB3"], 1),
        (["--select", "KB201", "--ignore", "KB2"], 0),
        (["--select", "KB999"], 2),
        (["--ignore", "dangeling-reference"], 2),
        (["--format", "xml"], 2),
        (["--today", "tomorrow"], 2),
        (["--today", "2026-13-01"], 2),
    ],
)
def test_selection_and_exit_codes(kb: Path, words: list[str], code: int) -> None:
    assert check(kb, *words) == code


def test_an_unknown_code_names_the_nearest(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(kb, "--ignore", "dangeling-reference")
    assert "did you mean KB201 (dangling-reference)" in capsys.readouterr().err


def test_warnings_alone_exit_clean_unless_strict(tmp_path: Path) -> None:
    root = kbmaker.write(tmp_path / "kb", STALE)
    assert check(root) == 0
    assert check(root, "--strict") == 1
    assert check(root, "--strict", "--ignore", "KB312") == 0


def test_the_day_is_an_option_or_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = kbmaker.write(tmp_path / "kb")
    assert main(["check", "--root", str(root), "--today", "2026-01-09"]) == 1
    monkeypatch.setenv("KB_TODAY", "2026-01-09")
    assert main(["check", "--root", str(root)]) == 1
    assert main(["check", "--root", str(root), "--today", TODAY]) == 0
    monkeypatch.setenv("KB_TODAY", "soon")
    assert main(["check", "--root", str(root)]) == 2


@pytest.mark.parametrize("cache", [[], ["--no-cache"]])
def test_an_answer_from_the_cache_is_the_same_and_a_change_is_seen(kb: Path, capsys: pytest.CaptureFixture[str], cache: list[str]) -> None:
    answers = []
    for _ in range(2):
        assert check(kb, *cache) == 1
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1] != ""
    path = kb / "findings" / "steering-works.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("prompts-move-persona\n", "prompts-move-personas\n"), encoding="utf-8")
    assert check(kb, *cache) == 0
    assert check(kb, *cache, "--select", "KB2") == 0


def test_no_knowledge_base_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--root", str(tmp_path)]) == 2
    assert "kb.yaml" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colour_only_on_a_terminal_that_wants_it(kb: Path, monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", no_color)
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    check(kb)
    assert ("\x1b[31merror KB201\x1b[0m" in screen.getvalue()) is coloured


def test_the_command_line_loads_nothing_heavy() -> None:
    code = "import sys, kb.cli, kb.checks, kb.commands.check, kb.commands.rule, kb.commands.show; print(*[m for m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "kb.cli" in loaded
    assert not {"torch", "mkdocs", "pydantic", "pydantic_core", "networkx", "yaml", "rapidfuzz", "jinja2"} & set(loaded)


def test_fix_applies_what_is_safe_and_reports_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = "# findings/steering-works.yaml\nartefacts: [a, a]\nrelations:\n  - {type: extends, to: prompts-move-persona}\n"
    root = kbmaker.write_example(tmp_path / "kb", example)
    path = root / "findings/steering-works.yaml"
    before = path.read_text()
    assert check(root) == 1
    out, err = capsys.readouterr()
    assert "    fix: remove it  [--fix]\n" in out
    assert "    fix: did you mean 'prompts-move-personas'?\n" in out
    assert err == "checked 8 files: 2 errors, 0 warnings; 1 fixable with --fix\n"
    assert check(root, "--fix", "--dry-run") == 1
    out, err = capsys.readouterr()
    assert "KB205" in out
    assert err.startswith("would fix findings/steering-works.yaml:")
    assert path.read_text() == before
    assert check(root, "--fix", "--ignore", "KB205") == 1
    assert path.read_text() == before
    capsys.readouterr()
    assert check(root, "--fix", "--format", "json") == 1
    out, err = capsys.readouterr()
    assert [(d["code"], d["fixable"]) for d in json.loads(out)["diagnostics"]] == [("KB201", False)]
    assert err.startswith("fixed findings/steering-works.yaml:")
    assert err.endswith("KB205: `artefacts` names 'a' a second time\nchecked 8 files: 1 error, 0 warnings\n")
    assert path.read_text() == before.replace("[a, a]", "[a]")


def test_a_dry_run_needs_a_fix(kb: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(kb, "--dry-run") == 2
    assert "--fix" in capsys.readouterr().err
