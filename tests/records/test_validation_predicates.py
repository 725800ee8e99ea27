"""What is said of a predicate that is no predicate: the branch that was meant, its keys, the nearest word."""

from __future__ import annotations

from pathlib import Path

import kbmaker
import pytest

from kb.records import load


@pytest.mark.parametrize(
    ("predicate", "code", "message", "fix"),
    [
        ("{cuont: findings}", "KB101", "updates[0].predicate has 'cuont', no key of a predicate", "did you mean 'count'?"),
        ("{any: [{x: 1, y: 2}]}", "KB101", "updates[0].predicate.any[0] has 'x' and 'y', no key of a predicate", "begin it with one of 'all'"),
        ("some words", "KB104", "updates[0].predicate is 'some words'", "write it as a mapping"),
        ("{count: findings, at-leats: 1}", "KB101", "unknown key 'at-leats' in updates[0].predicate", "did you mean 'at-least'?"),
        ("{not: {shape: s, count: {at-leats: 1}}}", "KB101", "unknown key 'at-leats' in updates[0].predicate.not.count", "did you mean 'at-least'?"),
        ("{shape: s, state: codifid}", "KB103", "updates[0].predicate.state is 'codifid'", "did you mean 'codified'?"),
        ("{all: [{verdict: a, tier: organism, is: [reproduced, reprodced]}]}", "KB103", "updates[0].predicate.all[0].is[1] is 'reprodced'", "'reproduced'"),
        ("{verdict: a, is: reproduced}", "KB102", "'tier' is missing in updates[0].predicate", "add `tier:`"),
        ("{verdict: a, tier: organism, is: met}", "KB105", "name it as replication/criterion", "correct one"),
        ("{count: findings}", "KB105", "a count needs a bound", "correct one"),
    ],
)
def test_one_problem_at_its_place(predicate: str, code: str, message: str, fix: str, tmp_path: Path) -> None:
    example = f"# beliefs/personas-are-selected.yaml\nupdates:\n  - id: u\n    when: So.\n    would: lower\n    predicate: {predicate}\n"
    kbmaker.write_example(tmp_path, example)
    (problem,) = load(tmp_path, cache=False).problems
    assert problem.code == code
    assert message in problem.message
    assert fix in problem.fix
    assert problem.place.column > 15


@pytest.mark.parametrize(("outcome", "fix"), [("ture", "did you mean 'true'?"), ('"true"', "write it without quotation marks"), ("maybe", "use one of")])
def test_true_and_false_are_words_of_an_outcome(outcome: str, fix: str, tmp_path: Path) -> None:
    line = f"resolution: {{date: 2026-02-01, outcome: {outcome}, by: ann, why: So.}}"
    kbmaker.write_example(tmp_path, f"# beliefs/personas-are-selected.yaml\n{line}\n")
    (problem,) = load(tmp_path, cache=False).problems
    assert "one of 'false', 'true' or 'void'" in problem.expected
    assert fix in problem.fix
