"""`kb rule`: a check's page, the list, JSON."""

from __future__ import annotations

import json

import pytest

from kb.checks import all_rules
from kb.cli import main


@pytest.mark.parametrize("name", ["KB201", "kb201", "Dangling-Reference"])
def test_a_page_says_everything(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", name]) == 0
    page = capsys.readouterr().out
    assert page.startswith("KB201 dangling-reference (error)\n")
    for title in ("What it does", "Why it matters", "How to fix it", "Not accepted", "Accepted"):
        assert f"\n{title}\n  " in page
    assert "  relations:\n    - {type: extends, to: prompts-move-style}\n" in page


def test_every_rule_is_listed_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.code for rule in all_rules()]


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "KB409", "--json"]) == 0
    rule = json.loads(capsys.readouterr().out)
    assert set(rule) == {"code", "name", "summary", "what", "why", "bad", "good", "fix", "severity", "fixed-by-check"}
    assert main(["rule", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(all_rules())


@pytest.mark.parametrize(("name", "said"), [("dangling-refrence", "did you mean KB201"), ("KB999", "KB"), ("???", "`kb rule` lists them all")])
def test_an_unknown_name_is_a_usage_error(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", name]) == 2
    assert said in capsys.readouterr().err


def test_a_page_says_what_the_fixer_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "KB203"]) == 0
    assert "\nWhat kb check --fix does\n  Writes the present id" in capsys.readouterr().out
    assert main(["rule", "KB201"]) == 0
    assert "--fix" not in capsys.readouterr().out
