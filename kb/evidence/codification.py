"""Codification: how many structurally different examples show each shape, how many of them independent, and what follows.

- The examples of a shape are the findings that instantiate the concept, role instantiating, and list the shape. One whose sources are
  all retracted is left out, with the reason.
- Two examples are different when they differ on at least `min-axes` axes of the concept that both assess; a value outside the concept's vocabulary
  is not assessed.
- The count is the largest mutually different set (a maximum clique of the difference graph); the independent count is the largest such set
  without two tied examples (see independence.py). Exact within the budget of cliques.py, `at least` beyond it.
- State: `none` without an example, `data-point` at one, `hint` above, `threshold-reached` once the count is there (with
  codify-at 2 a second different example reaches it, and there is no hint). An editor's decision makes that `codified`; a codified shape
  whose count has fallen below its threshold is `codified-unsupported`; a retired one is `retired`, whatever it counts.
  The threshold is one of different examples; that they are not independent is shown and makes `next` ask for independence.
- A shape shared by several concepts has a row in each, counted on that concept's axes and examples; the decision to
  codify belongs to the concept that defines it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kb.evidence.board import OTHER_ROLES, Board, ConceptBoard, Example, Excluded, Next, ShapeRow, State
from kb.evidence.cliques import Clique, maximum_clique
from kb.evidence.independence import Independence
from kb.evidence.needs import next_needs
from kb.evidence.people import People, resolve
from kb.evidence.plain import plain
from kb.records import Corpus
from schemas import Concept, Finding, Instantiation, Shape


@dataclass
class _Bearing:
    """The findings that bear on one concept."""

    by_shape: dict[str, list[tuple[Finding, Instantiation]]] = field(default_factory=lambda: defaultdict(list))
    unshaped: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def board(corpus: Corpus, people: People | None = None) -> Board:
    """The board of every concept of the corpus."""
    independence = Independence(corpus, people or resolve(corpus.sources))
    bearing = _bearings(corpus)
    return Board({concept_id: _concept(corpus, concept, bearing[concept_id], independence) for concept_id, concept in corpus.concepts.items()})


def _bearings(corpus: Corpus) -> dict[str, _Bearing]:
    found: dict[str, _Bearing] = defaultdict(_Bearing)
    for finding in corpus.findings.values():
        for link in finding.instantiates:
            concept = corpus.canonical(link.concept)
            if concept not in corpus.concepts:
                continue
            for shape in dict.fromkeys(link.shapes):
                found[concept].by_shape[shape].append((finding, link))
            if not link.shapes:
                found[concept].unshaped[link.role].append(finding.id)
    return found


def shapes_of(corpus: Corpus, concept: Concept) -> list[tuple[str, Shape]]:
    """The shapes a concept tracks, each with the concept that defines it; a shared one that nobody defines is left out."""
    own = {shape.id for shape in concept.shapes}
    found = [(concept.id, shape) for shape in concept.shapes]
    for shared in dict.fromkeys(concept.shared_shapes):
        definers = [(other.id, shape) for other in corpus.concepts.values() for shape in other.shapes if shape.id == shared and other.id != concept.id]
        if definers and shared not in own:
            found.append(definers[0])
    return found


def _concept(corpus: Corpus, concept: Concept, bearing: _Bearing, independence: Independence) -> ConceptBoard:
    min_axes = corpus.config.thresholds.min_axes
    rows = tuple(_row(corpus, concept, defined_by, shape, bearing.by_shape.get(shape.id, []), independence) for defined_by, shape in shapes_of(corpus, concept))
    beside = {role: tuple(bearing.unshaped[role]) for role in ("instantiating", *OTHER_ROLES) if bearing.unshaped.get(role)}
    return ConceptBoard(concept.id, concept.name, tuple(axis.id for axis in concept.axes), min_axes, rows, beside)


def assessed(concept: Concept, link: Instantiation) -> dict[str, str]:
    """The axes of the concept that an instantiation assesses with a value of the vocabulary, in the concept's order."""
    return {axis.id: value for axis in concept.axes if (value := link.axes.get(axis.id)) in {v.id for v in axis.values} and value is not None}


