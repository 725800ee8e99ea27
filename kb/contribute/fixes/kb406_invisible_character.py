"""KB406: a character that nobody can see."""

from __future__ import annotations

import re

from kb.contribute.editing import Edit
from kb.contribute.fixes.registry import Case, fixer

# Without width, without a word of its own in any script, and without effect on what stands around it but for where a line may break.
_NOTHING = re.compile("[\u00ad\u200b\u2060\ufeff]")


@fixer(
    "KB406",
    does="Removes soft hyphens, zero-width spaces, word joiners and byte order marks. What turns the direction of writing or joins letters is left: "
    "a person should see what it was meant to do.",
)
def without_width(case: Case) -> Edit | None:
    if case.path is None or not isinstance(case.value, str):
        return None
    cleaned = _NOTHING.sub("", case.value)
    return (case.path, "set", cleaned) if cleaned != case.value else None
