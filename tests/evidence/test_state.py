import datetime as dt
import os
import subprocess
import sys

import pytest
from evidence.worlds import ex, shape, world
from kbmaker import corpus, template, write

from kb.evidence.queue import FINDERS, KINDS
from kb.evidence.state import State, derive

DISPUTE = {"about": "rate", "reported": "10", "instead": "12", "by": "x2-source", "state": "open"}
CLAIM = {
    "id": "rate",
    "statement": "It rises.",
    "nature": "measurement",
    "measures": [{"name": "before", "value": "10", "unit": "%"}, {"name": "after", "value": "40", "unit": "%"}],
    "at": [{"part": "abstract"}],
}
CONFLICT = {"relations": [{"type": "conflicts-with", "to": "x2", "moderator": "size"}]}


READ = {"checked": [{"by": "ann", "on": "2026-01-10", "extent": "full-text"}]}


def believing(state):
    """A belief with one reading, which is filed."""
    reading = {"title": "A work", "note": "To read.", "source": "x1-source", "state": state}
    return ("belief", template("belief", "personas-are-selected") | {"evidence": [], "concepts": [], "readings": [reading]})


def result(code):
    return ("result", template("result", "rerun-x1") | {"finding": "x1", "claims": ["x1/rate"], "estimates": [], "code": code})


def watching(*reviews):
    update = {"id": "shown", "when": "It is shown.", "would": "raise", "predicate": {"shape": "s", "count": {"at-least": 1}}}
    return ("belief", template("belief", "watcher") | {"updates": [update], "reviews": list(reviews)})


SEEN = {"date": "2026-02-01", "by": "ann", "of": ["shown"], "fired-by": ["x1"], "outcome": "unchanged", "note": "One is few."}


def waiting(drawn, today=None, more=(), **rest):
    return derive(world(drawn, *more, **rest), today=today).queue


def kinds(drawn, **rest):
    return [item.kind for item in waiting(drawn, **rest)]


@pytest.mark.parametrize(
    ("kind", "appears", "clears"),
    [
        (
            "threshold-reached",
            ([ex("x1", "0000"), ex("x2", "1100"), ex("x3", "2200")], {}),
            ([ex("x1", "0000"), ex("x2", "1100"), ex("x3", "2200")], {"shapes": [shape("s", codified={"on": "2026-01-01", "by": "ed", "why": "so"})]}),
        ),
        (
            "codified-unsupported",
            ([ex("x1", "0000")], {"shapes": [shape("s", codified={"on": "2026-01-01", "by": "ed", "why": "so"})]}),
            ([ex("x1", "0000")], {}),
        ),
        (
            "figure-disputed",
            ([ex("x1", finding={"claims": [CLAIM | {"disputes": [DISPUTE]}]}), ex("x2")], {}),
            ([ex("x1", finding={"claims": [CLAIM | {"disputes": [DISPUTE | {"state": "resolved", "resolution": "10."}]}]}), ex("x2")], {}),
        ),
        (
            "figures-inconsistent",
            ([ex("x1", finding={"claims": [CLAIM | {"checks": ["after < before"]}]})], {}),
            ([ex("x1", finding={"claims": [CLAIM | {"checks": ["before < after"]}]})], {}),
        ),
        (
            "findings-conflict",
            ([ex("x1", finding=CONFLICT), ex("x2", finding={"relations": [{"type": "conflicts-with", "to": "x1", "moderator": "size"}]})], {}),
            (
                [
                    ex("x1", finding=CONFLICT),
                    ex("x2"),
                    ex("x3", finding={"relations": [{"type": "explains", "to": "x1"}, {"type": "explains", "to": "x2"}]}),
                ],
                {},
            ),
        ),
        (
            "concept-gap",
            ([ex(f"x{i}", concept="", finding={"tags": ["odd"], "no-concept": "None fits."}) for i in range(3)], {}),
            ([ex(f"x{i}", concept="idea", finding={"tags": ["odd"]}) for i in range(3)], {}),
        ),
        ("no-concept", ([ex("x1", concept="")], {}), ([ex("x1", concept="", finding={"no-concept": "None fits."})], {})),
        ("stale-result", ([ex("x1")], {"more": [result({"schemas/result.py": "0" * 16})]}), ([ex("x1")], {"more": [result({})]})),
        (
            "stale-record",
            ([ex("x1", finding={"status": "working", "reviewed": "2026-01-11"})], {"today": dt.date(2026, 8, 1)}),
            ([ex("x1", finding={"status": "working", "reviewed": "2026-03-01"})], {"today": dt.date(2026, 8, 1)}),
        ),
        (
            "old-draft",
            ([ex("x1", finding={"status": "draft"})], {"today": dt.date(2026, 3, 1)}),
            ([ex("x1", finding={"status": "draft", "reviewed": "2026-02-20"})], {"today": dt.date(2026, 3, 1)}),
        ),
        (
            "promotable",
            ([ex("x1", finding={"status": "working"}, source=READ)], {}),
            ([ex("x1", finding={"status": "working", "claims": [CLAIM | {"checked": "abstract"}]}, source=READ)], {}),
        ),
        ("unread-reading", ([ex("x1")], {"more": [believing("to-read")]}), ([ex("x1")], {"more": [believing("read")]})),
        ("review-due", ([ex("x1")], {"more": [watching()]}), ([ex("x1")], {"more": [watching(SEEN)]})),
    ],
)
def test_decisions_appear_and_clear(kind, appears, clears):
    found = about_x1(kind, appears)
    assert len(found) == 1
    item = found[0]
    assert item.title
    assert item.what
    assert item.options
    assert item.clears
    assert item.records
    assert item.since is not None
    assert about_x1(kind, clears) == []


