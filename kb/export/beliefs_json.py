"""Beliefs as JSON: everything that the other formats of beliefs show, and the texts as written."""

from __future__ import annotations

import json
from typing import Any

from kb.evidence.plain import plain
from kb.evidence.state import State
from kb.evidence.weighing import finite
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
        "beliefs[].change": "null, or with `--since`: `before` (null where there was none), `after`, `entries` (positions in `history`), `evidence` (records), "
        "`review-due` and `reviews` (updates), `resolved`",
        "beliefs[].evidence[]": "`record`, `title`, `address`, `direction`, `weight` (decibans as written, null where not assessed), `note`, `added`, `new`",
        "beliefs[].weights": "per direction `items`, `assessed` and `sum` (decibans, null where none is assessed)",
        "beliefs[].uncertainties[], updates[], depends-on[], readings[]": "as in the record, `updates` with their predicates as data",
        "beliefs[].conditions[]": "per update its `reading`, null without a predicate: `value` (true, false or unknown, as text), `says`, `now`, `lacking`, "
        "`grounds`, `first`, `since`, `joins`, `parts`",
        "beliefs[].review-due[]": "updates that came true and wait for this holder: `update`, `would`, `since`, `why`, `fired-by`",
        "beliefs[].reviews[]": "this holder's, oldest first: `date`, `of` (updates), `fired-by`, `outcome`, `note`",
        "beliefs[].implied": "by the listed weights: `credence` (null where none counts), `prior`, `decibans`, `counted`, `not-assessed`, `mixed`, `in-prior`",
        "beliefs[].doubts[]": "what does not fit: `kind`, `words`, `records`",
        "beliefs[].resolution, score": "null, or `date`, `outcome`, `by`, `why`, `records`; and `last`, `brier`, `log`, `mean-brier`, `mean-log`, `days`, "
        "null where nothing was stated before, `infinite` as text",
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
        "conditions": [{"update": condition.update, "reading": plain(condition.reading)} for condition in view.weighed.conditions],
        "review-due": [{name: plain(trigger)[name] for name in ("update", "would", "since", "why", "fired-by")} for trigger in view.due],
        "reviews": [review.model_dump(mode="json", by_alias=True, exclude={"by"}) for review in view.reviews],
        "implied": {key: value for key, value in plain(view.implied).items() if key not in ("holder", "stated")},
        "doubts": plain(view.weighed.doubts),
        "resolution": raw["resolution"],
        "score": None if view.score is None else {key: value for key, value in finite(plain(view.score)).items() if key != "holder"},
    }


def _change(view: View) -> dict[str, Any] | None:
    if view.move is None:
        return None
    first = len(view.holding.history) - len(view.move.entries)
    return {
        "before": view.move.before,
        "after": view.holding.current.credence,
        "entries": list(range(first, len(view.holding.history))),
        "evidence": [item.record for item in view.new_evidence],
        "review-due": [trigger.update for trigger in view.new_due],
        "reviews": sorted({update for review in view.new_reviews for update in review.of}),
        "resolved": view.new_resolution,
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
