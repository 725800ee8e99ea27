"""Claims whose figures stand differently against their consistency expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.contribute.diff.registry import Item, section
from kb.contribute.diff.sides import Change, Side
from kb.contribute.diff.words import clip
from kb.numbers.evaluate import ORDER, Outcome


@section(
    "checks",
    "Figures against each other",
    order=60,
    counts={
        "worse": ("check of figures worse", "checks of figures worse"),
        "better": ("check of figures better", "checks of figures better"),
        "failing": ("new check of figures that does not hold", "new checks of figures that do not hold"),
    },
)
def checks(change: Change) -> Iterator[Item]:
    """By claim, then by expression. A new check that holds is no news, and neither is one that was taken out where it held."""
    before = {change.now(claim): outcomes for claim, outcomes in _by_claim(change.before).items()}
    after = _by_claim(change.after)
    claims = {f"{finding.id}/{claim.id}" for finding in change.after.corpus.findings.values() for claim in finding.claims}
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, {}), after.get(name, {})
        for expression, outcome in sorted(new.items()):
            was = old.get(expression)
            about = f"{name}: {clip(expression)}"
            if was is None and outcome.verdict != "consistent":
                yield Item("failing", name, f"{about} is {outcome.verdict}", _explained(outcome))
            elif was is not None and was.verdict != outcome.verdict:
                kind = "worse" if ORDER.index(outcome.verdict) > ORDER.index(was.verdict) else "better"
                yield Item(kind, name, f"{about}: {was.verdict} → {outcome.verdict}", _explained(outcome))
        for expression, was in sorted(old.items()):
            if expression not in new and was.verdict != "consistent" and name in claims:
                yield Item("better", name, f"{name}: the check {clip(expression)}, which was {was.verdict}, was taken out or rewritten")


def _by_claim(side: Side) -> Mapping[str, Mapping[str, Outcome]]:
    return {claim: {outcome.expression: outcome for outcome in outcomes} for claim, outcomes in side.state.checks.items()}


def _explained(outcome: Outcome) -> tuple[str, ...]:
    return (clip(outcome.explanation, 300),) if outcome.explanation and outcome.verdict != "consistent" else ()
