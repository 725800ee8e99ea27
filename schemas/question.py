"""A question: what readers come with, what is open, ideas for research, behaviours to collect and reproduce."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Record, Strict
from schemas.scalars import Line, Prose, RecordId, Reference, Slug, Whole


class Answer(Strict):
    """A record that answers the question, wholly or in part."""

    record: Reference
    how: Literal["carries-the-answer", "fragment", "counter-evidence"]
    note: Prose


class CounterPoint(Strict):
    """An objection or a second view, with who raised it."""

    says: Prose
    source: RecordId | None = None


class Question(Record):
    """A question, a research idea or a behaviour to reproduce."""

    kind_name: ClassVar[str] = "question"

    kind: Literal["guiding", "open-question", "research-idea", "behaviour"]
    title: Line
    group: Slug | None = None
    """The group that a research idea belongs to, in the words of its source."""
    order: Whole | None = None
    """Place on the home page, for guiding questions."""
    asks: Prose
    why: Prose
    would_settle: list[Prose] = []
    """Observations or experiments that would settle it."""
    raised_by: list[RecordId] = []
    """Sources and findings that raise it."""
    bears_on: list[Reference] = []
    """Concepts, beliefs and findings that the answer would touch."""
    seen_in: list[Line] = []
    """For a behaviour: the models that were seen to show it."""
    answers: list[Answer] = []
    counter_points: list[CounterPoint] = []
    state: Literal["open", "partly-answered", "answered", "dropped"]
    tags: list[Slug] = []

    @model_validator(mode="after")
    def _answered_by(self) -> Question:
        if self.state in ("partly-answered", "answered") and not self.answers:
            raise PydanticCustomError("no_answer", "`state: {state}` needs at least one entry in `answers`", {"state": self.state})
        return self

    @property
    def label(self) -> str:
        return self.title
