"""One typed graph of everything: records, claims, shapes, people, artefacts, and every link between them.

A networkx MultiDiGraph. Nodes: records by id, claims as `finding/claim`, shapes as `shape:concept/shape`, people as
`person:key`, artefacts as `artefact:slug`; attribute `kind` tells which, `label` what a reader calls it. An edge runs from the
record that states the link; its key and its attribute `relation` are the link's type (relations.py lists them), `field` is
the place in the record where it stands, `note` what the author says about it. Two links of one type between the same two nodes
are one edge with both notes. Links to what does not exist are left out (checks report them).
Nodes and edges are added in sorted order: the graph is the same whatever the order of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import networkx as nx

from kb.evidence.codification import shapes_of
from kb.evidence.people import People, resolve
from kb.evidence.relations import LINKS
from kb.records import Corpus
from schemas import Belief, Concept, Finding, Question, Record, Result, Source
from schemas.belief import Update
from schemas.predicate import (
    ConsistencyReading,
    DisputeReading,
    EstimateReading,
    FigureReading,
    FindingCount,
    QuestionReading,
    ShapeReading,
    VerdictReading,
    atoms,
)
from schemas.scalars import LINK

Graph: TypeAlias = "nx.MultiDiGraph[str]"


class Link(NamedTuple):
    """One link as a record states it; `start` and `to` are record ids, aliases, claim references or nodes of another kind."""

    start: str
    to: str
    type: str
    field: str
    note: str = ""


Linker = Callable[[Corpus, Any], Iterator[Link]]
LINKERS: dict[type[Record], Linker] = {}


def linker(kind: type[Record]) -> Callable[[Linker], Linker]:
    """Register the function that yields a record type's links."""

    def register(function: Linker) -> Linker:
        LINKERS[kind] = function
        return function

    return register


def build(corpus: Corpus, people: People | None = None) -> Graph:
    """The graph of a corpus."""
    people = people or resolve(corpus.sources)
    graph: Graph = nx.MultiDiGraph()
    nodes = dict(_nodes(corpus, people))
    graph.add_nodes_from((node, nodes[node]) for node in sorted(nodes))
    links: list[Link] = []
    for entry in corpus:
        links += LINKERS[type(entry.record)](corpus, entry.record)
        links += _mentions(entry.record)
    links += (Link(f"person:{key}", source, "wrote", "author") for key, author in people.authors.items() for source in author.sources)
    for link in sorted(links):
        _add(graph, corpus, link)
    return graph


def _add(graph: Graph, corpus: Corpus, link: Link) -> None:
    to = link.to if link.to in graph else corpus.canonical(link.to)
    if to is None or to not in graph or to == link.start:
        return
    if graph.has_edge(link.start, to, link.type):
        data = graph.edges[link.start, to, link.type]
        if link.note and link.note not in data["note"]:
            data["note"] = f"{data['note']}\n\n{link.note}".strip()
        return
    graph.add_edge(link.start, to, link.type, relation=link.type, field=link.field, note=link.note)


def _nodes(corpus: Corpus, people: People) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in corpus:
        record = entry.record
        data: dict[str, Any] = {"kind": entry.kind, "label": record.label, "status": record.status, "added": record.added.isoformat()}
        if isinstance(record, Source):
            data["date"] = str(record.issued)
        if isinstance(record, Finding):
            data["finding_kind"] = record.kind
            if issued := issue_date(corpus, record):
                data["date"] = issued
            for claim in record.claims:
                yield f"{record.id}/{claim.id}", {"kind": "claim", "label": claim.statement, "nature": claim.nature}
            for artefact in record.artefacts:
                yield f"artefact:{artefact}", {"kind": "artefact", "label": artefact}
        if isinstance(record, Concept):
            for shape in record.shapes:
                yield f"shape:{record.id}/{shape.id}", {"kind": "shape", "label": shape.name, "family": shape.family}
        yield record.id, data
    for key, author in people.authors.items():
        yield f"person:{key}", {"kind": "person", "label": author.name}


def issue_date(corpus: Corpus, finding: Finding) -> str | None:
    """The date (YYYY, YYYY-MM or YYYY-MM-DD) of the finding's first source to appear; None where none is filed."""
    issued = [source.issued for ref in finding.sources if (source := corpus.sources.get(corpus.canonical(ref) or ""))]
    return str(min(issued, key=lambda date: (date.earliest, date))) if issued else None


@linker(Source)
def _source(_: Corpus, record: Source) -> Iterator[Link]:
    for other in record.distinct_from:
        yield Link(record.id, other, "distinct-from", "distinct-from")


@linker(Finding)
def _finding(corpus: Corpus, record: Finding) -> Iterator[Link]:
    for source in record.sources:
        yield Link(record.id, source, "cites", "sources")
    for artefact in record.artefacts:
        yield Link(record.id, f"artefact:{artefact}", "uses-artefact", "artefacts")
    for relation in record.relations:
        note = "\n\n".join(text for text in (relation.note, relation.moderator) if text)
        yield Link(record.id, relation.to, relation.type, "relations", note)
    for claim in record.claims:
        ref = f"{record.id}/{claim.id}"
        yield Link(record.id, ref, "states", "claims")
        for dispute in claim.disputes:
            yield Link(ref, dispute.by, "disputed-by", "disputes", f"{dispute.about}: {dispute.reported}; instead {dispute.instead} ({dispute.state})")
    for link in record.instantiates:
        yield Link(record.id, link.concept, f"instantiates:{link.role}", "instantiates", link.note or "")
        concept = corpus.concepts.get(corpus.canonical(link.concept) or "")
        definers = {shape.id: definer for definer, shape in shapes_of(corpus, concept)} if concept and link.shapes else {}
        for shape in link.shapes:
            if shape in definers:
                yield Link(record.id, f"shape:{definers[shape]}/{shape}", f"exhibits:{link.role}", "instantiates")


