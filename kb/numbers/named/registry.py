"""The registry of named tests: what each does, why, where it comes from, and its function."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import kb.numbers.named
from kb.numbers.evaluate import Verdict
from kb.numbers.named.figures import Figures
from schemas.numbertest import TESTS, NumberTest


class Finding(NamedTuple):
    """What a test finds."""

    verdict: Verdict
    says: str
    """The arithmetic, in one line for the reader."""
    certain: bool = False
    """Whether it holds whatever the rounding."""


TestFunction = Callable[[Any, Figures], Finding]
"""Takes the parameters (its model of `schemas.numbertest`) and the claim's figures; raises UnusableError and UndecidableError."""


@dataclass(frozen=True, slots=True)
class NamedTest:
    """One test with its documentation. Texts are ours, plain or simple Markdown."""

    name: str
    title: str
    """In words, for a heading."""
    asks: str
    """The question that it answers, on one line."""
    what: str
    why: str
    source: str
    """Work and section that the method comes from, or what it rests on."""
    example: str
    """YAML of a claim's `measures` and `checks` that are consistent."""
    bad: str
    """The same with figures that cannot be."""
    function: TestFunction
    automatic: str = ""
    """On which measures it runs without being declared, in words; empty where it does not."""

    @property
    def model(self) -> type[NumberTest]:
        return TESTS[self.name]


_tests: dict[str, NamedTest] = {}


def named(
    name: str, *, title: str, asks: str, what: str, why: str, source: str, example: str, bad: str, automatic: str = ""
) -> Callable[[TestFunction], TestFunction]:
    """Register a function as a named test. Raises ValueError for a name that is taken or that `schemas.numbertest` does not know."""

    def decorate(function: TestFunction) -> TestFunction:
        if name in _tests or name not in TESTS:
            raise ValueError(f"the test {name} is registered twice, or has no parameters in schemas.numbertest")
        good, poor = (text.strip("\n") + "\n" for text in (example, bad))
        _tests[name] = NamedTest(name, title, asks, what.strip(), why.strip(), source.strip(), good, poor, function, automatic)
        return function

    return decorate


@cache
def all_tests() -> dict[str, NamedTest]:
    """Every named test by name, in the order of `schemas.numbertest`."""
    for module in sorted(module.name for module in pkgutil.iter_modules(kb.numbers.named.__path__)):
        importlib.import_module(f"kb.numbers.named.{module}")
    return {name: _tests[name] for name in TESTS}
