"""A belief: a statement that somebody holds with a credence, its evidence, and what would change it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Record, Strict, first_repeated
from schemas.predicate import Condition
from schemas.scalars import Figure, Line, Probability, Prose, RealDate, RecordId, Reference, Slug


class CredenceEntry(Strict):
    """A credence on a day, and why it is that."""

    date: RealDate
    credence: Probability
    because: Prose
    records: list[Reference] = []


class Holding(Strict):
    """One holder's credence over time, oldest first; the last entry is the current one."""

    holder: Line
    history: Annotated[list[CredenceEntry], Field(min_length=1)]

    @property
    def current(self) -> CredenceEntry:
        return self.history[-1]


class EvidenceItem(Strict):
    """A record that bears on the belief."""

    record: Reference
    direction: Literal["for", "against", "mixed"]
    weight: Figure | Literal["not assessed"] = "not assessed"
    """In decibans: ten times the decimal logarithm of the likelihood ratio; positive whatever the direction."""
    note: Prose


class Uncertainty(Strict):
    """A question on which the belief hangs."""

    question: Prose
    why: Prose
    settled_by: list[Reference] = []


class Dependence(Strict):
    """How this belief depends on another."""

    belief: RecordId
    how: Literal["entails", "entailed-by", "excludes", "supports", "presupposes"]
    note: Prose


class Update(Strict):
    """A condition, registered beforehand, under which the holder would change their mind."""

    id: Slug
    when: Prose
    """The condition in words, for a reader."""
    predicate: Condition | None = None
    """The condition over the knowledge base: when it becomes true, a review is due."""
    not_predicable: Prose | None = None
    """What of `when` the predicate leaves out, or why there is none."""
    would: Literal["raise", "lower", "abandon", "reconsider"]
    how_much: Prose | None = None


class Review(Strict):
    """A person has looked at conditions that fired, and said what follows."""

    date: RealDate
    by: Line
    """The holder whose credence it is."""
    of: Annotated[list[Slug], Field(min_length=1)]
    """The updates that were reviewed, by id."""
    fired_by: list[RecordId] = []
    """The records that had made them true, as `kb beliefs explain` lists them. One that is not among them makes the review due again."""
    outcome: Literal["changed", "unchanged"]
    """Whether the credence moved; a change is an entry of the holder's `history` of the same date."""
    note: Prose


class Resolution(Strict):
    """How it turned out."""

    date: RealDate
    outcome: Literal[True, False, "void"]
    """Whether the statement proved true or false. void: it can't be told, or the statement turned out to be neither; nobody is scored."""
    by: Line
    """Who judged."""
    why: Prose
    records: list[Reference] = []


class Reading(Strict):
    """A work behind the belief, filed as a source or not yet."""

    source: RecordId | None = None
    title: Line
    note: Prose
    state: Literal["read", "to-read", "forthcoming"] = "read"


class Belief(Record):
    """A statement with the credences that people give it."""

    kind_name: ClassVar[str] = "belief"

    title: Line
    statement: Prose
    holders: Annotated[list[Holding], Field(min_length=1)]
    rationale: Prose
    concepts: list[RecordId] = []
    evidence: list[EvidenceItem] = []
    uncertainties: list[Uncertainty] = []
    depends_on: list[Dependence] = []
    updates: list[Update] = []
    reviews: list[Review] = []
    """Looks at updates that fired, oldest first."""
    resolution: Resolution | None = None
    readings: list[Reading] = []
    sources: list[RecordId] = []
    """Where the holders wrote it down."""
    tags: list[Slug] = []

    @model_validator(mode="after")
    def _unique(self) -> Belief:
        for what, names in (("updates are", [update.id for update in self.updates]), ("holders are", [holding.holder for holding in self.holders])):
            if (name := first_repeated(names)) is not None:
                raise PydanticCustomError("duplicate_name", "two {what} called '{name}'", {"what": what, "name": name})
        return self

    @property
    def label(self) -> str:
        return self.title
