"""The result record of a replication: made from its finished jobs, and compared with the code and declaration as they are now."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas import Result
from schemas.result import Criterion, Estimate, ManipulationCheck, Plot, SeedMeasures
from verify.code import changed, closure, digest, versions
from verify.jobs import Task, code_of
from verify.registry import PlotSpec, Replication, Settings
from verify.store import JobRecord, Spent, Store
from verify.verdict import Estimated, Measured, judge

if TYPE_CHECKING:
    from verify.run import Request


def declared_config(one: Replication, settings: Settings) -> dict[str, Any]:
    """The part of a record's configuration that its declaration decides, as JSON."""
    return dict(
        json.loads(
            json.dumps(
                {
                    "version": one.version,
                    "settings": settings,
                    "rule": asdict(one.rule),
                    "estimands": [asdict(estimand) for estimand in one.estimands],
                    "checks": [asdict(check) for check in one.checks],
                    "artefacts": [asdict(artefact) for artefact in one.artefacts],
                }
            )
        )
    )


def result_id(name: str, scale: str, model: str | None) -> str:
    """Id of the record, and stem of its file. Records of real models carry the model's name."""
    stem = f"{name}-{scale}"
    if model is not None:
        stem += "-" + "-".join(re.findall(r"[a-z0-9]+", Path(model).name.lower()))
    return stem[:80].rstrip("-")


def make_record(one: Replication, request: Request, tasks: Sequence[Task], jobs: Sequence[JobRecord], store: Store, device: str, print_: str | None) -> Result:
    """The record of these finished jobs, one per task."""
    measured = [Measured(task.world, task.seed, job.measures) for task, job in zip(tasks, jobs, strict=True)]
    judged = judge(one.estimands, one.rule, one.checks, measured)
    code = code_of(one) | closure("verify.verdict", frozenset())
    config = {
        **declared_config(one, one.scales[request.scale].settings),
        "worlds": len({task.world for task in tasks}),
        "seeds": len({task.seed for task in tasks}),
        "device": request.device,
        "model": None if request.model is None else Path(request.model).name,
        "model-fingerprint": print_,
    }
    used = {needed.key for task in tasks for needed in task.artefacts.values()}
    costs = [Spent(job.seconds, job.cpu_seconds) for job in jobs] + [cost for key in used if (cost := store.artefact_cost(key))]
    return Result.model_validate(
        {
            "schema": 1,
            "id": result_id(one.name, request.scale, request.model),
            "status": "working",
            "added": dt.datetime.now(dt.UTC).date().isoformat(),
            "contributors": ["verify"],
            "replication": one.name,
            "replication-version": one.version,
            "finding": one.finding,
            "claims": list(one.claims),
            # An organism's tier does not hold for a real model, whatever the declaration says of organisms.
            "tier": one.tier if request.model is None else "small-model",
            "scale": request.scale,
            "verdict": judged.verdict,
            "hypothesis": one.hypothesis,
            "departures": one.departures,
            "planted": one.planted,
            "rule": one.rule.sentence,
            "estimates": [_estimate(found, one.rule.level) for found in judged.estimates if found.value is not None],
            "criteria": [Criterion(id=c.id, rule=c.rule, outcome=c.outcome, observed=c.observed) for c in judged.criteria],
            "manipulation-checks": [ManipulationCheck(id=c.id, rule=c.rule, passed=c.outcome == "met", observed=c.observed) for c in judged.checks],
            "seeds": [SeedMeasures(world=job.world, seed=job.seed, values=dict(job.values)) for job in measured],
            "config": config,
            "config-hash": digest(config),
            "code-hash": code.hash,
            "code": code.files,
            "versions": versions(code.libraries),
            "device": device,
            "commit": commit(),
            "wall-seconds": round(sum(cost.wall for cost in costs), 1),
            "cpu-seconds": round(sum(cost.cpu for cost in costs), 1),
            "plots": [plot for spec in one.plots if (plot := _plot(spec, tasks, jobs, one.rule.level)) is not None],
        }
    )


def _estimate(found: Estimated, level: float) -> Estimate:
    interval = found.interval
    assert found.value is not None
    return Estimate.model_validate(
        {
            "name": found.estimand.name,
            "says": found.estimand.says,
            "claim": found.estimand.claim,
            "measure": found.estimand.figure,
            "value": found.value,
            "low": interval.low if interval else None,
            "high": interval.high if interval else None,
            "level": level,
            "method": interval.method if interval else None,
            "unit": found.estimand.unit,
            "n": found.worlds,
            "absent": found.absent,
        }
    )


def _plot(spec: PlotSpec, tasks: Sequence[Task], jobs: Sequence[JobRecord], level: float) -> Plot | None:
    """One plot of all jobs: their points together, or at each x the mean over worlds with its interval. None where no job gave data."""
    from verify.rules import Estimand
    from verify.verdict import estimate

    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    at: dict[str, dict[float, list[Measured]]] = defaultdict(lambda: defaultdict(list))
    for task, job in zip(tasks, jobs, strict=True):
        for name, series in job.plots.get(spec.id, {}).items():
            for x, y in series:
                points[name].append((x, y))
                at[name][x].append(Measured(task.world, task.seed, {"y": y}))
    if not points:
        return None
    bands: dict[str, list[tuple[float, float, float]]] = {}
    if spec.combine == "mean":
        y_mean = Estimand("y", "y", spec.y, spec.y)
        for name, columns in at.items():
            found = {x: estimate(y_mean, column, level) for x, column in sorted(columns.items())}
            points[name] = [(x, one.value) for x, one in found.items() if one.value is not None]
            if band := [(x, one.interval.low, one.interval.high) for x, one in found.items() if one.interval is not None]:
                bands[name] = band
    return Plot(id=spec.id, title=spec.title, x=spec.x, y=spec.y, kind="line" if spec.combine == "mean" else "points", series=dict(points), bands=bands)


def commit() -> str | None:
    """HEAD of the repository that holds this package, or None outside one."""
    try:
        found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None


def headline(result: Result) -> str:
    """One line: verdict, the estimate that the first criterion reads, worlds × initialisations, seconds."""
    first = result.criteria[0]
    worlds = len({job.world for job in result.seeds})
    jobs = f"{worlds} {'world' if worlds == 1 else 'worlds'} × {len(result.seeds) // worlds}"
    return f"{result.id}: {result.verdict.replace('-', ' ')} ({result.tier}; {first.observed}; {jobs}; {result.wall_seconds:g} s)"


def staleness(result: Result, known: Mapping[str, Replication]) -> list[str]:
    """Why the record no longer says what its replication would say now; empty when it does."""
    one = known.get(result.replication)
    if one is None:
        return ["its replication is no longer registered"]
    reasons = [f"{path} changed" for path in changed(dict(result.code))]
    now = declared_config(one, one.scales[result.scale].settings)
    reasons += [f"the declaration's {key} changed" for key, value in now.items() if result.config.get(key) != value]
    return reasons
