"""Evaluate a predicate over the derived state."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from kb.evidence.predicates.reading import Reading, all_of, any_of, not_of
from kb.evidence.predicates.registry import READERS, Reader
from schemas.base import Strict
from schemas.predicate import All, AnyOf, Not, Predicate

if TYPE_CHECKING:
    from kb.evidence.state import State


@cache
def readers() -> dict[type[Strict], Reader]:
    """The function that reads each kind of atom, whatever was imported before."""
    package = importlib.import_module("kb.evidence.predicates")
    for module in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"kb.evidence.predicates.{module}")
    return READERS


def evaluate(state: State, predicate: Predicate) -> Reading:
    """What a predicate comes to today, with its parts."""
    if isinstance(predicate, All):
        return all_of([evaluate(state, part) for part in predicate.all])
    if isinstance(predicate, AnyOf):
        return any_of([evaluate(state, part) for part in predicate.any])
    if isinstance(predicate, Not):
        return not_of(evaluate(state, predicate.not_))
    return readers()[type(predicate)](state, predicate)
