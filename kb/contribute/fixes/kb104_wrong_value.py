"""KB104: a number in quotes, or text that looks like a number without them."""

from __future__ import annotations

from kb.contribute.editing import Edit
from kb.contribute.fixes.registry import Case, fixer
from kb.contribute.layout.tree import number_text
from kb.records.scalars import NumberRangeError, plain
from schemas.scalars import NUMBER

_NUMBERS = ("a number", "a whole number")


@fixer("KB104", does="Quotes a number, `true` or `false` where text is expected, as it is spelled, and takes the quotes off a number where one is expected.")
def quotes(case: Case) -> Edit | None:
    value = case.value
    if case.path is None or value is None:
        return None
    if case.problem.expected == "text":
        written = str(value).lower() if isinstance(value, bool) else number_text(value)
        return (case.path, "set", written) if written is not None else None
    if case.problem.expected in _NUMBERS and isinstance(value, str) and NUMBER.fullmatch(value):
        try:
            return case.path, "set", plain(value)
        except NumberRangeError:
            return None
    return None
