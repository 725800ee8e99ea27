"""KB601: a predicate that asks about a shape, figure or holder that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check
from kb.records.corpus import Path_
from schemas.predicate import Atom, BeliefReading, FigureReading, FindingCount, ShapeReading, atoms


@check(
    "KB601",
    "unknown-in-predicate",
    severity="error",
    summary="A predicate asks about a shape, a figure or a holder that does not exist.",
    what="""
The `shape` of a predicate must be one that the named concept tracks, or that some concept defines where none is named; the `measure` one of the claim's own;
the `holder` one who holds that belief. Records, and claims of findings, are looked up like every other link (KB201, KB202).
""",
    why="A predicate about nothing never becomes true, so the holder who registered it is never told that the day has come.",
    bad="""
# beliefs/styles-are-selected.yaml
updates:
  - id: more-examples
    when: A second way of moving a style by prompt is filed.
    predicate: {shape: prompted-shifts, count: {at-least: 2}}
    would: raise
""",
    good="""
# beliefs/styles-are-selected.yaml
updates:
  - id: more-examples
    when: A second way of moving a style by prompt is filed.
    predicate: {shape: prompted-shift, count: {at-least: 2}}
    would: raise
""",
    fix="Correct the name; the concept, the claim or the belief that it belongs to lists them.",
)
def unknown_in_predicate(ctx: Context) -> Iterator[Hit]:
    tracked = {name: {shape.id for shape in concept.shapes} | set(concept.shared_shapes) for name, concept in ctx.corpus.concepts.items()}
    defined = {shape.id for concept in ctx.corpus.concepts.values() for shape in concept.shapes}
    for name, belief in ctx.corpus.beliefs.items():
        for i, update in enumerate(belief.updates):
            for steps, atom in atoms(update.predicate) if update.predicate is not None else ():
                path: Path_ = ("updates", i, "predicate", *steps)
                yield from _shape(name, path, atom, tracked, defined, ctx)
                if isinstance(atom, FigureReading):
                    yield from _measure(name, path, atom, ctx)
                elif isinstance(atom, BeliefReading) and atom.holder is not None:
                    asked = ctx.corpus.beliefs.get(ctx.canonical(atom.belief))
                    holders = [holding.holder for holding in asked.holders] if asked else [atom.holder]
                    if atom.holder not in holders:
                        message = f"'{atom.holder}' does not hold '{atom.belief}'"
                        yield Hit(name, (*path, "holder"), message, f"one of {', '.join(holders)}", did_you_mean(nearest(atom.holder, holders), "leave it out"))


def _shape(owner: str, path: Path_, atom: Atom, tracked: dict[str, set[str]], defined: set[str], ctx: Context) -> Iterator[Hit]:
    if isinstance(atom, ShapeReading):
        shape, concept, at = atom.shape, atom.concept, (*path, "shape")
    elif isinstance(atom, FindingCount) and atom.where.shape is not None:
        shape, concept, at = atom.where.shape, atom.where.concept, (*path, "where", "shape")
    else:
        return
    home = ctx.canonical(concept) if concept else None
    if home is not None and home not in tracked:
        return  # the concept itself is missing, which KB201 says
    known = tracked[home] if home is not None else defined
    if shape not in known:
        message = f"concept '{home}' tracks no shape '{shape}'" if home else f"no concept defines the shape '{shape}'"
        yield Hit(
            owner, at, message, "a shape of the concept" if home else "a shape that a concept defines", did_you_mean(nearest(shape, sorted(known)), "define it")
        )


def _measure(owner: str, path: Path_, atom: FigureReading, ctx: Context) -> Iterator[Hit]:
    finding, _, claim_id = atom.figure.partition("/")
    found = ctx.finding(finding)
    claim = next((c for c in found.claims if c.id == claim_id), None) if found else None
    names = [measure.name for measure in claim.measures] if claim else [atom.measure]
    if atom.measure not in names:
        message = f"claim '{atom.figure}' has no measure '{atom.measure}'"
        yield Hit(
            owner, (*path, "measure"), message, f"one of {', '.join(names) or 'none'}", did_you_mean(nearest(atom.measure, names), "ask about another claim")
        )
