"""The registry of tables. A table's function yields rows in a fixed order: by id, then as the record has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from kb.evidence.state import State

Cell: TypeAlias = "str | int | float | None"
Row: TypeAlias = "tuple[Cell, ...]"
Type = Literal["text", "integer", "real", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; a `date` is a day as YYYY-MM-DD."""

    name: str
    type: Type
    says: str
    refers: str = ""
    """`table.column` whose values it takes, where it does."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    says: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Columns whose values together tell the rows apart."""
    function: Callable[[State], Iterator[Row]]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


TABLES: dict[str, Table] = {}


def table(name: str, says: str, *columns: Column, key: tuple[str, ...]) -> Callable[[Callable[[State], Iterator[Row]]], Callable[[State], Iterator[Row]]]:
    """Register the function that yields a table's rows."""

    def register(function: Callable[[State], Iterator[Row]]) -> Callable[[State], Iterator[Row]]:
        if name in TABLES or not set(key) <= {column.name for column in columns}:
            raise ValueError(f"table {name} is there already, or its key is not among its columns")
        TABLES[name] = Table(name, says, columns, key, function)
        return function

    return register


def rows(state: State, name: str) -> list[Row]:
    """The rows of a table. Raises KeyError for an unknown one."""
    return list(TABLES[name].function(state))


def present(state: State, ref: str) -> str:
    """The present id behind a reference; the reference itself where there is no such record."""
    return state.corpus.canonical(ref) or ref


def joined(values: Any) -> str | None:
    """Several values in one cell; None for none."""
    return "; ".join(map(str, values)) or None


def as_json(value: Mapping[str, Any]) -> str | None:
    """A mapping in one cell, as JSON with sorted keys; None for an empty one."""
    return json.dumps({k: str(v) for k, v in sorted(value.items())}, ensure_ascii=False) if value else None


def number(value: Any) -> float | None:
    """A figure as a number; the digits as printed stand elsewhere."""
    return None if value is None else float(value)


STATUS = (
    Column("status", "text", "draft, working or stable"),
    Column("added", "date", "the day on which the record entered the knowledge base"),
    Column("reviewed", "date", "the day on which somebody last compared the whole record with its sources"),
)


def status(record: Any) -> tuple[str, str, str | None]:
    """The cells of STATUS."""
    return record.status, record.added.isoformat(), record.reviewed.isoformat() if record.reviewed else None
