"""What a change does to the predicates of beliefs: which fire, which are true no longer, and whose review that makes due."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gitmaker import Repo
from kbmaker import TODAY

from kb.contribute.diff.registry import Report, report
from kb.contribute.diff.sides import compare

B = "belief/personas-are-selected"
NAME = "personas-are-selected/contradicted"
CONTRADICTING = {"count": "findings", "where": {"concept": "persona", "role": "contradicting"}, "at-least": 1}
LINK = {"concept": "persona", "role": "contradicting", "axes": {}}
HISTORY = [{"date": "2026-01-10", "credence": 0.6, "because": "so"}]
RESOLUTION = {"date": "2026-04-02", "outcome": "void", "by": "ann", "why": "It can't be told."}


def base(*against: str, reviews: tuple[dict[str, Any], ...] = (), holders: tuple[str, ...] = ("ann",), **more: Any) -> dict[str, Any]:
    update = {"id": "contradicted", "when": "A finding contradicts it.", "would": "lower", "predicate": CONTRADICTING}
    belief = {"holders": [{"holder": who, "history": HISTORY} for who in holders], "updates": [update], "reviews": list(reviews)} | more
    findings = {f"finding/{name}": {"added": "2026-03-01", "instantiates": [LINK], "sources": ["doe-2024-prompts"]} for name in against}
    return {B: belief, **findings}


def review(*seen: str, by: str = "ann") -> dict[str, Any]:
    return {"date": "2026-04-01", "by": by, "of": ["contradicted"], "fired-by": list(seen), "outcome": "unchanged", "note": "It is one model."}


def told(tmp_path: Path, before: Any, after: Any) -> Report:
    repo = Repo(tmp_path / "repo")
    repo.commit(before)
    repo.lay(after)
    return report(compare(repo.root, "main", None, today=TODAY, cache=False))


def lines(found: Report) -> list[str]:
    return [
        line
        for section, items in found.parts
        if section.key == "triggers"
        for item in items
        for line in (f"{item.kind}: {item.what}", *(f"  {detail}" for detail in item.details))
    ]


def test_a_finding_fires_a_predicate(tmp_path: Path) -> None:
    found = told(tmp_path, base(), base("null-result"))
    fired, why, by, would, due = lines(found)
    assert fired == f"fired: {NAME} fired: A finding contradicts it."
    assert why.startswith("  now true: ")
    assert "null-result" in why
    assert (by, would, due) == (
        "  made so by null-result",
        "  it was said beforehand that this would lower the credence",
        "  review due for ann",
    )
    assert "1 update of a belief fired" in found.summary
    assert "nothing that the evidence adds up to has moved" not in found.summary


@pytest.mark.parametrize(
    ("before", "after", "kinds", "says"),
    [
        (base(), base(), [], ""),
        (base("null-result"), base("null-result"), [], ""),
        (base("null-result"), base(), ["no-longer"], "false now: "),
        (base("null-result"), base("null-result", updates=[]), ["no-longer"], "the update was taken out"),
        (base("null-result"), base("null-result") | {B: None}, ["no-longer"], "the belief is gone"),
        (base("null-result"), base("null-result", resolution=RESOLUTION), ["no-longer"], "the belief was resolved"),
        (
            base("null-result"),
            base("null-result", updates=[{"id": "contradicted", "when": "A finding contradicts it.", "would": "lower"}]),
            ["no-longer"],
            "its predicate was taken out",
        ),
        (base("null-result"), base("null-result", reviews=(review("null-result"),)), ["reviewed"], "note: It is one model."),
        (base("null-result", reviews=(review("null-result"),)), base("null-result"), ["due"], "no review of theirs covers"),
        (
            base("null-result", reviews=(review("null-result"),)),
            base("null-result", "null-again", reviews=(review("null-result"),)),
            ["due"],
            "since then null-again made it true, too",
        ),
        # Before and after the second finding, ann had not looked: she has no more to do than before.
        (base("null-result"), base("null-result", "null-again"), [], ""),
        (base(), base("null-result", reviews=(review("null-result"),)), ["fired"], "every holder has reviewed it"),
        (
            base("null-result", holders=("ann", "bob")),
            base("null-result", holders=("ann", "bob"), reviews=(review("null-result", by="bob"),)),
            ["reviewed"],
            f"{NAME} was reviewed by bob on 2026-04-01: unchanged",
        ),
        (base("null-result", reviews=(review("null-result"),)), base("null-result", reviews=(review("null-result"),), tags=["new"]), [], ""),
    ],
)
def test_what_moved_and_what_did_not(before: Any, after: Any, kinds: list[str], says: str, tmp_path: Path) -> None:
    found = lines(told(tmp_path, before, after))
    assert [line.partition(":")[0] for line in found if not line.startswith("  ")] == kinds
    assert says in "\n".join(found)


def test_a_belief_and_a_finding_under_new_names_fire_nothing(tmp_path: Path) -> None:
    before = base("null-result", reviews=(review("null-result"),))
    finding = before["finding/null-result"] | {"id": "null-effect", "aliases": ["null-result"]}
    belief = {"id": "are-selected", "aliases": ["personas-are-selected"]}
    named = {"title": "Personas are selected", "statement": "They are."}
    before[B] |= named
    after = {"finding/null-effect": finding, B: None, "belief/are-selected": before[B] | belief}
    assert lines(told(tmp_path, before, after)) == []
