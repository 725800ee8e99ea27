"""KB210: a structural shape that the concept does not track."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check


@check(
    "KB210",
    "shape-not-defined",
    severity="error",
    summary="A shape is not among those that the concept defines or shares.",
    what="""
Every entry of `instantiates.shapes` must be one of the concept's `shapes` or `shared-shapes`; every entry of `shared-shapes` must be defined by
another concept. Shapes that another concept defines are named in the report.
""",
    why="An example of a shape that nobody tracks counts towards nothing, without anybody noticing.",
    bad="""
# findings/steering-works.yaml
instantiates:
  - {concept: style, role: instantiating, shapes: [steered-shfit], axes: {method: steering, channel: activations}}
""",
    good="""
# findings/steering-works.yaml
instantiates:
  - {concept: style, role: instantiating, shapes: [steered-shift], axes: {method: steering, channel: activations}}
""",
    fix="Correct the id, or define the shape in the concept (a pull request of its own: a shape is an editor's decision).",
)
def shape_not_defined(ctx: Context) -> Iterator[Hit]:
    definers: dict[str, str] = {shape.id: name for name, concept in ctx.corpus.concepts.items() for shape in concept.shapes}
    for name, concept in ctx.corpus.concepts.items():
        own = {shape.id for shape in concept.shapes}
        for i, shape in enumerate(concept.shared_shapes):
            if shape in own:
                yield Hit(
                    name, ("shared-shapes", i), f"`shared-shapes` lists '{shape}', which this concept defines itself", "a shape of another concept", "remove it"
                )
            elif shape not in definers:
                fix = did_you_mean(nearest(shape, list(definers)), "define it in a concept, or remove it")
                yield Hit(name, ("shared-shapes", i), f"no concept defines the shape '{shape}'", "a shape that another concept defines", fix)
    tracked = {name: {shape.id for shape in concept.shapes} | set(concept.shared_shapes) for name, concept in ctx.corpus.concepts.items()}
    for name, finding in ctx.corpus.findings.items():
        for i, link in enumerate(finding.instantiates):
            concept_id = ctx.canonical(link.concept)
            if concept_id not in tracked:
                continue
            for j, shape in enumerate(link.shapes):
                if shape not in tracked[concept_id]:
                    fix = did_you_mean(nearest(shape, sorted(tracked[concept_id])), f"define it in '{concept_id}', or leave it out")
                    if shape in definers:
                        fix = f"'{definers[shape]}' defines it: name that concept, or add the shape to `shared-shapes` of '{concept_id}'"
                    yield Hit(name, ("instantiates", i, "shapes", j), f"concept '{concept_id}' tracks no shape '{shape}'", "a shape of the concept", fix)
