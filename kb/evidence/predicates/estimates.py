"""A reproduced number on one tier, or an end of its interval, against bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.evidence.predicates.bounds import absent, definite, distance, limits, number, within
from kb.evidence.predicates.reading import Reading, any_of
from kb.evidence.predicates.registry import atom
from kb.evidence.predicates.verdicts import on, reruns_of, run_words
from schemas import Result
from schemas.predicate import EstimateReading

if TYPE_CHECKING:
    from kb.evidence.state import State


@atom(EstimateReading)
def estimate(state: State, asked: EstimateReading) -> Reading:
    """Unknown without a result, without the estimate in it, and for an end of an interval that a single world left out."""
    replication, _, name = asked.estimate.partition("/")
    end = {"value": "", "low": "lower end of ", "high": "upper end of "}[asked.interval]
    says = f"{end}{asked.estimate} ({on(asked)}): {limits(asked.at_least, asked.at_most)}"
    found = [_one(state, rerun.lead, asked, says, name) for rerun in reruns_of(state, asked, replication)]
    if not found:
        return absent(says, f"no result of {replication} on {on(asked)}", f"a result of {replication} on {on(asked)}")
    return found[0] if len(found) == 1 else any_of(found, f"{says}, on any model")


def _one(state: State, result: Result, asked: EstimateReading, says: str, name: str) -> Reading:
    made = next((e for e in result.estimates if e.name == name), None)
    if made is None:
        return absent(says, f"{result.id} has no estimate {name}", f"a result that estimates {name}")
    value = {"value": made.value, "low": made.low, "high": made.high}[asked.interval]
    if value is None:
        return absent(says, f"{number(made.value)}, one world and no interval ({run_words(result)})", f"an interval for {name}, which takes several worlds")
    interval = f" [{number(made.low)}, {number(made.high)}]" if made.low is not None and made.high is not None else ""
    far = distance(value, asked.at_least, asked.at_most)
    return definite(
        state.corpus,
        says,
        f"{number(made.value)}{interval} {made.unit} ({run_words(result)})",
        [result.id],
        holds=within(value, asked.at_least, asked.at_most) == "true",
        lacking=f"{result.replication}/{name}: {far}",
    )
