"""KB203: a link by a former id."""

from __future__ import annotations

from kb.contribute.editing import Edit
from kb.contribute.fixes.registry import Case, fixer


@fixer("KB203", does="Writes the present id, with the claim behind it where there is one. Links in prose are left.")
def present_id(case: Case) -> Edit | None:
    if case.path is None or not isinstance(case.value, str):
        return None
    head, slash, claim = case.value.partition("/")
    present = case.corpus.aliases.get(head)
    return (case.path, "set", f"{present}{slash}{claim}") if present is not None and head not in case.corpus.entries else None