def differences(axes: Sequence[Mapping[str, str]], min_axes: int) -> list[int]:
    """The difference graph as bit masks: bit j of row i says that i and j differ on at least `min_axes` axes that both assess."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    known: dict[str, int] = defaultdict(int)
    for i, values in enumerate(axes):
        for axis, value in values.items():
            held[axis, value] |= 1 << i
            known[axis] |= 1 << i
    rows = []
    for values in axes:
        # at_least[k]: examples met so far that differ on k axes or more
        at_least = [(1 << len(axes)) - 1] + [0] * min_axes
        for axis, value in values.items():
            differs = known[axis] & ~held[axis, value]
            for k in range(min_axes, 0, -1):
                at_least[k] |= at_least[k - 1] & differs
        rows.append(at_least[min_axes])
    return rows


def _row(
    corpus: Corpus, concept: Concept, defined_by: str, shape: Shape, bearing: Sequence[tuple[Finding, Instantiation]], independence: Independence
) -> ShapeRow:
    thresholds = corpus.config.thresholds
    instantiating = [(finding, link) for finding, link in bearing if link.role == "instantiating"]
    excluded = tuple(Excluded(f.id, "every source of the finding is retracted") for f, _ in instantiating if rests_on_retracted(corpus, f))
    left_out = {e.finding for e in excluded}
    counted = [(f, assessed(concept, link)) for f, link in instantiating if f.id not in left_out]
    ids, axes_of = [f.id for f, _ in counted], {f.id: values for f, values in counted}
    graph = differences([values for _, values in counted], thresholds.min_axes)
    ties = independence.ties(ids)
    best = maximum_clique(graph)
    at = {finding: position for position, finding in enumerate(ids)}
    free = maximum_clique(_without(graph, [(at[tie.a], at[tie.b]) for tie in ties])) if ties else best
    members, independent = _named(ids, best), _named(ids, free)
    groups = independence.groups(ids)
    group_of = {member: position for position, group in enumerate(groups) for member in group.members}
    threshold = shape.codify_at or thresholds.codify_at
    own = defined_by == concept.id
    state = _state(shape, len(members), threshold, own=own)
    return ShapeRow(
        concept=concept.id,
        shape=shape.id,
        name=shape.name,
        family=shape.family,
        definition=shape.definition,
        defined_by=defined_by,
        threshold=threshold,
        threshold_why=shape.codify_at_why,
        state=state,
        count=len(members),
        exact=best.exact,
        members=members,
        independent=len(independent),
        independent_exact=free.exact,
        independent_members=independent,
        examples=tuple(
            Example(
                f.id, f.title, values, tuple(a.id for a in concept.axes if a.id not in values), f.status, f.id in members, f.id in independent, group_of[f.id]
            )
            for f, values in counted
        ),
        excluded=excluded,
        groups=groups,
        ties=ties,
        possible_ties=independence.possible_ties(ids),
        beside={role: found for role in OTHER_ROLES if (found := tuple(f.id for f, link in bearing if link.role == role))},
        next=None if state == "retired" else _next(concept, axes_of, members, independent, threshold, thresholds.min_axes, independence),
        codified=plain(shape.codified.model_dump()) if shape.codified and own else None,
        retired=plain(shape.retired.model_dump()) if shape.retired else None,
    )


def rests_on_retracted(corpus: Corpus, finding: Finding) -> bool:
    """Whether every source of a finding is retracted."""
    sources = [source for ref in finding.sources if (source := corpus.sources.get(corpus.canonical(ref) or ""))]
    return bool(sources) and all(source.retracted for source in sources)


def _without(graph: Sequence[int], pairs: Sequence[tuple[int, int]]) -> list[int]:
    rows = list(graph)
    for a, b in pairs:
        rows[a] &= ~(1 << b)
        rows[b] &= ~(1 << a)
    return rows


def _named(ids: Sequence[str], clique: Clique) -> tuple[str, ...]:
    return tuple(ids[i] for i in clique.members)


def _state(shape: Shape, count: int, threshold: int, *, own: bool) -> State:
    if shape.retired:
        return "retired"
    if shape.codified and own:
        return "codified" if count >= threshold else "codified-unsupported"
    if count >= threshold:
        return "threshold-reached"
    return "none" if count == 0 else "data-point" if count == 1 else "hint"


def _next(
    concept: Concept,
    axes_of: Mapping[str, Mapping[str, str]],
    members: tuple[str, ...],
    independent: tuple[str, ...],
    threshold: int,
    min_axes: int,
    independence: Independence,
) -> Next | None:
    lacking: Literal["examples", "independence"]
    if len(members) < threshold:
        lacking, base = "examples", members
    elif len(independent) < threshold:
        lacking, base = "independence", independent
    else:
        return None
    return next_needs(concept, axes_of, base, lacking=lacking, short=threshold - len(base), min_axes=min_axes, independence=independence)
