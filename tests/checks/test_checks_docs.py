"""Every rule is documented, and its examples do what they say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import kbmaker
import pytest

from kb.checks import Rule, all_rules, find_rule, nearest_rules, run
from kb.checks import registry as registry_module
from kb.checks.text_docs import TEXT
from kb.cli import main
from kb.records import load
from kb.records.codes import CODES

# What only a file system can show: their examples are commands, and the reader's own tests try them.
BY_COMMAND = {"KB001", "KB002", "KB003", "KB004"}
# What only a paper's text can show: the last line of their examples is the paper, and `kb check --text` compares.
BY_TEXT = {code.code for code in TEXT}
RULES = all_rules()
RUNNABLE = [rule for rule in RULES if rule.code not in BY_COMMAND | BY_TEXT]


def codes_of(example: str, root: Path) -> list[str]:
    kbmaker.write_example(root, example)
    return [diagnostic.code for diagnostic in run(load(root, cache=False), today=kbmaker.TODAY)]


@pytest.mark.parametrize("rule", RUNNABLE, ids=lambda rule: rule.code)
def test_the_bad_example_is_reported_and_the_good_one_is_not(rule: Rule, tmp_path: Path) -> None:
    bad, good = codes_of(rule.bad, tmp_path / "bad"), codes_of(rule.good, tmp_path / "good")
    # A name that the system cannot hold twice is also no record's name, and a record that is gone leaves links behind.
    company = {"KB021": {"KB021", "KB022"}, "KB019": {"KB019", "KB201"}}.get(rule.code, {rule.code})
    if rule.function is None:
        # A file that holds no record leaves its links dangling elsewhere; only what reading itself says is compared.
        bad = [code for code in bad if code < "KB200" or code in company]
    assert rule.code in bad
    assert set(bad) == company if rule.code == "KB021" else set(bad) <= company
    assert rule.code not in good
    assert good == []


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.code in BY_TEXT], ids=lambda rule: rule.code)
def test_the_bad_example_differs_from_its_paper_and_the_good_one_does_not(rule: Rule, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, example, expected in (("bad", rule.bad, [rule.code]), ("good", rule.good, [])):
        root = kbmaker.write_example(tmp_path / name, example)
        (tmp_path / "paper.txt").write_text(example.partition("# The paper: ")[2], encoding="utf-8")
        main(["check", "--root", str(root), "--today", kbmaker.TODAY.isoformat(), "--format", "json", "--text", f"roe-2025-steering={tmp_path / 'paper.txt'}"])
        assert [d["code"] for d in json.loads(capsys.readouterr().out)["diagnostics"]] == expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_whole_page(rule: Rule) -> None:
    for field in ("summary", "what", "why", "bad", "good", "fix"):
        assert len(getattr(rule, field).strip()) > 10, f"{rule.code} has no {field}"
    assert rule.summary.endswith(".")
    assert rule.bad != rule.good
    assert rule.severity in ("error", "warning")
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
    if rule.code in BY_COMMAND:
        assert rule.bad.startswith("$ ")
    else:
        assert kbmaker.fragments(rule.bad)
        assert kbmaker.fragments(rule.good)


def test_rules_are_sorted_and_unique() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_what_reading_reports_is_documented_under_the_same_name() -> None:
    documented = {rule.code: rule.name for rule in RULES if rule.function is None and rule.code not in BY_TEXT}
    assert documented == {code.code: code.name for code in CODES.values()}


def test_each_check_is_a_module_named_after_it() -> None:
    folder = Path(registry_module.__file__).parent
    modules = {path.stem for path in folder.glob("kb[0-9]*.py")}
    assert modules == {f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in RULES if rule.function is not None}


@pytest.mark.parametrize("name", ["KB201", "kb201", " Kb201 ", "dangling-reference", "Dangling-Reference", "dangling_reference"])
def test_a_rule_is_found_by_code_or_name_in_any_case(name: str) -> None:
    rule = find_rule(name)
    assert rule is not None
    assert rule.code == "KB201"


@pytest.mark.parametrize("name", ["KB2", "KB999", "", "dangling"])
def test_no_rule_is_found_by_half_a_name(name: str) -> None:
    assert find_rule(name) is None


def test_near_names_are_offered() -> None:
    assert nearest_rules("dangling-refrence")[0].code == "KB201"
    assert nearest_rules("zzzzzz") == []


def test_a_code_or_name_cannot_be_taken_twice() -> None:
    rule = RULES[0]
    with pytest.raises(ValueError, match="clashes with"):
        registry_module.register(rule)
    with pytest.raises(ValueError, match="a rule is called like"):
        registry_module.register(Rule("X1", "x", *[""] * 6, "error"))
