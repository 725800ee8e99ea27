"""The registry of atoms: which function reads which model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from schemas.base import Strict

if TYPE_CHECKING:
    from kb.evidence.predicates.reading import Reading
    from kb.evidence.state import State

Reader = Callable[["State", Any], "Reading"]
READERS: dict[type[Strict], Reader] = {}
F = TypeVar("F", bound=Callable[..., Any])


def atom(model: type[Strict]) -> Callable[[F], F]:
    """Register the function that reads one kind of atom."""

    def register(reader: F) -> F:
        if model in READERS:
            raise ValueError(f"two readers of {model.__name__}")
        READERS[model] = reader
        return reader

    return register
