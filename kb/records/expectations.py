"""What a field expected instead of the value it was given, and the fix, for each of pydantic's error types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kb.records.wording import quoted
from schemas.scalars import NUMBER, SLUG

# Error type to (expected, fix); {…} are filled from the error's context.
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "string_type": ("text", "put it in quotes"),
    "string_too_short": ("at least {min_length} characters", "write more, or leave the field out"),
    "string_too_long": ("at most {max_length} characters", "shorten it"),
    "int_type": ("a whole number", "write digits only"),
    "int_parsing": ("a whole number", "write digits only"),
    "int_from_float": ("a whole number", "write it without a fraction"),
    "float_type": ("a number", "write digits with at most one point"),
    "float_parsing": ("a number", "write digits with at most one point"),
    "finite_number": ("a finite number", "write null where there is none"),
    "bool_type": ("true or false", "write true or false"),
    "bool_parsing": ("true or false", "write true or false"),
    "date_type": ("a day as YYYY-MM-DD", "write the full date"),
    "date_from_datetime_parsing": ("a day that exists, as YYYY-MM-DD", "correct the date"),
    "date_parsing": ("a day that exists, as YYYY-MM-DD", "correct the date"),
    "real_date": ("a day as YYYY-MM-DD", "write the full date"),
    "partial_date": ("a date as YYYY, YYYY-MM or YYYY-MM-DD", "write as much of the date as is known"),
    "figure": (
        "a number as the source prints it: digits with at most one point",
        "units go into `unit`, signs like < or ~ into `qualifier`; no thousands separators",
    ),
    "list_type": ("a list", "write `[a, b]`, or one entry to a line, each after `- `"),
    "dict_type": ("a mapping", "write `key: value` lines"),
    "model_type": ("a mapping", "write `key: value` lines"),
    "model_attributes_type": ("a mapping", "write `key: value` lines"),
    "tuple_type": ("a list", "write `[a, b]`"),
    "too_short": ("at least {min_length}", "add what is missing, or leave the field out where it may be absent"),
    "too_long": ("at most {max_length}", "split the record"),
    "greater_than": ("more than {gt}", "correct the number"),
    "greater_than_equal": ("at least {ge}", "correct the number"),
    "less_than": ("less than {lt}", "correct the number"),
    "less_than_equal": ("at most {le}", "correct the number"),
    "literal_error": ("{expected}", "use one of these words"),
}

# Patterns of `schemas` that people meet, in words.
_LINE_HINT: Final = "one line of text that does not begin or end with a space"
_PATTERNS: Final[tuple[tuple[str, tuple[str, str]], ...]] = (
    (SLUG, ("lower-case words and digits joined by single hyphens", "write it like this: word-pair-recall")),
    (r"^\S([^\n]*\S)?$", (_LINE_HINT, "put it on one line; longer text belongs into `note` or `summary`")),
    (r"^[a-z][a-z0-9_]*$", ("lower-case letters, digits and underscores, a letter first", "write it like this: success_rate")),
    (r"^https?://", ("a web address that begins with http:// or https://", "write the whole address, without spaces")),
    (r"^10\.", ("a DOI that begins with 10.", "leave out https://doi.org/ and doi:")),
    (r"^[0-9]{4}\.[0-9]{4,5}$", ("an arXiv identifier without version", 'write it in quotes like this: "2406.11717"; the version belongs into `version`')),
    (r"^[0-9]{4}-[0-9]{4}-", ("an ORCID", "write it like this: 0000-0002-1825-0097")),
    (r"^(<|<=|=|>|>=)", ("a sign and a probability", 'write it in quotes like this: "< 0.001"')),
    (r"^[a-z0-9]+(-[a-z0-9]+)*(/", ("the id of a record, or finding-id/claim-id", "write the id as the file is called, without .yaml")),
    (r"^[0-9a-f]", ("hexadecimal digits", "copy it from the run")),
)
_SHOWN_NUMBER = 'quote it: "{}"'


def expectation(problem: Mapping[str, Any], value: object) -> tuple[str, str]:
    """Expected and fix for one error of `ValidationError.errors()` at a value."""
    kind, context = problem["type"], problem.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        pattern = context.get("pattern", "")
        known = (words for start, words in _PATTERNS if pattern == start or (start != SLUG and pattern.startswith(start)))
        return next(known, (f"text that matches {pattern}", "correct it"))
    if kind == "string_type" and isinstance(value, (int, float)):
        written = getattr(value, "written", None) or (str(value).lower() if isinstance(value, bool) else str(value))
        return "text", _SHOWN_NUMBER.format(written)
    if kind in ("int_type", "float_type") and isinstance(value, str) and NUMBER.fullmatch(value):
        return _WORDS[kind][0], "write it without quotation marks"
    if kind in ("string_type", "list_type", "model_type", "dict_type", "figure", "real_date") and value is None:
        return _WORDS[kind][0], "write a value, or remove the key; inside { } text that holds a comma is quoted"
    if kind in _WORDS:
        expected, fix = _WORDS[kind]
        if kind in ("too_short", "too_long"):
            expected = f"{expected} {'entries' if context.get('min_length', context.get('max_length')) != 1 else 'entry'}"
        return expected.format_map(context), fix
    message = str(problem["msg"])
    return message.removeprefix("expected ") if message.isprintable() else quoted(message), "correct the value"