def about_x1(kind, drawn):
    items = [item for item in waiting(drawn[0], **drawn[1]) if item.kind == kind and item.records[0] != "x1-source"]
    return [item for item in items if any("x1" in record for record in item.records)]


def test_every_kind_of_decision_has_a_heading_and_a_test():
    tested = {param[0] for param in test_decisions_appear_and_clear.pytestmark[0].args[1]}
    assert set(FINDERS) == set(KINDS) == tested


def test_a_conflict_is_also_cleared_when_one_finding_supersedes_the_other():
    both = {"relations": [*CONFLICT["relations"], {"type": "supersedes", "to": "x2"}]}
    assert "findings-conflict" not in kinds([ex("x1", finding=both), ex("x2")])
    one = [ex("x1", finding=CONFLICT), ex("x2"), ex("x3", finding={"relations": [{"type": "explains", "to": "x1"}]})]
    assert "findings-conflict" in kinds(one)


def test_ages_need_the_day_and_the_day_is_never_taken_from_a_clock():
    drawn = [ex("x1", concept="")]
    assert waiting(drawn)[0].age_days is None
    assert waiting(drawn, today=dt.date(2026, 1, 20))[0].age_days == 10


def test_a_threshold_waits_since_the_example_that_reached_it():
    days = ["2026-01-01", "2026-03-01", "2026-02-01", "2026-04-01"]
    drawn = [ex(f"x{i}", f"{i}{i}00", finding={"added": day}) for i, day in enumerate(days)]
    item = next(item for item in waiting(drawn) if item.kind == "threshold-reached")
    assert (item.id, item.since) == ("threshold-reached:idea/s", dt.date(2026, 3, 1))
    assert item.records == ("idea", "x0", "x1", "x2", "x3")


