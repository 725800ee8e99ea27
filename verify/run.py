"""A run: which jobs, running those that are not done, and a record for each replication whose jobs are all there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TextIO

from verify import errors
from verify.errors import VerifyError
from verify.jobs import Answer, Task, job_task
from verify.pool import run_tasks
from verify.progress import Progress
from verify.registry import PACKAGE, Replication, ScaleName, Subject, find, replications
from verify.store import JobRecord, Store, write_result
from verify.target import describe_device, model_print


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    names: tuple[str, ...] = ()
    """Replications by name; none means all."""
    only: tuple[str, ...] = ()
    """Patterns: a replication stays when its name or finding fits one."""
    scale: ScaleName = "small"
    worlds: int | None = None
    """Instead of the declared number."""
    seeds: int | None = None
    """Initialisations per world, instead of the declared number."""
    device: str = "cpu"
    model: str | None = None
    workers: int = 1
    store: Path = Path("build/verify-jobs")
    out: Path = Path("verify/results")
    package: str = PACKAGE


def chosen(request: Request) -> list[Replication]:
    """The replications that are asked for. Raises VerifyError for an unknown name, a pattern that fits none, a model that one does not take."""
    known = [find(name, request.package) for name in dict.fromkeys(request.names)] if request.names else replications(request.package)
    fitting = [one for one in known if not request.only or any(fnmatchcase(text, pattern) for pattern in request.only for text in (one.name, one.finding))]
    if not fitting:
        if request.only and known:
            raise VerifyError(f"no replication's name or finding fits {' or '.join(request.only)}; there are {', '.join(one.name for one in known)}")
        raise VerifyError(f"no replication is registered in {request.package}")
    if request.model is not None:
        if request.names and (unfit := [one.name for one in fitting if not one.takes_model]):
            raise VerifyError(f"{', '.join(unfit)} can't run on a real model; run without --model")
        fitting = [one for one in fitting if one.takes_model]
        if not fitting:
            raise VerifyError("none of these replications can run on a real model; run without --model")
    return sorted(fitting, key=lambda one: one.name)


def tasks_of(one: Replication, request: Request, print_: str | None) -> list[Task]:
    """The jobs of a replication: each world with each seed."""
    scale = one.scales[request.scale]
    worlds, seeds = request.worlds or scale.worlds, request.seeds or scale.seeds
    return [
        job_task(one, Subject(world, seed, request.scale, request.device, request.model), scale.settings, request.package, print_, worlds, seeds)
        for world in range(worlds)
        for seed in range(seeds)
    ]


def run(request: Request, stream: TextIO) -> list[Path]:
    """Run what is asked for and write its records; gives their paths. Progress goes to `stream`.

    Raises VerifyError, after writing the records of replications all of whose jobs succeeded, when jobs failed.
    """
    from verify.record import headline, make_record

    asked = chosen(request)
    device = describe_device(request.device)
    print_ = None if request.model is None else model_print(request.model)
    store = Store(request.store)
    store.prepare()
    jobs = {one.name: tasks_of(one, request, print_) for one in asked}
    answers = _run_missing([task for tasks in jobs.values() for task in tasks], request, store, stream)
    written = []
    for one in asked:
        records = [store.read(task.key) for task in jobs[one.name]]
        finished: list[JobRecord] = [record for record in records if record is not None]
        if len(finished) < len(records):
            stream.write(f"{one.name}: no record, since {len(records) - len(finished)} of {len(records)} jobs are missing\n")
            continue
        result = make_record(one, request, jobs[one.name], finished, store, device, print_)
        path, new = write_result(request.out, result)
        written.append(path)
        stream.write(f"{headline(result)} -> {path}{'' if new else ', as before'}\n")
    _raise_failures(answers)
    return written


def _run_missing(jobs: Sequence[Task], request: Request, store: Store, stream: TextIO) -> dict[str, Answer]:
    missing = [task for task in jobs if store.read(task.key) is None]
    # Artefacts first, so that no two workers want the same one; with a real model they are made only if a job asks.
    needed = {} if request.model else {one.key: one for task in missing for one in task.artefacts.values() if store.artefact(one.key) is None}
    todo = [*needed.values(), *missing]
    before = len(jobs) - len(missing)
    workers = max(1, min(request.workers, len(todo)))
    stream.write(
        f"{_count(len(jobs), 'job')} at scale {request.scale} on {request.device}: {before} done before, {len(missing)} to run"
        + (f" after {_count(len(needed), 'artefact')}" if needed else "")
        + (f", {_count(workers, 'worker')}\n" if todo else "\n")
    )
    stream.flush()
    if not todo:
        return {}
    return run_tasks(todo, request.store, workers, request.device == "cpu", Progress(stream, len(jobs) + len(needed), before, workers))


def _raise_failures(answers: dict[str, Answer]) -> None:
    failed = [answer for answer in answers.values() if answer.state == "failed"]
    for answer in failed:
        if answer.kind is not None:
            kind: type[VerifyError] = getattr(errors, answer.kind)
            raise kind(answer.error)
    if failed:
        raise VerifyError(f"{len(failed)} of {_count(len(answers), 'task')} failed, first {failed[0].error}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
