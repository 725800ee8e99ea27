"""What all records share: strictness, identity, status and provenance."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.scalars import Line, Prose, RealDate, RecordId

type_names: dict[str, type[Record]] = {}

Status = Literal["draft", "working", "stable"]


def kebab(name: str) -> str:
    """Field names are snake_case in Python and kebab-case in YAML."""
    return name.rstrip("_").replace("_", "-")


def first_repeated(names: Iterable[str]) -> str | None:
    """The first name that stands a second time."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


class Strict(BaseModel):
    """A mapping in a record: unknown keys are errors, instances are immutable."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=kebab,
        populate_by_name=False,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
        arbitrary_types_allowed=False,
    )


class Record(Strict):
    """One YAML file of the knowledge base."""

    kind_name: ClassVar[str] = ""
    """The record type as the command line and the folders of ``kb.yaml`` name it."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    """Version of the record format."""
    id: RecordId
    """Equal to the file's stem, unique in the whole knowledge base, never reused, never renamed after merge."""
    status: Status
    """draft: unchecked; working: usable, to be reviewed; stable: every figure compared with the full text."""
    added: RealDate
    """The day the record entered the knowledge base."""
    contributors: Annotated[list[Line], Field(min_length=1)]
    """Who wrote it: names or handles."""
    reviewed: RealDate | None = None
    """The day somebody last compared the whole record with its sources."""
    reviewed_note: Prose | None = None
    """Who did, and what they found: the reason for the status, or for leaving the record as it is."""
    aliases: list[RecordId] = []
    """Former ids; links to them keep working."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.kind_name:
            type_names[cls.kind_name] = cls

    @property
    @abstractmethod
    def label(self) -> str:
        """What a reader calls the record (its title, name or statement)."""

    @property
    def last_looked_at(self) -> dt.date:
        """The later of `added` and `reviewed`: what staleness counts from."""
        return max(self.added, self.reviewed or self.added)
