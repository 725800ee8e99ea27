"""For people: one line with place, code and message, and below it what was expected and the fix."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.formats import Report, printable
from kb.records.diagnostic import Diagnostic

_COLOURS = {"error": "31", "warning": "33"}


def render(report: Report) -> str:
    return "".join(f"{line}\n" for diagnostic in report.diagnostics for line in _lines(diagnostic, report))


def _lines(diagnostic: Diagnostic, report: Report) -> Iterator[str]:
    def paint(text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if report.colour else text

    place = paint(printable(f"{report.prefix}{diagnostic.place}"), "1")
    yield f"{place}: {paint(f'{diagnostic.severity} {diagnostic.code}', _COLOURS[diagnostic.severity])}: {printable(diagnostic.message)}"
    if diagnostic.expected:
        yield f"    expected: {printable(diagnostic.expected)}"
    if diagnostic.fix:
        yield f"    fix: {printable(diagnostic.fix)}{'  [--fix]' if diagnostic.fixable else ''}"
