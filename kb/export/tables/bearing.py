"""Tables of what findings bear on: concepts, shapes with their counts, instantiations, relations, tags, links."""

from __future__ import annotations

from collections.abc import Iterator

from kb.evidence.state import State
from kb.export.tables.registry import STATUS, Column, Row, as_json, joined, present, status, table
from kb.forms.addresses import labels
from kb.forms.text import unlinked


@table(
    "concepts",
    "Named ideas that findings bear on.",
    Column("concept", "text", "id"),
    Column("name", "text", "name"),
    Column("shape", "text", "mechanism, pattern, capacity or disposition"),
    Column("definition", "text", "definition"),
    Column("axes", "text", "its structural axes"),
    *STATUS,
    key=("concept",),
)
def _concepts(state: State) -> Iterator[Row]:
    for concept in state.corpus.concepts.values():
        definition = unlinked(concept.definition, labels(state.corpus))
        yield concept.id, concept.name, concept.shape, definition, joined(axis.id for axis in concept.axes), *status(concept)


@table(
    "instantiations",
    "How findings bear on concepts.",
    Column("finding", "text", "the finding", "findings.finding"),
    Column("position", "integer", "place in the record, from 1"),
    Column("concept", "text", "the concept", "concepts.concept"),
    Column("role", "text", "instantiating, complicating, corroborating, contradicting or candidate"),
    Column("shapes", "text", "shapes that it is an example of"),
    Column("axes", "text", "values on the concept's axes, as JSON; an axis left out is not assessed"),
    Column("note", "text", "note"),
    key=("finding", "position"),
)
def _instantiations(state: State) -> Iterator[Row]:
    for finding in state.corpus.findings.values():
        for position, link in enumerate(finding.instantiates, 1):
            yield finding.id, position, present(state, link.concept), link.role, joined(link.shapes), as_json(link.axes), link.note


@table(
    "shapes",
    "The board: every shape of every concept with its counts.",
    Column("concept", "text", "the concept that tracks it", "concepts.concept"),
    Column("shape", "text", "id of the shape"),
    Column("name", "text", "name"),
    Column("family", "text", "family"),
    Column("defined_by", "text", "the concept that defines it", "concepts.concept"),
    Column("state", "text", "none, data-point, hint, threshold-reached, codified, codified-unsupported or retired"),
    Column("count", "integer", "size of the largest set of mutually different examples"),
    Column("independent", "integer", "size of the largest such set whose members are independent of each other"),
    Column("at_least", "integer", "1 where a search was cut short and a count is a lower bound"),
    Column("threshold", "integer", "examples that codify it"),
    Column("examples", "integer", "findings listed as examples"),
    Column("members", "text", "the set behind `count`"),
    Column("independent_members", "text", "the set behind `independent`"),
    Column("complicating", "integer", "findings beside the count in that role"),
    Column("contradicting", "integer", "findings beside the count in that role"),
    Column("next", "text", "what the next example must bring"),
    key=("concept", "shape"),
)
def _shapes(state: State) -> Iterator[Row]:
    for row in sorted(state.board.rows, key=lambda row: (row.concept, row.shape)):
        yield (
            row.concept,
            row.shape,
            row.name,
            row.family,
            row.defined_by,
            row.state,
            row.count,
            row.independent,
            int(not (row.exact and row.independent_exact)),
            row.threshold,
            len(row.examples),
            joined(row.members),
            joined(row.independent_members),
            len(row.beside.get("complicating", ())),
            len(row.beside.get("contradicting", ())),
            row.next.words if row.next else None,
        )


@table(
    "relations",
    "Typed links between findings, as their authors state them.",
    Column("finding", "text", "the finding that states it", "findings.finding"),
    Column("position", "integer", "place in the record, from 1"),
    Column("relation", "text", "extends, replicates, uses-method-of, explains, anticipates, supersedes, conflicts-with or same-evidence-as"),
    Column("other", "text", "the other finding", "findings.finding"),
    Column("moderator", "text", "of a conflict: the variable on which the results differ"),
    Column("note", "text", "note"),
    key=("finding", "position"),
)
def _relations(state: State) -> Iterator[Row]:
    for finding in state.corpus.findings.values():
        for position, link in enumerate(finding.relations, 1):
            yield finding.id, position, link.type, present(state, link.to), link.moderator, link.note


@table(
    "tags",
    "Tags of records.",
    Column("tag", "text", "the tag"),
    Column("record", "text", "a record that bears it", "records.id"),
    key=("tag", "record"),
)
def _tags(state: State) -> Iterator[Row]:
    for tag, records in state.tags.items():
        yield from ((tag, record) for record in records)


@table(
    "links",
    "Every link of the graph of all records.",
    Column("start", "text", "what links: a record, a claim or a person"),
    Column("relation", "text", "type of the link"),
    Column("target", "text", "what is linked to"),
    Column("field", "text", "field of the record in which the link stands"),
    Column("note", "text", "what its author says about it"),
    key=("start", "relation", "target"),
)
def _links(state: State) -> Iterator[Row]:
    for start, target, relation, data in sorted(state.graph.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        yield start, relation, target, data["field"], data["note"] or None
