"""Tables of what people hold: beliefs, credences, evidence, updates, dependences, questions. What follows from them is in `weighing`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kb.evidence.state import State
from kb.export.tables.registry import STATUS, Column, Row, joined, number, present, status, table
from kb.forms.addresses import labels
from kb.forms.text import unlinked


@table(
    "beliefs",
    "Statements that people give a credence.",
    Column("belief", "text", "id"),
    Column("title", "text", "title"),
    Column("statement", "text", "the statement"),
    Column("rationale", "text", "why it is held"),
    Column("concepts", "text", "concepts that it is about"),
    Column("resolved", "date", "the day on which it was resolved; absent where it is not"),
    Column("outcome", "text", "true, false or void"),
    Column("judged_by", "text", "who judged"),
    *STATUS,
    key=("belief",),
)
def _beliefs(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for belief in state.corpus.beliefs.values():
        concepts = joined(present(state, ref) for ref in belief.concepts)
        resolution = belief.resolution
        how = (resolution.date.isoformat(), str(resolution.outcome).lower(), resolution.by) if resolution else (None, None, None)
        yield belief.id, belief.title, unlinked(belief.statement, named), unlinked(belief.rationale, named), concepts, *how, *status(belief)


@table(
    "credences",
    "The course of every holder's credence.",
    Column("belief", "text", "the belief", "beliefs.belief"),
    Column("position", "integer", "place among the belief's entries, from 1: by holder, oldest first"),
    Column("holder", "text", "who holds it"),
    Column("date", "date", "from when"),
    Column("credence", "real", "from 0 to 1"),
    Column("current", "integer", "1 for the last entry of a history, else 0"),
    Column("because", "text", "why it is that"),
    key=("belief", "position"),
)
def _credences(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for belief in state.corpus.beliefs.values():
        entries = [(holding, entry) for holding in belief.holders for entry in holding.history]
        for position, (holding, entry) in enumerate(entries, 1):
            current = int(entry is holding.current)
            yield belief.id, position, holding.holder, entry.date.isoformat(), entry.credence, current, unlinked(entry.because, named)


@table(
    "belief_evidence",
    "What bears on a belief.",
    Column("belief", "text", "the belief", "beliefs.belief"),
    Column("position", "integer", "place in the ledger, from 1"),
    Column("record", "text", "a record, or finding/claim"),
    Column("direction", "text", "for, against or mixed"),
    Column("weight", "real", "decibans, positive whatever the direction; absent where not assessed"),
    Column("note", "text", "note"),
    key=("belief", "position"),
)
def _evidence(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for belief in state.corpus.beliefs.values():
        for position, item in enumerate(belief.evidence, 1):
            weight = None if item.weight == "not assessed" else number(item.weight)
            yield belief.id, position, present(state, item.record), item.direction, weight, unlinked(item.note, named)


@table(
    "belief_updates",
    "Conditions, registered beforehand, under which a holder would change their mind.",
    Column("belief", "text", "the belief", "beliefs.belief"),
    Column("position", "integer", "place in the record, from 1"),
    Column("id", "text", "id of the condition"),
    Column("condition", "text", "the condition in words"),
    Column("would", "text", "raise, lower, abandon or reconsider"),
    Column("how_much", "text", "by how much"),
    Column("predicate", "text", "the condition over the knowledge base, as JSON; absent where there is none"),
    Column("not_predicable", "text", "what of the condition the predicate leaves out"),
    Column("value", "text", "of the predicate now: true, false or unknown"),
    Column("lacking", "text", "how far it is from being true"),
    Column("since", "date", "the day from which it is true"),
    Column("grounds", "text", "records that have part in the value"),
    key=("belief", "position"),
)
def _updates(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for belief in state.corpus.beliefs.values():
        for position, (update, condition) in enumerate(zip(belief.updates, state.beliefs[belief.id].conditions, strict=True), 1):
            how_much, left_out = (unlinked(part, named) if part else None for part in (update.how_much, update.not_predicable))
            said = (belief.id, position, update.id, unlinked(update.when, named), update.would, how_much)
            if (reading := condition.reading) is None or update.predicate is None:
                yield *said, None, left_out, None, None, None, None
                continue
            predicate = json.dumps(update.predicate.model_dump(mode="json", by_alias=True, exclude_defaults=True), ensure_ascii=False)
            since = (reading.since or belief.added).isoformat() if reading.value == "true" else None
            yield *said, predicate, left_out, reading.value, reading.lacking or None, since, joined(reading.grounds)


@table(
    "belief_reviews",
    "Looks at conditions that had come true, and what followed.",
    Column("belief", "text", "the belief", "beliefs.belief"),
    Column("position", "integer", "place in the record, from 1"),
    Column("date", "date", "the day of the review"),
    Column("by", "text", "the holder whose credence it is"),
    Column("updates", "text", "conditions that were reviewed, by id"),
    Column("fired_by", "text", "records that had made them true"),
    Column("outcome", "text", "changed or unchanged"),
    Column("note", "text", "note"),
    key=("belief", "position"),
)
def _reviews(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for belief in state.corpus.beliefs.values():
        for position, review in enumerate(belief.reviews, 1):
            fired_by = joined(present(state, ref) for ref in review.fired_by)
            yield belief.id, position, review.date.isoformat(), review.by, joined(review.of), fired_by, review.outcome, unlinked(review.note, named)


@table(
    "belief_dependences",
    "How beliefs depend on each other.",
    Column("belief", "text", "the belief", "beliefs.belief"),
    Column("position", "integer", "place in the record, from 1"),
    Column("how", "text", "entails, entailed-by, excludes, supports or presupposes"),
    Column("other", "text", "the other belief", "beliefs.belief"),
    Column("note", "text", "note"),
    key=("belief", "position"),
)
def _dependences(state: State) -> Iterator[Row]:
    for belief in state.corpus.beliefs.values():
        yield from ((belief.id, n, link.how, present(state, link.belief), link.note) for n, link in enumerate(belief.depends_on, 1))


@table(
    "questions",
    "Guiding questions, open questions, research ideas, behaviours.",
    Column("question", "text", "id"),
    Column("title", "text", "title"),
    Column("kind", "text", "guiding, open-question, research-idea or behaviour"),
    Column("asks", "text", "what is asked"),
    Column("state", "text", "open, partly-answered, answered or dropped"),
    Column("answers", "integer", "records that answer it, wholly or in part"),
    *STATUS,
    key=("question",),
)
def _questions(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for question in state.corpus.questions.values():
        asks = unlinked(question.asks, named)
        yield question.id, question.title, question.kind, asks, question.state, len(question.answers), *status(question)
