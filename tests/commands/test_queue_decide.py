"""`kb queue` and `kb decide`: what waits, and that each decision that can be written makes its item go and nothing else change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kbmaker import write

from kb.checks import run as run_checks
from kb.cli import main
from kb.commands.check import day
from kb.evidence.queue import Waiting
from kb.evidence.state import derive
from kb.records import load

DAY = "2026-08-01"
CLAIM: dict[str, Any] = {
    "id": "rate",
    "statement": "It rises.",
    "nature": "comparison",
    "measures": [{"name": "before", "value": "10", "unit": "%"}, {"name": "after", "value": "40.0", "unit": "%"}],
    "at": [{"part": "abstract"}],
    "checked": "abstract",
}
DISPUTE = {"about": "after", "reported": "40%", "instead": "38%", "by": "roe-2025-steering", "state": "open", "note": "Table 2."}


def example(method: str, channel: str) -> dict[str, Any]:
    link = {"concept": "persona", "role": "instantiating", "shapes": ["prompted-shift"], "axes": {"method": method, "channel": channel}}
    return {"instantiates": [link], "claims": [CLAIM], "reviewed": "2026-07-20"}


def codified(shape: dict[str, Any]) -> dict[str, Any]:
    return shape | {"codified": {"on": "2026-02-01", "by": "ed", "why": "It was enough."}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A knowledge base in which every kind of decision with something to write waits."""
    from kbmaker import base

    concept = base()["concept/persona"]
    overrides: dict[str, Any] = {
        "finding/shift-0": example("steering", "activations"),
        "finding/shift-1": example("fine-tuning", "weights"),
        "finding/disputed": example("steering", "activations") | {"instantiates": [], "no-concept": "None.", "claims": [CLAIM | {"disputes": [DISPUTE]}]},
        "finding/against": {
            "instantiates": [],
            "no-concept": "None.",
            "reviewed": "2026-07-20",
            "claims": [CLAIM],
            "relations": [{"type": "conflicts-with", "to": "disputed", "moderator": "size"}],
        },
        "finding/homeless": {"instantiates": [], "claims": [CLAIM], "reviewed": "2026-07-20"},
        "finding/old-one": {"instantiates": [], "no-concept": "None.", "claims": [CLAIM], "status": "working"},
        "finding/sketch": {"instantiates": [], "no-concept": "None.", "claims": [CLAIM], "status": "draft"},
        "finding/read-through": {
            "instantiates": [],
            "no-concept": "None.",
            "claims": [{**CLAIM, "checked": "full-text"}],
            "status": "working",
            "reviewed": "2026-07-20",
        },
        "belief/personas-are-selected": {
            "readings": [{"title": "Roe's work", "note": "To be read.", "source": "roe-2025-steering", "state": "to-read"}],
        },
        "concept/persona": {"shapes": [*concept["shapes"][:1], *(codified(shape) for shape in concept["shapes"][1:])]},
    }
    overrides["finding/disputed"]["relations"] = [{"type": "conflicts-with", "to": "against", "moderator": "size"}]
    return write(tmp_path, overrides)


def waiting(root: Path) -> list[Waiting]:
    return list(derive(load(root, cache=False), today=day(DAY)).queue)


def decide(root: Path, *words: str) -> int:
    return main(["decide", *words, "--by", "ann", "--why", "Because: it is so # really", "--date", DAY, "--root", str(root)])


STAYS = {("figure-disputed", "leave")}
"""Options that record something and let the item wait."""
VALUES = {"set-threshold": "9", "supersede": "against"}


