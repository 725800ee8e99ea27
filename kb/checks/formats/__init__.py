"""How `kb check` prints what it found: one module per format, each with `render(report) -> str`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from kb.records.diagnostic import Diagnostic
from kb.records.wording import spelled

FORMATS = ("text", "json", "github", "sarif")


@dataclass(frozen=True)
class Report:
    """What there is to print."""

    diagnostics: Sequence[Diagnostic]
    """In the order in which they are printed."""
    files: int
    """Record files that were read."""
    prefix: str = ""
    """From the working folder to the knowledge base, empty or ending in a slash: what an editor or a pull request calls the files."""
    colour: bool = False
    text: Mapping[str, Any] | None = None
    """What comparing with papers' texts found, as JSON has it; None where no text was given."""

    @property
    def errors(self) -> int:
        return sum(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    @property
    def warnings(self) -> int:
        return len(self.diagnostics) - self.errors

    @property
    def summary(self) -> str:
        """`checked 175 files: 2 errors, 1 warning; 1 fixable with --fix`"""
        fixable = sum(diagnostic.fixable for diagnostic in self.diagnostics)
        said = f"; {fixable} fixable with --fix" if fixable else ""
        return f"checked {_many(self.files, 'file')}: {_many(self.errors, 'error')}, {_many(self.warnings, 'warning')}{said}"


def render(name: str, report: Report) -> str:
    """The report in one of FORMATS, ending in a line end unless it is empty. Raises KeyError for another name."""
    if name not in FORMATS:
        raise KeyError(name)
    return cast("Callable[[Report], str]", import_module(f"{__name__}.{name}").render)(report)


# What a build server takes for a command wherever it stands in a line: `##[stop-commands]` (GitHub), `##vso[` (Azure), `##teamcity[`.
_COMMAND = re.compile(r"##(?=\w*\[)")


def printable(text: str) -> str:
    """Text from records for a terminal or the log of a build: what would move the cursor, recolour, turn the direction of writing or command is escaped."""
    if "##" in text:
        text = _COMMAND.sub(r"#\\x23", text)
    return spelled(text)


def inert(text: str) -> str:
    """Text of a JSON document whose texts come from records, so that it commands nothing in the log of a build. The document means the same."""
    return _COMMAND.sub(r"#\\u0023", text)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
