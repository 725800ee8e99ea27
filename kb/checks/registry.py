"""The registry of rules: every code with its documentation and, where `kb.checks` finds it, its function."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import kb.checks
from kb.checks.context import Context
from kb.records.corpus import Path_
from kb.records.diagnostic import Severity


class Hit(NamedTuple):
    """What a check found; the runner adds code, severity and place."""

    record: str
    """Id of the record that the diagnostic is about."""
    path: Path_
    """Where in the record, in the keys of the YAML file."""
    message: str
    """What was found."""
    expected: str = ""
    fix: str = ""
    key: bool = False
    """The place is that of the key, not of its value."""
    offset: int | None = None
    """The place is that of this character of the file's text, which may stand outside of all values, as in a comment."""


CheckFunction = Callable[[Context], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One code and its page. Texts are plain or simple Markdown, written by us, never from a record.

    `bad` and `good` are YAML: fragments of records, each after a comment that names its file. The bad one makes
    the rule report, the good one does not; tests run both.
    """

    code: str
    name: str
    summary: str
    what: str
    why: str
    bad: str
    good: str
    fix: str
    severity: Severity
    function: CheckFunction | None = None
    """None where reading or validation reports the code."""


_rules: dict[str, Rule] = {}
_MODULE = re.compile(r"^(kb\d{3}_[a-z0-9_]+|[a-z]+_docs)$")
CODE = re.compile(r"^KB\d{3}$")


def register(rule: Rule) -> None:
    """Add a rule. Raises ValueError for a code or name that another rule has, or a malformed one."""
    if not CODE.match(rule.code) or not re.match(r"^[a-z0-9]+(-[a-z0-9]+)*$", rule.name):
        raise ValueError(f"a rule is called like KB201, dangling-reference; not {rule.code}, {rule.name}")
    for other in _rules.values():
        if rule.code == other.code or rule.name == other.name:
            raise ValueError(f"{rule.code} {rule.name} clashes with {other.code} {other.name}")
    _rules[rule.code] = rule


def check(
    code: str, name: str, *, severity: Severity, summary: str, what: str, why: str, bad: str, good: str, fix: str
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check behind a code; the fields are those of `Rule`."""

    def decorate(function: CheckFunction) -> CheckFunction:
        register(Rule(code, name, summary, what.strip(), why.strip(), bad.strip("\n") + "\n", good.strip("\n") + "\n", fix.strip(), severity, function))
        return function

    return decorate


@cache
def _all_rules() -> tuple[Rule, ...]:
    for module in sorted(module.name for module in pkgutil.iter_modules(kb.checks.__path__)):
        if _MODULE.match(module):
            importlib.import_module(f"kb.checks.{module}")
    return tuple(_rules[code] for code in sorted(_rules))


def all_rules() -> list[Rule]:
    """Every rule, sorted by code, whatever was imported before."""
    return list(_all_rules())


def find_rule(name: str) -> Rule | None:
    """The rule with a code or name, in any case; None when there is none."""
    wanted = name.strip().casefold().replace("_", "-")
    return next((rule for rule in _all_rules() if wanted in (rule.code.casefold(), rule.name)), None)


def nearest_rules(name: str, limit: int = 3) -> list[Rule]:
    """Rules with a similar code or name, most similar first."""
    from rapidfuzz import fuzz, process

    choices = {word: rule for rule in _all_rules() for word in (rule.code.casefold(), rule.name)}
    near = process.extract(name.strip().casefold(), sorted(choices), scorer=fuzz.WRatio, limit=2 * limit, score_cutoff=60)
    return list({choices[word].code: choices[word] for word, _, _ in near}.values())[:limit]
