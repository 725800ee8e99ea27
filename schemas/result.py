"""A result: the record of one replication run. Written by `verify`, never by hand."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Record, Strict
from schemas.scalars import Line, PageName, Prose, Real, RecordId, Reference, Slug, Whole

Tier = Literal["consistency", "organism", "small-model", "same-model"]
Verdict = Literal["reproduced", "partly-reproduced", "not-reproduced", "inconclusive", "uninformative"]
IntervalMethod = Literal["t", "bca"]
"""Of an interval over worlds: Student's t, or the bias-corrected and accelerated bootstrap."""
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16,64}$")]


class Estimate(Strict):
    """One reproduced number: the mean over worlds, with its interval over worlds."""

    name: Slug
    says: Line | None = None
    """What the number is, in words."""
    claim: Reference | None = None
    """The claim whose figure it stands beside: finding/claim."""
    measure: Line | None = None
    """The measure of that claim."""
    value: Real
    low: Real | None
    """Null, with `high` and `method`, where a single world leaves no interval."""
    high: Real | None
    level: Real
    method: IntervalMethod | None
    unit: Line
    n: Annotated[Whole, Field(ge=1)]
    """Worlds behind it; several initialisations of one world are averaged first."""
    absent: Annotated[Whole, Field(ge=0)] = 0
    """Jobs that gave no value for it."""

    @model_validator(mode="after")
    def _whole_interval(self) -> Estimate:
        if len({self.low is None, self.high is None, self.method is None}) > 1:
            raise PydanticCustomError("interval", "`low`, `high` and `method` come together")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise PydanticCustomError("interval", "`value` lies outside `low` to `high`")
        return self


class Criterion(Strict):
    """One clause of the success rule, as written before the run, and how it came out."""

    id: Slug
    rule: Prose
    outcome: Literal["met", "not-met", "undecided"]
    observed: Line


class ManipulationCheck(Strict):
    """Whether the run did what it was meant to do before its outcome is read."""

    id: Slug
    rule: Prose
    passed: bool
    observed: Line


class SeedMeasures(Strict):
    """What one job measured: one initialisation of one world."""

    world: Whole | None = None
    """Which synthetic world; initialisations of one world share it."""
    seed: Whole
    values: dict[Slug, Real | None]
    """An absent value is null, never zero."""


class Plot(Strict):
    """Data of one plot; the site draws it."""

    id: Slug
    title: Line
    x: Line
    y: Line
    kind: Literal["line", "points"] = "line"
    series: dict[Line, list[tuple[Real, Real]]]
    """Points (x, y) of each series; of a line the mean over worlds."""
    bands: dict[Line, list[tuple[Real, Real, Real]]] = {}
    """Of a line, where there are several worlds: (x, low, high) of the interval."""


class Result(Record):
    """What a rerun of a finding gave, under a rule written before it."""

    kind_name: ClassVar[str] = "result"

    replication: PageName
    """Also the name of its page."""
    replication_version: Annotated[Whole, Field(ge=1)]
    finding: RecordId
    """The finding that was rerun."""
    claims: Annotated[list[Reference], Field(min_length=1)]
    """What was tested: at least one claim of `finding`, and claims of other findings where the run tests those too."""
    tier: Tier
    scale: Literal["smoke", "small", "full"]
    verdict: Verdict
    hypothesis: Prose
    departures: Prose
    """How the run differs from the original."""
    planted: Prose | None = None
    """What of the effect is close to planted by construction; null where nothing is."""
    rule: Prose | None = None
    """How the criteria combine into the verdict."""
    estimates: list[Estimate]
    criteria: Annotated[list[Criterion], Field(min_length=1)]
    manipulation_checks: list[ManipulationCheck]
    seeds: Annotated[list[SeedMeasures], Field(min_length=1)]
    config: dict[str, JsonValue]
    config_hash: Hash
    code_hash: Hash
    """Over `code`."""
    code: dict[Line, Hash] = {}
    """Each source file behind the numbers and the verdict, with its fingerprint (`schemas.fingerprint`): one that differs makes the record stale."""
    versions: dict[Line, Line]
    device: Line
    commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{7,40}$")] | None
    """HEAD when the record was written; null outside a repository. What ran exactly, `code` says."""
    wall_seconds: Annotated[float, Field(ge=0)]
    """Seconds by the clock of all jobs and of the organisms made for them, one after another; other work on the machine lengthens them."""
    cpu_seconds: Annotated[float, Field(ge=0)] | None = None
    """The same in seconds of processor time. Null where it was not measured."""
    plots: list[Plot] = []

    @property
    def label(self) -> str:
        return f"{self.replication} ({self.scale}): {self.verdict}"
