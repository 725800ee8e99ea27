"""A predicate: a condition on what the knowledge base derives from its records, as data.

One mapping is one condition, told by its first key: `all`, `any` and `not` join others; every other one is an *atom*, a reading of the
derived state beside a bound or a list of words. Nothing is parsed and nothing is executed. What each atom means, `kb.evidence.predicates` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Status, Strict
from schemas.finding import FindingKind, Role
from schemas.result import Tier, Verdict
from schemas.scalars import Line, MeasureName, Probability, Real, RealDate, RecordId, Reference, Slug, Whole

MAX_DEPTH, MAX_PARTS = 6, 60
"""Of one predicate: how deep `all`, `any` and `not` may nest, and how many conditions it may hold altogether."""

T = TypeVar("T")
# One word or a list of them; the tags, which are no keys of YAML, keep the errors of the branch that was not meant away.
Words = Annotated[
    Annotated[T, Tag("<word>")] | Annotated[list[T], Tag("<words>"), Field(min_length=1, max_length=20)],
    Discriminator(lambda value: "<words>" if isinstance(value, list) else "<word>"),
]
# A name that is no record's id: `replication`, or `replication/part`. Written unlike the pattern of a reference, which it is not.
PART = r"^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)?$"
Replication = Annotated[str, StringConstraints(pattern=PART, max_length=161)]
ReplicationPart = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$", max_length=161)]
CriterionOutcome = Literal["met", "not-met", "undecided"]
ShapeStateName = Literal["none", "data-point", "hint", "threshold-reached", "codified", "codified-unsupported", "retired"]
Consistency = Literal["consistent", "only-just", "undecidable", "inconsistent", "error"]
Natural = Annotated[Whole, Field(ge=0, le=100_000)]


class HowMany(Strict):
    """Bounds on a count. At least one of the three."""

    at_least: Natural | None = None
    at_most: Natural | None = None
    is_: Natural | None = None

    @model_validator(mode="after")
    def _bounded(self) -> HowMany:
        if self.at_least is None and self.at_most is None and self.is_ is None:
            raise PydanticCustomError("bound", "a count needs a bound: `at-least`, `at-most` or `is`")
        return self


class HowMuch(Strict):
    """Bounds on a number. At least one of the two."""

    at_least: Real | None = None
    at_most: Real | None = None

    @model_validator(mode="after")
    def _bounded(self) -> HowMuch:
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("bound", "a number needs a bound: `at-least` or `at-most`")
        return self


class All(Strict):
    """Every one of the conditions holds."""

    all: Annotated[list[Predicate], Field(min_length=1, max_length=20)]


class AnyOf(Strict):
    """At least one of the conditions holds."""

    any: Annotated[list[Predicate], Field(min_length=1, max_length=20)]


class Not(Strict):
    """The condition does not hold; while it is unknown whether it does, this is unknown too."""

    not_: Predicate


class Where(Strict):
    """Which findings count: those that fit every field given."""

    concept: RecordId | None = None
    """They instantiate this concept, in any role unless `role` says which."""
    shape: Slug | None = None
    """They list this shape."""
    role: Words[Role] | None = None
    kind: Words[FindingKind] | None = None
    tag: Slug | None = None
    status: Words[Status] | None = None
    since: RealDate | None = None
    """Added to the knowledge base on this day or later."""
    until: RealDate | None = None
    """Added to the knowledge base on this day or earlier."""


class FindingCount(HowMany):
    """How many findings are filed. Those whose sources are all retracted do not count."""

    count: Literal["findings"]
    where: Where = Where()
    independent: bool = False
    """Count independence groups instead of findings."""


class ShapeReading(Strict):
    """A shape on the board: its state, its mutually different examples, the independent ones among them."""

    shape: Slug
    concept: RecordId | None = None
    """Which concept's row, where several track the shape; without it, that of the concept that defines it."""
    state: Words[ShapeStateName] | None = None
    count: HowMany | None = None
    independent: HowMany | None = None

    @model_validator(mode="after")
    def _asks(self) -> ShapeReading:
        if self.state is None and self.count is None and self.independent is None:
            raise PydanticCustomError("bound", "say what of the shape is asked: `state`, `count` or `independent`")
        return self


class VerdictReading(Strict):
    """What a replication gave on one tier, as a whole or for one criterion. Tiers are never mixed, so it must be named."""

    verdict: Replication
    """The replication, or replication/criterion."""
    tier: Tier
    model: Line | None = None
    """On which real model; without it, on any."""
    is_: Words[Verdict | CriterionOutcome]

    @model_validator(mode="after")
    def _of_one_kind(self) -> VerdictReading:
        outcomes = {"met", "not-met", "undecided"}
        words = set(self.is_ if isinstance(self.is_, list) else [self.is_])
        if "/" in self.verdict and words - outcomes:
            raise PydanticCustomError("verdict", "a criterion is met, not-met or undecided; verdicts are those of whole replications")
        if "/" not in self.verdict and words & outcomes:
            raise PydanticCustomError("verdict", "met, not-met and undecided are outcomes of a criterion: name it as replication/criterion")
        return self


