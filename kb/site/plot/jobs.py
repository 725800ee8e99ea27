"""What single jobs measured, and how the record's configuration defines its estimates and criteria.

A configuration is JSON without a schema, possibly a stranger's: what does not have the expected form is treated as not there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from schemas.result import Estimate, Result, SeedMeasures

Direction = Literal["above", "below", "within"]


@dataclass(frozen=True)
class Region:
    """Where a criterion counts the value of its estimate as an effect, as it was declared before the run. Open ends are infinite."""

    criterion: str
    outcome: Literal["met", "not-met", "undecided"]
    low: float
    high: float
    excludes: float | None
    """What the interval must stay clear of, where that is not the region's own edge."""


@dataclass(frozen=True)
class Job:
    """The value of an estimate in one job."""

    of: SeedMeasures
    value: float

    @property
    def name(self) -> str:
        return job_name(self.of)


def job_name(job: SeedMeasures) -> str:
    return f"seed {job.seed}" if job.world is None else f"world {job.world}, seed {job.seed}"


def measures(result: Result) -> list[str]:
    """Everything that some job measured, in the order in which it first comes."""
    return list(dict.fromkeys(name for job in result.seeds for name in job.values))


def values(result: Result, estimate: Estimate) -> list[Job]:
    """The estimate's value in each job that has one, in the record's order. Empty where the record does not say what the estimate is made of."""
    defined = next((one for one in _listed(result.config.get("estimands")) if one.get("name") == estimate.name), {"measure": estimate.name})
    measure, minus = defined.get("measure"), defined.get("minus")
    if not isinstance(measure, str) or not (minus is None or isinstance(minus, str)):
        return []
    found = []
    for job in result.seeds:
        value, less = job.values.get(measure), 0.0 if minus is None else job.values.get(minus)
        if value is not None and less is not None and math.isfinite(value - less):
            found.append(Job(job, value - less))
    return found


def regions(result: Result, estimate: Estimate) -> list[Region]:
    """The criteria that read the estimate, in the order of the rule."""
    rule = result.config.get("rule")
    outcomes = {criterion.id: criterion.outcome for criterion in result.criteria}
    found = []
    for one in _listed(rule.get("criteria") if isinstance(rule, dict) else None):
        name, direction, margin = one.get("id"), one.get("direction"), _number(one.get("margin"))
        if one.get("estimate") != estimate.name or not isinstance(name, str) or name not in outcomes or margin is None:
            continue
        excludes = _number(one.get("excludes"))
        excludes = None if excludes == margin else excludes
        if direction == "above":
            found.append(Region(name, outcomes[name], margin, math.inf, excludes))
        elif direction == "below":
            found.append(Region(name, outcomes[name], -math.inf, margin, excludes))
        elif direction == "within":
            centre = _number(one.get("around")) or 0.0
            found.append(Region(name, outcomes[name], centre - abs(margin), centre + abs(margin), None))
    return found


def _listed(value: JsonValue) -> list[Mapping[str, JsonValue]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _number(value: JsonValue) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
