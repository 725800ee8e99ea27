"""Beliefs as JSON: everything that the other formats of beliefs show, and the texts as written."""

from __future__ import annotations

import json
from typing import Any

from kb.evidence.state import State
from kb.export.beliefs import DIRECTIONS, Evidence, View, pages
from kb.export.registry import Options, export

VERSION = 1


@export(
    "beliefs-json",
    summary="Beliefs of each holder with everything about them, for programs",
    file="beliefs.json",
    media="application/json",
    reader="any JSON reader (json of Python's library in the tests)",
    takes=("holder", "since"),
    schema={
        "format, version": "`beliefs`, and 1 until a key changes its meaning",
        "knowledge-base, url": "title and address",
        "since": "the day asked for, or null",
        "holders[]": "`holder` and `beliefs`, by name",
        "beliefs[]": "`id`, `title`, `statement`, `address`, `status`, `added`, `reviewed`, `rationale`, `concepts`, `tags`, `sources`",
        "beliefs[].credence": "the present one: `value`, `date`",
        "beliefs[].history[]": "`date`, `credence`, `because`, `records`, oldest first",
        "beliefs[].change": "null, or with `--since`: `before` (null where there was none), `after`, `entries` (positions in `history`), `evidence` (records)",
        "beliefs[].evidence[]": "`record`, `title`, `address`, `direction`, `weight` (decibans as written, null where not assessed), `note`, `added`, `new`",
        "beliefs[].weights": "per direction `items`, `assessed` and `sum` (decibans, null where none is assessed)",
        "beliefs[].uncertainties[], updates[], depends-on[], readings[]": "as in the record",
    },
    notes="Texts are as written, with their `[[links]]`. Readers should ignore keys that they do not know.",
)
def beliefs_json(state: State, options: Options) -> str:
    config = state.corpus.config
    data = {
        "format": "beliefs",
        "version": VERSION,
        "knowledge-base": config.title,
        "url": config.url,
        "since": options.since.isoformat() if options.since else None,
        "holders": [{"holder": page.holder, "beliefs": [_belief(view) for view in page.views]} for page in pages(state, options)],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _belief(view: View) -> dict[str, Any]:
    raw = view.belief.model_dump(mode="json", by_alias=True)
    own = {name: raw[name] for name in ("id", "title", "statement", "status", "added", "reviewed", "rationale", "concepts", "tags", "sources")}
    now = view.holding.current
    return {
        **own,
        "address": view.address,
        "credence": {"value": now.credence, "date": now.date.isoformat()},
        "history": [entry.model_dump(mode="json", by_alias=True) for entry in view.holding.history],
        "change": _change(view),
        "evidence": [_evidence(item) for item in view.evidence],
        "weights": {
            direction: {
                "items": view.count_of(direction),
                "assessed": sum(item.item.direction == direction and item.weight is not None for item in view.evidence),
                "sum": view.sum_of(direction),
            }
            for direction in DIRECTIONS
        },
        **{name: raw[name] for name in ("uncertainties", "updates", "depends-on", "readings")},
    }


def _change(view: View) -> dict[str, Any] | None:
    if view.move is None:
        return None
    first = len(view.holding.history) - len(view.move.entries)
    return {
        "before": view.move.before,
        "after": view.holding.current.credence,
        "entries": list(range(first, len(view.holding.history))),
        "evidence": [item.record for item in view.evidence if item.new],
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "record": item.record,
        "title": item.title,
        "address": item.address,
        "direction": item.item.direction,
        "weight": None if item.weight is None else str(item.item.weight),
        "note": item.item.note,
        "added": item.added.isoformat() if item.added else None,
        "new": item.new,
    }