def test_models_tags_authors_and_results():
    models = [{"name": "GPT-4", "family": "GPT"}, {"name": "gpt 4", "checkpoint": "gpt-4-0613", "used-as": "judge"}, {"name": "Qwen2.5-7B", "size": "7B"}]
    state = derive(corpus({"finding/steering-works": {"models": models, "tags": ["steering"]}, "result/rerun-one": {}}))
    gpt = state.models["gpt-4"]
    assert (gpt.name, gpt.family, gpt.checkpoints, gpt.uses) == ("GPT-4", "GPT", ("gpt-4-0613",), (("steering-works", "judge"), ("steering-works", "subject")))
    assert gpt.findings == ("steering-works",)
    assert set(state.models) == {"gpt-4", "qwen2-5-7b", "small-1b"}
    assert state.tags == {"steering": ("steering-works",)}
    assert state.findings_of_authors["ann-poe"] == ("steering-works",)
    assert state.findings_of_sources == {"doe-2024-prompts": ("prompts-move-personas",), "roe-2025-steering": ("steering-works",)}
    assert state.results == {"prompts-move-personas/rate": ("rerun-one",)}
    assert state.backlinks["roe-2025-steering"]


def test_a_result_stands_at_every_claim_that_it_tested():
    both = {"claims": ["prompts-move-personas/rate", "steering-works/rate"]}
    state = derive(corpus({"result/rerun-one": {}, "result/rerun-two": both}))
    assert state.results == {"prompts-move-personas/rate": ("rerun-one", "rerun-two"), "steering-works/rate": ("rerun-two",)}


def test_an_acknowledged_check_does_not_wait_for_anybody():
    entry = {"expression": "after < before", "acknowledged": {"on": "2026-01-10", "by": "ann", "why": "So it is printed."}}
    state = derive(world([ex("x1", finding={"claims": [CLAIM | {"checks": [entry]}]})]))
    assert [(o.verdict, o.acknowledged is not None) for o in state.checks[f"x1/{CLAIM['id']}"]] == [("inconsistent", True)]
    assert not [waiting for waiting in state.queue if waiting.kind == "figures-inconsistent"]


def test_number_checks_are_verdicts_per_claim():
    state = derive(corpus())
    assert [o.verdict for o in state.checks["prompts-move-personas/rate"]] == ["consistent"]


def test_the_timeline_runs_by_the_date_of_the_first_source():
    dates = {"x1": "2025", "x2": "2024-06", "x3": "2024-06-02", "x4": "2023-12-31"}
    drawn = [ex(i, source={"issued": date}) for i, date in dates.items()]
    drawn.append(ex("x5", sources=("x1-source", "x4-source"), role="complicating"))
    drawn.append(ex("x6", sources=("unfiled",)))
    timeline = derive(world(drawn)).timelines["idea"]
    assert [(m.finding, m.date) for m in timeline] == [
        ("x4", "2023-12-31"),
        ("x5", "2023-12-31"),
        ("x2", "2024-06"),
        ("x3", "2024-06-02"),
        ("x1", "2025"),
        ("x6", None),
    ]
    assert timeline[1].role == "complicating"


def test_open_disputes_come_first():
    resolved = DISPUTE | {"state": "resolved", "resolution": "10.", "about": "other"}
    state = derive(world([ex("x1", finding={"claims": [CLAIM | {"disputes": [resolved, DISPUTE]}]}), ex("x2")]))
    assert [(d.claim, d.position, d.state) for d in state.disputes] == [("x1/rate", 1, "open"), ("x1/rate", 0, "resolved")]


def test_nothing_is_computed_before_it_is_asked_for():
    state = derive(corpus())
    assert isinstance(state, State)
    assert set(vars(state)) == {"corpus", "today", "sources", "beside"}


@pytest.mark.slow
def test_the_same_records_give_the_same_text_whatever_the_hash_seed(tmp_path):
    root = write(tmp_path)
    program = (
        "import json, sys; from pathlib import Path; from kb.records import load; from kb.evidence.state import derive; from kb.evidence.plain import plain;"
        "from kb.commands.graph import WRITERS; s = derive(load(Path(sys.argv[1]), cache=False));"
        "print(json.dumps([i.to_json() for i in s.queue]));"
        "print(json.dumps([plain(getattr(s, n)) for n in ('board', 'gaps', 'backlinks', 'models', 'people', 'timelines', 'checks')]));"
        "[print(WRITERS[f](s.graph)) for f in WRITERS]"
    )
    runs = {
        subprocess.run([sys.executable, "-c", program, str(root)], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("0", "1", "2")
    }
    assert len(runs) == 1
