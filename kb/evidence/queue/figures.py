"""Decisions about figures: those in dispute, and those that can't all be right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.evidence.queue.item import Edit, Edits, Option, Ruling, Waiting, waits
from kb.evidence.queue.since import added
from kb.numbers.claims import unanswered

if TYPE_CHECKING:
    from kb.evidence.state import State
    from kb.numbers.evaluate import Outcome
    from schemas import Claim, Finding


def _claim_path(state: State, claim: str) -> tuple[str | int, ...]:
    finding, _, wanted = claim.partition("/")
    return ("claims", next(i for i, c in enumerate(state.corpus.findings[finding].claims) if c.id == wanted))


@waits("figure-disputed", "Figures in dispute")
def _disputes(state: State) -> Iterator[Waiting]:
    for dispute in state.disputes:
        if dispute.state != "open":
            continue
        path = (*_claim_path(state, dispute.claim), "disputes", dispute.position)
        yield Waiting(
            id=f"figure-disputed:{dispute.claim}:{dispute.position}",
            kind="figure-disputed",
            title=f"{state.corpus.findings[dispute.finding].title}: {dispute.about.replace('_', ' ')}",
            records=(dispute.claim, dispute.by),
            what=f"Reported: {dispute.reported}. Instead, by {dispute.by}: {dispute.instead}.",
            options=(
                Option("resolve", "compare with the primary source and resolve: which of the two is followed, and why", _resolved(dispute.finding, path)),
                Option("ask", "ask the authors"),
                Option("leave", "leave both, with a note on what would settle it", _noted(dispute.finding, path, dispute.note)),
            ),
            clears="the dispute's state is resolved, with a resolution",
            since=added(state, [dispute.finding])[0],
        )


def _resolved(finding: str, path: tuple[str | int, ...]) -> Edits:
    def edits(ruling: Ruling) -> list[Edit]:
        return [Edit(finding, "set", (*path, "state"), "resolved"), Edit(finding, "set", (*path, "resolution"), ruling.said)]

    return edits


def _noted(finding: str, path: tuple[str | int, ...], note: str | None) -> Edits:
    def edits(ruling: Ruling) -> list[Edit]:
        return [Edit(finding, "set", (*path, "note"), f"{note.rstrip()}\n\n{ruling.said}" if note else ruling.said)]

    return edits


@waits("figures-inconsistent", "Figures that can't all be right")
def _inconsistent(state: State) -> Iterator[Waiting]:
    for finding, place, record in _claims(state):
        claim = f"{finding.id}/{record.id}"
        for position, outcome in enumerate(state.checks.get(claim, ())):
            if unanswered(record, outcome):
                acknowledge = _acknowledged(finding.id, ("claims", place, "checks"), record, outcome)
                yield Waiting(
                    id=f"figures-inconsistent:{claim}:{position}",
                    kind="figures-inconsistent",
                    title=f"{finding.title}: {outcome.expression}",
                    records=(claim,),
                    what=outcome.explanation,
                    options=(
                        Option("correct-figures", "compare the figures with the source and correct them"),
                        Option("dispute", "record a dispute about one of the figures that says what does not add up"),
                        Option("acknowledge", "acknowledge the check with the reason", acknowledge),
                        Option("correct-check", "correct the expression or the test's parameters"),
                    ),
                    clears="the check is consistent or acknowledged, or a dispute of the claim names one of its figures",
                    since=finding.added,
                )


def _claims(state: State) -> Iterator[tuple[Finding, int, Claim]]:
    """Every claim with its finding and its place there."""
    return ((finding, place, claim) for finding in state.corpus.findings.values() for place, claim in enumerate(finding.claims))


def _acknowledged(finding: str, path: tuple[str | int, ...], claim: Claim, outcome: Outcome) -> Edits:
    """Writes who looked, when and why beside the check; an automatic test is declared for it."""

    def edits(ruling: Ruling) -> list[Edit]:
        said = {"on": ruling.on, "by": ruling.by, "why": ruling.why}
        if outcome.position is None:
            return [Edit(finding, "append", path, {"test": outcome.test, "of": outcome.measures[0], "acknowledged": said})]
        if isinstance(entry := claim.checks[outcome.position], str):
            return [Edit(finding, "set", (*path, outcome.position), {"expression": entry, "acknowledged": said})]
        return [Edit(finding, "set", (*path, outcome.position, "acknowledged"), said)]

    return edits
