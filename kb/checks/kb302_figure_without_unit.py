"""KB302: a figure without a unit."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check


@check(
    "KB302",
    "figure-without-unit",
    severity="error",
    summary="A figure has no unit.",
    what="Reports a measure without `unit`. Bare numbers have units too: `count`, `times`, `fraction`, or what kb.yaml adds to them.",
    why="0.42 and 42 are the same share or a hundredfold difference, depending on the unit; neither comparison nor replication can do without it.",
    bad="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: measurement
    at: [{part: abstract}]
    measures: [{name: rate, value: 42.5}]
""",
    good="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: measurement
    at: [{part: abstract}]
    measures: [{name: rate, value: 42.5, unit: "%"}]
""",
    fix="Add `unit`, one of those in kb.yaml.",
)
def figure_without_unit(ctx: Context) -> Iterator[Hit]:
    for name, path, measure in ctx.measures():
        if measure.unit is None:
            yield Hit(name, path, f"figure '{measure.name}' has no unit", "a unit of kb.yaml", "add `unit`")
