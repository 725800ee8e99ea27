"""A trigger from end to end: a finding is filed, the predicate becomes true, queue and pages say so, a review is recorded."""

from __future__ import annotations

import html
from typing import Any

import kbmaker

from kb.evidence.state import derive
from kb.site import files

PREDICATE = {"count": "findings", "where": {"concept": "persona", "role": "contradicting"}, "at-least": 1}
UPDATE = {"id": "contradicted", "when": "A finding contradicts it.", "would": "lower", "predicate": PREDICATE}
NULL = {"added": "2026-03-01", "title": "Nothing moves", "instantiates": [{"concept": "persona", "role": "contradicting", "axes": {}}]}
DUE = '<span class="kb-chip kb-chip--warn" title="What the holder said beforehand would change their mind has become true">review due</span>'


def pages(**overrides: Any) -> dict[str, str]:
    belief = {"updates": [UPDATE]} | overrides.pop("belief", {})
    corpus = kbmaker.corpus({"belief/personas-are-selected": belief} | {f"finding/{name}": fields for name, fields in overrides.items()})
    shown = ("beliefs/personas-are-selected.md", "beliefs/index.md", "index.md", "decisions.md")
    made = files(corpus, derive(corpus))
    return {name: made[name].decode() for name in shown}


def due(made: dict[str, str]) -> set[str]:
    return {name for name, text in made.items() if DUE in text or "Beliefs due for review" in text}


def test_before_and_after_the_finding_and_after_the_review() -> None:
    before = pages()
    assert due(before) == set()
    assert "does not hold" in before["beliefs/personas-are-selected.md"]
    assert 'at least 1; <span class="kb-note">now none</span>' in before["beliefs/personas-are-selected.md"]

    fired = pages(**{"nothing-moves": NULL})
    assert due(fired) == set(fired)
    assert "Fired on" in fired["beliefs/personas-are-selected.md"]
    assert "since 2026-03-01" in fired["decisions.md"]
    assert "Nothing moves" in fired["decisions.md"]
    written = html.unescape(fired["decisions.md"])
    for option, value in (("move", " --value VALUE"), ("leave", "")):
        assert f"<code>kb decide review-due:personas-are-selected/contradicted {option} \\\n  --by NAME --why REASON{value}</code>" in written
    assert "VALUE&#58; the new credence from 0 to 1" in fired["decisions.md"]
    assert "an entry to <code>history</code>" in fired["decisions.md"]

    review = {"date": "2026-04-01", "by": "ann", "of": ["contradicted"], "fired-by": ["nothing-moves"], "outcome": "unchanged", "note": "One <b>model</b>."}
    reviewed = pages(**{"nothing-moves": NULL, "belief": {"reviews": [review]}})
    assert due(reviewed) == set()
    page = reviewed["beliefs/personas-are-selected.md"]
    assert "## Reviews" in page
    assert '<span class="kb-chip">reviewed</span>' in page
    assert "<b>model" not in page

    again = pages(**{"nothing-moves": NULL, "nothing-moves-again": NULL | {"added": "2026-05-01"}, "belief": {"reviews": [review]}})
    assert due(again) == set(again)


def test_a_resolved_belief_says_how_it_ended_and_scores_its_holders() -> None:
    history = [{"holder": "ann", "history": [{"date": "2026-01-10", "credence": 1, "because": "so"}]}]
    for outcome, words, score in ((False, "Proved false", "log score infinite"), (True, "Proved true", "log score 0 "), ("void", "it can’t be told", "")):
        resolution = {"date": "2026-05-01", "outcome": outcome, "by": "bob", "why": "It was <i>seen</i>.", "records": ["steering-works"]}
        page = pages(belief={"holders": history, "resolution": resolution})["beliefs/personas-are-selected.md"]
        assert words in page
        assert score in page
        assert "<i>" not in page
        assert (outcome == "void") is ("Brier score" not in page)


def test_no_credence_before_the_resolution_is_said_in_words() -> None:
    resolution = {"date": "2026-01-10", "outcome": True, "by": "bob", "why": "So."}
    assert "Not scored: no credence was stated before" in pages(belief={"resolution": resolution})["beliefs/personas-are-selected.md"]
