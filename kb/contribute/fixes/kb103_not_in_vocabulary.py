"""KB103: a word of a vocabulary that YAML reads as something else."""

from __future__ import annotations

from kb.contribute.editing import Edit
from kb.contribute.fixes.registry import Case, fixer


@fixer("KB103", does="Quotes `null` where it is one of the words (a claim's `nature`). A misspelt word is left: the nearest one may not be meant.")
def null_is_a_word(case: Case) -> Edit | None:
    place = case.problem.place
    written = case.text.split("\n")[place.line - 1][place.column - 1 :]
    # An empty value and `~` are null as well, and no word was meant by them.
    if case.path is None or case.value is not None or not written.startswith("null") or case.problem.fix != 'quote it: "null"':
        return None
    return case.path, "set", "null"
