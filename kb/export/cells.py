"""Cells of CSV files that a spreadsheet may open."""

from __future__ import annotations

# A cell that begins so is a formula to some spreadsheet; the wide forms are read as the narrow ones by some.
FORMULA = tuple("=+-@\t\r＝＋－＠")


def cell(value: str | float | int | None) -> str | float | int:
    """An absent value as an empty cell; an apostrophe before text that a spreadsheet would run."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
