"""KB304: a check or a dispute about a figure that the claim does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check
from kb.records.corpus import Path_
from schemas.numbertest import CheckEntry, Expression, NumberTest

_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\b(?!\s*\()")
# `about` of a dispute may be words; two words joined by an underscore can only mean a measure.
_MEASURE = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")


@check(
    "KB304",
    "unknown-measure",
    severity="error",
    summary="A consistency expression, a named test or a dispute names a figure that the claim does not have.",
    what="Every figure named in `checks` must be the `name` of one of the claim's own measures, and so must an `about` of a dispute that is written like one.",
    why="An expression over figures that are not there tests nothing, and a dispute about one is shown beside no figure.",
    bad="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: before, value: 10, unit: "%"}, {name: after, value: 40, unit: "%"}]
    checks: [before < afterwards]
""",
    good="""
# findings/steering-works.yaml
claims:
  - id: rate
    statement: The rate rises.
    nature: comparison
    at: [{part: abstract}]
    measures: [{name: before, value: 10, unit: "%"}, {name: after, value: 40, unit: "%"}]
    checks: [before < after]
""",
    fix="Correct the name, or add the figure to `measures`.",
)
def unknown_measure(ctx: Context) -> Iterator[Hit]:
    for name, path, claim in ctx.claims():
        if not claim.checks and not claim.disputes:
            continue
        names = [measure.name for measure in claim.measures]
        expected = f"one of {', '.join(names)}" if names else "measures, of which the claim has none"
        for j, entry in enumerate(claim.checks):
            for word, where in _named(entry):
                if word not in names:
                    fix = did_you_mean(nearest(word, names), "add the figure to `measures`")
                    yield Hit(name, (*path, "checks", j, *where), f"claim '{claim.id}' has no measure '{word}'", expected, fix)
        for j, dispute in enumerate(claim.disputes):
            if _MEASURE.match(dispute.about) and dispute.about not in names:
                fix = did_you_mean(nearest(dispute.about, names), "add the figure to `measures`, or say in words what is in dispute")
                yield Hit(name, (*path, "disputes", j, "about"), f"claim '{claim.id}' has no measure '{dispute.about}'", expected, fix)


def _named(entry: CheckEntry) -> Iterator[tuple[str, Path_]]:
    """The figures that an entry of `checks` names, each with its place in the entry."""
    if isinstance(entry, NumberTest):
        yield from entry.operands()
    else:
        text, where = (entry.expression, ("expression",)) if isinstance(entry, Expression) else (entry, ())
        for word in dict.fromkeys(_NAME.findall(text)):
            yield word, where