class EstimateReading(HowMuch):
    """A reproduced number, or an end of its interval, on one tier."""

    estimate: ReplicationPart
    """As replication/estimate."""
    tier: Tier
    model: Line | None = None
    interval: Literal["value", "low", "high"] = "value"
    """What the bounds are compared with: the estimate, or the lower or upper end of its interval over worlds."""


class FigureReading(HowMuch):
    """A figure of a claim, as its source prints it."""

    figure: Reference
    """The claim, as finding/claim."""
    measure: MeasureName


class DisputeReading(Strict):
    """Whether a claim is disputed: `open` while a dispute is, else `resolved`, else `none`."""

    disputed: Reference
    is_: Words[Literal["open", "resolved", "none"]]


class ConsistencyReading(Strict):
    """The worst verdict on the expressions over a claim's figures."""

    consistency: Reference
    is_: Words[Consistency]


class QuestionReading(Strict):
    """The state of a question."""

    question: RecordId
    is_: Words[Literal["open", "partly-answered", "answered", "dropped"]]


class Credence(Strict):
    """Bounds on a credence. At least one of the two."""

    at_least: Probability | None = None
    at_most: Probability | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Credence:
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("bound", "a credence needs a bound: `at-least` or `at-most`")
        return self


class BeliefReading(Strict):
    """Another belief: a holder's credence, or whether it is due for review."""

    belief: RecordId
    holder: Line | None = None
    """Whose credence or review; without it, that of every holder."""
    credence: Credence | None = None
    review: Literal["due", "not-due"] | None = None

    @model_validator(mode="after")
    def _asks(self) -> BeliefReading:
        if (self.credence is None) == (self.review is None):
            raise PydanticCustomError("bound", "say what of the belief is asked: `credence` or `review`, one of them")
        return self


Atom: TypeAlias = (
    FindingCount | ShapeReading | VerdictReading | EstimateReading | FigureReading | DisputeReading | ConsistencyReading | QuestionReading | BeliefReading
)
# Key that tells a condition to its model. `count` comes last, since a shape has a count too.
KINDS: dict[str, type[Strict]] = {
    "all": All,
    "any": AnyOf,
    "not": Not,
    "shape": ShapeReading,
    "verdict": VerdictReading,
    "estimate": EstimateReading,
    "figure": FigureReading,
    "disputed": DisputeReading,
    "consistency": ConsistencyReading,
    "question": QuestionReading,
    "belief": BeliefReading,
    "count": FindingCount,
}
ATOMS: tuple[type[Strict], ...] = tuple(model for key, model in KINDS.items() if key not in ("all", "any", "not"))


def _tag(value: object) -> str | None:
    """The tag of the branch that a value is meant for; None where it has none of the keys."""
    if isinstance(value, Mapping):
        return next((f"<{key}>" for key in KINDS if key in value), None)
    return next((f"<{key}>" for key, model in KINDS.items() if type(value) is model), None)


Predicate: TypeAlias = Annotated[
    Annotated[All, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[ShapeReading, Tag("<shape>")]
    | Annotated[VerdictReading, Tag("<verdict>")]
    | Annotated[EstimateReading, Tag("<estimate>")]
    | Annotated[FigureReading, Tag("<figure>")]
    | Annotated[DisputeReading, Tag("<disputed>")]
    | Annotated[ConsistencyReading, Tag("<consistency>")]
    | Annotated[QuestionReading, Tag("<question>")]
    | Annotated[BeliefReading, Tag("<belief>")]
    | Annotated[FindingCount, Tag("<count>")],
    Discriminator(_tag, custom_error_type="predicate", custom_error_message=f"expected a mapping with one of the keys {', '.join(KINDS)}"),
]

Path = tuple[str | int, ...]


def parts(predicate: Predicate, path: Path = ()) -> Iterator[tuple[Path, All | AnyOf | Not | Atom]]:
    """A predicate and everything in it, each with its path in the keys of YAML, outermost first."""
    yield path, predicate
    if isinstance(predicate, Not):
        yield from parts(predicate.not_, (*path, "not"))
    elif isinstance(predicate, (All, AnyOf)):
        key = "all" if isinstance(predicate, All) else "any"
        for i, inner in enumerate(predicate.all if isinstance(predicate, All) else predicate.any):
            yield from parts(inner, (*path, key, i))


def atoms(predicate: Predicate) -> Iterator[tuple[Path, Atom]]:
    """The atoms of a predicate with their paths, in the order written."""
    for path, part in parts(predicate):
        if not isinstance(part, (All, AnyOf, Not)):
            yield path, part


def _bounded(predicate: Predicate) -> Predicate:
    found = [sum(isinstance(step, str) for step in path) for path, _ in parts(predicate)]
    if max(found) > MAX_DEPTH:
        raise PydanticCustomError("predicate_size", "nests {depth} deep; at most {most} levels", {"depth": max(found), "most": MAX_DEPTH})
    if len(found) > MAX_PARTS:
        raise PydanticCustomError("predicate_size", "holds {parts} conditions; at most {most}", {"parts": len(found), "most": MAX_PARTS})
    return predicate


Condition: TypeAlias = Annotated[Predicate, AfterValidator(_bounded)]
"""A whole predicate, of bounded depth and size."""

for _model in (All, AnyOf, Not):
    _model.model_rebuild()
