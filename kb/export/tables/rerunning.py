"""Tables of reruns: results, their estimates, criteria and manipulation checks."""

from __future__ import annotations

from collections.abc import Iterator

from kb.evidence.reruns import model_of
from kb.evidence.state import State
from kb.export.tables.registry import Column, Row, joined, present, table


@table(
    "results",
    "What reruns gave, under rules written before them.",
    Column("result", "text", "id"),
    Column("replication", "text", "name of the replication"),
    Column("version", "integer", "version of its declaration"),
    Column("finding", "text", "the finding that was rerun", "findings.finding"),
    Column("claims", "text", "claims that it tests"),
    Column("tier", "text", "consistency, organism, small-model or same-model"),
    Column("scale", "text", "smoke, small or full"),
    Column("model", "text", "the real model; absent for organisms"),
    Column("verdict", "text", "reproduced, partly-reproduced, not-reproduced, inconclusive or uninformative"),
    Column("leads", "integer", "1 for the record that speaks for its rerun, that of the largest scale"),
    Column("jobs", "integer", "runs behind it"),
    Column("hypothesis", "text", "hypothesis"),
    Column("device", "text", "device"),
    Column("commit", "text", "commit of the code"),
    Column("wall_seconds", "real", "seconds by the clock"),
    Column("cpu_seconds", "real", "seconds of processor time; absent where not measured"),
    Column("added", "date", "the day on which the record entered the knowledge base"),
    key=("result",),
)
def _results(state: State) -> Iterator[Row]:
    leads = {rerun.lead.id for rerun in state.reruns}
    for result in state.corpus.results.values():
        yield (
            result.id,
            result.replication,
            result.replication_version,
            present(state, result.finding),
            joined(present(state, ref) for ref in result.claims),
            result.tier,
            result.scale,
            model_of(result),
            result.verdict,
            int(result.id in leads),
            len(result.seeds),
            result.hypothesis,
            result.device,
            result.commit,
            result.wall_seconds,
            result.cpu_seconds,
            result.added.isoformat(),
        )


@table(
    "estimates",
    "Reproduced numbers: means over worlds with their intervals.",
    Column("result", "text", "the result", "results.result"),
    Column("position", "integer", "place in the record, from 1"),
    Column("estimate", "text", "name of the number"),
    Column("says", "text", "what it is, in words"),
    Column("claim", "text", "the claim that it stands beside", "claims.claim"),
    Column("figure", "text", "the figure of that claim"),
    Column("value", "real", "mean over worlds"),
    Column("low", "real", "low end; absent where one world leaves no interval"),
    Column("high", "real", "high end"),
    Column("level", "real", "level of the interval"),
    Column("method", "text", "t or bca"),
    Column("unit", "text", "unit"),
    Column("worlds", "integer", "worlds behind it"),
    Column("absent", "integer", "jobs that gave no value"),
    key=("result", "position"),
)
def _estimates(state: State) -> Iterator[Row]:
    for result in state.corpus.results.values():
        for position, one in enumerate(result.estimates, 1):
            claim = present(state, one.claim) if one.claim else None
            numbers = (one.value, one.low, one.high, one.level, one.method, one.unit, one.n, one.absent)
            yield result.id, position, one.name, one.says, claim, one.measure, *numbers


@table(
    "criteria",
    "Clauses of the rules that were written before the runs, and how they came out.",
    Column("result", "text", "the result", "results.result"),
    Column("position", "integer", "place in the record, from 1"),
    Column("criterion", "text", "id of the clause"),
    Column("kind", "text", "success: part of the verdict; manipulation: whether the run did what it was meant to"),
    Column("rule", "text", "the clause"),
    Column("outcome", "text", "met, not-met or undecided"),
    Column("observed", "text", "what was observed"),
    key=("result", "kind", "position"),
)
def _criteria(state: State) -> Iterator[Row]:
    for result in state.corpus.results.values():
        for position, one in enumerate(result.criteria, 1):
            yield result.id, position, one.id, "success", one.rule, one.outcome, one.observed
        for position, check in enumerate(result.manipulation_checks, 1):
            yield result.id, position, check.id, "manipulation", check.rule, "met" if check.passed else "not-met", check.observed
