"""A finding: one result of one or more sources."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Record, Strict, first_repeated
from schemas.claim import Claim
from schemas.scalars import Line, Prose, RecordId, Slug, WebLink

FindingKind = Literal["empirical", "theoretical", "methodological", "position", "philosophical", "survey", "deployment-study", "human-study"]
Role = Literal["instantiating", "complicating", "corroborating", "contradicting", "candidate"]
RelationType = Literal["extends", "replicates", "uses-method-of", "explains", "anticipates", "supersedes", "conflicts-with", "same-evidence-as"]


class ModelRef(Strict):
    """A language model that a result was measured on."""

    name: Line
    """As the field calls it: Qwen2.5-14B-Instruct."""
    family: Line | None = None
    """Qwen, Llama, Gemma, GPT, Claude …"""
    size: Line | None = None
    """Parameters, e.g. 14B."""
    checkpoint: Line | None = None
    """Exact version, e.g. gpt-4-0613."""
    used_as: Literal["subject", "judge", "attacker", "teacher", "baseline"] = "subject"


class Instantiation(Strict):
    """How a finding bears on a concept."""

    concept: RecordId
    role: Role
    """Only `instantiating` counts towards a shape; the others are shown beside the count."""
    shapes: list[Slug] = []
    """Structural shapes of the concept that the finding is an example of."""
    axes: dict[Slug, Slug] = {}
    """Values on the concept's axes; an axis left out is not assessed and never counts as a difference."""
    note: Prose | None = None


class Relation(Strict):
    """A typed link to another finding, stored at the finding whose author asserts it."""

    type: RelationType
    to: RecordId
    moderator: Prose | None = None
    """For conflicts-with: the variable on which the two results differ."""
    note: Prose | None = None

    @model_validator(mode="after")
    def _moderated(self) -> Relation:
        if (self.type == "conflicts-with") != (self.moderator is not None):
            raise PydanticCustomError("moderator", "`moderator` belongs to conflicts-with, and conflicts-with needs it")
        return self


class Finding(Record):
    """One result: what was found, on which models, in which works, and what it bears on."""

    kind_name: ClassVar[str] = "finding"

    title: Line
    kind: FindingKind
    sources: Annotated[list[RecordId], Field(min_length=1)]
    models: list[ModelRef] = []
    summary: Prose
    claims: Annotated[list[Claim], Field(min_length=1)]
    instantiates: list[Instantiation] = []
    no_concept: Prose | None = None
    """Why the finding belongs to no concept, where it belongs to none."""
    relations: list[Relation] = []
    limitations: list[Prose] = []
    no_replication: Prose | None = None
    """Why no rerun on a small model is possible, where none is."""
    artefacts: list[Slug] = []
    """Models, data sets or transcripts shared with other findings; findings that share one are not independent."""
    code: list[WebLink] = []
    tags: list[Slug] = []

    @model_validator(mode="after")
    def _unique(self) -> Finding:
        for what, names in (
            ("claims are called", [claim.id for claim in self.claims]),
            ("entries of `instantiates` name the concept", [link.concept for link in self.instantiates]),
        ):
            if (name := first_repeated(names)) is not None:
                raise PydanticCustomError("duplicate_name", "two {what} '{name}'", {"what": what, "name": name})
        if self.no_concept is not None and self.instantiates:
            raise PydanticCustomError("no_concept", "`no-concept` gives a reason, yet `instantiates` names concepts")
        return self

    @property
    def label(self) -> str:
        return self.title
