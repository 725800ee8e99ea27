"""Jobs: what makes one, its key, and running it in whichever process. A job is a pure function to JSON, so its key says all about it."""

from __future__ import annotations

import errno
import hashlib
import importlib
import math
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from verify.code import Code, closure, digest, top_folder, versions
from verify.errors import STOPS_THE_RUN, DamagedCheckpointError, DiskFullError, MissingModelError, NoDeviceError, OutOfMemoryError, VerifyError
from verify.registry import Artefact, Outcome, Replication, ScaleName, Settings, Subject, find
from verify.rules import SLUG
from verify.store import JobRecord, Spent, Store


@dataclass(frozen=True)
class Task:
    """One thing to run: a job of a replication, or an artefact that jobs share. Plain data that crosses to a worker process."""

    kind: Literal["job", "artefact"]
    key: str
    label: str
    config: Mapping[str, Any]
    world: int
    seed: int
    scale: ScaleName
    device: str
    model: str | None
    settings: Settings
    replication: str
    """Name of the replication (of a job)."""
    package: str
    artefacts: Mapping[str, Task] = field(default_factory=dict)
    """The artefacts that a job may ask for, by name."""
    maker: str = ""
    """Of an artefact: package.module:function."""

    @property
    def subject(self) -> Subject:
        return Subject(self.world, self.seed, self.scale, self.device, self.model)


@dataclass(frozen=True)
class Answer:
    """How a task ended: done now, done before, held by another run, or failed."""

    state: Literal["done", "known", "busy", "failed"]
    seconds: float = 0.0
    error: str | None = None
    kind: str | None = None
    """Name of the error's class in `verify.errors` where the run must stop."""


def artefact_task(artefact: Artefact, subject: Subject, package: str) -> Task:
    """The task that makes an artefact for a subject. It does not depend on a real model."""
    module = artefact.maker.partition(":")[0]
    code = closure(module)
    config: dict[str, Any] = {
        "maker": artefact.maker,
        "settings": artefact.settings,
        "world": subject.world,
        "seed": subject.seed,
        "scale": subject.scale,
        "device": subject.device,
        "code": code.files,
        "versions": versions(code.libraries),
        "sources": {path: _file_hash(top_folder(module.split(".")[0]) / path) for path in _sources(artefact, module)},
    }
    key = digest(config)
    label = f"{artefact.name} (world {subject.world}, seed {subject.seed}, {subject.scale})"
    return Task(
        "artefact", key, label, config, subject.world, subject.seed, subject.scale, subject.device, None, artefact.settings, "", package, maker=artefact.maker
    )


def job_task(one: Replication, subject: Subject, settings: Settings, package: str, model_print: str | None, worlds: int = 1, seeds: int = 1) -> Task:
    """The task of one job of a run of so many worlds and seeds. `model_print` is the fingerprint of the real model, where there is one."""
    code = code_of(one)
    plain = replace(subject, model=None)
    artefacts = {artefact.name: _artefact_for(artefact, one, plain, package, worlds, seeds) for artefact in one.artefacts}
    config: dict[str, Any] = {
        "replication": one.name,
        "version": one.version,
        "settings": settings,
        "world": subject.world,
        "seed": subject.seed,
        "scale": subject.scale,
        "device": subject.device,
        "model": model_print,
        "artefacts": {name: task.key for name, task in artefacts.items()},
        "code": code.files,
        "versions": versions(code.libraries),
    }
    label = f"{one.name} (world {subject.world}, seed {subject.seed})"
    key = digest(config)
    return Task("job", key, label, config, subject.world, subject.seed, subject.scale, subject.device, subject.model, settings, one.name, package, artefacts)


def _artefact_for(artefact: Artefact, one: Replication, subject: Subject, package: str, worlds: int, seeds: int) -> Task:
    """The task of an artefact that a job of this subject needs: its own, or that of its neighbour in a run of so many worlds and seeds."""
    if artefact.other is None:
        return artefact_task(artefact, subject, package)
    neighbour = subject.next(artefact.other, worlds, seeds)
    if neighbour.world < worlds and neighbour.seed < seeds:  # some job has it as its own: then it is the same task, under the same key
        own = [a for a in one.artefacts if a.other is None and (a.maker, a.settings) == (artefact.maker, artefact.settings)]
        artefact = own[0] if own else artefact
    return artefact_task(artefact, neighbour, package)


def code_of(one: Replication) -> Code:
    """The code behind the numbers of a replication: its job's, and its artefacts' makers'."""
    code = closure(one.job.__module__)
    for artefact in one.artefacts:
        code |= closure(artefact.maker.partition(":")[0])
    return code


def _sources(artefact: Artefact, module: str) -> list[str]:
    top = top_folder(module.split(".")[0])
    found: set[str] = set()
    for pattern in artefact.sources:
        matches = {path.relative_to(top).as_posix() for path in top.glob(pattern) if path.is_file()}
        if not matches:
            raise MissingModelError(f"artefact {artefact.name}: no file matches {pattern!r} below {top}")
        found |= matches
    return sorted(found)


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def run_task(task: Task, root: Path) -> Answer:
    """Run a task unless it is done or another process is at it. Never raises: a failure is an answer."""
    store = Store(root)
    try:
        with store.lock(task.key, wait=False) as held:
            if not held:
                return Answer("busy")
            if _done(task, store):
                return Answer("known")
            started = time.perf_counter()
            if task.kind == "artefact":
                _make(task, store)
            else:
                _measure(task, store)
            return Answer("done", time.perf_counter() - started)
    except Exception as error:
        return _failure(error, task, store)


