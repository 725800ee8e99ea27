"""Two-sided tables of the checks on beliefs: predicates, reviews, resolutions, credences against each other."""

from __future__ import annotations

from typing import Any

from checks.table_links import BELIEF, DOE, PROMPTS, ROE, STEER, Table, evidence, predicate
from kbmaker import Overrides

OTHER, THIRD = "belief/prompts-suffice", "belief/steering-suffices"
RERUN: Overrides = {"result/rerun-smoke": {}}
HELD = {"at-most": 0.3}


def entry(day: str, credence: float, *records: str) -> dict[str, Any]:
    return {"date": day, "credence": credence, "because": "so", "records": list(records)}


def holders(**credences: float) -> dict[str, Any]:
    return {"holders": [{"holder": who, "history": [entry("2026-01-10", credence)]} for who, credence in credences.items()]}


def depends(how: str, on: str = "prompts-suffice") -> dict[str, Any]:
    return {"belief": on, "how": how, "note": "So."}


def pair(how: str, mine: dict[str, Any], other: dict[str, Any]) -> Overrides:
    return {BELIEF: mine | {"depends-on": [depends(how)]}, OTHER: other}


def three(*credences: float) -> Overrides:
    """Three beliefs of which each excludes the others."""
    a, b, c = (holders(ann=credence) for credence in credences)
    return {
        BELIEF: a | {"depends-on": [depends("excludes"), depends("excludes", "steering-suffices")]},
        OTHER: b | {"depends-on": [depends("excludes", "steering-suffices")]},
        THIRD: c,
    }


def asks(belief: str, how: dict[str, Any]) -> dict[str, Any]:
    return {"updates": [{"id": "u", "when": "It is so.", "would": "lower", "predicate": {"any": [{"belief": belief} | how]}}]}


def reviewed(outcome: str = "unchanged", by: str = "ann", of: str = "u", *history: dict[str, Any]) -> Overrides:
    review = {"date": "2026-02-01", "by": by, "of": [of], "outcome": outcome, "note": "So."}
    held = [{"holder": "ann", "history": [entry("2026-01-10", 0.6), *history]}]
    return predicate({"question": "what-moves-personas", "is": "open"}, reviews=[review], holders=held)


def resolved(day: str, *days: str) -> Overrides:
    history = [{"holder": "ann", "history": [entry(d, 0.6) for d in days]}]
    return {BELIEF: {"holders": history, "resolution": {"date": day, "outcome": False, "by": "ann", "why": "So."}}}


def moved(*entries: dict[str, Any]) -> Overrides:
    return {BELIEF: {"holders": [{"holder": "ann", "history": list(entries)}]}}


