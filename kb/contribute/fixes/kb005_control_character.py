"""KB005: a byte order mark at the beginning of a file."""

from __future__ import annotations

from kb.contribute.fixes.registry import Case, fixer

_MARK = "\ufeff"


@fixer("KB005", does="Removes a byte order mark at the beginning of the file. Other control characters are left for a person to look at.")
def byte_order_mark(case: Case) -> str | None:
    return case.text[1:] if case.text.startswith(_MARK) and (case.problem.place.line, case.problem.place.column) == (1, 1) else None