def _done(task: Task, store: Store) -> bool:
    return (store.read(task.key) if task.kind == "job" else store.artefact(task.key)) is not None


def _make(task: Task, store: Store) -> Path:
    module, _, function = task.maker.partition(":")
    maker = getattr(importlib.import_module(module), function)

    def make(folder: Path) -> Spent:
        started = Spent.now()
        maker(folder, task.subject, task.settings)
        return Spent.since(started)

    return store.make_artefact(task.key, make, {"label": task.label, "config": task.config})


def _measure(task: Task, store: Store) -> None:
    def provide(name: str) -> Path:
        if name not in task.artefacts:
            raise VerifyError(f"{task.replication} declares no artefact {name!r}; it declares {', '.join(task.artefacts) or 'none'}")
        needed = task.artefacts[name]
        if (folder := store.artefact(needed.key)) is not None:
            return folder
        with store.lock(needed.key, wait=True):
            return store.artefact(needed.key) or _make(needed, store)

    one = find(task.replication, task.package)
    started = Spent.now()
    found = one.job(replace(task.subject, provide=provide), task.scale, task.seed, task.settings)
    spent = Spent.since(started)
    outcome = found if isinstance(found, Outcome) else Outcome(found)
    plots = {plot: {name: [(float(x), float(y)) for x, y in points] for name, points in series.items()} for plot, series in outcome.plots.items()}
    store.write(JobRecord(task.key, task.label, task.config, _checked(one, outcome, plots), plots, spent.wall, spent.cpu))


def _checked(one: Replication, outcome: Outcome, plots: Mapping[str, Mapping[str, list[tuple[float, float]]]]) -> dict[str, float | None]:
    """The measures as numbers. Raises VerifyError for what the declaration does not fit: a measure or plot that is missing or unknown, NaN."""
    measures: dict[str, float | None] = {}
    for name, value in outcome.measures.items():
        if not SLUG.match(name):
            raise VerifyError(f"measure {name!r}: expected lower-case words joined by hyphens")
        measures[name] = None if value is None else float(value)
        if value is not None and not math.isfinite(value):
            raise VerifyError(f"measure {name!r} is {value}: give None where a value could not be obtained")
    read = {name for est in one.estimands for name in (est.measure, est.minus) if name} | {check.measure for check in one.checks}
    if missing := sorted(read - measures.keys()):
        raise VerifyError(f"the job gave no measure {', '.join(missing)}, which its declaration reads; give None where a value could not be obtained")
    if unknown := sorted(plots.keys() - {plot.id for plot in one.plots}):
        raise VerifyError(f"the job gave data for a plot {', '.join(unknown)} that is not declared")
    if not all(math.isfinite(x) and math.isfinite(y) for series in plots.values() for points in series.values() for x, y in points):
        raise VerifyError("a point of a plot is not finite: leave it out")
    return measures


def _failure(error: Exception, task: Task, store: Store) -> Answer:
    known = classify(error)
    if isinstance(known, STOPS_THE_RUN):
        made = [str(folder) for needed in task.artefacts.values() if (folder := store.artefact(needed.key))]
        where = f" (this job's artefacts: {', '.join(made)})" if isinstance(known, DamagedCheckpointError) and made else ""
        return Answer("failed", error=f"{task.label}: {known}{where}", kind=type(known).__name__)
    message = str(error) if isinstance(error, VerifyError) else f"{type(error).__name__}: {' '.join(str(error).split()) or 'no message'}"
    try:
        where = f" (in full: {store.fail(task.key, traceback.format_exc())})"
    except (VerifyError, OSError):
        where = ""
    return Answer("failed", error=f"{task.label}: {message}{where}")


def classify(error: BaseException) -> BaseException:
    """What a library's error means for a person, as one of `verify.errors`; the error itself where it means nothing in particular.

    By name, since torch and safetensors may not be there to import.
    """
    text, name = " ".join(str(error).split()), type(error).__name__
    if isinstance(error, VerifyError):
        return error
    if isinstance(error, MemoryError) or name == "OutOfMemoryError" or "CUDA out of memory" in text or "can't allocate memory" in text:
        return OutOfMemoryError("out of memory: run fewer --workers, a smaller --scale or a smaller --model")
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return DiskFullError("no space left on the disk: free some, or name a folder elsewhere with --store; finished jobs are kept")
    if name == "SafetensorError" or "PytorchStreamReader" in text or name == "UnpicklingError":
        if "No space left" in text:
            return DiskFullError("no space left on the disk: free some, or name a folder elsewhere with --store; finished jobs are kept")
        return DamagedCheckpointError(f"a checkpoint is damaged ({text[:160]}): delete it, and it is made or fetched again")
    if "No CUDA GPUs are available" in text or "Torch not compiled with CUDA" in text or "Found no NVIDIA driver" in text:
        return NoDeviceError("no CUDA device: run with --device cpu")
    if isinstance(error, OSError) and ("is not a local folder" in text or "does not appear to have a file named" in text or "Can't load" in text):
        return MissingModelError(f"a model is missing or incomplete ({text[:160]})")
    return error