def test_every_decision_that_can_be_written_is_written_and_clears_its_item(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = waiting(root)
    kinds = {item.kind for item in items if any(option.edits for option in item.options)}
    expected = "threshold-reached codified-unsupported figure-disputed findings-conflict no-concept stale-record old-draft promotable unread-reading"
    assert kinds == set(expected.split())
    before = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.yaml")}
    errors = {(d.code, d.record, d.message) for d in run_checks(load(root, cache=False), today=day(DAY)) if d.severity == "error"}
    for kind in sorted(kinds):
        item = next(item for item in items if item.kind == kind)
        for option in (option for option in item.options if option.edits):
            value = {"set-threshold": "2" if kind == "codified-unsupported" else "9"}.get(option.id, VALUES.get(option.id, ""))
            words = [item.id, option.id, *(["--value", value] if option.value else [])]
            assert decide(root, *words, "--dry-run") == 0
            assert {path: path.read_text(encoding="utf-8") for path in before} == before
            assert decide(root, *words) == 0, (words, capsys.readouterr().err)
            changed = [path for path, text in before.items() if path.read_text(encoding="utf-8") != text]
            assert len(changed) == 1, words
            new = changed[0].read_text(encoding="utf-8")
            for said in ("Because: it is so # really", "ann", DAY):
                assert new.count(said) > before[changed[0]].count(said), (words, said)
            after = load(root, cache=False)
            assert not after.problems
            assert {(d.code, d.record, d.message) for d in run_checks(after, today=day(DAY)) if d.severity == "error"} <= errors
            assert (item.id in {left.id for left in waiting(root)}) == ((kind, option.id) in STAYS), words
            changed[0].write_text(before[changed[0]], encoding="utf-8")


def test_a_decision_keeps_comments_and_says_who_when_and_why(root: Path) -> None:
    path = root / "concepts" / "persona.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("shapes:", "# what is tracked\nshapes:"), encoding="utf-8")
    assert decide(root, "threshold-reached:persona/prompted-shift", "codify") == 0
    assert "# what is tracked\nshapes:" in path.read_text(encoding="utf-8")
    shape = load(root, cache=False).concepts["persona"].shapes[0]
    assert shape.codified is not None
    assert (shape.codified.on.isoformat(), shape.codified.by, shape.codified.why) == (DAY, "ann", "Because: it is so # really")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["threshold-reached:persona/prompted-shit", "codify"], "did you mean 'threshold-reached:persona/prompted-shift'"),
        (["threshold-reached:persona/prompted-shift", "codfy"], "did you mean 'codify'"),
        (["threshold-reached:persona/prompted-shift", "correct"], "work that no command can write"),
        (["threshold-reached:persona/prompted-shift", "set-threshold"], "needs --value"),
        (["threshold-reached:persona/prompted-shift", "set-threshold", "--value", "3"], "from 4 to 9"),
        (["threshold-reached:persona/prompted-shift", "set-threshold", "--value", "²"], "from 4 to 9"),
        (["threshold-reached:persona/prompted-shift", "codify", "--value", "3"], "takes no --value"),
        (["findings-conflict:against:disputed", "supersede", "--value", "shift-0"], "against or disputed"),
        # It is checked as far as its abstract: to call it stable would be an error.
        (["stale-record:old-one", "stable"], "KB310"),
    ],
)
def test_what_cannot_be_decided_so_is_refused_and_nothing_is_written(words: list[str], says: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if words[1] in ("correct",):
        kinds = {option.id for item in waiting(root) if item.id == words[0] for option in item.options if option.edits is None}
        words = [words[0], kinds.pop()]
    before = {path: path.read_text(encoding="utf-8") for path in root.rglob("*.yaml")}
    assert decide(root, *words) == 2
    assert says in capsys.readouterr().err
    assert {path: path.read_text(encoding="utf-8") for path in before} == before


def test_the_queue_as_text_json_and_markdown(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def printed(*words: str) -> str:
        assert main(["queue", *words, "--today", DAY, "--root", str(root)]) == 0
        return capsys.readouterr().out

    items = waiting(root)
    lines = printed()
    assert [line for line in lines.splitlines() if ":" in line and not line.startswith(" ") and " " not in line] == [item.id for item in items]
    found = json.loads(printed("--json"))
    assert (found["version"], found["today"]) == (1, DAY)
    assert [item["id"] for item in found["waiting"]] == [item.id for item in items]
    assert [item["id"] for item in json.loads(printed("--json", "--kind", "no-concept"))["waiting"]] == ["no-concept:homeless"]
    assert [item["id"] for item in json.loads(printed("--json", "--most", "1"))["waiting"]] == [items[0].id]
    whole = printed("no-concept:homeless")
    assert "kb decide no-concept:homeless say-why --by NAME --why REASON" in whole
    assert printed("--format", "markdown").count("\n| ") == len(items) + 2
    assert f"{len(items)} waiting, 2 of them shown;" in printed("--most", "2")
    few = printed("--format", "markdown", "--most", "2")
    assert few.startswith(f"## Decisions waiting: {len(items)}\n")
    assert few.endswith("\nThe 2 of most consequence are shown.\n")
    assert printed("--kind", "stale-result") == "nothing of kind stale-result waits\n"
    for many in ("0", "-1"):
        assert main(["queue", "--most", many, "--root", str(root)]) == 2
        assert "expected a whole number from 1" in capsys.readouterr().err


def test_an_option_says_the_command_that_writes_it(root: Path) -> None:
    for item in waiting(root):
        for option in item.options:
            command = item.command(option)
            assert bool(command) is (option.edits is not None)
            if command:
                assert command.startswith(f"kb decide {item.id} {option.id} --by NAME --why REASON")
                assert command.endswith("--value VALUE") is bool(option.value)


def test_the_queue_is_ordered_by_what_rests_on_it(root: Path) -> None:
    ranks = [item.reach.rank for item in waiting(root)]
    assert ranks == sorted(ranks)
    assert ranks[0] < ranks[-1]
    reading = next(item for item in waiting(root) if item.kind == "unread-reading")
    assert reading.reach.beliefs == ("personas-are-selected",)


def test_an_empty_queue_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kb.yaml").write_text("title: Empty\n", encoding="utf-8")
    assert main(["queue", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "nothing waits for a decision\n"


@pytest.mark.parametrize("words", [["--kind", "treshold-reached"], ["nothing:here"]])
def test_unknown_kinds_and_items_are_usage_errors(words: list[str], root: Path) -> None:
    assert main(["queue", *words, "--root", str(root)]) == 2
