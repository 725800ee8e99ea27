"""Two-sided tables of the checks on dates, claims and figures."""

from __future__ import annotations

from typing import Any

from checks.table_links import BELIEF, DOE, PERSONA, PROMPTS, ROE, STEER, Table, claim, claims, shape
from kbmaker import Overrides


def checked(extent: str, on: str = "2026-01-10") -> dict[str, Any]:
    return {"checked": [{"by": "ann", "on": on, "extent": extent}]}


def measure(**fields: Any) -> dict[str, Any]:
    return {"name": "rate", "value": "42.5", "unit": "%"} | fields


def history(*days: str) -> Overrides:
    return {BELIEF: {"holders": [{"holder": "ann", "history": [{"date": day, "credence": 0.5, "because": "so"} for day in days]}]}}


def decided(**decisions: str) -> Overrides:
    made = {field: {"on": day, "by": "ann", "why": "So."} for field, day in decisions.items()}
    return {PERSONA: {"shapes": [shape("prompted-shift", **made), shape("steered-shift")]}}


def compared(expressions: list[Any], **fields: Any) -> Overrides:
    return claims(measures=[measure(name="before"), measure(name="after_steering")], checks=expressions, **fields)


def dispute(about: str) -> dict[str, Any]:
    return {"about": about, "reported": "1", "instead": "2", "by": "doe-2024-prompts", "state": "open"}


TWO = {STEER: {"sources": ["roe-2025-steering", "doe-2024-prompts"]}}


def two_sources(**place: str) -> Overrides:
    return {STEER: {"sources": ["roe-2025-steering", "doe-2024-prompts"], "claims": [claim(at=[{"part": "abstract"} | place])]}}


