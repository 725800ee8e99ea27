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
from kb.contribute.editing import EditError
from kb.contribute.ruling import Change
from kb.contribute.ruling import write as write_changes
from kb.evidence.queue import Waiting
from kb.evidence.state import derive
from kb.records import load
from kb.records.tree import read_tree

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

SHARE = {"name": "share", "value": "43", "unit": "%", "k": 12, "n": 30}
FAILING = [
    CLAIM | {"id": "expression", "checks": ["after < before"]},
    CLAIM | {"id": "named", "checks": ["before < after", {"test": "ordering", "of": "after", "place": "smallest", "among": ["before"]}]},
    CLAIM | {"id": "written-out", "checks": [{"expression": "after < before"}]},
    CLAIM | {"id": "automatic", "measures": [SHARE]},
]
"""Claims of which one check fails, each declared in another way."""
CONTRADICTED = {"count": "findings", "where": {"concept": "persona", "role": "contradicting"}, "at-least": 1}
UPDATE = {"id": "contradicted", "when": "A finding contradicts it.", "would": "lower", "predicate": CONTRADICTED}


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
            "updates": [UPDATE],
        },
        "finding/figures": {"instantiates": [], "no-concept": "None.", "claims": FAILING, "reviewed": "2026-07-20"},
        "finding/null-result": {
            "instantiates": [{"concept": "persona", "role": "contradicting", "axes": {}}],
            "claims": [CLAIM],
            "reviewed": "2026-07-20",
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
VALUES = {"set-threshold": "9", "supersede": "against", "move": "0.4"}


def test_every_decision_that_can_be_written_is_written_and_clears_its_item(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = waiting(root)
    kinds = {item.kind for item in items if any(option.edits for option in item.options)}
    expected = "threshold-reached codified-unsupported figure-disputed findings-conflict no-concept stale-record old-draft promotable unread-reading"
    assert kinds == {"review-due", "figures-inconsistent", *expected.split()}
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
    items = waiting(root)
    due = [item for item in items if item.kind == "review-due"]
    assert due
    assert items[: len(due)] == due  # somebody said beforehand that these matter
    ranks = [item.reach.rank for item in items[len(due) :]]
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


@pytest.mark.parametrize(
    ("claim", "position", "entry"),
    [
        ("expression", 0, {"expression": "after < before"}),
        ("named", 1, {"test": "ordering", "of": "after", "place": "smallest", "among": ["before"]}),
        ("written-out", 0, {"expression": "after < before"}),
        ("automatic", 0, {"test": "k-of-n", "of": "share"}),
    ],
)
def test_a_failing_check_is_acknowledged_where_it_stands(claim: str, position: int, entry: dict[str, Any], root: Path) -> None:
    def complaints() -> list[str]:
        return [d.message for d in run_checks(load(root, cache=False), today=day(DAY), select=["KB501", "KB503", "KB504"])]

    before = complaints()
    assert len(before) == len(FAILING)
    assert decide(root, f"figures-inconsistent:figures/{claim}:{position}", "acknowledge") == 0
    corpus = load(root, cache=False)
    assert not corpus.problems
    found = next(c for c in corpus.findings["figures"].claims if c.id == claim).checks[position]
    assert not isinstance(found, str)
    assert found.acknowledged is not None
    assert (found.acknowledged.on.isoformat(), found.acknowledged.by, found.acknowledged.why) == (DAY, "ann", "Because: it is so # really")
    assert found.model_dump(exclude={"acknowledged"}, exclude_defaults=True, mode="json") | {"test": getattr(found, "test", "")} == {"test": ""} | entry
    assert len(complaints()) == len(FAILING) - 1
    assert set(complaints()) < set(before)


def two_holders(tmp_path: Path) -> Path:
    history = [{"date": "2026-01-10", "credence": 0.6, "because": "so"}]
    holders = [{"holder": name, "history": history} for name in ("ann", "Bob B.")]
    against = {"instantiates": [{"concept": "persona", "role": "contradicting", "axes": {}}]}
    return write(tmp_path, {"belief/personas-are-selected": {"holders": holders, "updates": [UPDATE]}, "finding/null-result": against})


REVIEW = "review-due:personas-are-selected/contradicted"


@pytest.mark.parametrize(
    ("option", "value", "outcome", "credences"),
    [("leave", "Bob B.", "unchanged", [0.6, 0.6]), ("move", "Bob B.=0.4", "changed", [0.6, 0.4]), ("move", "ann=.45", "changed", [0.45, 0.6])],
)
def test_one_of_two_holders_reviews_and_the_other_still_has_to(option: str, value: str, outcome: str, credences: list[float], tmp_path: Path) -> None:
    root = two_holders(tmp_path)
    assert decide(root, REVIEW, option, "--value", value) == 0
    belief = load(root, cache=False).beliefs["personas-are-selected"]
    who = value.partition("=")[0]
    (review,) = belief.reviews
    assert (review.by, review.of, review.fired_by, review.outcome, review.date.isoformat()) == (who, ["contradicted"], ["null-result"], outcome, DAY)
    # Who recorded it is said where it is somebody else.
    assert review.note == "Because: it is so # really" + ("" if who == "ann" else " (recorded by ann)")
    assert [float(holding.current.credence) for holding in belief.holders] == credences
    moved = [holding.current for holding in belief.holders if len(holding.history) == 2]
    assert [list(entry.records) for entry in moved] == ([["null-result"]] if outcome == "changed" else [])
    (item,) = [item for item in waiting(root) if item.id == REVIEW]
    other = "ann" if who == "Bob B." else "Bob B."
    assert item.what.endswith(f"Due for {other}.")
    # One is left: the option needs no name any more.
    assert decide(root, REVIEW, "leave") == 0
    assert not [item for item in waiting(root) if item.id == REVIEW]
    assert not [d for d in run_checks(load(root, cache=False), today=day(DAY)) if d.severity == "error" and d.record == "personas-are-selected"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["leave"], "needs --value: the holder, ann or Bob B."),
        (["leave", "--value", "carl"], "expected a holder for whom the review is due: ann or Bob B."),
        (["move", "--value", "0.4"], "expected a holder for whom the review is due: ann or Bob B."),
        (["move", "--value", "ann=0.6"], "a credence other than the present 0.6"),
        (["move", "--value", "ann=1.5"], "after the holder: NAME=0.6"),
        (["move", "--value", "ann=nan"], "a credence from 0 to 1"),
    ],
)
def test_a_review_without_its_holder_or_credence_is_refused(words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = two_holders(tmp_path)
    before = (root / "beliefs" / "personas-are-selected.yaml").read_text(encoding="utf-8")
    assert decide(root, REVIEW, *words) == 2
    assert says in capsys.readouterr().err
    assert (root / "beliefs" / "personas-are-selected.yaml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize("gone", [False, True])
def test_a_file_that_changed_meanwhile_is_refused_before_any_is_written(root: Path, gone: bool) -> None:
    tree = read_tree(root, cache=False)
    texts = {name: (root / "findings" / f"{name}.yaml").read_text(encoding="utf-8") for name in ("old-one", "sketch")}
    made = [Change(f"findings/{name}.yaml", text, text + "# decided\n") for name, text in texts.items()]
    other = root / "findings" / "sketch.yaml"
    other.unlink() if gone else other.write_text("# meanwhile\n", encoding="utf-8")
    with pytest.raises(EditError, match=r"findings/sketch\.yaml: was changed meanwhile; nothing is written"):
        write_changes(tree, made)
    assert (root / "findings" / "old-one.yaml").read_text(encoding="utf-8") == texts["old-one"]
