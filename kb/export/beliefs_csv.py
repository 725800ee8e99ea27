"""Beliefs as CSV: one row per belief and holder, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from kb.evidence.state import State
from kb.export.beliefs import View, pages
from kb.export.cells import cell
from kb.export.registry import Options, export
from kb.forms.addresses import labels
from kb.forms.text import words

COLUMNS = {
    "holder": "who holds it",
    "belief": "id of the belief",
    "title": "title",
    "statement": "the statement, on one line",
    "credence": "the present credence, from 0 to 1",
    "date": "from when",
    "because": "why it is that",
    "first_credence": "the first entry of the history",
    "first_date": "its date",
    "entries": "entries of the history",
    "evidence_for": "items for it",
    "evidence_against": "items against it",
    "evidence_mixed": "items that bear both ways",
    "weight_for": "decibans of the assessed items for it; empty where none is assessed",
    "weight_against": "decibans of the assessed items against it; empty where none is assessed",
    "not_assessed": "items without a weight",
    "updates": "conditions registered beforehand",
    "predicates": "those of them with a predicate",
    "predicates_true": "those whose predicate is true now",
    "review_due": "those that wait for a review of this holder, by id",
    "review_due_since": "the first day from which one waits",
    "reviews": "reviews that this holder has recorded",
    "last_review": "the day of the last of them",
    "implied": "the credence that the listed weights imply; empty where no weight counts",
    "doubts": "things that do not fit: credences against each other, evidence retracted, superseded, in dispute or counted twice",
    "resolved": "the day on which it was resolved; empty where it is not",
    "outcome": "true, false or void",
    "brier": "Brier score of the last credence before that day; empty where there is none, or the outcome is void",
    "log_score": "log score of it, in nats; `inf` where what happened was held impossible",
    "mean_brier": "Brier score as a mean over days",
    "mean_log_score": "log score as a mean over days",
    "since": "the day asked for with `--since`; empty without it, as are the next four",
    "credence_then": "the credence on that day; empty where there was none",
    "moved": "present credence minus the one on that day; empty where there was none",
    "evidence_since": "items whose record entered the knowledge base after that day",
    "reviews_since": "reviews recorded after that day",
    "status": "draft, working or stable",
    "added": "the day on which the belief entered the knowledge base",
    "address": "its page",
}


@export(
    "beliefs-csv",
    summary="Beliefs of each holder, one row each, for spreadsheets",
    file="beliefs.csv",
    media="text/csv; charset=utf-8; header=present",
    reader="pandas; any spreadsheet",
    takes=("holder", "since"),
    schema=COLUMNS,
    notes="RFC 4180 with CRLF line ends. A text that begins with `=`, `+`, `-`, `@`, a tab, a carriage return or the wide form of one of these signs gets an "
    "apostrophe before it, because a spreadsheet would run it as a formula; numbers and dates are left alone. `beliefs-json` has the texts unchanged.",
)
def beliefs_csv(state: State, options: Options) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for page in pages(state, options):
        writer.writerows([cell(value) for value in _row(state, page.holder, view)] for view in page.views)
    return out.getvalue()


def _row(state: State, holder: str, view: View) -> list[str | float | int | None]:
    belief, now, first, move = view.belief, view.holding.current, view.holding.history[0], view.move
    named = labels(state.corpus)
    before = move.before if move else None
    return [
        holder,
        belief.id,
        belief.title,
        words(belief.statement, named),
        now.credence,
        now.date.isoformat(),
        words(now.because, named),
        first.credence,
        first.date.isoformat(),
        len(view.holding.history),
        *(view.count_of(direction) for direction in ("for", "against", "mixed")),
        view.sum_of("for"),
        view.sum_of("against"),
        sum(item.weight is None for item in view.evidence),
        len(belief.updates),
        sum(condition.reading is not None for condition in view.weighed.conditions),
        len(view.weighed.triggers) if belief.resolution is None else None,
        "; ".join(trigger.update for trigger in view.due) or None,
        min((trigger.since.isoformat() for trigger in view.due), default=None),
        len(view.reviews),
        view.reviews[-1].date.isoformat() if view.reviews else None,
        view.implied.credence,
        len(view.weighed.doubts),
        belief.resolution.date.isoformat() if belief.resolution else None,
        str(belief.resolution.outcome).lower() if belief.resolution else None,
        *((view.score.brier, view.score.log, view.score.mean_brier, view.score.mean_log) if view.score else (None,) * 4),
        move.since.isoformat() if move else None,
        before,
        round(now.credence - before, 12) if before is not None else None,
        len(view.new_evidence) if move else None,
        len(view.new_reviews) if move else None,
        belief.status,
        belief.added.isoformat(),
        view.address,
    ]
