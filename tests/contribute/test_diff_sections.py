"""Every section of a report: what it must say, and where it must be silent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from gitmaker import Repo
from kbmaker import REMOVE, TODAY, merged, template

from kb.contribute.diff.registry import Report, all_sections, report, section
from kb.contribute.diff.sides import compare

F, S, P, B = "finding/prompts-move-personas", "finding/steering-works", "concept/persona", "belief/personas-are-selected"
ROE, DOE = "source/roe-2025-steering", "source/doe-2024-prompts"
BASE = merged()


def told(tmp_path: Path, before: Any, after: Any, raw_before: Any = None, raw_after: Any = None, today: dt.date = TODAY) -> Report:
    repo = Repo(tmp_path / "repo")
    repo.commit(before, raw_before)
    repo.lay(after, raw_after)
    return report(compare(repo.root, "main", None, today=today, cache=False))


def of(found: Report, key: str) -> list[str]:
    """Lines of one section: kind, sentence, and details below with an indent."""
    return [
        line
        for section, items in found.parts
        if section.key == key
        for item in items
        for line in (f"{item.kind}: {item.what}", *(f"  {detail}" for detail in item.details))
    ]


def claim(**fields: Any) -> dict[str, Any]:
    return BASE[F]["claims"][0] | fields


def example(name: str, method: str, channel: str, shape: str = "prompted-shift", role: str = "instantiating") -> dict[str, Any]:
    return {"instantiates": [{"concept": "persona", "role": role, "shapes": [shape], "axes": {"method": method, "channel": channel}}], "sources": [name]}


def author(name: str) -> dict[str, Any]:
    return {"author": [{"family": name, "given": "Kim"}]}


WORKS = {"source/ash-2024-one": author("Ash"), "source/elm-2024-two": author("Elm")}


def test_nothing_changed(tmp_path):
    found = told(tmp_path, None, None)
    assert not found.parts
    assert found.summary == "No record differs: the change does nothing to the evidence."


def test_layout_alone(tmp_path):
    repo = Repo(tmp_path / "repo")
    repo.commit()
    path = repo.root / "findings" / "steering-works.yaml"
    path.write_text(path.read_text() + "# a comment\n")
    found = report(compare(repo.root, "main", None, today=TODAY, cache=False))
    assert of(found, "records") == ["layout: comments or layout alone differ in findings/steering-works.yaml"]
    assert found.summary == "Only layout or settings differ; nothing that the evidence adds up to has moved."


def test_records_added_changed_removed(tmp_path):
    found = told(tmp_path, {"question/old-one": {}}, {**WORKS, "finding/a-new-one": example("ash-2024-one", "steering", "weights"), S: {"status": "stable"}})
    lines = of(found, "records")
    assert lines[:4] == [
        "added: finding a-new-one added: A new one",
        "  1 claim, 2 figures; empirical, from ash-2024-one",
        "  instantiating for persona, shapes prompted-shift",
        "changed: finding steering-works changed: Adding a direction makes answers more theatrical",
    ]
    assert lines[4] == "  status working → stable"
    assert lines[5] == "removed: question old-one removed: Old one"
    assert found.summary.startswith("3 records added, 1 record changed, 1 record removed")


def test_a_renamed_record_is_one_record(tmp_path):
    after = {S: None, "finding/steering-moves": BASE[S] | {"id": "steering-moves", "aliases": ["steering-works"], "status": "stable"}}
    lines = of(told(tmp_path, None, after), "records")
    assert lines == ["renamed: finding steering-works renamed to steering-moves", "  status working → stable"]


def test_the_same_content_under_another_name_is_a_rename_that_breaks_links(tmp_path):
    after = {S: None, "finding/steering-moves": BASE[S] | {"id": "steering-moves"}}
    assert of(told(tmp_path, None, after), "records") == [
        "renamed: finding steering-works renamed to steering-moves",
        "  steering-works is not among its aliases: links to the old name break",
    ]


def test_a_record_merged_into_another_lives_on_there(tmp_path):
    lines = of(told(tmp_path, None, {S: None, F: {"aliases": ["steering-works"]}}), "records")
    assert "  its name lives on as an alias of prompts-move-personas" in lines


def test_settings(tmp_path):
    lines = of(told(tmp_path, None, {"kb.yaml": {"thresholds": {"codify-at": 2}}}), "records")
    assert lines == ["settings: kb.yaml changed", "  thresholds: codify-at 3 → 2"]


def test_without_settings_at_the_base_everything_is_added(tmp_path):
    repo = Repo(tmp_path / "repo")
    repo.keep()
    repo.lay()
    found = report(compare(repo.root, "main", None, today=TODAY, cache=False))
    assert found.summary.startswith("8 records added")


def test_files_that_become_invalid_and_valid_again(tmp_path):
    broken = {"findings/steering-works.yaml": "title: [\n"}
    found = told(tmp_path, None, None, None, broken)
    assert of(found, "problems")[0] == "invalid: findings/steering-works.yaml was a record and is none any more: it counts for nothing"
    assert not of(found, "records")
    assert "1 file became invalid, " in found.summary
    back = told(tmp_path / "back", None, None, broken, None)
    assert of(back, "problems")[0] == "valid: findings/steering-works.yaml holds a valid record now"
    assert not of(back, "records")


def test_problems_new_and_gone_with_their_place(tmp_path):
    wrong = {S: {"relations": [{"type": "extends", "to": "prompts-move-persona"}]}}
    lines = of(told(tmp_path, None, wrong), "problems")
    assert len(lines) == 3
    assert lines[0].startswith("new-error: findings/steering-works.yaml:")
    assert " KB201: " in lines[0]
    assert lines[2].startswith("  fix: ")
    gone = of(told(tmp_path / "gone", wrong, None), "problems")
    assert len(gone) == 1
    assert gone[0].startswith("gone: gone: findings/steering-works.yaml:")


def test_a_problem_that_only_moved_down_is_no_news(tmp_path):
    wrong = {S: {"relations": [{"type": "extends", "to": "prompts-move-persona"}]}}
    moved = {S: wrong[S] | {"limitations": ["One model."], "title": "Adding a direction makes answers\u00a0more theatrical"}}
    assert not [line for line in of(told(tmp_path, wrong, moved), "problems") if "KB201" in line]


def two_examples() -> dict[str, Any]:
    return {**WORKS, "finding/second-one": example("ash-2024-one", "steering", "weights")}


def test_a_shape_gains_an_example_and_reaches_its_threshold(tmp_path):
    after = two_examples() | {"finding/third-one": example("elm-2024-two", "fine-tuning", "activations")}
    found = told(tmp_path, two_examples(), after)
    assert of(found, "shapes") == [
        "threshold-reached: persona/prompted-shift: 2 → 3 different examples of 3; 2 → 3 of them independent; hint → threshold reached, awaiting an editor",
        "  joined: third-one (method fine-tuning, channel activations)",
    ]
    assert "1 threshold reached" in found.summary
    assert [line for line in of(found, "decisions") if line.startswith("opened: Shapes that have reached")]
    back = told(tmp_path / "back", after, two_examples())
    assert of(back, "shapes")[1:] == ["  left: third-one, which was removed"]
    assert "1 threshold lost" in back.summary


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            {"finding/second-one": example("doe-2024-prompts", "steering", "weights")},
            ["2 → 1 of them independent", "  tied: prompts-move-personas and second-one, by the same work doe-2024-prompts"],
        ),
        (
            {"source/ash-2024-one": {"author": [{"family": "Doe", "given": "Jane"}]}},
            ["2 → 1 of them independent", "  tied: prompts-move-personas and second-one, by author Jane Doe"],
        ),
        ({"finding/second-one": example("ash-2024-one", "prompting", "weights")}, ["2 → 1 different examples", "  second-one: method steering → prompting"]),
        (
            {"finding/second-one": example("ash-2024-one", "steering", "weights", role="contradicting")},
            ["2 → 1 different", "  left: second-one, which is contradicting now", "  contradicting now: second-one"],
        ),
        (
            {"finding/second-one": example("ash-2024-one", "steering", "weights", "steered-shift")},
            ["2 → 1 different", "  left: second-one, which does not list the shape any more"],
        ),
        (
            {"source/ash-2024-one": author("Ash") | {"retracted": "2026-02-01"}},
            ["2 → 1 different", "  left: second-one, every source of the finding is retracted"],
        ),
        ({"kb.yaml": {"thresholds": {"min-axes": 1}}}, None),
        ({"kb.yaml": {"thresholds": {"codify-at": 2}}}, ["threshold 3 → 2; hint → threshold reached"]),
    ],
)
def test_why_a_shape_moved(tmp_path, change, lines):
    found = of(told(tmp_path, two_examples(), two_examples() | change), "shapes")
    found = [line for line in found if "steered-shift" not in line] if lines and "list the shape" in lines[-1] else found
    assert bool(found) == bool(lines)
    for line in lines or []:
        assert any(line in one for one in found), found


def test_a_contradicting_finding_is_told_of_though_no_count_moves(tmp_path):
    after = two_examples() | {"finding/against": example("elm-2024-two", "steering", "weights", role="contradicting")}
    assert of(told(tmp_path, two_examples(), after), "shapes") == [
        "beside: persona/prompted-shift: the count stays: hint, 2 different (2 independent) of 3",
        "  contradicting now: against",
    ]


def test_shapes_come_and_go(tmp_path):
    shape = {"id": "new-shift", "name": "New shift", "family": "intervention", "definition": "It moves."}
    found = of(told(tmp_path, None, {P: {"shapes": [BASE[P]["shapes"][0], shape]}}), "shapes")
    assert found == [
        "tracked: persona/new-shift is newly tracked: no example, 0 different (0 independent) of 3",
        "untracked: persona/steered-shift is no longer tracked; it stood at data point, 1 different (1 independent) of 3",
    ]


CONFLICT = {S: {"relations": [{"type": "conflicts-with", "to": "prompts-move-personas", "moderator": "The size of the model."}]}}


def test_conflicts_open_and_close(tmp_path):
    found = told(tmp_path, None, CONFLICT)
    assert of(found, "conflicts")[0] == "opened: prompts-move-personas conflicts with steering-works"
    assert "1 conflict opened" in found.summary
    explained = CONFLICT | {"finding/why": {"relations": [{"type": "explains", "to": name} for name in ("steering-works", "prompts-move-personas")]}}
    superseded = CONFLICT | {F: {"relations": [{"type": "supersedes", "to": "steering-works"}]}}
    for n, (after, how) in enumerate(
        [
            (explained, "why explains both"),
            (superseded, "prompts-move-personas supersedes steering-works"),
            (None, "the relation was taken out"),
            ({S: None}, "steering-works is gone"),
        ]
    ):
        lines = of(told(tmp_path / str(n), CONFLICT, after), "conflicts")
        assert lines[0] == f"closed: prompts-move-personas and steering-works no longer conflict: {how}"


def test_a_conflict_between_renamed_findings_stays_open(tmp_path):
    after = {S: None, "finding/steering-moves": BASE[S] | CONFLICT[S] | {"id": "steering-moves", "aliases": ["steering-works"]}}
    found = told(tmp_path, CONFLICT, after)
    assert not of(found, "conflicts")
    assert not of(found, "decisions")


OPEN = {"about": "after", "reported": "40%", "instead": "38%", "by": "roe-2025-steering", "state": "open"}
RESOLVED = OPEN | {"state": "resolved", "resolution": "The record follows the table."}


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ([], [OPEN], "opened: prompts-move-personas/rate: dispute over after opened"),
        ([OPEN], [RESOLVED], "resolved: prompts-move-personas/rate: dispute over after resolved"),
        ([], [RESOLVED], "resolved: prompts-move-personas/rate: dispute over after recorded as resolved"),
        ([RESOLVED], [OPEN], "opened: prompts-move-personas/rate: dispute over after opened again"),
        ([OPEN], [], "withdrawn: prompts-move-personas/rate: the open dispute over after is gone without a resolution"),
        ([OPEN], [OPEN], None),
        ([RESOLVED], [], None),
        ([OPEN], [RESOLVED | {"about": "before"}, OPEN], "resolved: prompts-move-personas/rate: dispute over before recorded as resolved"),
    ],
)
def test_disputes(tmp_path, before, after, line):
    found = told(tmp_path, {F: {"claims": [claim(disputes=before)]}}, {F: {"claims": [claim(disputes=after)]}})
    assert [one for one in of(found, "disputes") if not one.startswith("  ")] == ([line] if line else [])
    if len(after) == 2:
        assert not of(found, "decisions")


def figures(before: str, after: str, *checks: str) -> dict[str, Any]:
    measures = [BASE[F]["claims"][0]["measures"][0] | {"value": before}, BASE[F]["claims"][0]["measures"][1] | {"value": after}]
    return {F: {"claims": [claim(measures=measures, checks=list(checks))]}}


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (
            figures("10", "40", "before < after"),
            figures("50", "40", "before < after"),
            ["worse: prompts-move-personas/rate: before < after: consistent → inconsistent"],
        ),
        (
            figures("50", "40", "before < after"),
            figures("10", "40", "before < after"),
            ["better: prompts-move-personas/rate: before < after: inconsistent → consistent"],
        ),
        (figures("10", "40"), figures("10", "40", "before = after", "before < after"), ["failing: prompts-move-personas/rate: before = after is inconsistent"]),
        (
            figures("10", "40", "before = after"),
            figures("10", "40"),
            ["better: prompts-move-personas/rate: the check before = after, which was inconsistent, was taken out or rewritten"],
        ),
        (figures("10", "40", "before < after"), figures("11", "40"), []),
    ],
)
def test_figures_against_each_other(tmp_path, before, after, lines):
    assert [one for one in of(told(tmp_path, before, after), "checks") if not one.startswith("  ")] == lines


def evidence(*items: dict[str, Any], credence: float = 0.6) -> dict[str, Any]:
    history = [{"date": "2026-01-10", "credence": 0.6, "because": "a first guess"}]
    history += [{"date": "2026-03-01", "credence": credence, "because": "it moved"}] if credence != 0.6 else []
    return {"evidence": list(items) or BASE[B]["evidence"], "holders": [{"holder": "ann", "history": history}]}


AGAINST = {"record": "steering-works", "direction": "against", "weight": "3", "note": "It does not."}


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        ({F: {"claims": [claim(nature="causal")]}}, ["  prompts-move-personas/rate was changed"]),
        ({F: {"tags": ["new"]}}, []),
        ({F: None, S: {"relations": []}}, ["  prompts-move-personas/rate is gone"]),
        ({DOE: {"retracted": "2026-02-01"}}, ["  prompts-move-personas: its source doe-2024-prompts was retracted on 2026-02-01"]),
        ({S: {"relations": [{"type": "supersedes", "to": "prompts-move-personas"}]}}, ["  prompts-move-personas is superseded by steering-works"]),
        ({"result/rerun-one": {}}, ["  prompts-move-personas/rate: rerun rerun-one says reproduced"]),
        ({B: evidence(*BASE[B]["evidence"], AGAINST)}, ["  steering-works listed as evidence against (weight 3)"]),
        ({B: evidence(AGAINST)}, ["  prompts-move-personas/rate no longer listed as evidence for"]),
        ({B: evidence(BASE[B]["evidence"][0] | {"direction": "mixed", "weight": "2"})}, ["rate: direction for → mixed", "rate: weight not assessed → 2"]),
        ({B: evidence(credence=0.45)}, ["credence: personas-are-selected: ann 0.6 → 0.45 on 2026-03-01", "  because: it moved"]),
        ({"belief/another": evidence(credence=0.45)}, ["credence: another: ann gives it 0.45"]),
    ],
)
def test_beliefs(tmp_path, after, lines):
    found = of(told(tmp_path, None, after), "beliefs")
    assert bool(found) == bool(lines)
    for line in lines:
        assert any(line in one for one in found), found


def result(**fields: Any) -> dict[str, Any]:
    return template("result", "rerun-one") | fields


def test_reruns(tmp_path):
    one = {"result/rerun-one": result()}
    assert of(told(tmp_path / "a", None, one), "results") == ["rerun: rerun (organism): rerun of prompts-move-personas, reproduced at scale smoke"]
    assert of(told(tmp_path / "b", one, None), "results") == ["gone: rerun (organism): the rerun of prompts-move-personas is gone; it said reproduced"]
    other = {"result/rerun-one": result(verdict="inconclusive")}
    assert of(told(tmp_path / "c", one, other), "results") == ["verdict: rerun (organism): reproduced → inconclusive"]
    larger = one | {"result/rerun-two": result(id="rerun-two", scale="small", verdict="not-reproduced")}
    assert of(told(tmp_path / "d", one, larger), "results") == [
        "verdict: rerun (organism): reproduced → not-reproduced; rerun-two speaks for it now, before rerun-one"
    ]


def test_a_result_is_compared_by_what_it_says(tmp_path):
    after = result(**{"wall-seconds": 3.5, "seeds": [{"seed": 1, "values": {"rise": 0.4}}], "departures": "A smaller model."})
    lines = of(told(tmp_path, {"result/rerun-one": result()}, {"result/rerun-one": after}), "records")
    assert lines[1:] == ["  departures “A small model.” → “A smaller model.”", "  seeds, wall-seconds differ, too"]


def test_results_go_stale_and_fresh_with_the_sources_of_each_state(tmp_path, monkeypatch):
    from schemas.fingerprint import fingerprint

    repo = Repo(tmp_path / "repo")
    old, new = (
        {"lab_of_the_diff/__init__.py": "", "lab_of_the_diff/run.py": "x = 1\n"},
        {"lab_of_the_diff/__init__.py": "", "lab_of_the_diff/run.py": "x = 2\n"},
    )
    with_code = {"result/rerun-one": result(code={"lab_of_the_diff/run.py": fingerprint("x = 1\n")})}
    first = repo.commit(with_code, old)
    second = repo.commit(with_code, new)
    monkeypatch.syspath_prepend(str(repo.root))
    ways = {(first, None): "stale", (first, second): "stale", (second, first): "fresh", (second, None): None}
    for (base, head), kind in ways.items():
        found = report(compare(repo.root, base, head, today=TODAY, exact=True, cache=False))
        assert [line.partition(":")[0] for line in of(found, "results")] == ([kind] if kind else []), (base, head)
        assert any("stale-result" in item.id for item in compare(repo.root, base, head, today=TODAY, exact=True).after.state.queue) == (head != first)


def test_decisions(tmp_path):
    homeless = {S: {"instantiates": []}}
    found = told(tmp_path, None, homeless)
    lines = of(found, "decisions")
    assert lines[0] == "opened: Findings without a concept or a reason: Adding a direction makes answers more theatrical"
    assert lines[2] == "  clears when the finding names a concept or a reason"
    assert "1 decision opened" in found.summary
    back = of(told(tmp_path / "back", homeless, None), "decisions")
    assert back == ["cleared: no longer waits (Findings without a concept or a reason): Adding a direction makes answers more theatrical"]


def test_the_merge_base_leaves_out_what_only_the_base_gained(tmp_path):
    repo = Repo(tmp_path / "repo")
    repo.commit()
    repo.git("checkout", "-q", "-b", "work")
    repo.commit({S: {"status": "stable"}})
    repo.git("checkout", "-q", "main")
    repo.commit({"question/of-main": {}})
    assert of(report(compare(repo.root, "main", "work", today=TODAY)), "records") == [
        "changed: finding steering-works changed: Adding a direction makes answers more theatrical",
        "  status working → stable",
    ]
    exact = of(report(compare(repo.root, "main", "work", today=TODAY, exact=True)), "records")
    assert "removed: question of-main removed: Of main" in exact
    # A merge commit: its change against main is what the branch brings.
    repo.git("merge", "-q", "--no-edit", "work")
    assert of(report(compare(repo.root, "main^1", "main", today=TODAY)), "records")[1:] == ["  status working → stable"]
    assert of(report(compare(repo.root, "main^2", "main", today=TODAY)), "records") == ["added: question of-main added: Of main"]


def test_every_kind_that_is_counted_is_documented_and_every_section_has_its_place():
    import kb.contribute.diff as package

    sections = all_sections()
    assert len({one.order for one in sections}) == len(sections)
    for one in sections:
        row = next(line for line in (package.__doc__ or "").splitlines() if line.startswith(f"| {one.key} |"))
        assert set(one.counts) <= {kind.strip() for kind in row.split("|")[2].split(",")}
    with pytest.raises(ValueError, match="another has its key"):
        section("records", "Twice", order=1, counts={})(lambda _: ())


def test_a_removed_field_is_told(tmp_path):
    assert "  models removed; it was [name “Small 1B”]" in of(told(tmp_path, None, {S: {"models": REMOVE}}), "records")
