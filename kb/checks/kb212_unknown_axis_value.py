"""KB212: a value outside the vocabulary of its axis."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check


@check(
    "KB212",
    "unknown-axis-value",
    severity="error",
    summary="A value is outside the vocabulary of its axis.",
    what="Every value in `instantiates.axes` must be the id of one of the values that the concept lists for that axis.",
    why="Two spellings of one value would make two structurally equal examples look different, and codify a shape that has not earned it.",
    bad="""
# findings/steering-works.yaml
instantiates:
  - {concept: style, role: instantiating, shapes: [steered-shift], axes: {method: steered, channel: activations}}
""",
    good="""
# findings/steering-works.yaml
instantiates:
  - {concept: style, role: instantiating, shapes: [steered-shift], axes: {method: steering, channel: activations}}
""",
    fix="Use a value of the vocabulary; leave the axis out where none fits and propose a new value in the concept.",
)
def unknown_axis_value(ctx: Context) -> Iterator[Hit]:
    values = {name: {axis.id: {value.id for value in axis.values} for axis in concept.axes} for name, concept in ctx.corpus.concepts.items()}
    for name, finding in ctx.corpus.findings.items():
        for i, link in enumerate(finding.instantiates):
            vocabulary = values.get(ctx.canonical(link.concept), {})
            for axis, value in link.axes.items():
                if axis in vocabulary and value not in vocabulary[axis]:
                    known = sorted(vocabulary[axis])
                    near = nearest(value, known)
                    fix = did_you_mean(near, "leave the axis out, or add the value to the concept")
                    yield Hit(name, ("instantiates", i, "axes", axis), f"axis '{axis}' has no value '{value}'", f"one of {', '.join(known)}", fix)
