"""What a replication gave on one tier: its verdict, or the outcome of one of its criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.evidence.predicates.bounds import absent, definite, either, words_of
from kb.evidence.predicates.reading import Reading, any_of
from kb.evidence.predicates.registry import atom
from kb.evidence.reruns import Rerun
from schemas import Result
from schemas.predicate import EstimateReading, VerdictReading

if TYPE_CHECKING:
    from kb.evidence.state import State


def reruns_of(state: State, asked: VerdictReading | EstimateReading, replication: str) -> list[Rerun]:
    """The reruns of a replication on the tier asked about, and on the model if one is named."""
    return [
        rerun for rerun in state.reruns if rerun.replication == replication and rerun.tier == asked.tier and (asked.model is None or rerun.model == asked.model)
    ]


def on(asked: VerdictReading | EstimateReading) -> str:
    """The tier, and the model if one is named, in words."""
    return f"tier {asked.tier}" + (f", model {asked.model}" if asked.model else "")


def run_words(result: Result) -> str:
    """A result in words: its id, and how large the run was."""
    return f"{result.id}, scale {result.scale}"


@atom(VerdictReading)
def verdict(state: State, asked: VerdictReading) -> Reading:
    """The largest run of a tier speaks for it. Without a result, or without the criterion in it, the value is unknown."""
    replication, _, criterion = asked.verdict.partition("/")
    wanted = words_of(asked.is_)
    says = f"{asked.verdict} ({on(asked)}) is {either(wanted)}"
    found = [_one(state, rerun.lead, says, criterion, wanted) for rerun in reruns_of(state, asked, replication)]
    if not found:
        return absent(says, f"no result of {replication} on {on(asked)}", f"a result of {replication} on {on(asked)}")
    return found[0] if len(found) == 1 else any_of(found, f"{says}, on any model")


def _one(state: State, result: Result, says: str, criterion: str, wanted: tuple[str, ...]) -> Reading:
    outcome: str | None = result.verdict
    if criterion:
        outcome = next((c.outcome for c in result.criteria if c.id == criterion), None)
    if outcome is None:
        return absent(says, f"{result.id} has no criterion {criterion}", f"a result that judges {criterion}")
    name = f"{result.replication}/{criterion}" if criterion else result.replication
    now = f"{either([outcome])} ({run_words(result)})"
    return definite(state.corpus, says, now, [result.id], holds=outcome in wanted, lacking=f"{name} is {either([outcome])} and not {either(wanted)}")
