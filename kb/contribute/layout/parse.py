"""A text to its tree: each comment goes to the entry that it stands above or beside.

A comment above an entry belongs to that entry, one further to the right than what follows to the list or mapping that
ends before it, one at the end of a line to what begins last on that line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kb.contribute.layout import spans
from kb.contribute.layout.tree import Branch, Entry, Leaf
from kb.contribute.layout.tree import Node as TreeNode
from kb.records.construct import build, compose

_SIGNS = re.compile(r"[ \t]*(?:---)?[-?: \t]*\Z")


@dataclass(slots=True)
class _Seen:
    """An entry in the order of the text, and the branch that it stands in."""

    at: int
    column: int
    entry: Entry
    parent: _Span
    inner: _Span | None = None
    """Where its own value stands, if that is a mapping or list."""


@dataclass(slots=True)
class _Span:
    branch: Branch
    begin: int
    end: int
    column: int
    brackets: bool
    owner: _Seen | None


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.seen: list[_Seen] = []
        self.known: set[int] = set()

    def node(self, node: Node, owner: _Seen | None, *, between_brackets: bool = False) -> TreeNode:
        """The tree of a node. What an alias stands for is written out; its comments stay where its anchor is."""
        first = id(node) not in self.known
        self.known.add(id(node))
        if isinstance(node, ScalarNode):
            return self.leaf(node)
        assert isinstance(node, (MappingNode, SequenceNode))
        begin, stop = spans.start(node), spans.end(node, self.text)
        on_one_line = between_brackets or (bool(node.flow_style) and "\n" not in self.text[begin:stop] and owner is not None)
        is_mapping = isinstance(node, MappingNode)
        branch = Branch(is_mapping, on_one_line)
        span = _Span(branch, begin, stop, int(node.start_mark.column), bool(node.flow_style), owner)
        if owner is not None:
            owner.inner = span
        pairs = node.value if is_mapping else [(None, value) for value in node.value]
        for key_node, value_node in pairs:
            entry = Entry(Leaf(None), self.leaf(key_node) if key_node is not None else None)
            seen = _Seen(spans.start(key_node or value_node), span.column, entry, span)
            if first:
                self.seen.append(seen)
            entry.value = self.node(value_node, seen, between_brackets=on_one_line)
            branch.entries.append(entry)
        return branch

    def leaf(self, node: ScalarNode) -> Leaf:
        value = build(node)
        style = node.style or ""
        begin = spans.start(node)
        source = self.text[begin : spans.end(node, self.text)]
        if source.startswith("&"):
            source = ""
        if style == ">":
            return Leaf(value, style, self.folded(node, source))
        return Leaf(value, style, "" if "\n" in source or style == "|" else source)

    def folded(self, node: ScalarNode, source: str) -> str:
        """A folded block without its indentation; empty where it can't be taken over line by line."""
        signs, _, first = spans.header(node, self.text)
        body = source[first - spans.start(node) :].split("\n") if source else []
        if "+" in signs or not node.value.strip() or not body:
            return ""
        indented = next(line for line in body if line.strip())
        indent = len(indented) - len(indented.lstrip(" "))
        if signs.strip("-") or any(line[:indent].strip() for line in body):
            return ""
        # A file that ends within the block has no line end to keep.
        return "\n".join([">" if node.value.endswith("\n") else ">-", *(line[indent:] for line in body)])


def parse(text: str) -> Branch:
    """The tree of a text that the reader accepts, with every comment but the schema line's."""
    root = compose(text)
    assert root is not None
    parser = _Parser(text)
    tree = parser.node(root, None)
    assert isinstance(tree, Branch)
    tree.in_line = not tree.entries
    placer = _Placer(text, parser, tree, root)
    for at, comment in spans.comments(root, text):
        placer.place(at, comment)
    placer.blank_lines()
    return tree


class _Placer:
    """Gives each comment to its entry; comments come in the order of the text. Each takes as long as the nesting is deep."""

    def __init__(self, text: str, parser: _Parser, tree: Branch, root: Node) -> None:
        self.text = text
        self.seen = sorted(parser.seen, key=lambda seen: seen.at)
        self.starts = [seen.at for seen in self.seen]
        self.tree = tree
        self.root = root

    @cached_property
    def blocks(self) -> list[tuple[int, int]]:
        """Where block scalars begin and end, in order."""
        return [(spans.start(node), spans.end(node, self.text)) for node in spans.scalars(self.root) if node.style in ("|", ">")]

    def place(self, at: int, comment: str) -> None:
        line = self.text.rfind("\n", 0, at) + 1
        n = bisect_right(self.starts, at)
        last = self.seen[n - 1] if n else None
        if last is None or _SIGNS.match(self.text[line:at]):
            self.above(line, at, comment, last, self.seen[n] if n < len(self.seen) else None)
            return
        while last.parent.brackets and at >= last.parent.end and last.parent.owner is not None:
            last = last.parent.owner
        last.entry.beside.append(comment)

    def above(self, line: int, at: int, comment: str, last: _Seen | None, following: _Seen | None) -> None:
        column = at - line
        target = self.tree.tail if following is None else following.entry.above
        if (brackets := _around(last, at)) is not None:
            if following is None or following.at > brackets.end:
                target = brackets.branch.tail
        elif last is not None and (following is None or column > following.column):
            span = last.parent
            # A list whose dashes stand right below its key ends where the mapping of the key goes on.
            while span.owner is not None and (span.brackets or span.column > column or span.column == span.owner.parent.column):
                span = span.owner.parent
            if following is None or span.column > following.column:
                target = span.branch.tail
        if (target is self.tree.tail or (following is not None and self.is_top(following) and target is following.entry.above)) and self.follows_blank(line):
            target.append("")
        target.append(comment)

    def blank_lines(self) -> None:
        """Blank lines before the keys of the top level and before their comments stay, one at a time."""
        tops = [seen for seen in self.seen if self.is_top(seen)]
        for top in tops:
            if self.follows_blank(self.text.rfind("\n", 0, top.at) + 1):
                top.entry.above.append("")
        if tops:
            first = tops[0].entry.above
            while first and not first[0]:
                first.pop(0)

    def is_top(self, seen: _Seen) -> bool:
        return seen.parent.branch is self.tree

    def follows_blank(self, line: int) -> bool:
        """Whether the line before an offset is blank, and none of a block that keeps its line ends (`|+`)."""
        if line < 2 or self.text[self.text.rfind("\n", 0, line - 1) + 1 : line].strip():
            return False
        n = bisect_right(self.blocks, (line, 0)) - 1
        return n < 0 or self.blocks[n][1] < line


def _around(last: _Seen | None, at: int) -> _Span | None:
    """The innermost brackets around an offset; `last` is the last entry that begins before it."""
    span = None if last is None else last.inner if last.inner is not None and at < last.inner.end else last.parent
    while span is not None and not (span.brackets and span.begin < at < span.end):
        span = span.owner.parent if span.owner is not None else None
    return span
