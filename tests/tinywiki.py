"""A small knowledge base that shows everything a page can show."""

from __future__ import annotations

from typing import Any

import kbmaker

from kb.evidence.state import State, derive
from kb.records import Corpus

DISPUTES = [
    {"about": "after", "reported": "40%", "instead": "38%", "by": "roe-2025-steering", "state": "open", "note": "Table 2 says so."},
    {
        "about": "before",
        "reported": "10%",
        "instead": "about 10%",
        "by": "roe-2025-steering",
        "state": "resolved",
        "resolution": "The record follows the table.",
    },
]
MEASURES = [
    {"name": "before", "value": "10", "unit": "%", "of": {"model": "Small 1B", "condition": "no prompt"}, "low": "8", "high": "12", "level": "0.95", "n": 200},
    {
        "name": "after",
        "value": "40.0",
        "qualifier": "about",
        "unit": "%",
        "of": {"model": "Small 1B", "condition": "prompt"},
        "k": 80,
        "n": 200,
        "p": "< 0.001",
    },
    {"name": "shift", "value": "-0.20", "unit": "r", "of": {"model": "Small 1B"}, "sd": "0.1"},
]
ACKNOWLEDGED = {
    "test": "k-of-n",
    "of": "after",
    "k": 90,
    "acknowledged": {"on": "2026-01-10", "by": "ann", "why": "The text says 90, see [[doe-2024-prompts]]."},
}
OVERRIDES: dict[str, Any] = {
    "kb.yaml": {"title": "Tiny wiki", "tagline": "A small base", "url": "https://wiki.example.org/", "repository": "https://example.org/tiny.git"},
    "finding/prompts-move-personas": {
        "aliases": ["prompts-move-characters"],
        "summary": "What the work saw.\n\n"
        "It bears on [[persona]] and on [[roe-2025-steering|Roe's work]]; see [[prompts-move-personas/rate]] and [[no-such-record]].",
        "claims": [
            {
                "id": "rate",
                "statement": "The rate of in-character answers rises.",
                "nature": "comparison",
                "measures": MEASURES,
                "at": [{"part": "table", "ref": "2", "source": "doe-2024-prompts"}],
                "checked": "abstract",
                "checks": ["before < after", "before = after", "after / nothing ~ 4", {"test": "grim", "of": "after"}, ACKNOWLEDGED],
                "disputes": DISPUTES,
                "note": "Only one prompt was tried.",
            },
            {"id": "why", "statement": "It is a matter of context.", "nature": "argument"},
        ],
        "limitations": ["One model only."],
        "tags": ["prompting", "small-models"],
        "code": ["https://example.org/code?a=1&b=2"],
    },
    "finding/steering-works": {
        "relations": [{"type": "extends", "to": "prompts-move-characters", "note": "With activations."}],
        "no-replication": "People took part.",
        "status": "draft",
    },
    "finding/no-home": {"no-concept": "It is about tooling.", "instantiates": [], "kind": "methodological", "models": []},
    "source/doe-2024-prompts": {"version": "v2", "note": "A short paper.", "affiliations": ["A lab"], "code": ["https://example.org/code"]},
    "source/roe-2025-steering": {"retracted": "2026-02-01"},
    "concept/persona": {
        "is-not": ["Not a trait."],
        "scope-notes": [{"title": "Agents", "text": "Whether agents have one is open."}],
        "sources": ["doe-2024-prompts"],
        "tags": ["prompting"],
    },
    "belief/personas-are-selected": {
        "holders": [
            {
                "holder": "ann",
                "history": [
                    {"date": "2026-01-10", "credence": 0.6, "because": "a first guess"},
                    {"date": "2026-03-10", "credence": 0.75, "because": "it was shown again", "records": ["prompts-move-personas"]},
                ],
            }
        ],
        "uncertainties": [{"question": "Is it the prompt?", "why": "It could be length.", "settled-by": ["what-moves-personas"]}],
        "evidence": [
            {"record": "prompts-move-personas/rate", "direction": "for", "weight": 3, "note": "It moves."},
            {"record": "steering-works", "direction": "mixed", "note": "Not by prompt."},
            {"record": "rerun-small", "direction": "for", "note": "Again."},
        ],
        "updates": [
            {
                "id": "null-result",
                "when": "A null result is filed.",
                "predicate": {
                    "any": [
                        {"verdict": "moved-persona", "tier": "small-model", "is": "not-reproduced"},
                        {"count": "findings", "where": {"concept": "persona", "role": "contradicting"}, "at-least": 1},
                        {"not": {"verdict": "moved-persona", "tier": "same-model", "is": "reproduced"}},
                    ]
                },
                "would": "lower",
                "how-much": "By a third.",
            },
            {"id": "felt", "when": "It feels different.", "not-predicable": "No record says what anybody feels.", "would": "reconsider"},
        ],
        "readings": [{"title": "A book", "note": "Old but good."}],
    },
    "question/what-moves-personas": {
        "kind": "guiding",
        "order": 1,
        "state": "partly-answered",
        "answers": [
            {"record": "steering-works", "how": "fragment", "note": "One way."},
            {"record": "prompts-move-personas", "how": "carries-the-answer", "note": "Another."},
        ],
        "would-settle": ["A larger study."],
        "counter-points": [{"says": "Nothing moves them.", "source": "roe-2025-steering"}],
    },
    "question/plays-dumb": {"kind": "behaviour", "title": "Plays dumb", "seen-in": ["Small 1B"]},
    # No source has a fingerprint of zeros: the record is stale whatever the code says. The smaller one names no sources at all.
    "result/rerun-small": {
        "scale": "small",
        "replication": "moved-persona",
        "replication-version": 2,
        "verdict": "partly-reproduced",
        "rule": "Reproduced when all of rises, stays are met. Partly reproduced when rises is met.",
        "planted": "The header decides the answer, see [[persona]].",
        "estimates": [
            {**kbmaker.template("result", "any")["estimates"][0], "says": "in-character answers after minus before"},
            {
                "name": "kept",
                "says": "facts kept",
                "claim": "prompts-move-personas/rate",
                "value": -0.0123,
                "low": -0.02,
                "high": 0.001,
                "level": 0.95,
                "method": "t",
                "unit": "fraction",
                "n": 3,
                "absent": 1,
            },
        ],
        "criteria": [
            {"id": "rises", "rule": "rise ≥ 0.1, with its whole interval above 0", "outcome": "met", "observed": "rise = 0.4 [0.3, 0.5] over 3 worlds"},
            {"id": "stays", "rule": "kept ≥ -0.01", "outcome": "undecided", "observed": "kept = -0.0123 [-0.02, 0.001] over 3 worlds"},
        ],
        "manipulation-checks": [{"id": "learnt", "rule": "learnt ≥ 0.8 in every job", "passed": True, "observed": "learnt: mean 0.9"}],
        "seeds": [{"world": world, "seed": 0, "values": {"rise": 0.3 + 0.1 * world, "kept": None if world == 2 else -0.01}} for world in range(3)],
        "config": {"worlds": 3, "seeds": 1, "device": "cpu", "model": None, "settings": {"steps": 40}},
        "code": {"schemas/result.py": "0" * 16, "schemas/gone.py": "0" * 16},
        "wall-seconds": 500.0,
        "plots": [
            {
                "id": "by-dose",
                "title": "Answers by dose",
                "x": "steps",
                "y": "share",
                "series": {"prompted": [[0, 0.1], [10, 0.4]], "bare": [[0, 0.1], [10, 0.1]]},
            }
        ],
    },
    "result/rerun-smoke": {"replication": "moved-persona", "verdict": "inconclusive", "hypothesis": "The rate rises, version 1."},
    "result/rerun-model": {
        "replication": "moved-persona",
        "replication-version": 2,
        "tier": "small-model",
        "verdict": "not-reproduced",
        "config": {"worlds": 1, "seeds": 1, "device": "cuda", "model": "Small 1B"},
    },
}


def corpus() -> Corpus:
    return kbmaker.corpus(OVERRIDES)


def state(of: Corpus) -> State:
    return derive(of)
