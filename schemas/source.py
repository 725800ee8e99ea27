"""A source: one work of the bibliography, in the fields of a CSL item."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Record, Strict
from schemas.scalars import Line, PartialDate, Prose, RealDate, RecordId, WebLink

Extent = Literal["full-text", "author-data", "abstract", "second-hand", "unchecked"]
VERIFIED: frozenset[Extent] = frozenset({"full-text", "author-data"})
"""How far a check went that compared figures with the work itself: what `stable` promises."""


class Person(Strict):
    """An author: family and given name as printed, or `literal` for a group or a pseudonym."""

    family: Line | None = None
    given: Line | None = None
    literal: Line | None = None
    orcid: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$")] | None = Field(None, alias="ORCID")
    """Settles whether two spellings are one person."""

    @model_validator(mode="after")
    def _named(self) -> Person:
        if (self.family is None) == (self.literal is None):
            raise PydanticCustomError("person", "give either `family` (with `given`) or `literal`")
        return self

    @property
    def display(self) -> str:
        return self.literal or " ".join(part for part in (self.given, self.family) if part)


class SourceCheck(Strict):
    """Who compared the record's figures with which version of the text, when, and how far."""

    by: Line
    on: RealDate
    version: Line | None = None
    """The version compared, e.g. v2."""
    extent: Extent
    """full-text: the work itself; author-data: the authors' repository or data; abstract; second-hand: a page that quotes it."""
    note: Prose | None = None


class Source(Record):
    """One work: a paper, a post, a repository, a page."""

    kind_name: ClassVar[str] = "source"

    type: Literal["article", "article-journal", "paper-conference", "post-weblog", "report", "webpage", "thesis", "chapter", "dataset", "software"]
    """CSL item type; a preprint is an `article`."""
    title: Line
    author: Annotated[list[Person], Field(min_length=1)]
    """In the order of the work."""
    issued: PartialDate
    """The first version's date."""
    container_title: Line | None = None
    """Journal, proceedings, site."""
    publisher: Line | None = None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.[0-9]{4,9}/\S+$", max_length=200)] | None = Field(None, alias="DOI")
    arxiv: Annotated[str, StringConstraints(pattern=r"^([0-9]{4}\.[0-9]{4,5}|[a-z]+(-[a-z]+)?/[0-9]{7})$")] | None = None
    """arXiv identifier without version: 2401.01234, or hep-th/9901001 before April 2007."""
    url: WebLink | None = Field(None, alias="URL")
    version: Line | None = None
    """The version that the findings cite."""
    version_date: PartialDate | None = None
    """When that version appeared."""
    affiliations: list[Line] = []
    code: list[WebLink] = []
    data: list[WebLink] = []
    distinct_from: list[RecordId] = []
    """Sources that look like this one and are works of their own, such as a post beside the paper of the same title."""
    retracted: RealDate | None = None
    """The day of a retraction, if there was one."""
    checked: Annotated[list[SourceCheck], Field(min_length=1)]
    note: Prose | None = None

    @property
    def label(self) -> str:
        return self.title

    @property
    def best_extent(self) -> Extent:
        """The furthest that any check went."""
        order: list[Extent] = ["full-text", "author-data", "abstract", "second-hand", "unchecked"]
        return min((check.extent for check in self.checked), key=order.index)
