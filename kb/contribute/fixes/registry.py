"""The registry of fixers: code to what its fixer does."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import kb.contribute.fixes
from kb.contribute.editing import Edit
from kb.records.corpus import Corpus, Path_
from kb.records.diagnostic import Diagnostic
from kb.records.tree import File


@dataclass(frozen=True, slots=True)
class Case:
    """One problem of one record file."""

    problem: Diagnostic
    file: File
    corpus: Corpus
    text: str
    data: Any
    """The record's plain data; None where the file can't be read."""
    path: Path_ | None
    """Where the value at the problem's place is, if it is a scalar."""

    @property
    def value(self) -> Any:
        """The scalar that the problem is about; None without one."""
        found = self.data
        for step in self.path or ():
            found = found[step]
        return found if self.path else None


Answer = Edit | str | None
"""One edit; or a text that says the same data; or None where this problem has no single right answer."""
Fixer = Callable[[Case], Answer]


@dataclass(frozen=True, slots=True)
class Registered:
    """A fixer and what it does, in one sentence for the rule's page."""

    does: str
    function: Fixer


_fixers: dict[str, Registered] = {}
_MODULE = re.compile(r"kb\d{3}_[a-z0-9_]+").fullmatch


def fixer(code: str, *, does: str) -> Callable[[Fixer], Fixer]:
    """Register a function as the fixer of a code. Raises ValueError for a code that has one."""

    def decorate(function: Fixer) -> Fixer:
        if code in _fixers:
            raise ValueError(f"{code} has two fixers")
        _fixers[code] = Registered(does, function)
        return function

    return decorate


@cache
def all_fixers() -> Mapping[str, Registered]:
    """Every fixer by code, whatever was imported before."""
    for module in sorted(module.name for module in pkgutil.iter_modules(kb.contribute.fixes.__path__)):
        if _MODULE(module):
            importlib.import_module(f"kb.contribute.fixes.{module}")
    return dict(sorted(_fixers.items()))
