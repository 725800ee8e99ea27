"""A tree as text: two spaces to a level, `- ` indented below its key, what is in brackets on one line."""

from __future__ import annotations

from kb.contribute.layout.scalars import key_text, leaf_text, literal
from kb.contribute.layout.tree import Branch, Entry, Leaf, Node

_STEP = "  "


def lines_of(branch: Branch, pad: str = "") -> list[str]:
    """The lines of a mapping or list that is written in lines, each with its indentation."""
    return [line for entry in branch.entries for line in _entry(entry, pad)] + [f"{pad}{comment}".rstrip() for comment in branch.tail]


def in_line(node: Node) -> str:
    """A node on one line, as it stands between brackets."""
    if isinstance(node, Leaf):
        return leaf_text(node, in_line=True)
    if not node.is_mapping:
        return f"[{', '.join(in_line(entry.value) for entry in node.entries)}]"
    return "{" + ", ".join(f"{_key(entry, True)}: {in_line(entry.value)}" for entry in node.entries) + "}"


def value_lines(node: Node, pad: str) -> tuple[str, list[str]]:
    """What stands on the line of the key or dash whose indentation is `pad`, and the lines below it."""
    if isinstance(node, Branch):
        return (in_line(node), []) if _is_on_one_line(node) else ("", lines_of(node, pad + _STEP))
    if node.style == ">" and node.source:
        head, *body = node.source.split("\n")
    elif isinstance(node.value, str) and "\n" in node.value and (block := literal(node.value)) is not None:
        head, body = block
    else:
        return leaf_text(node, in_line=False), []
    return head, [f"{pad}{_STEP}{line}" if line else "" for line in body]


def _entry(entry: Entry, pad: str) -> list[str]:
    value = entry.value
    above, beside = list(entry.above), "".join(f"  {comment}" for comment in entry.beside[-1:])
    above += entry.beside[:-1]
    if isinstance(value, Branch) and not value.entries:
        above += value.tail
    if entry.key is None and isinstance(value, Branch) and not _is_on_one_line(value):
        # The first entry shares the line of the dash, so that what stands above it stands above the dash.
        body = lines_of(value, pad + _STEP)
        n = next(n for n, line in enumerate(body) if line.strip() and not line.lstrip().startswith("#"))
        above += [*entry.beside[-1:], *(line.strip() for line in body[:n])]
        return [*_comments(above, pad), f"{pad}- {body[n].lstrip(' ')}", *body[n + 1 :]]
    head, below = value_lines(value, pad)
    start = f"{pad}-" if entry.key is None else f"{pad}{_key(entry, False)}:"
    return [*_comments(above, pad), start + (f" {head}" if head else "") + beside, *below]


def _comments(above: list[str], pad: str) -> list[str]:
    return [f"{pad}{comment}" if comment else "" for comment in above]


def _key(entry: Entry, between_brackets: bool) -> str:
    assert entry.key is not None
    return key_text(entry.key, in_line=between_brackets)


def _is_on_one_line(branch: Branch) -> bool:
    return branch.in_line or not branch.entries
