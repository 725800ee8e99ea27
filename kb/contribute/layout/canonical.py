"""The canonical text of a record. Never another value: what is written is read again and compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Final

from kb.contribute.layout.emit import in_line, lines_of
from kb.contribute.layout.order import ordered
from kb.contribute.layout.parse import parse
from kb.contribute.layout.spans import comments
from kb.contribute.layout.tree import Branch, same
from kb.records.construct import compose
from kb.records.misplaced import expected_schema_line
from kb.records.reader import read_yaml
from kb.records.tree import MAX_BYTES

SCHEMA_COMMENT: Final = re.compile(r"#\s*yaml-language-server:.*")


class LayoutError(ValueError):
    """A text that can't be laid out without loss; the text says why."""


def canonical(text: str, kind: str, file: str, *, without: Collection[str] = ()) -> str:
    """The canonical text of a record of a type, in the file of that name (relative to the knowledge base).

    The same text comes back unchanged, however often. Values, spellings of figures and comments stay, but for the comments
    that `without` holds word for word.
    Raises LayoutError for a text that the reader refuses, and where the result would lose something.
    """
    before = read_yaml(text.encode("utf-8", "surrogatepass"), file)
    if before.data is None:
        raise LayoutError(str(before.problems[0].message))
    plain_text = text.replace("\r\n", "\n")
    tree = parse(plain_text)
    for entry in tree.entries:
        entry.above = [line for line in entry.above if not SCHEMA_COMMENT.fullmatch(line)]
        entry.beside = [line for line in entry.beside if not SCHEMA_COMMENT.fullmatch(line)]
    tree.tail = [line for line in tree.tail if not SCHEMA_COMMENT.fullmatch(line)]
    if without:
        _drop(tree, without)
    head = _head(tree)
    ordered(tree, kind)
    if tree.entries:
        first_above = tree.entries[0].above
        first_above[:] = head + _without_blanks(first_above)
    first = plain_text.partition("\n")[0].rstrip()
    result = written(tree, expected_schema_line(file, kind, first))
    if result == text:
        return text
    after = read_yaml(result.encode(), file)
    if after.data is None or len(result.encode()) > MAX_BYTES or not same(before.data, after.data):
        raise LayoutError("its values can't be kept in the canonical layout; write its anchors and unusual blocks out")
    if _comments(plain_text, without) != _comments(result):
        raise LayoutError("its comments can't be kept in the canonical layout; put each on a line of its own")
    return result


def written(tree: Branch, *head: str) -> str:
    """A whole file: the lines at its head, and the record."""
    body = lines_of(tree) if tree.entries else [*tree.tail, in_line(tree)]
    while body and not body[0]:
        body.pop(0)
    return "\n".join([*head, *body]) + "\n"


def _drop(branch: Branch, without: Collection[str]) -> None:
    for entry in branch.entries:
        entry.above[:] = [line for line in entry.above if line not in without]
        entry.beside[:] = [line for line in entry.beside if line not in without]
        if isinstance(entry.value, Branch):
            _drop(entry.value, without)
    branch.tail[:] = [line for line in branch.tail if line not in without]


def _head(tree: Branch) -> list[str]:
    """Take what a blank line parts from the first key: it is about the file, and stays at its head when the key moves."""
    above = tree.entries[0].above if tree.entries else []
    blank = len(above) - above[::-1].index("") if "" in above else 0
    head, above[:blank] = above[:blank], []
    return _without_blanks(head)


def _without_blanks(lines: list[str]) -> list[str]:
    """The lines without blank ones at the beginning."""
    return lines[next((n for n, line in enumerate(lines) if line), len(lines)) :]


def _comments(text: str, without: Collection[str] = ()) -> Counter[str]:
    root = compose(text)
    assert root is not None
    return Counter(comment for _, comment in comments(root, text) if not SCHEMA_COMMENT.fullmatch(comment) and comment not in without)
