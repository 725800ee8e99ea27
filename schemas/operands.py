"""What the parameters of named tests may be: names of measures, numbers, lists and limits of both."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from schemas.scalars import Figure, MeasureName, Whole

Operand = MeasureName | Figure
MAX_LIST = 60
"""Figures that one test may name: what it costs grows with their square."""
Names = Annotated[list[MeasureName], Field(min_length=2, max_length=MAX_LIST)]
Operands = Annotated[list[Operand], Field(min_length=2, max_length=MAX_LIST)]
Count = Annotated[Whole, Field(ge=1, le=10**9)] | MeasureName
Items = Annotated[Whole, Field(ge=1, le=10_000)]


def _level(value: Figure) -> Figure:
    if not 0.5 <= float(value) < 1:
        raise PydanticCustomError("level", "expected a level from 0.5 to below 1, e.g. 0.95")
    return value


def _positive(value: Figure) -> Figure:
    if not 0 < float(value) <= 10**9:
        raise PydanticCustomError("positive", "expected a number above 0 and at most 1e9")
    return value


Level = Annotated[Figure, AfterValidator(_level)]
Positive = Annotated[Figure, AfterValidator(_positive)]
