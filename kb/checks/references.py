"""Every link that a record makes to another, with where it stands and what it may name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kb.records.corpus import Path_
from schemas import Belief, Concept, Finding, Question, Record, Result, Source
from schemas.belief import Update
from schemas.predicate import BeliefReading, ConsistencyReading, DisputeReading, FigureReading, FindingCount, QuestionReading, ShapeReading, atoms
from schemas.scalars import LINK

ANY = frozenset({"source", "finding", "concept", "belief", "question", "result"})
SOURCE, FINDING, CONCEPT, BELIEF, QUESTION = (frozenset({kind}) for kind in ("source", "finding", "concept", "belief", "question"))
EVIDENCE = frozenset({"finding", "result", "source", "question"})
RAISES = frozenset({"source", "finding", "belief", "concept", "question"})


class Ref(NamedTuple):
    """One link as written."""

    owner: str
    """Id of the record in which it stands."""
    path: Path_
    target: str
    """An id, an alias, or finding/claim."""
    field: str
    """What the field is called for a reader, e.g. `relations.to`."""
    kinds: frozenset[str]
    """Types of record that it may name."""
    claim: bool | None = False
    """True: must name a claim; False: must not; None: may."""


def references(record: Record) -> Iterator[Ref]:
    """The links in the fields of one record, in file order of the fields; links in prose are not among them."""
    if isinstance(record, Source):
        yield from _source(record)
    elif isinstance(record, Finding):
        yield from _finding(record)
    elif isinstance(record, Concept):
        yield from _concept(record)
    elif isinstance(record, Belief):
        yield from _belief(record)
    elif isinstance(record, Question):
        yield from _question(record)
    elif isinstance(record, Result):
        yield from _result(record)


def _source(s: Source) -> Iterator[Ref]:
    for i, other in enumerate(s.distinct_from):
        yield Ref(s.id, ("distinct-from", i), other, "distinct-from", SOURCE)


def _sources(record: Finding | Concept | Belief) -> Iterator[Ref]:
    for i, source in enumerate(record.sources):
        yield Ref(record.id, ("sources", i), source, "sources", SOURCE)


def _finding(f: Finding) -> Iterator[Ref]:
    yield from _sources(f)
    for i, claim in enumerate(f.claims):
        for j, place in enumerate(claim.at):
            if place.source is not None:
                yield Ref(f.id, ("claims", i, "at", j, "source"), place.source, "claims.at.source", SOURCE)
        for j, dispute in enumerate(claim.disputes):
            yield Ref(f.id, ("claims", i, "disputes", j, "by"), dispute.by, "claims.disputes.by", SOURCE)
    for i, link in enumerate(f.instantiates):
        yield Ref(f.id, ("instantiates", i, "concept"), link.concept, "instantiates.concept", CONCEPT)
    for i, relation in enumerate(f.relations):
        yield Ref(f.id, ("relations", i, "to"), relation.to, "relations.to", FINDING)


def _concept(c: Concept) -> Iterator[Ref]:
    for i, neighbour in enumerate(c.adjacent):
        yield Ref(c.id, ("adjacent", i, "concept"), neighbour.concept, "adjacent.concept", CONCEPT)
    yield from _sources(c)


def _belief(b: Belief) -> Iterator[Ref]:
    for i, holding in enumerate(b.holders):
        for j, entry in enumerate(holding.history):
            for k, target in enumerate(entry.records):
                yield Ref(b.id, ("holders", i, "history", j, "records", k), target, "holders.history.records", ANY, None)
    for i, concept in enumerate(b.concepts):
        yield Ref(b.id, ("concepts", i), concept, "concepts", CONCEPT)
    for i, item in enumerate(b.evidence):
        yield Ref(b.id, ("evidence", i, "record"), item.record, "evidence.record", EVIDENCE, None)
    for i, doubt in enumerate(b.uncertainties):
        for j, target in enumerate(doubt.settled_by):
            yield Ref(b.id, ("uncertainties", i, "settled-by", j), target, "uncertainties.settled-by", ANY, None)
    for i, dependence in enumerate(b.depends_on):
        yield Ref(b.id, ("depends-on", i, "belief"), dependence.belief, "depends-on.belief", BELIEF)
    for i, update in enumerate(b.updates):
        if update.predicate is not None:
            yield from _predicate(b.id, ("updates", i, "predicate"), update)
    for i, review in enumerate(b.reviews):
        for j, target in enumerate(review.fired_by):
            yield Ref(b.id, ("reviews", i, "fired-by", j), target, "reviews.fired-by", ANY)
    for i, target in enumerate(b.resolution.records if b.resolution else ()):
        yield Ref(b.id, ("resolution", "records", i), target, "resolution.records", ANY, None)
    for i, reading in enumerate(b.readings):
        if reading.source is not None:
            yield Ref(b.id, ("readings", i, "source"), reading.source, "readings.source", SOURCE)
    yield from _sources(b)


def _predicate(owner: str, path: Path_, update: Update) -> Iterator[Ref]:
    """The records that a predicate asks about. Shapes, replications and measures are no records: KB601 and KB602 look them up."""
    assert update.predicate is not None
    for steps, atom in atoms(update.predicate):
        at = (*path, *steps)
        if isinstance(atom, FindingCount) and atom.where.concept is not None:
            yield Ref(owner, (*at, "where", "concept"), atom.where.concept, "updates.predicate.where.concept", CONCEPT)
        elif isinstance(atom, ShapeReading) and atom.concept is not None:
            yield Ref(owner, (*at, "concept"), atom.concept, "updates.predicate.concept", CONCEPT)
        elif isinstance(atom, FigureReading):
            yield Ref(owner, (*at, "figure"), atom.figure, "updates.predicate.figure", FINDING, True)
        elif isinstance(atom, DisputeReading):
            yield Ref(owner, (*at, "disputed"), atom.disputed, "updates.predicate.disputed", FINDING, True)
        elif isinstance(atom, ConsistencyReading):
            yield Ref(owner, (*at, "consistency"), atom.consistency, "updates.predicate.consistency", FINDING, True)
        elif isinstance(atom, QuestionReading):
            yield Ref(owner, (*at, "question"), atom.question, "updates.predicate.question", QUESTION)
        elif isinstance(atom, BeliefReading):
            yield Ref(owner, (*at, "belief"), atom.belief, "updates.predicate.belief", BELIEF)


def _question(q: Question) -> Iterator[Ref]:
    for i, target in enumerate(q.raised_by):
        yield Ref(q.id, ("raised-by", i), target, "raised-by", RAISES)
    for i, target in enumerate(q.bears_on):
        yield Ref(q.id, ("bears-on", i), target, "bears-on", ANY, None)
    for i, answer in enumerate(q.answers):
        yield Ref(q.id, ("answers", i, "record"), answer.record, "answers.record", ANY, None)
    for i, point in enumerate(q.counter_points):
        if point.source is not None:
            yield Ref(q.id, ("counter-points", i, "source"), point.source, "counter-points.source", SOURCE)


def _result(r: Result) -> Iterator[Ref]:
    yield Ref(r.id, ("finding",), r.finding, "finding", FINDING)
    for i, target in enumerate(r.claims):
        yield Ref(r.id, ("claims", i), target, "claims", FINDING, True)
    for i, estimate in enumerate(r.estimates):
        if estimate.claim is not None:
            yield Ref(r.id, ("estimates", i, "claim"), estimate.claim, "estimates.claim", FINDING, True)


def prose_references(owner: str, path: Path_, text: str) -> Iterator[Ref]:
    """The `[[links]]` in one text."""
    for match in LINK.finditer(text):
        yield Ref(owner, path, match[1], "text", ANY, None)


__all__ = ["Ref", "prose_references", "references"]