TABLE: Table = {
    "KB601": (
        [
            {},
            predicate({"shape": "steered-shift", "state": "hint"}),
            predicate({"shape": "steered-shift", "concept": "persona", "count": {"is": 2}}),
            predicate({"shape": "steered-shift", "concept": "nobody-knows", "state": "hint"}),
            predicate({"count": "findings", "where": {"concept": "persona", "shape": "prompted-shift"}, "at-least": 1}),
            predicate({"figure": "prompts-move-personas/rate", "measure": "after", "at-least": 1}),
            predicate({"figure": "prompts-move-personas/nothing", "measure": "whatever", "at-least": 1}),
            {BELIEF: asks("prompts-suffice", {"holder": "ann", "review": "due"}), OTHER: {}},
        ],
        [
            predicate({"shape": "steered-shifts", "state": "hint"}),
            predicate({"shape": "steered-shift", "concept": "drift", "state": "hint"}),
            predicate({"not": {"all": [{"count": "findings", "where": {"shape": "no-such-shape"}, "at-least": 1}]}}),
            predicate({"figure": "prompts-move-personas/rate", "measure": "afterwards", "at-least": 1}),
            {BELIEF: asks("prompts-suffice", {"holder": "Ann", "review": "due"}), OTHER: {}},
        ],
    ),
    "KB602": (
        [
            RERUN | predicate({"verdict": "rerun", "tier": "organism", "is": "reproduced"}),
            RERUN | predicate({"verdict": "rerun/rises", "tier": "organism", "is": "met"}),
            RERUN | predicate({"estimate": "rerun/rise", "tier": "organism", "at-least": 0.1}),
            predicate({"count": "findings", "where": {"tag": "small"}, "at-least": 1}) | {STEER: {"tags": ["small"]}},
        ],
        [
            predicate({"verdict": "rerun", "tier": "organism", "is": "reproduced"}),
            RERUN | predicate({"verdict": "reruns", "tier": "organism", "is": "reproduced"}),
            RERUN | predicate({"verdict": "rerun", "tier": "same-model", "is": "reproduced"}),
            RERUN | predicate({"verdict": "rerun/rise", "tier": "organism", "is": "met"}),
            RERUN | predicate({"estimate": "rerun/rises", "tier": "organism", "at-least": 0.1}),
            predicate({"count": "findings", "where": {"tag": "small"}, "at-least": 1}),
        ],
    ),
    "KB603": (
        [
            {},
            {BELIEF: asks("prompts-suffice", {"credence": HELD}), OTHER: asks("steering-suffices", {"review": "due"}), THIRD: {}},
            {BELIEF: {"depends-on": [depends("supports")]}, OTHER: {"depends-on": [depends("supports", "personas-are-selected")]}},
        ],
        [
            {BELIEF: asks("prompts-suffice", {"credence": HELD}), OTHER: asks("personas-are-selected", {"review": "due"})},
            {
                BELIEF: asks("prompts-suffice", {"credence": HELD}),
                OTHER: asks("steering-suffices", {"credence": HELD}),
                THIRD: asks("selected", {"credence": HELD}),
            }
            | {BELIEF: asks("prompts-suffice", {"credence": HELD}) | {"aliases": ["selected"]}},
        ],
    ),
    "KB604": (
        [
            {},
            reviewed(),
            reviewed("changed", "ann", "u", entry("2026-02-01", 0.7)),
            reviewed("unchanged", "ann", "u", entry("2026-02-02", 0.7)),
            reviewed("unchanged", "ann", "u", entry("2026-02-01", 0.6)),
        ],
        [
            reviewed(of="other"),
            reviewed(by="bob"),
            reviewed("changed"),
            reviewed("changed", "ann", "u", entry("2026-02-02", 0.7)),
            reviewed("changed", "ann", "u", entry("2026-02-01", 0.6)),
            reviewed("unchanged", "ann", "u", entry("2026-02-01", 0.7)),
        ],
    ),
    "KB605": (
        [
            {},
            predicate({"question": "what-moves-personas", "is": "answered"}),
            {BELIEF: {"updates": [{"id": "u", "when": "It feels so.", "would": "lower", "not-predicable": "No record says so."}]}},
        ],
        [{BELIEF: {"updates": [{"id": "u", "when": "It feels so.", "would": "lower"}]}}],
    ),
    "KB606": (
        [{}, resolved("2026-03-01", "2026-01-10"), resolved("2026-03-01", "2026-01-10", "2026-03-01")],
        [resolved("2026-03-01", "2026-01-10", "2026-03-02"), resolved("2026-01-09", "2026-01-10")],
    ),
    "KB610": (
        [
            {},
            pair("entails", holders(ann=0.4), holders(ann=0.6)),
            pair("entails", holders(ann=0.6), holders(ann=0.6)),
            pair("presupposes", holders(ann=0.4), holders(ann=0.6)),
            pair("entailed-by", holders(ann=0.6), holders(ann=0.4)),
            pair("supports", holders(ann=0.9), holders(ann=0.1)),
            pair("entails", holders(ann=0.9), holders(bob=0.1)),
            pair("excludes", holders(ann=0.7), holders(ann=0.3)),
            pair("excludes", holders(ann=0.9), holders(bob=0.9)),
            three(0.1, 0.2, 0.7),
        ],
        [
            pair("entails", holders(ann=0.6), holders(ann=0.4)),
            pair("presupposes", holders(ann=0.6), holders(ann=0.4)),
            pair("entailed-by", holders(ann=0.4), holders(ann=0.6)),
            pair("excludes", holders(ann=0.7), holders(ann=0.4)),
            pair("entails", holders(ann=0.1, bob=0.6), holders(ann=0.2, bob=0.4)),
            three(0.4, 0.4, 0.4),
        ],
    ),
    "KB611": (
        [
            {},
            moved(entry("2026-01-10", 0.6), entry("2026-02-01", 0.6)),
            moved(entry("2026-01-10", 0.6), entry("2026-02-01", 0.7, "steering-works")),
        ],
        [
            moved(entry("2026-01-10", 0.6), entry("2026-02-01", 0.7)),
            moved(entry("2026-01-10", 0.6), entry("2026-02-01", 0.7, "steering-works"), entry("2026-02-03", 0.6)),
        ],
    ),
    "KB612": (
        [
            {},
            {DOE: {"retracted": "2026-01-01"}} | evidence("steering-works", "roe-2025-steering"),
            {DOE: {"retracted": "2026-01-01"}, PROMPTS: {"sources": ["doe-2024-prompts", "roe-2025-steering"]}} | evidence("prompts-move-personas"),
        ],
        [
            {DOE: {"retracted": "2026-01-01"}} | evidence("prompts-move-personas/rate"),
            {ROE: {"retracted": "2026-01-01"}} | evidence("roe-2025-steering"),
            {DOE: {"retracted": "2026-01-01"}, ROE: {"retracted": "2026-02-01"}} | evidence("steering-works"),
        ],
    ),
}
