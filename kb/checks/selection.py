"""Which codes and files a run reports."""

from __future__ import annotations

from collections.abc import Sequence

from kb.errors import UsageError
from kb.records.diagnostic import Diagnostic


def matching(code: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    """Whether a code is to be reported: some prefix in `select` (empty: all) and none in `ignore`."""
    return (not select or code.startswith(tuple(select))) and not (ignore and code.startswith(tuple(ignore)))


def below(diagnostic: Diagnostic, paths: Sequence[str]) -> bool:
    """Whether a diagnostic is about one of the files, or a file in one of the folders; no paths mean all."""
    return lies_below(diagnostic.place.file, paths)


def lies_below(file: str, paths: Sequence[str]) -> bool:
    """Whether a file is one of the files, or in one of the folders; no paths mean all."""
    return not paths or any(path in ("", file) or file.startswith(path + "/") for path in paths)


def codes(values: Sequence[str] | None) -> tuple[str, ...]:
    """The codes and beginnings of codes in the values of an option, each a list separated by commas; names of rules become codes.

    Raises UsageError for one that no rule has, with the nearest.
    """
    words = [word.strip() for value in values or () for word in value.split(",") if word.strip()]
    if not words:
        return ()
    from kb.checks.registry import all_rules, find_rule, nearest_rules

    found = []
    for word in words:
        rule = find_rule(word)
        if rule is None and not any(known.code.startswith(word.upper()) for known in all_rules()):
            near = " or ".join(f"{rule.code} ({rule.name})" for rule in nearest_rules(word))
            raise UsageError(f"no check has the code or name '{word}'; " + (f"did you mean {near}?" if near else "`kb rule` lists them all"))
        found.append(rule.code if rule else word.upper())
    return tuple(found)
