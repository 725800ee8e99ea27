"""How a scalar is written: plain where every reader of YAML sees the same value in it, otherwise quoted.

YAML 1.1 readers (PyYAML, Ruby, many editors) take `no`, `on`, `12:30` and `1_000` for other things than text; the
resolver of PyYAML is asked. https://yaml.org/type/bool.html also has `y` and `n`, which PyYAML leaves alone.
A day is left as its author wrote it: such a reader makes a date of it, which is what it is.
"""

from __future__ import annotations

import re
from typing import Final

from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from kb.contribute.layout.tree import Leaf
from kb.records.scalars import NumberRangeError, Scalar, plain

_RESOLVER: Final = Resolver()
_TEXT: Final = "tag:yaml.org,2002:str"
_DAY: Final = "tag:yaml.org,2002:timestamp"
_SHORT_BOOL: Final = frozenset("yYnN")
_NO_PLAIN: Final = re.compile(r"[\s\-?:,\[\]{}#&*!|>'\"%@`]|\.\.\.|<<$|=$").match
"""What a plain text does not begin with here. YAML allows some of these before a letter."""
_BREAKS: Final = re.compile(r": |:$| #|\s$|[\t\n]").search
_BREAKS_IN_LINE: Final = re.compile(r"[,\[\]{}]|:[,\[\]{}]").search
_FIELD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*").fullmatch
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def leaf_text(leaf: Leaf, *, in_line: bool) -> str:
    """A scalar on one line; `in_line` means between brackets."""
    value = leaf.value
    if not isinstance(value, str):
        return "null" if value is None else str(value).lower() if isinstance(value, bool) else leaf.source or str(value)
    if leaf.style == "" and leaf.source:
        return leaf.source if _means_text(value, days=True) else quoted(value)
    if leaf.style == '"' and leaf.source:
        return leaf.source
    return quoted(value) if leaf.style in ('"', "'") or not _may_be_plain(value, in_line=in_line) else value


def key_text(leaf: Leaf, *, in_line: bool) -> str:
    """A key on one line. The names of our fields stay plain: `on` and `n` are two of them."""
    if leaf.source:
        return leaf.source
    value = str(leaf.value)
    is_plain = leaf.style == "" and plain(value) == value and (_FIELD(value) or _may_be_plain(value, in_line=in_line))
    return value if is_plain else quoted(value)


def quoted(text: str) -> str:
    """A text in quotes on one line: double ones, or single ones where those need no escape. What nobody sees is escaped."""
    if ("\\" in text or '"' in text) and "'" not in text and text.isprintable():
        return f"'{text}'"
    return '"' + "".join(c if c.isprintable() and c not in _ESCAPES else _ESCAPES.get(c) or _escaped(c) for c in text) + '"'


def literal(text: str) -> tuple[str, list[str]] | None:
    """A text of several lines as a literal block: the header (`|`, `|2-` …) and the lines without indentation.

    None where a block would not show the text as it is: nothing but white space, characters that can't be seen.
    """
    body = text.split("\n")
    if not text.strip() or not all(line.isprintable() for line in body):
        return None
    keep = "+" if text.endswith("\n\n") else "" if text.endswith("\n") else "-"
    if keep != "-":
        body.pop()
    first = next(n for n, line in enumerate(body) if line.strip())
    indicator = "2" if any(line.startswith(" ") for line in body[: first + 1]) else ""
    return f"|{indicator}{keep}", body


def _means_text(text: str, *, days: bool) -> bool:
    """Whether readers of YAML 1.1 take a plain scalar for the text that it is to us."""
    tag = _RESOLVER.resolve(ScalarNode, text, (True, False))
    return (tag == _TEXT or (days and tag == _DAY)) and text not in _SHORT_BOOL


def _may_be_plain(text: str, *, in_line: bool) -> bool:
    if not text or not text.isprintable() or _NO_PLAIN(text) or _BREAKS(text) or (in_line and _BREAKS_IN_LINE(text)):
        return False
    return _value(text) == text and _means_text(text, days=False)


def _value(text: str) -> Scalar:
    try:
        return plain(text)
    except NumberRangeError:
        return None


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
