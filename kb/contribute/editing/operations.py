"""What an edit does to plain data: the meaning that the edited text is held to."""

from __future__ import annotations

import copy
from typing import Any, Literal

from kb.contribute.layout.tree import as_data
from kb.errors import UsageError
from kb.records.validation import shown_path

Operation = Literal["set", "insert", "append", "delete"]
Path = tuple[str | int, ...]
Edit = tuple[Path, Operation, Any]
"""Where (YAML keys and positions in lists, from 0), what, and the value; the value of a deletion is ignored.

set: the value at the path; the last step may be a key that its mapping lacks, which is added after the others.
insert: a new entry of a list, before the one at the path's last step.
append: a new last entry of the list at the path, which is begun where its key is missing.
delete: the key or the entry, with the comments above it; a list or mapping that loses its last entry is written `[]` or `{}`.
"""


class EditError(UsageError):
    """A text that can't be edited as asked; the text of the error says why. Nothing has been changed."""


def narrowed(data: Any, edit: Edit) -> Edit:
    """The same edit as a set, insert or delete: to append is to insert behind the last, or to set a list of one.

    Raises EditError for a path that is not there, or an operation that does not fit what is there.
    """
    path, operation, value = edit
    if not path:
        raise EditError("an edit needs the path of a value; a whole record is written, not edited")
    parent = _at(data, path[:-1])
    step = path[-1]
    if operation == "append":
        there = _child(parent, step)
        if isinstance(there, list) and there:
            return (*path, len(there)), "insert", value
        if not _has(parent, step) or there == []:
            return path, "set", [value]
        raise EditError(f"{shown_path(path)} is no list to append to")
    if operation == "insert":
        if not isinstance(parent, list) or not isinstance(step, int) or not 0 <= step <= len(parent):
            raise EditError(f"there is no list with a place {shown_path(path)}")
        return (path[:-1], "set", [value]) if not parent and len(path) > 1 else (path, operation, value)
    if operation == "set" and isinstance(parent, dict) and isinstance(step, str):
        return path, operation, value
    if not _has(parent, step):
        raise EditError(f"the record has no {shown_path(path)}")
    if operation == "delete" and len(parent) == 1 and len(path) > 1:
        return path[:-1], "set", [] if isinstance(parent, list) else {}
    return path, operation, value


def applied(data: Any, edit: Edit) -> Any:
    """A copy of the data with a narrowed edit carried out."""
    path, operation, value = edit
    data = copy.deepcopy(data)
    parent, step = _at(data, path[:-1]), path[-1]
    if operation == "delete":
        del parent[step]
    elif operation == "insert":
        parent.insert(step, as_data(value))
    else:
        parent[step] = as_data(value)
    return data


def _at(data: Any, path: Path) -> Any:
    for n, step in enumerate(path):
        if not _has(data, step):
            raise EditError(f"the record has no {shown_path(path[: n + 1])}")
        data = data[step]
    return data


def _has(parent: Any, step: str | int) -> bool:
    if isinstance(parent, dict):
        return step in parent
    return isinstance(parent, list) and isinstance(step, int) and not isinstance(step, bool) and 0 <= step < len(parent)


def _child(parent: Any, step: str | int) -> Any:
    return parent[step] if _has(parent, step) else None
