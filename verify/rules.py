"""The success rule of a replication as data, written before anything runs. `verify.verdict` evaluates it.

    measures per job  ->  Estimand (mean over worlds, with interval)  ->  Criterion: met | not-met | undecided  ->  verdict

Everything here is plain data with its consistency checked on construction; nothing is computed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.result import IntervalMethod
from verify.errors import DeclarationError

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def slug(name: str, what: str) -> None:
    """Raise DeclarationError unless `name` is lower case words joined by hyphens, as record keys are."""
    if not SLUG.match(name):
        raise DeclarationError(f"{what} {name!r}: expected lower-case words joined by hyphens")


@dataclass(frozen=True)
class Estimand:
    """A number that the replication estimates: the mean over worlds of a measure, or of a difference of two measures of the same job.

    The unit of replication is the world: measures of several initialisations of one world are averaged first, and the interval is over worlds.
    One world alone gives a value without an interval.
    """

    name: str
    """Slug of the estimate in the record."""
    measure: str
    """Key of the job's measures."""
    unit: str
    """One of the units in kb.yaml: fraction, pp, r, nats, times, count …"""
    says: str
    """What the number is, in words."""
    minus: str | None = None
    """Key of the measure that is subtracted, job by job (a paired contrast). A job that lacks either is left out."""
    claim: str | None = None
    """The claim beside whose figure it stands: finding/claim."""
    figure: str | None = None
    """Name of that claim's measure, where it has one that corresponds."""
    interval: IntervalMethod = "t"
    """Student's t over world means, or the BCa bootstrap of their mean. Below 8 worlds the bootstrap is unreliable: t is used, and the record says so."""
    bounds: tuple[float, float] | None = None
    """The range that the number cannot leave, e.g. (0, 1): the interval is cut to it."""

    def __post_init__(self) -> None:
        slug(self.name, "estimand")
        slug(self.measure, f"measure of estimand {self.name}")
        if self.minus is not None:
            slug(self.minus, f"measure of estimand {self.name}")
        if self.figure is not None and self.claim is None:
            raise DeclarationError(f"estimand {self.name}: `figure` needs the `claim` that reports it")
        if self.bounds is not None and not self.bounds[0] < self.bounds[1]:
            raise DeclarationError(f"estimand {self.name}: bounds {self.bounds} are not in order")


@dataclass(frozen=True)
class Criterion:
    """One clause of the success rule. With m = `margin`, x = `excludes` (m where not given) and the interval [low, high]:

    =========  ==========================  =========================  ==========
    direction  met                         not-met                    undecided
    =========  ==========================  =========================  ==========
    above      value ≥ m and low > x       high < m                   otherwise
    below      value ≤ m and high < x      low > m                    otherwise
    within     low ≥ around−m, high ≤      low > around+m or          otherwise
               around+m                    high < around−m
    =========  ==========================  =========================  ==========

    No value and no interval: undecided. So a criterion fails only when the data rule out an effect of the size that counts.
    """

    id: str
    estimate: str
    """Name of the estimand."""
    direction: Literal["above", "below", "within"]
    margin: float
    """The smallest effect that counts. For `within`: the largest deviation from `around` that does not count."""
    excludes: float | None = None
    """What the interval must exclude: usually the value under no effect. Not given: the margin itself, the stricter rule."""
    around: float = 0.0
    """Centre of a `within` criterion."""
    kind: Literal["effect", "guard"] = "effect"
    """An effect that the claim asserts, or a guard (capability kept, a placebo without effect). Guards alone never make a replication partly reproduced."""
    why: str = ""
    """What the clause is for, and why this margin."""

    def __post_init__(self) -> None:
        slug(self.id, "criterion")
        if not all(math.isfinite(number) for number in (self.margin, self.around, self.null)):
            raise DeclarationError(f"criterion {self.id}: its numbers must be finite")
        if self.direction == "within":
            if self.margin <= 0 or self.excludes is not None:
                raise DeclarationError(
                    f"criterion {self.id}: `within` needs a positive margin, and its interval must exclude all that lies outside; leave `excludes` out"
                )
        elif self.around:
            raise DeclarationError(f"criterion {self.id}: `around` belongs to `within`")
        elif (self.direction == "above" and self.null > self.margin) or (self.direction == "below" and self.null < self.margin):
            raise DeclarationError(
                f"criterion {self.id}: excludes {self.null:g} lies beyond the margin {self.margin:g}; a value that counts could then never be decided"
            )

    @property
    def null(self) -> float:
        """The bound that the interval must exclude."""
        return self.margin if self.excludes is None else self.excludes

    @property
    def sentence(self) -> str:
        """The clause in words, as the record keeps it."""
        if self.direction == "within":
            text = f"{self.estimate} lies within {self.around:g} ± {self.margin:g}, with its whole interval"
        else:
            sign, end = ("≥", "above") if self.direction == "above" else ("≤", "below")
            text = f"{self.estimate} {sign} {self.margin:g}, with its whole interval {end} {self.null:g}"
        return text + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True)
