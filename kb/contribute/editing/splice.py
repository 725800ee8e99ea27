"""An edit as a change of the characters it is about. Whether the result says what it should is for the caller to check."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kb.contribute.editing.operations import Edit
from kb.contribute.layout.emit import in_line, value_lines
from kb.contribute.layout.scalars import key_text
from kb.contribute.layout.spans import end, start
from kb.contribute.layout.tree import Leaf, grown
from kb.contribute.layout.tree import Node as TreeNode
from kb.records.construct import compose

_REST = re.compile(r"[ \t]*(#[^\n]*)?(?=\n|\Z)")
_COLON = re.compile(r"[ \t]*:")
_COMMENT_LINE = re.compile(r"[ \t]*#(?! *yaml-language-server:)")


class SpliceError(Exception):
    """The text is written in a way that this does not handle."""


@dataclass(frozen=True, slots=True)
class _Item:
    """An entry: where it begins (key or dash), where what is before its value ends, and its value."""

    begin: int
    after_sign: int
    value: Node


def spliced(text: str, edit: Edit) -> str:
    """The text with a narrowed edit carried out. Raises SpliceError; the text has no carriage returns."""
    path, operation, value = edit
    node = compose(text)
    between_brackets = False
    for step in path[:-1]:
        assert isinstance(node, (MappingNode, SequenceNode))
        between_brackets |= bool(node.flow_style)
        node = _child(node, step)
    if not isinstance(node, (MappingNode, SequenceNode)):
        raise SpliceError
    between_brackets |= bool(node.flow_style)
    items = _items(node, text)
    n = _position(node, path[-1])
    if operation == "delete":
        return _without(text, items, n, brackets=between_brackets)
    tree = grown(value, in_line=between_brackets)
    if operation == "set" and n < len(items):
        return _replaced(text, items[n], tree, _column(text, items[n].begin), brackets=between_brackets)
    key = key_text(Leaf(path[-1]), in_line=between_brackets) if isinstance(path[-1], str) else None
    if between_brackets:
        return _added_in_line(text, node, items, n, f"{key}: {in_line(tree)}" if key is not None else in_line(tree))
    return _added(text, items, n, key, tree)


def _replaced(text: str, item: _Item, tree: TreeNode, column: int, *, brackets: bool) -> str:
    begin, stop = start(item.value), end(item.value, text)
    if begin < item.after_sign or (brackets and "\n" in text[begin:stop]):
        raise SpliceError
    between = text[item.after_sign : begin]
    if brackets:
        return text[: item.after_sign] + (between or " ") + in_line(tree) + text[stop:]
    head, below = value_lines(tree, " " * column)
    if "#" in between or "&" in between:
        # What stands between the key and its value stays; only a value on one line can follow it simply.
        if below:
            raise SpliceError
        return text[:begin] + head + text[stop:]
    if isinstance(item.value, ScalarNode) and item.value.style in ("|", ">") and "#" in text[begin:stop].partition("\n")[0]:
        raise SpliceError
    rest = _REST.match(text, stop)
    if below and rest is None:
        raise SpliceError
    if text[stop - 1 : stop] == "\n":
        return text[: item.after_sign] + "\n".join([f" {head}".rstrip(), *below]) + "\n" + text[stop:]
    comment = f"  {rest[1]}" if below and rest is not None and rest[1] else ""
    stop = rest.end() if below and rest is not None else stop
    return text[: item.after_sign] + "\n".join([(f" {head}" if head else "") + comment, *below]) + text[stop:]


def _added(text: str, items: list[_Item], n: int, key: str | None, tree: TreeNode) -> str:
    column = _column(text, items[0].begin)
    pad = " " * column
    head, below = value_lines(tree, pad)
    if key is None and not head:
        head, below = below[0].lstrip(" "), below[1:]
    lines = [f"{pad}{'-' if key is None else key + ':'}" + (f" {head}" if head else ""), *below]
    if n == 0:
        line = text.rfind("\n", 0, items[0].begin) + 1
        if text[line : items[0].begin].strip():
            raise SpliceError
        return text[:line] + "\n".join(lines) + "\n" + text[line:]
    stop = end(items[n - 1].value, text)
    if text[stop - 1 : stop] == "\n":
        return text[:stop] + "\n".join(lines) + "\n" + text[stop:]
    rest = _REST.match(text, stop)
    if rest is None:
        raise SpliceError
    return text[: rest.end()] + "\n" + "\n".join(lines) + text[rest.end() :]


def _added_in_line(text: str, node: Node, items: list[_Item], n: int, new: str) -> str:
    if not items:
        begin = start(node)
        return f"{text[: begin + 1]}{new}{text[end(node, text) - 1 :]}"
    if n < len(items):
        return f"{text[: items[n].begin]}{new}, {text[items[n].begin :]}"
    stop = end(items[-1].value, text)
    return f"{text[:stop]}, {new}{text[stop:]}"


def _without(text: str, items: list[_Item], n: int, *, brackets: bool) -> str:
    if brackets:
        begin, stop = (items[n].begin, items[n + 1].begin) if n + 1 < len(items) else (end(items[n - 1].value, text), end(items[n].value, text))
        if "#" in text[end(items[n].value, text) : stop]:
            raise SpliceError
        return text[:begin] + text[stop:]
    begin, stop = items[n].begin, end(items[n].value, text)
    line = text.rfind("\n", 0, begin) + 1
    if text[line:begin].strip():
        # The first key of an entry stands on the line of its dash: the second moves up.
        if n + 1 == len(items) or "#" in text[stop : items[n + 1].begin]:
            raise SpliceError
        return text[:begin] + text[items[n + 1].begin :]
    if text[stop - 1 : stop] != "\n":
        rest = _REST.match(text, stop)
        if rest is None:
            raise SpliceError
        stop = min(rest.end() + 1, len(text))
    while line > 0 and _COMMENT_LINE.match(text, above := text.rfind("\n", 0, line - 1) + 1) and _indent(text, above) == _column(text, begin):
        line = above
    return text[:line] + text[stop:]


def _items(node: MappingNode | SequenceNode, text: str) -> list[_Item]:
    found = []
    if isinstance(node, MappingNode):
        for key, value in node.value:
            colon = _COLON.match(text, end(key, text))
            found.append(_Item(start(key), colon.end() if colon else start(value), value))
        return found
    at = start(node)
    for value in node.value:
        if node.flow_style:
            found.append(_Item(start(value), start(value), value))
            continue
        dash = re.compile(r"(?:[ \t\n]|#[^\n]*)*-").match(text, at)
        if dash is None:
            raise SpliceError
        found.append(_Item(dash.end() - 1, dash.end(), value))
        at = _rest_of_line(text, end(value, text))
    return found


def _rest_of_line(text: str, at: int) -> int:
    rest = _REST.match(text, at)
    return rest.end() if rest else at


def _child(node: MappingNode | SequenceNode, step: str | int) -> Node:
    child: Node = node.value[_position(node, step)][1] if isinstance(node, MappingNode) else node.value[int(step)]
    return child


def _position(node: MappingNode | SequenceNode, step: str | int) -> int:
    if isinstance(node, SequenceNode):
        return int(step)
    return next((n for n, (key, _) in enumerate(node.value) if key.value == step), len(node.value))


def _column(text: str, at: int) -> int:
    return at - text.rfind("\n", 0, at) - 1


def _indent(text: str, line: int) -> int:
    return len(text) - line - len(text[line:].lstrip(" "))
