"""`kb beliefs`: the table, the explanation of one belief, and what it prints to paste."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import kbmaker
import pytest
import yaml

from kb.cli import main
from kb.commands.beliefs import explained, listed
from kb.evidence.state import derive
from kb.records import load

BELIEF = "belief/personas-are-selected"
HISTORY = [{"date": "2026-01-10", "credence": 0.6, "because": "so"}]
FIRED: dict[str, Any] = {
    "updates": [
        {"id": "open-again", "when": "It is open.", "would": "reconsider", "predicate": {"question": "what-moves-personas", "is": "open"}},
        {"id": "felt", "when": "It feels so.", "would": "lower", "not-predicable": "No record says so."},
        {
            "id": "contradicted",
            "when": "It is contradicted.",
            "would": "lower",
            "predicate": {
                "any": [
                    {"count": "findings", "where": {"role": "contradicting"}, "at-least": 1},
                    {"verdict": "rerun", "tier": "organism", "is": "reproduced"},
                ]
            },
        },
    ],
    "evidence": [{"record": "prompts-move-personas/rate", "direction": "for", "weight": 3, "note": "It moves."}],
}


def out(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["beliefs", *words, "--root", str(root)]) == 0
    return capsys.readouterr().out


def test_the_table_has_a_line_per_holder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [{"holder": who, "history": [{"date": "2026-01-10", "credence": c, "because": "so"}]} for who, c in (("ann", 0.6), ("bob", 0.2))]
    kbmaker.write(tmp_path, {BELIEF: FIRED | {"holders": both}})
    lines = out(tmp_path, capsys).splitlines()
    assert lines[0].split() == ["belief", "holder", "credence", "last", "change", "for", "against", "mixed", "review"]
    assert [line.split()[:7] for line in lines[1:]] == [
        ["personas-are-selected", "ann", "0.6", "2026-01-10", "1", "0", "0"],
        ["personas-are-selected", "bob", "0.2", "2026-01-10", "1", "0", "0"],
    ]
    assert all(line.endswith("due: open-again") for line in lines[1:])


def test_without_beliefs_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kbmaker.write(tmp_path, {BELIEF: None, "question/what-moves-personas": {"bears-on": ["persona"]}})
    assert out(tmp_path, capsys) == "no belief is filed\n"
    assert json.loads(out(tmp_path, capsys, "--json")) == []


def test_explain_shows_value_records_and_distance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kbmaker.write(tmp_path, {BELIEF: FIRED})
    text = out(tmp_path, capsys, "explain", "personas-are-selected")
    assert "[x] question what-moves-personas is open; now open <- what-moves-personas" in text
    assert "fired: since 2026-01-10" in text
    assert "[ ] findings on any concept as contradicting: at least 1; now none" in text
    assert "[?] rerun (tier organism) is reproduced; now no result of rerun on tier organism" in text
    assert "0 of 1 findings on any concept as contradicting, 1 more, or a result of rerun on tier organism" in " ".join(text.split())
    assert "no predicate" in text
    assert "implied by the listed weights: 0.75, from 0.6 by +3 decibans" in text


def test_the_review_it_prints_clears_the_trigger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kbmaker.write(tmp_path, {BELIEF: FIRED})
    text = out(tmp_path, capsys, "explain", "personas-are-selected")
    start = text.index("    - date: YYYY-MM-DD")
    pasted = text[start : text.index("note: …", start) + len("note: …")].replace("YYYY-MM-DD", "2026-02-01")
    path = tmp_path / "beliefs/personas-are-selected.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}reviews:\n{pasted}\n", encoding="utf-8")
    assert load(tmp_path, cache=False).problems == ()
    after = json.loads(out(tmp_path, capsys, "explain", "personas-are-selected", "--json"))
    assert after["review-due"] == []
    assert after["triggers"][0]["reviewed"][0]["outcome"] == "unchanged"
    assert "reviewed: 2026-02-01 by ann, unchanged" in out(tmp_path, capsys, "explain", "personas-are-selected")
    assert yaml.safe_load(pasted)[0]["fired-by"] == ["what-moves-personas"]


def test_a_resolved_belief_shows_its_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sure = [{"holder": "ann", "history": [{"date": "2026-01-10", "credence": 1, "because": "so"}]}]
    kbmaker.write(tmp_path, {BELIEF: {"holders": sure, "resolution": {"date": "2026-01-20", "outcome": False, "by": "bob", "why": "So."}}})
    text = out(tmp_path, capsys, "explain", "personas-are-selected")
    assert "Brier 1, log infinite for the last credence, 1" in text
    assert "resolved 2026-01-20: false" in out(tmp_path, capsys)
    assert json.loads(out(tmp_path, capsys, "--json"))[0]["scores"][0]["mean-log"] == "infinite"


def test_a_former_id_will_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kbmaker.write(tmp_path, {BELIEF: {"aliases": ["selected"]}})
    assert "belief personas-are-selected" in out(tmp_path, capsys, "explain", "selected")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain"], "which belief?"),
        (["explain", "personas-are-chosen"], "did you mean personas-are-selected?"),
        (["explain", "persona"], "is a concept and no belief"),
        (["explain", "prompts-move-personas/rate"], "is a finding and no belief"),
    ],
)
def test_what_is_no_belief_is_a_usage_error(words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kbmaker.write(tmp_path)
    assert main(["beliefs", *words, "--root", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err


def test_texts_of_strangers_do_not_reach_the_terminal_raw() -> None:
    """The reader refuses such a character in a file; the printer does not rely on it."""
    state = derive(kbmaker.corpus({BELIEF: {"title": "A \x1b[31mred\x1b[0m title", "holders": [{"holder": "\x1b[2J", "history": HISTORY}]}}))
    text = "\n".join([*explained(state.beliefs["personas-are-selected"]), *listed(list(state.beliefs.values()))])
    assert "\x1b" not in text
