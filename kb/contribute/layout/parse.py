"""A text to its tree: each comment goes to the entry that it stands above or beside.

A comment above an entry belongs to that entry, one further to the right than what follows to the list or mapping that
ends before it, one at the end of a line to what begins last on that line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yaml.nodes import MappingNode, Node, ScalarNode

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
        self.spans: list[_Span] = []
        self.known: set[int] = set()

    def node(self, node: Node, owner: _Seen | None, *, between_brackets: bool = False) -> TreeNode:
        """The tree of a node. What an alias stands for is written out; its comments stay where its anchor is."""
        first = id(node) not in self.known
        self.known.add(id(node))
        if isinstance(node, ScalarNode):
            return self.leaf(node)
        begin, stop = spans.start(node), spans.end(node, self.text)
        on_one_line = between_brackets or (bool(node.flow_style) and "\n" not in self.text[begin:stop] and owner is not None)
        is_mapping = isinstance(node, MappingNode)
        branch = Branch(is_mapping, on_one_line)
        span = _Span(branch, begin, stop, int(node.start_mark.column), bool(node.flow_style), owner)
        if first:
            self.spans.append(span)
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
        return "\n".join([">" + signs, *(line[indent:] for line in body)])


def parse(text: str) -> Branch:
    """The tree of a text that the reader accepts, with every comment but the schema line's."""
    root = compose(text)
    assert root is not None
    parser = _Parser(text)
    tree = parser.node(root, None)
    assert isinstance(tree, Branch)
    tree.in_line = not tree.entries
    placer = _Placer(text, parser, tree)
    for at, comment in spans.comments(root, text):
        placer.place(at, comment)
    placer.blank_lines()
    return tree


class _Placer:
    """Gives each comment to its entry; comments come in the order of the text."""

    def __init__(self, text: str, parser: _Parser, tree: Branch) -> None:
        self.text = text
        self.seen: Sequence[_Seen] = sorted(parser.seen, key=lambda seen: seen.at)
        self.spans = sorted(parser.spans, key=lambda span: span.begin)
        self.tree = tree
        self.own_line: list[tuple[int, int, list[str], int]] = []

    def place(self, at: int, comment: str) -> None:
        line = self.text.rfind("\n", 0, at) + 1
        before = self.text[line:at]
        last = next((seen for seen in reversed(self.seen) if seen.at <= at), None)
        if not before.strip() or last is None or _SIGNS.match(before):
            self.above(line, at, comment, last, len(before))
            return
        while last.parent.brackets and at >= last.parent.end and last.parent.owner is not None:
            last = last.parent.owner
        last.entry.beside.append(comment)

    def above(self, line: int, at: int, comment: str, last: _Seen | None, column: int) -> None:
        following = next((seen for seen in self.seen if seen.at > at), None)
        brackets = [span for span in self.spans if span.brackets and span.begin < at < span.end]
        target: list[str] | None = None
        if brackets and (following is None or following.at > brackets[-1].end):
            target = brackets[-1].branch.tail
        elif not brackets and last is not None and (following is None or column > following.column):
            span = last.parent
            while span.owner is not None and (span.brackets or span.column > column):
                span = span.owner.parent
            if following is None or span.column > following.column:
                target = span.branch.tail
        if target is None:
            target = following.entry.above if following is not None else self.tree.tail
        target.append(comment)
        self.own_line.append((line, at, target, len(target) - 1))

    def blank_lines(self) -> None:
        """Blank lines before the keys of the top level and before their comments stay, one at a time."""
        tops = [seen for seen in self.seen if seen.parent.branch is self.tree]
        for lines in [*(top.entry.above for top in tops), self.tree.tail]:
            places = [(n, line) for line, _, target, n in self.own_line if target is lines]
            for n, line in reversed(places):
                if self.follows_blank(line):
                    lines.insert(n, "")
        for top in tops:
            if self.follows_blank(self.text.rfind("\n", 0, top.at) + 1):
                top.entry.above.append("")
        if tops:
            first = tops[0].entry.above
            while first and not first[0]:
                first.pop(0)

    def follows_blank(self, line: int) -> bool:
        before = self.text[: max(line - 1, 0)]
        blank = line > 1 and not before[before.rfind("\n") + 1 :].strip()
        return blank and not self.kept(line)

    def kept(self, line: int) -> bool:
        """Whether the blank line before an offset is part of a block that keeps its line ends (`|+`)."""
        root = compose(self.text)
        assert root is not None
        return any(spans.start(node) < line <= spans.end(node, self.text) for node in spans.scalars(root, set()) if node.style in ("|", ">"))
