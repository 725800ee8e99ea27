"""KB603: predicates of beliefs that ask about each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.graphs import cycles
from kb.checks.registry import Hit, check
from kb.records.corpus import Path_
from schemas.predicate import BeliefReading, atoms


@check(
    "KB603",
    "predicate-circle",
    severity="error",
    summary="Beliefs whose predicates ask about each other, or about themselves.",
    what="""
Follows every `belief` in a predicate from the belief that asks to the one that is asked about. A way that leads back to its start is
reported at each belief on it; that a belief asks about itself, KB204 says.
""",
    why="In a circle each belief waits for the other: what becomes true first would depend on where one begins to read, so both are unknown.",
    bad="""
# beliefs/styles-are-selected.yaml
updates:
  - {id: other-moves, when: The other belief falls., predicate: {belief: prompts-suffice, credence: {at-most: 0.3}}, would: lower}
# beliefs/prompts-suffice.yaml
updates:
  - {id: first-moves, when: The first belief falls., predicate: {belief: styles-are-selected, review: due}, would: lower}
""",
    good="""
# beliefs/styles-are-selected.yaml
updates:
  - {id: other-moves, when: The other belief falls., predicate: {belief: prompts-suffice, credence: {at-most: 0.3}}, would: lower}
# beliefs/prompts-suffice.yaml
updates:
  - {id: answered, when: The question is dropped., predicate: {question: what-moves-styles, is: dropped}, would: lower}
""",
    fix="Let one of them ask about the evidence behind the other instead.",
)
def predicate_circle(ctx: Context) -> Iterator[Hit]:
    where: dict[tuple[str, str], Path_] = {}
    edges: dict[str, list[str]] = {}
    for name, belief in ctx.corpus.beliefs.items():
        for i, update in enumerate(belief.updates):
            for steps, atom in atoms(update.predicate) if update.predicate is not None else ():
                if isinstance(atom, BeliefReading) and (other := ctx.canonical(atom.belief)) in ctx.corpus.beliefs:
                    where.setdefault((name, other), ("updates", i, "predicate", *steps, "belief"))
        edges[name] = sorted(other for owner, other in where if owner == name)
    for circle in cycles(edges):
        told = " asks about ".join([*circle, circle[0]])
        for here, there in zip(circle, [*circle[1:], circle[0]], strict=True):
            yield Hit(
                here, where[here, there], f"predicates run in a circle: {told}", "an order without circles", "ask about the evidence behind the other belief"
            )
