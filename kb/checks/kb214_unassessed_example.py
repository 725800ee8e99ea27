"""KB214: an example that no other can differ from."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB214",
    "unassessed-example",
    severity="warning",
    summary="An example of a shape is assessed on too few axes to count as different from any other.",
    what="""
Two examples count as different when they differ on `min-axes` axes (kb.yaml) that both assess. Reports an instantiating example of a shape
that gives values on fewer axes than that, where the concept has enough of them.
""",
    why="Such an example can raise the count from none to one and never further, however different it is.",
    bad="""
# findings/steering-works.yaml
instantiates:
  - {concept: style, role: instantiating, shapes: [steered-shift], axes: {method: steering}}
""",
    good="""
# findings/steering-works.yaml
instantiates:
  - {concept: style, role: instantiating, shapes: [steered-shift], axes: {method: steering, channel: activations}}
""",
    fix="Give the values that the work lets you assess; where it does not, another role (`candidate`) says so.",
)
def unassessed_example(ctx: Context) -> Iterator[Hit]:
    needed = ctx.config.thresholds.min_axes
    axes = {name: {axis.id for axis in concept.axes} for name, concept in ctx.corpus.concepts.items()}
    for name, finding in ctx.corpus.findings.items():
        for i, link in enumerate(finding.instantiates):
            known = axes.get(ctx.canonical(link.concept), set())
            if link.role == "instantiating" and link.shapes and len(known) >= needed and len(known & link.axes.keys()) < needed:
                missing = ", ".join(sorted(known - link.axes.keys()))
                message = f"assessed on {len(known & link.axes.keys())} of the axes of '{ctx.canonical(link.concept)}'"
                yield Hit(name, ("instantiates", i), message, f"at least {needed}, the number on which examples must differ", f"assess some of {missing}")
