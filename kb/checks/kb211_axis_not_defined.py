"""KB211: a structural axis that the concept does not have."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check


@check(
    "KB211",
    "axis-not-defined",
    severity="error",
    summary="An axis is not among those of the concept.",
    what="Every key of `instantiates.axes` must be the id of one of the concept's `axes`.",
    why="Examples are told apart by the concept's axes only; a value on an axis that it lacks would be lost, and two different examples could count as one.",
    bad="""
# findings/steering-works.yaml
instantiates:
  - {concept: style, role: instantiating, shapes: [steered-shift], axes: {methods: steering, method: steering, channel: activations}}
""",
    good="""
# findings/steering-works.yaml
instantiates:
  - {concept: style, role: instantiating, shapes: [steered-shift], axes: {method: steering, channel: activations}}
""",
    fix="Correct the name of the axis, or leave it out.",
)
def axis_not_defined(ctx: Context) -> Iterator[Hit]:
    axes = {name: {axis.id for axis in concept.axes} for name, concept in ctx.corpus.concepts.items()}
    for name, finding in ctx.corpus.findings.items():
        for i, link in enumerate(finding.instantiates):
            concept = ctx.canonical(link.concept)
            if concept not in axes:
                continue
            for axis in link.axes:
                if axis not in axes[concept]:
                    known = sorted(axes[concept])
                    fix = did_you_mean(nearest(axis, known), "leave it out")
                    yield Hit(
                        name,
                        ("instantiates", i, "axes", axis),
                        f"concept '{concept}' has no axis '{axis}'",
                        f"one of {', '.join(known) or 'none'}",
                        fix,
                        key=True,
                    )