TABLE: Table = {
    "KB230": (
        [{}, {STEER: {"reviewed": "2026-06-01"}}, {ROE: {"issued": "2026"}}, history("2026-06-01"), decided(codified="2026-06-01")],
        [
            {STEER: {"added": "2026-06-02"}},
            {STEER: {"reviewed": "2062-01-01"}},
            {ROE: {"issued": "2027"}},
            {ROE: {"version-date": "2026-07"}},
            {ROE: {"retracted": "2026-07-01"}},
            {ROE: checked("abstract", "2026-07-01")},
            history("2026-01-01", "2026-12-01"),
            decided(codified="2026-06-02"),
            decided(retired="2027-01-01"),
            {BELIEF: {"reviews": [{"date": "2026-06-02", "by": "ann", "of": ["u"], "outcome": "unchanged", "note": "So."}]}},
            {BELIEF: {"resolution": {"date": "2027-01-01", "outcome": "void", "by": "ann", "why": "So."}}},
        ],
    ),
    "KB231": (
        [{}, {ROE: {"issued": "2026-01-10"}}, {ROE: {"version-date": "2025-03"}}, {ROE: {"issued": "2026"}}, {STEER: {"added": "2025-03-10"}}],
        [
            {ROE: {"added": "2025-03-09"}},
            {ROE: {"version-date": "2025-02"}},
            {ROE: {"retracted": "2025-03-01"}},
            {ROE: checked("abstract", "2025-03-09")},
            {STEER: {"added": "2025-03-09"}},
        ],
    ),
    "KB232": (
        [{}, history("2026-01-10", "2026-01-11", "2026-03-01")],
        [history("2026-01-10", "2026-01-09"), history("2026-01-10", "2026-01-10"), history("2026-01-01", "2026-02-01", "2026-01-15")],
    ),
    "KB233": (
        [
            {},
            {DOE: {"issued": "2024-05"}},
            {DOE: {"issued": "2024"}},
            {DOE: {"issued": "2024-04-30"}},
            {DOE: {"issued": "2023-11-01", "type": "paper-conference"}},
            {DOE: {"arxiv": "2412.00001", "issued": "2024-12-31"}},
            {DOE: {"arxiv": "hep-th/9901001", "issued": "1999-01-02"}},
            {DOE: {"arxiv": "math/0309136", "issued": "2003-09"}},
        ],
        [
            {DOE: {"issued": "2024-06-01"}},
            {DOE: {"issued": "2024-06-01", "type": "paper-conference"}},
            {DOE: {"issued": "2025"}},
            {DOE: {"issued": "2024-03-15"}},
            {DOE: {"arxiv": "2413.00001"}},
            {DOE: {"arxiv": "hep-th/9901001", "issued": "1999-03-02"}},
            {DOE: {"arxiv": "hep-th/9913001", "issued": "1999-01-02"}},
            {DOE: {"arxiv": "2507.21509", "issued": "2025-12-01"}},
        ],
    ),
    "KB234": (
        [{}, {STEER: {"reviewed": "2026-01-10"}}, decided(codified="2026-02-01", retired="2026-02-01"), decided(retired="2026-02-01")],
        [{STEER: {"reviewed": "2026-01-09"}}, {PERSONA: {"reviewed": "2025-01-09"}}, decided(codified="2026-02-01", retired="2026-01-31")],
    ),
    "KB301": ([{}, claims(at=[{"part": "whole"}])], [claims(at=[]), {STEER: {"claims": [claim(), claim(id="other", at=[])]}}]),
    "KB302": (
        [{}, claims(measures=[measure()]), claims()],
        [claims(measures=[measure(unit=None)]), claims(measures=[measure(), measure(name="x", unit=None)])],
    ),
    "KB303": (
        [
            {},
            claims(measures=[measure(unit="times")]),
            claims(measures=[measure(unit=None)]),
            claims(measures=[measure(unit="odd")]) | {"kb.yaml": {"vocabularies": {}}},
        ],
        [claims(measures=[measure(unit="percent")]), claims(measures=[measure(unit="%s")]), claims(measures=[measure(unit="Times")])],
    ),
    "KB304": (
        [
            {},
            compared(["before < after_steering", "sum(before, after_steering) ~ 100", "abs(before - 2.5e1) <= 1e3"]),
            compared([], disputes=[dispute("the rate before"), dispute("after_steering"), dispute("rate")]),
            compared([{"test": "ordering", "of": "before", "place": "largest", "among": ["after_steering"]}, {"expression": "before <= after_steering"}]),
            compared([{"test": "sums-to-total", "parts": ["before", "after_steering", 15], "total": 100}]),
        ],
        [
            compared(["before < after"]),
            compared([{"expression": "before < after"}]),
            compared([{"test": "ordering", "of": "before", "place": "largest", "among": ["after"]}]),
            compared([{"test": "grim", "of": "before", "n": "cases"}]),
            compared([{"test": "direct-plus-indirect", "direct": "before", "indirect": "after", "total": "after_steering"}]),
            compared(["sum(before, total) ~ 100"]),
            claims(checks=["a = b"]),
            compared([], disputes=[dispute("after_steer")]),
        ],
    ),
    "KB305": (
        [{}, {STEER: {"models": [], "kind": "theoretical"}}, {STEER: {"models": [], "kind": "deployment-study"}}],
        [{STEER: {"models": []}}, {PROMPTS: {"models": []}}],
    ),
    "KB306": (
        [
            {},
            {STEER: {"claims": [claim(nature="comparison")], "kind": "position"}},
            {STEER: {"claims": [claim(nature="comparison"), claim(id="two", measures=[measure()])]}},
            claims(nature="existence"),
            claims(nature="null"),
        ],
        [claims(nature="comparison"), {STEER: {"claims": [claim(nature="existence"), claim(id="two", nature="causal")]}}],
    ),
    "KB307": ([{}, {STEER: {"instantiates": [], "no-concept": "About instruments."}}], [{STEER: {"instantiates": []}}]),
    "KB308": ([{}, two_sources(source="doe-2024-prompts"), claims()], [two_sources(), TWO]),
    "KB309": (
        [{}, two_sources(source="doe-2024-prompts"), claims(at=[{"part": "abstract", "source": "roe"}]) | {ROE: {"aliases": ["roe"]}}],
        [
            claims(at=[{"part": "abstract", "source": "doe-2024-prompts"}]),
            claims(at=[{"part": "abstract"}, {"part": "page", "ref": "1", "source": "doe-2024-prompts"}]),
        ],
    ),
    "KB310": (
        [
            {},
            {STEER: {"status": "stable"}},
            {ROE: {"status": "stable"}},
            {ROE: checked("author-data") | {"status": "stable"}},
            {ROE: checked("abstract"), STEER: {"status": "stable", "claims": [claim(checked="full-text")]}},
            {PERSONA: {"status": "stable"}},
        ],
        [
            {ROE: checked("abstract") | {"status": "stable"}},
            {ROE: checked("second-hand"), STEER: {"status": "stable"}},
            {STEER: {"status": "stable", "claims": [claim(), claim(id="two", checked="abstract")]}},
            {STEER: {"status": "stable", "sources": ["roe-2025-steering", "doe-2024-prompts"]}, DOE: checked("unchecked")},
        ],
    ),
    "KB311": (
        [{}, claims(checked="full-text"), claims(checked="second-hand"), claims(checked="full-text") | {ROE: checked("author-data")}],
        [claims(checked="full-text") | {ROE: checked("abstract")}, claims(checked="abstract") | {ROE: checked("second-hand")}],
    ),
    "KB312": (
        [
            {},
            {STEER: {"added": "2025-06-01", "reviewed": "2026-05-01"}},
            {STEER: {"added": "2025-06-01", "status": "draft"}},
            {STEER: {"added": "2025-06-01", "status": "stable"}},
            {STEER: {"added": "2025-12-03"}},
            {"result/rerun-smoke": {"added": "2025-06-01"}},
        ],
        [
            {STEER: {"added": "2025-12-02"}},
            {STEER: {"added": "2025-04-01", "reviewed": "2025-11-01"}},
            {PERSONA: {"added": "2025-06-01"}},
            {"kb.yaml": {"thresholds": {"stale-after-days": 30}}},
        ],
    ),
    "KB330": (
        [
            {},
            {STEER: {"summary": "What a TODO list is good for."}},
            {STEER: {"summary": "TODOs are read by nobody."}},
            {STEER: {"tags": ["todo-lists"]}},
            {STEER: {"claims": [claim(id="todos", at=[{"part": "abstract"}])]}},
        ],
        [
            {STEER: {"summary": "TODO"}},
            {STEER: {"summary": "TODO: what was done"}},
            {STEER: {"summary": "TODO what was done"}},
            {STEER: {"contributors": ["TODO"]}},
            {STEER: {"claims": [claim(id="todo", at=[{"part": "abstract"}])]}},
            {STEER: {"limitations": ["One model.", "TODO: more"]}},
            {ROE: {"author": [{"family": "TODO: family name"}]}},
            {PERSONA: {"definition": "TODO: what it is"}},
        ],
    ),
}
