"""Where the nodes of a text begin and end, to the character, and where its comments are.

libyaml ends a block where the next token begins, after comments and blank lines; here a node ends with its last character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_HEADER: Final = re.compile(r"(?P<style>[|>])(?P<signs>[0-9+-]*)[ \t]*(?P<comment>#[^\n]*)?(?:\n|\Z)")
_COMMENT: Final = re.compile(r"#[^\n]*")
_PROPERTY: Final = re.compile(r"&\S+\s*")


def start(node: Node) -> int:
    return int(node.start_mark.index)


def end(node: Node, text: str) -> int:
    """The offset after the last character of a node. The line end of a block scalar is not its own, unless it keeps them (`|+`)."""
    if isinstance(node, ScalarNode):
        stop = int(node.end_mark.index)
        if node.style not in ("|", ">") or "+" in header(node, text)[0]:
            return stop
        begin = start(node)
        source = text[begin:stop]
        # Spaces at the end of the last line of text are text; lines of nothing else are not.
        return begin + len(re.sub(r"(\n[ \t]*)+\Z", "", source))
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return end(last[1] if isinstance(node, MappingNode) else last, text)


def header(node: ScalarNode, text: str) -> tuple[str, str, int]:
    """Of a block scalar: the signs after `|` or `>`, the comment beside them, and the offset of the first line."""
    begin = start(node)
    while (found := _PROPERTY.match(text, begin)) is not None:
        begin = found.end()
    match = _HEADER.match(text, begin)
    if match is None:
        return "", "", begin
    return match["signs"], match["comment"] or "", match.end()


def scalars(node: Node, seen: set[int]) -> Iterator[ScalarNode]:
    """Every scalar once, keys included, in the order of the text."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        yield node
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            yield from scalars(key, seen)
            yield from scalars(value, seen)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from scalars(value, seen)


def gaps(root: Node, text: str) -> Iterator[tuple[int, int]]:
    """The stretches of text between scalars: white space, signs and comments."""
    at = 0
    for node in scalars(root, set()):
        if start(node) > at:
            yield at, start(node)
        at = max(at, end(node, text))
    yield at, len(text)


def comments(root: Node, text: str) -> list[tuple[int, str]]:
    """Every comment with its offset, without the white space at its end; those beside `|` and `>` are among them."""
    found = [(match.start(), match[0].rstrip()) for begin, stop in gaps(root, text) for match in _COMMENT.finditer(text, begin, stop)]
    for node in scalars(root, set()):
        if node.style in ("|", ">") and (comment := header(node, text)[1]):
            found.append((text.index(comment, start(node)), comment.rstrip()))
    return sorted(found)
