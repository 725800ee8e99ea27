"""Tables of what follows for beliefs: reviews due, implied credences and scores, what does not fit; and of the decisions that wait."""

from __future__ import annotations

from collections.abc import Iterator

from kb.evidence.queue import standing
from kb.evidence.state import State
from kb.export.tables.registry import Column, Row, joined, present, table


@table(
    "reviews_due",
    "Conditions that have come true and wait for a holder's review.",
    Column("belief", "text", "the belief", "beliefs.belief"),
    Column("id", "text", "id of the condition"),
    Column("holder", "text", "whose review is due"),
    Column("since", "date", "the day from which the condition is true"),
    Column("why", "text", "what made it true"),
    Column("fired_by", "text", "records that have part in it"),
    key=("belief", "id", "holder"),
)
def _due(state: State) -> Iterator[Row]:
    for weighed in state.beliefs.values():
        for trigger in sorted(weighed.due, key=lambda trigger: trigger.update):
            for holder in dict.fromkeys(trigger.due_for):
                yield trigger.belief, trigger.update, holder, trigger.since.isoformat(), trigger.why, joined(trigger.fired_by)


@table(
    "holdings",
    "Each holder's credence in each belief beside the one that the listed weights imply, and its scores once the belief is resolved.",
    Column("belief", "text", "the belief", "beliefs.belief"),
    Column("position", "integer", "place of the holder in the record, from 1"),
    Column("holder", "text", "who holds it"),
    Column("credence", "real", "the present credence"),
    Column("first", "real", "the earliest credence, from which the implied one starts"),
    Column("implied", "real", "the credence that the listed weights imply; absent where no weight counts"),
    Column("decibans", "real", "sum of the weights that count; absent where none does"),
    Column("counted", "integer", "items whose weight counts"),
    Column("not_assessed", "integer", "items without a weight"),
    Column("mixed", "integer", "assessed items without a sign"),
    Column("in_prior", "integer", "assessed items that the earliest entry names"),
    Column("scored", "real", "the last credence before the day of the resolution; absent where there is none, or the outcome is void"),
    Column("brier", "real", "its Brier score, from 0 (best) to 1"),
    Column("log_score", "real", "its log score in nats, from 0 (best); infinite where what happened was held impossible"),
    Column("mean_brier", "real", "Brier score as a mean over days"),
    Column("mean_log_score", "real", "log score as a mean over days"),
    Column("days", "integer", "days over which they are means"),
    key=("belief", "position"),
)
def _holdings(state: State) -> Iterator[Row]:
    for belief, weighed in state.beliefs.items():
        scores = {score.holder: score for score in weighed.scores}
        for position, found in enumerate(weighed.implied, 1):
            counts = tuple(len(records) for records in (found.counted, found.not_assessed, found.mixed, found.in_prior))
            score = scores.get(found.holder)
            scored = (score.last, score.brier, score.log, score.mean_brier, score.mean_log, score.days) if score else (None,) * 6
            decibans = found.decibans if found.counted else None
            yield belief, position, found.holder, found.stated, found.prior, found.credence, decibans, *counts, *scored


@table(
    "belief_doubts",
    "What does not fit in a belief: credences against each other, evidence retracted, superseded, in dispute or counted twice.",
    Column("belief", "text", "the belief", "beliefs.belief"),
    Column("position", "integer", "place among them, from 1"),
    Column("kind", "text", "credences, retracted, superseded, disputed or double-counting"),
    Column("says", "text", "what does not fit"),
    Column("records", "text", "records and claims concerned"),
    key=("belief", "position"),
)
def _doubts(state: State) -> Iterator[Row]:
    for belief, weighed in state.beliefs.items():
        for position, doubt in enumerate(weighed.doubts, 1):
            yield belief, position, doubt.kind, doubt.words, joined(doubt.records)


@table(
    "decisions",
    "Decisions that wait for a person, those of most consequence first. What depends on the day or on installed sources is left out: ages, stale "
    "records, old drafts, stale reruns.",
    Column("position", "integer", "place in the queue, from 1"),
    Column("decision", "text", "its id, as `kb decide` takes it"),
    Column("kind", "text", "kind of decision"),
    Column("title", "text", "title"),
    Column("what", "text", "what has happened"),
    Column("record", "text", "the record or claim to edit first"),
    Column("records", "text", "all records and claims concerned"),
    Column("options", "text", "ways to decide"),
    Column("writes", "text", "those that `kb decide` can write"),
    Column("clears", "text", "the condition under which it goes away"),
    Column("since", "date", "the day from which it waits"),
    Column("beliefs", "integer", "beliefs that rest on the records"),
    Column("shapes", "integer", "shapes in whose count one of them stands"),
    Column("links", "integer", "other records that link to them"),
    key=("decision",),
)
def _decisions(state: State) -> Iterator[Row]:
    for position, item in enumerate(standing(state), 1):
        options, writes = joined(option.id for option in item.options), joined(option.id for option in item.options if option.edits)
        since = item.since.isoformat() if item.since else None
        reach = (len(item.reach.beliefs), len(item.reach.shapes), item.reach.links)
        records = [present(state, ref) for ref in item.records]
        yield position, item.id, item.kind, item.title, item.what, records[0], joined(records), options, writes, item.clears, since, *reach