class Check:
    """A manipulation check: whether the run did what it was meant to do (the organism learnt its facts, the fine-tune fitted its data …).

    When one fails the outcome is not read: the verdict is uninformative. A value that is missing fails.
    """

    id: str
    measure: str
    """Key of the job's measures."""
    direction: Literal["above", "below"]
    bound: float
    """Passed at the bound itself too."""
    over: Literal["mean", "every"] = "mean"
    """The mean over worlds must pass, or every single job."""
    why: str = ""

    def __post_init__(self) -> None:
        slug(self.id, "manipulation check")
        slug(self.measure, f"measure of manipulation check {self.id}")
        if not math.isfinite(self.bound):
            raise DeclarationError(f"manipulation check {self.id}: its bound must be finite")

    @property
    def sentence(self) -> str:
        sign = "≥" if self.direction == "above" else "≤"
        text = f"{self.measure} {sign} {self.bound:g} {'in every job' if self.over == 'every' else 'on average over worlds'}"
        return text + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True)
class Needs:
    """At least `at_least` of the criteria `of` are met; None means all of them."""

    of: tuple[str, ...]
    at_least: int | None = None

    def __post_init__(self) -> None:
        if not self.of or not 1 <= self.count <= len(self.of):
            raise DeclarationError(f"a combination of {len(self.of)} criteria can't need {self.count} of them")

    @property
    def count(self) -> int:
        return len(self.of) if self.at_least is None else self.at_least

    def holds(self, met: Iterable[str]) -> bool:
        return len(set(self.of) & set(met)) >= self.count

    @property
    def sentence(self) -> str:
        if len(self.of) == 1:
            return f"{self.of[0]} is met"
        return f"{'all' if self.count == len(self.of) else f'at least {self.count}'} of {', '.join(self.of)} are met"


def all_of(*criteria: str) -> Needs:
    """Every one of these criteria is met."""
    return Needs(criteria)


def at_least(count: int, *criteria: str) -> Needs:
    """At least `count` of these criteria are met."""
    return Needs(criteria, count)


@dataclass(frozen=True)
class SuccessRule:
    """How criteria combine into a verdict.

    With every criterion decided: reproduced when all of `reproduced` hold, otherwise partly reproduced when all of `partly` hold, otherwise not reproduced.
    Undecided criteria are tried both ways: where that leaves only reproduced and partly reproduced, the verdict is the weaker; where not reproduced is
    among several possible verdicts, it is inconclusive.

    Default: reproduced needs every criterion; partly needs at least one criterion of kind effect.
    """

    criteria: tuple[Criterion, ...]
    reproduced: tuple[Needs, ...] = ()
    partly: tuple[Needs, ...] = ()
    level: float = 0.95
    """Level of every interval."""

    def __post_init__(self) -> None:
        ids = [criterion.id for criterion in self.criteria]
        effects = tuple(criterion.id for criterion in self.criteria if criterion.kind == "effect")
        if not 0 < self.level < 1:
            raise DeclarationError(f"the level of an interval lies between 0 and 1, not at {self.level}")
        if not effects:
            raise DeclarationError("a success rule needs at least one criterion of kind effect")
        if len(set(ids)) != len(ids):
            raise DeclarationError("two criteria of a success rule have one id")
        object.__setattr__(self, "reproduced", self.reproduced or (Needs(tuple(ids)),))
        object.__setattr__(self, "partly", self.partly or (Needs(effects, 1),))
        for need in (*self.reproduced, *self.partly):
            for name in need.of:
                if name not in ids:
                    raise DeclarationError(f"the success rule combines a criterion {name!r} that it does not have")
        if all(need.holds(set(ids) - set(effects)) for need in self.partly):
            raise DeclarationError("guards alone would make the replication partly reproduced: let `partly` need an effect")

    @property
    def sentence(self) -> str:
        both = " and ".join(need.sentence for need in self.reproduced), " and ".join(need.sentence for need in self.partly)
        return f"Reproduced when {both[0]}. Partly reproduced when {both[1]}." if both[0] != both[1] else f"Reproduced when {both[0]}."
