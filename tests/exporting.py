"""What the tests of exports share: a small knowledge base with everything in it, one of strangers' text, and the making of an export."""

from __future__ import annotations

from functools import cache
from typing import Any

import kbmaker
import tinywiki
from strangers import HOSTILE, hostile_result

from kb.evidence.state import State, derive
from kb.export.registry import Made, Options, make

LEDGER = [
    {"record": "prompts-move-personas/rate", "direction": "for", "note": "It moves, see [[persona]].", "weight": 3},
    {"record": "steering-works", "direction": "against", "note": "It does not.", "weight": "1.5"},
    {"record": "moved-persona-again", "direction": "mixed", "note": "Both."},
    {"record": "no-such-record", "direction": "for", "note": "Not filed."},
]
HISTORIES = [
    {
        "holder": "Ann",
        "history": [
            {"date": "2026-01-10", "credence": 0.6, "because": "A first guess."},
            {"date": "2026-03-10", "credence": 0.72, "because": "After [[steering-works]].", "records": ["steering-works"]},
        ],
    },
    {"holder": "Bob", "history": [{"date": "2026-02-01", "credence": 0.25, "because": "He doubts it."}]},
]
FIRED_BY = ["prompts-move-personas", "steering-works", "what-moves-personas"]
UPDATES = [
    {"id": "more", "when": "A second finding.", "would": "raise", "how-much": "By a little.", "not-predicable": "How good it is."},
    {
        "id": "answered",
        "when": "What moves them is answered, see [[what-moves-personas]].",
        "predicate": {
            "all": [
                {"question": "what-moves-personas", "is": ["partly-answered", "answered"]},
                {"not": {"belief": "steering-is-selection", "credence": {"at-most": 0.1}}},
            ]
        },
        "would": "reconsider",
    },
    {
        "id": "contradicted",
        "when": "It is contradicted.",
        "predicate": {"count": "findings", "where": {"role": "contradicting"}, "at-least": 2},
        "would": "lower",
    },
]
REVIEWS = [
    {
        "date": "2026-03-10",
        "by": "Ann",
        "of": ["answered"],
        "fired-by": [*FIRED_BY, "steering-is-selection"],
        "outcome": "changed",
        "note": "It is, see [[persona]].",
    }
]
RESOLUTION = {"date": "2026-02-20", "outcome": True, "by": "Cleo", "why": "It was shown, see [[steering-works]].", "records": ["steering-works"]}
BELIEFS: dict[str, Any] = {
    "belief/personas-are-selected": {
        "holders": HISTORIES,
        "evidence": LEDGER,
        "uncertainties": [{"question": "Is it so?", "why": "It matters.", "settled-by": ["what-moves-personas"]}],
        "depends-on": [{"belief": "steering-is-selection", "how": "presupposes", "note": "It needs it."}],
        "updates": UPDATES,
        "reviews": REVIEWS,
        "readings": [{"source": "roe-2025-steering", "title": "Steering", "note": "Good."}, {"title": "A book", "note": "Old.", "state": "to-read"}],
        "sources": ["doe-2024-prompts"],
        "tags": ["personas"],
    },
    "belief/steering-is-selection": {"resolution": RESOLUTION},
    "finding/moved-persona-again": {"title": "It moves again", "added": "2026-04-01", "sources": ["roe-2025-steering"]},
}


def overrides(**more: Any) -> dict[str, Any]:
    return {**tinywiki.OVERRIDES, **BELIEFS, **more}


@cache
def small() -> State:
    """A knowledge base in which everything occurs."""
    return derive(kbmaker.corpus(overrides()))


@cache
def hostile() -> State:
    """The same with text that tries to break out wherever text may stand."""
    changed = overrides()
    for name in ("finding/prompts-move-personas", "source/doe-2024-prompts", "belief/personas-are-selected", "question/what-moves-personas"):
        changed[name] = {**changed.get(name, {}), "title": HOSTILE}
    changed["concept/persona"] = {**changed.get("concept/persona", {}), "name": HOSTILE}
    changed["finding/prompts-move-personas"] |= {"summary": HOSTILE, "limitations": [HOSTILE], "contributors": [HOSTILE]}
    changed["finding/prompts-move-personas"]["claims"] = [{**changed["finding/prompts-move-personas"]["claims"][0], "statement": HOSTILE, "note": HOSTILE}]
    changed["source/doe-2024-prompts"] |= {
        "author": [{"family": HOSTILE, "given": HOSTILE}, {"literal": HOSTILE}],
        "publisher": HOSTILE,
        "container-title": HOSTILE,
    }
    changed["belief/personas-are-selected"] |= {
        "statement": HOSTILE,
        "rationale": HOSTILE,
        "holders": [{"holder": HOSTILE.strip(), "history": [{"date": "2026-01-10", "credence": 0.6, "because": HOSTILE}]}],
        "evidence": [{**LEDGER[0], "note": HOSTILE}],
        "updates": [{**update, "when": HOSTILE, "how-much": HOSTILE, "not-predicable": HOSTILE} for update in UPDATES],
        "reviews": [{**REVIEWS[0], "date": "2026-01-09", "by": HOSTILE.strip(), "note": HOSTILE}],
        "readings": [{"title": HOSTILE, "note": HOSTILE}],
    }
    changed["belief/steering-is-selection"] = {"resolution": {**RESOLUTION, "by": HOSTILE, "why": HOSTILE}}
    changed["kb.yaml"] = {**changed["kb.yaml"], "title": HOSTILE, "tagline": HOSTILE, "description": HOSTILE}
    changed["result/rerun-small"] = hostile_result(changed["result/rerun-small"])
    return derive(kbmaker.corpus(changed))


@cache
def empty() -> State:
    """A knowledge base without a record."""
    return derive(kbmaker.corpus(dict.fromkeys(kbmaker.base())))


def made(name: str, state: State | None = None, **options: Any) -> Any:
    """An export: text, bytes, or files by name."""
    found: Made = make(name, state or small(), Options(**options))
    return found
