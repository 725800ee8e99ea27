"""A claim: the unit that evidence is counted on, with its figures, places, checks and disputes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Strict, first_repeated
from schemas.scalars import Figure, Line, Probability, Prose, RecordId, Slug, Whole
from schemas.source import Extent

Nature = Literal["measurement", "comparison", "correlation", "causal", "existence", "null", "argument"]
MeasureName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
PValue = Annotated[str, StringConstraints(pattern=r"^(<|<=|=|>|>=) ?(0?\.[0-9]+|0|1|1\.0+|[0-9](\.[0-9]+)?[eE]-[0-9]+)$")]


def _figure_in_unit_interval(value: Figure) -> Figure:
    if not 0 <= float(value) <= 1:
        raise PydanticCustomError("probability", "expected a number from 0 to 1")
    return value


class Measure(Strict):
    """One figure as the source reports it."""

    name: MeasureName
    """How the claim's `checks` call it: lower case with underscores, unique in the claim."""
    value: Figure
    """Digits exactly as printed."""
    qualifier: Literal["exactly", "about", "more-than", "at-least", "less-than", "at-most"] = "exactly"
    """What the source says around the figure: `> 0.92` is 0.92 with more-than, `~60%` is 60 with about."""
    unit: Line | None = None
    """One of the units in kb.yaml. Left out only where the figure is a bare count of nothing: a check asks for it."""
    low: Figure | None = None
    high: Figure | None = None
    level: Annotated[Figure, AfterValidator(_figure_in_unit_interval)] | None = None
    """Level of the interval low … high, e.g. 0.95."""
    sd: Figure | None = None
    se: Figure | None = None
    n: Annotated[Whole, Field(ge=0)] | None = None
    k: Annotated[Whole, Field(ge=0)] | None = None
    """Successes out of n."""
    p: PValue | None = None
    """As written with its sign: "< 0.001", "= 0.033"."""
    of: dict[Slug, Line | Figure] = {}
    """What was measured: model, data-set, condition, layer, metric …"""

    @model_validator(mode="after")
    def _coherent(self) -> Measure:
        if (self.low is None) != (self.high is None):
            raise PydanticCustomError("interval", "an interval needs both `low` and `high`")
        if self.low is not None and self.high is not None and float(self.low) > float(self.high):
            raise PydanticCustomError("interval", "`low` is above `high`")
        if self.level is not None and self.low is None:
            raise PydanticCustomError("interval", "`level` belongs to an interval: give `low` and `high`")
        if self.k is not None and (self.n is None or self.k > self.n):
            raise PydanticCustomError("k_of_n", "`k` needs an `n` that is not smaller")
        return self


class Locator(Strict):
    """Where in the source the figures stand."""

    part: Literal["abstract", "section", "table", "figure", "appendix", "page", "supplement", "repository", "data", "whole"]
    ref: Line | None = None
    """Its number or name: 4.2, C.4, README, results/eval.csv."""
    source: RecordId | None = None
    """Which source, where the finding has several."""

    @model_validator(mode="after")
    def _has_ref(self) -> Locator:
        if self.ref is None and self.part not in ("abstract", "whole"):
            raise PydanticCustomError("locator", "say which: `ref` is missing")
        return self

    @property
    def display(self) -> str:
        name = {"whole": "the whole work", "data": "data", "repository": "repository"}.get(self.part, self.part)
        return f"{name} {self.ref}" if self.ref else name


class Dispute(Strict):
    """What a second reading, the authors' data or another source says instead."""

    about: Line
    """The measure's name, or what is in dispute."""
    reported: Line
    """What the first of the two says."""
    instead: Line
    """What the other says."""
    by: RecordId
    """The source that says otherwise."""
    note: Prose | None = None
    state: Literal["open", "resolved"]
    resolution: Prose | None = None
    """Which of the two the record follows, and why."""

    @model_validator(mode="after")
    def _resolved_how(self) -> Dispute:
        if (self.state == "resolved") != (self.resolution is not None):
            raise PydanticCustomError("dispute", "`resolution` belongs to a resolved dispute, and to no other")
        return self


class Claim(Strict):
    """One thing that a finding says."""

    id: Slug
    statement: Prose
    nature: Nature
    measures: list[Measure] = []
    at: list[Locator] = []
    """Where the claim's figures stand in the source; a check asks for at least one."""
    checked: Extent | None = None
    """How far this claim was compared, where it differs from the source as a whole."""
    checks: list[Line] = []
    """Consistency expressions over the claim's own measures, e.g. `modulated / baseline ~ fold`."""
    disputes: list[Dispute] = []
    note: Prose | None = None

    @model_validator(mode="after")
    def _names_unique(self) -> Claim:
        if (name := first_repeated(measure.name for measure in self.measures)) is not None:
            raise PydanticCustomError("duplicate_measure", "two measures are called '{name}'", {"name": name})
        return self


__all__ = ["Claim", "Dispute", "Locator", "Measure", "Nature", "Probability"]
