"""KB226: a result that does not fit the finding it reran."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context, did_you_mean, nearest
from kb.checks.registry import Hit, check


@check(
    "KB226",
    "result-mismatch",
    severity="error",
    summary="A result tests no claim of its finding, or sets a number beside a figure that is not there.",
    what="""
The `claims` of a result name at least one claim of its `finding`; a rerun may test claims of other findings besides (that each exists, KB201 sees to).
The claim of an estimate must be one of `claims`, and its `measure` a figure of that very claim.
""",
    why="Reproduced numbers are shown beside reported ones, on the page of every finding that was tested. A number beside the wrong figure is worse than none.",
    bad="""
# results/rerun-smoke.yaml
claims: [prompts-move-styles/rate]
estimates:
  - {name: rise, claim: prompts-move-styles/rate, measure: afterwards, value: 0.4, low: 0.3, high: 0.5, level: 0.95, method: t, unit: fraction, n: 3}
""",
    good="""
# results/rerun-smoke.yaml
claims: [prompts-move-styles/rate]
estimates:
  - {name: rise, claim: prompts-move-styles/rate, measure: after, value: 0.4, low: 0.3, high: 0.5, level: 0.95, method: t, unit: fraction, n: 3}
""",
    fix="Correct the replication's declaration and run it again; where the finding was changed since, the result is stale.",
)
def result_mismatch(ctx: Context) -> Iterator[Hit]:
    for name, result in ctx.corpus.results.items():
        own = ctx.canonical(result.finding)
        if own in ctx.corpus.findings and all(ctx.canonical(claim.partition("/")[0]) != own for claim in result.claims):
            yield Hit(
                name,
                ("claims",),
                f"none of the claims is one of '{own}', the finding that was rerun",
                f"a claim of '{own}', with claims of other findings beside it where they were tested too",
                "add the claim that was tested, or correct `finding`, in the replication's declaration",
                key=True,
            )
        tested = {ctx.corpus.canonical(claim) for claim in result.claims}
        for i, estimate in enumerate(result.estimates):
            if estimate.claim is None:
                if estimate.measure is not None:
                    yield Hit(
                        name, ("estimates", i, "measure"), f"measure '{estimate.measure}' is given without a claim", "the claim of the measure", "add `claim`"
                    )
                continue
            if (present := ctx.corpus.canonical(estimate.claim)) is None:
                continue
            if present not in tested:
                yield Hit(
                    name,
                    ("estimates", i, "claim"),
                    f"'{estimate.claim}' is not among the claims that were tested",
                    "an entry of `claims`",
                    "add it to `claims`, or correct it",
                )
            head, _, claim_id = present.partition("/")
            finding = ctx.finding(head)
            if estimate.measure is None or finding is None or not claim_id:
                continue
            measures = next([m.name for m in c.measures] for c in finding.claims if c.id == claim_id)
            if estimate.measure not in measures:
                fix = did_you_mean(nearest(estimate.measure, measures), "leave `measure` out")
                yield Hit(
                    name, ("estimates", i, "measure"), f"claim '{present}' has no measure '{estimate.measure}'", f"one of {', '.join(measures) or 'none'}", fix
                )
