"""What a check has to say: a stable code, a place, what was found, what was expected, and the fix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A position in a file. `file` is relative to the knowledge base, with forward slashes; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    @classmethod
    def at(cls, file: str, text: str, offset: int) -> Place:
        """The place of the character at `offset` of a file's text. A tab is one character."""
        return cls(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True, slots=True)
class Diagnostic:
    """One thing that is wrong, where, and what to do about it."""

    place: Place
    code: str
    message: str
    """What was found."""
    expected: str = ""
    fix: str = ""
    record: str = ""
    """Id of the record, where it could be read."""
    severity: Severity = "error"
    fixable: bool = field(default=False, compare=False)
    """Whether `kb check --fix` can deal with it."""