@linker(Concept)
def _concept(corpus: Corpus, record: Concept) -> Iterator[Link]:
    for adjacent in record.adjacent:
        yield Link(record.id, adjacent.concept, "adjacent", "adjacent", adjacent.differs)
    for source in record.sources:
        yield Link(record.id, source, "defined-in", "sources")
    for definer, shape in shapes_of(corpus, record):
        yield Link(record.id, f"shape:{definer}/{shape.id}", "tracks", "shapes" if definer == record.id else "shared-shapes")


@linker(Belief)
def _belief(corpus: Corpus, record: Belief) -> Iterator[Link]:
    for item in record.evidence:
        yield Link(record.id, item.record, f"evidence:{item.direction}", "evidence", item.note)
    for concept in record.concepts:
        yield Link(record.id, concept, "about", "concepts")
    for source in record.sources:
        yield Link(record.id, source, "written-in", "sources")
    for holding in record.holders:
        for entry in holding.history:
            for ref in entry.records:
                yield Link(record.id, ref, "credence-from", "holders", entry.because)
    for uncertainty in record.uncertainties:
        for ref in uncertainty.settled_by:
            yield Link(record.id, ref, "settled-by", "uncertainties", uncertainty.question)
    for dependence in record.depends_on:
        yield Link(record.id, dependence.belief, f"depends:{dependence.how}", "depends-on", dependence.note)
    for update in record.updates:
        for target in _asked(corpus, update):
            yield Link(record.id, target, "asks-about", "updates", update.when)
    for review in record.reviews:
        for ref in review.fired_by:
            yield Link(record.id, ref, "reviewed-on", "reviews", review.note)
    for ref in record.resolution.records if record.resolution else ():
        yield Link(record.id, ref, "resolved-by", "resolution", record.resolution.why if record.resolution else "")
    for reading in record.readings:
        if reading.source:
            yield Link(record.id, reading.source, "reads", "readings", reading.note)


def _asked(corpus: Corpus, update: Update) -> Iterator[str]:
    """The nodes that a predicate asks about: records, claims, shapes, and the results of a replication on its tier."""
    for _, atom in atoms(update.predicate) if update.predicate is not None else ():
        if isinstance(atom, FindingCount):
            if atom.where.concept is not None:
                yield atom.where.concept
        elif isinstance(atom, ShapeReading):
            tracked = [corpus.concepts.get(corpus.canonical(atom.concept) or "")] if atom.concept else list(corpus.concepts.values())
            yield from sorted({f"shape:{home}/{shape.id}" for c in tracked if c is not None for home, shape in shapes_of(corpus, c) if shape.id == atom.shape})
        elif isinstance(atom, (VerdictReading, EstimateReading)):
            name = (atom.verdict if isinstance(atom, VerdictReading) else atom.estimate).partition("/")[0]
            yield from (result.id for result in corpus.results.values() if result.replication == name and result.tier == atom.tier)
        elif isinstance(atom, FigureReading):
            yield atom.figure
        elif isinstance(atom, DisputeReading):
            yield atom.disputed
        elif isinstance(atom, ConsistencyReading):
            yield atom.consistency
        elif isinstance(atom, QuestionReading):
            yield atom.question
        else:
            yield atom.belief


@linker(Question)
def _question(_: Corpus, record: Question) -> Iterator[Link]:
    for answer in record.answers:
        yield Link(record.id, answer.record, f"answers:{answer.how}", "answers", answer.note)
    for ref in record.raised_by:
        yield Link(record.id, ref, "raised-by", "raised-by")
    for ref in record.bears_on:
        yield Link(record.id, ref, "bears-on", "bears-on")
    for point in record.counter_points:
        if point.source:
            yield Link(record.id, point.source, "counter-point", "counter-points", point.says)


@linker(Result)
def _result(_: Corpus, record: Result) -> Iterator[Link]:
    yield Link(record.id, record.finding, "reruns", "finding", record.verdict)
    for claim in record.claims:
        yield Link(record.id, claim, "tests", "claims", record.verdict)


def _mentions(record: Record) -> Iterator[Link]:
    if "[[" in record.model_dump_json():  # cheap, and rarely true
        yield from (Link(record.id, ref, "mentions", field) for field, ref in sorted(set(_linked(record.model_dump(), ""))))


def _linked(value: Any, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield from ((field, match[1]) for match in LINK.finditer(value))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _linked(inner, field or str(key))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _linked(inner, field)


@dataclass(frozen=True, order=True, slots=True)
class Backlink:
    """A link to a record (or one of its claims), seen from the record that is linked to."""

    record: str
    """Who links: a record's id, or a person's node."""
    type: str
    words: str
    """The link from this end: `extended by`, `supports the belief`."""
    field: str
    note: str
    start: str
    """Exactly what links: the record, or its claim."""
    target: str
    """Exactly what is linked to: the record, or its claim."""


def owner(node: str) -> str:
    """The record that a claim's node belongs to; any other node itself."""
    return node if ":" in node else node.partition("/")[0]


def backlinks(graph: Graph, node: str) -> list[Backlink]:
    """Everything that links to a node from elsewhere, for a finding to its claims too; by linking record, then type.

    Raises KeyError for a node that the graph does not have.
    """
    if node not in graph:
        raise KeyError(node)
    targets = [node, *(claim for _, claim, key in graph.out_edges(node, keys=True) if key == "states")]
    found = {
        Backlink(owner(start), key, LINKS[key].backward, data["field"], data["note"], start, target)
        for target in targets
        for start, _, key, data in graph.in_edges(target, keys=True, data=True)
        if owner(start) != owner(node)
    }
    return sorted(found)
