"""A concept: a mechanism, pattern, capacity or disposition, with the structural shapes it tracks."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Record, Strict, first_repeated
from schemas.scalars import Line, Prose, RealDate, RecordId, Slug, Whole


class AxisValue(Strict):
    id: Slug
    means: Line


class Axis(Strict):
    """One structural respect in which two examples can differ."""

    id: Slug
    name: Line
    asks: Line
    """The question that the axis answers about an example."""
    values: Annotated[list[AxisValue], Field(min_length=2)]


class Decision(Strict):
    """An editor's decision about a shape."""

    on: RealDate
    by: Line
    why: Prose


class Shape(Strict):
    """A structural pattern that counts once enough different, independent examples show it."""

    id: Slug
    name: Line
    family: Slug
    """Groups shapes on the board: intervention, mechanism, measurement, argument …"""
    definition: Prose
    codify_at: Annotated[Whole, Field(ge=2, le=9)] | None = None
    """How many mutually different examples codify it; default in kb.yaml."""
    codify_at_why: Prose | None = None
    codified: Decision | None = None
    retired: Decision | None = None
    note: Prose | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Shape:
        if (self.codify_at is None) != (self.codify_at_why is None):
            raise PydanticCustomError("codify_at", "`codify-at` and `codify-at-why` come together: say why it is not the default")
        return self


class Adjacent(Strict):
    """A neighbouring concept and how it differs."""

    concept: RecordId
    differs: Prose


class ScopeNote(Strict):
    """A remark on what the concept covers, which findings opened the question, and what would settle it."""

    title: Line
    text: Prose


class Concept(Record):
    """A named idea that findings bear on."""

    kind_name: ClassVar[str] = "concept"

    name: Line
    shape: Literal["mechanism", "pattern", "capacity", "disposition"]
    definition: Prose
    is_not: list[Prose] = []
    """Boundary statements: what the concept is not."""
    sources: list[RecordId] = []
    """Works that define the concept."""
    tags: list[Slug] = []
    axes: list[Axis] = []
    shapes: list[Shape] = []
    shared_shapes: list[Slug] = []
    """Shapes defined by another concept that this one tracks too."""
    scope_notes: list[ScopeNote] = []
    adjacent: list[Adjacent] = []

    @model_validator(mode="after")
    def _unique(self) -> Concept:
        for what, names in (
            ("axes", [axis.id for axis in self.axes]),
            ("shapes", [shape.id for shape in self.shapes]),
            *((f"values of axis {axis.id}", [value.id for value in axis.values]) for axis in self.axes),
        ):
            if (name := first_repeated(names)) is not None:
                raise PydanticCustomError("duplicate_name", "two {what} are called '{name}'", {"what": what, "name": name})
        return self

    @property
    def label(self) -> str:
        return self.name
