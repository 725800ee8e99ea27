"""Edit a record's text. The result is read again by the reader of records and must say exactly what was asked for.

An edit replaces, adds or removes the characters of one value (`splice`). Where a text is written so unusually that this
does not give the right data (explicit keys, brackets over several lines, anchors), the record is laid out anew with the
edit in it. What is still not right is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yaml.error import YAMLError

from kb.contribute.editing.operations import Edit, EditError, applied, narrowed
from kb.contribute.editing.splice import SpliceError, spliced
from kb.contribute.layout.canonical import written
from kb.contribute.layout.parse import parse
from kb.contribute.layout.tree import Branch, Entry, Leaf, Node, grown, same
from kb.records.reader import read_yaml
from kb.records.scalars import NumberRangeError
from kb.records.tree import MAX_BYTES

__all__ = ["edit"]


def edit(text: str, edits: Iterable[Edit], *, file: str = "record.yaml") -> str:
    """The text with the edits carried out one after the other: each path is that of the text as the edits before it left it.

    Comments, quotes, blocks and lines that no edit is about stay as they are; a figure is written with the spelling
    that it has (`WrittenFloat`, `WrittenInt`, `Figure`), a `datetime.date` plain. `file` is how messages name the text.
    Raises EditError for a text that the reader refuses, a path that is not there, and a value that no record may hold.
    """
    windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    for one in edits:
        data = _data(text, file)
        wanted = narrowed(data, one)
        try:
            goal = applied(data, wanted)
        except (TypeError, NumberRangeError) as error:
            raise EditError(f"{file}: {error}") from error
        text = _edited(text.replace("\r\n", "\n"), wanted, goal, file)
    return text.replace("\n", "\r\n") if windows and "\r\n" not in text else text


def _edited(text: str, wanted: Edit, goal: Any, file: str) -> str:
    for way in (spliced, _laid_out):
        try:
            result = way(text, wanted)
        except (SpliceError, YAMLError):
            continue
        raw = result.encode("utf-8", "surrogatepass")
        if len(raw) <= MAX_BYTES and same(read_yaml(raw, file).data, goal):
            return result
    raise EditError(f"{file}: can't be written so that it reads back the same: {'.'.join(map(str, wanted[0]))}")


def _data(text: str, file: str) -> Any:
    outcome = read_yaml(text.encode("utf-8", "surrogatepass"), file)
    if outcome.data is None:
        problem = outcome.problems[0]
        raise EditError(f"{problem.place}: {problem.message}; a record is edited once it can be read")
    return outcome.data


def _laid_out(text: str, wanted: Edit) -> str:
    """The whole record written anew, its keys in the order that they have."""
    path, operation, value = wanted
    tree = parse(text)
    branch: Node = tree
    for step in path[:-1]:
        branch = branch.entries[_index(branch, step)].value if isinstance(branch, Branch) else branch
    assert isinstance(branch, Branch)
    if operation == "insert":
        assert isinstance(path[-1], int)
        branch.entries.insert(path[-1], Entry(grown(value)))
        return written(tree)
    n = _index(branch, path[-1])
    if operation == "delete":
        del branch.entries[n]
    elif n < len(branch.entries):
        branch.entries[n].value = grown(value)
    else:
        branch.entries.append(Entry(grown(value), Leaf(path[-1])))
    return written(tree)


def _index(branch: Branch, step: str | int) -> int:
    if not branch.is_mapping:
        return int(step)
    return next((n for n, entry in enumerate(branch.entries) if entry.key is not None and entry.key.value == step), len(branch.entries))
