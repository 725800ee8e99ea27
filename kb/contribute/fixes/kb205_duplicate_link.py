"""KB205: the same link twice in one list."""

from __future__ import annotations

from kb.contribute.editing import Edit
from kb.contribute.fixes.registry import Case, fixer
from kb.contribute.layout.tree import same


@fixer("KB205", does="Removes an entry that equals an earlier one of its list to the letter. Entries that say different things about one record are left.")
def equal_entry(case: Case) -> Edit | None:
    path = case.path or ()
    last = next((n for n in range(len(path) - 1, -1, -1) if isinstance(path[n], int)), None)
    if last is None:
        return None
    entries = case.data
    for step in path[:last]:
        entries = entries[step]
    at = path[last]
    assert isinstance(at, int)
    return (path[: last + 1], "delete", None) if any(same(entries[at], earlier) for earlier in entries[:at]) else None
