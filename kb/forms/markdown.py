"""Markdown of strangers' text: CommonMark in which nothing of a record is markup but its `[[links]]`."""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.forms.text import clean
from schemas.scalars import LINK

# Entities where some Markdown knows no backslash before the character.
_SPECIAL = {ord(char): f"\\{char}" for char in "\\`*_[]|~$#^{}!"} | {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
# What starts a list, a rule or a definition at the beginning of a line; a number may begin with a sign.
_START = re.compile(r"^([-+](?!\d)|[=:])|^(\d{1,9})([.)])(?=\s|$)")
# GFM makes links of these by themselves, and a colon as an entity stops it.
_AUTOLINK = re.compile(r"(?<![A-Za-z])(https?|ftp|mailto|xmpp):|(?<![A-Za-z0-9])(www)\.|@", re.IGNORECASE)
# Most text has nothing to escape, to drop or to collapse; one look is cheaper than four passes.
_CARE = re.compile(r"""[^A-Za-z0-9 .,;()/%?'"-]|  |^[^A-Za-z]|[Ww]{3}\.| $""")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")

Target = Callable[[str], "tuple[str, str] | None"]
"""From a record's id to (address, label); None where there is no such record."""


def text(value: object) -> str:
    """One line of plain text as Markdown."""
    if type(value) is str and not _CARE.search(value):
        return value
    escaped = " ".join(clean(value).split()).translate(_SPECIAL)
    escaped = _AUTOLINK.sub(lambda match: match[0].replace(":", "&#58;").replace(".", "&#46;").replace("@", "&#64;"), escaped)
    return _START.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\{match[3]}", escaped)


def link(words: object, address: str | None) -> str:
    """A link to an address of ours or a checked one; bare words where there is none."""
    return f"[{text(words)}](<{address}>)" if address else text(words)


def inline(value: object, target: Target) -> str:
    """One line of text whose `[[links]]` are links."""
    value, parts, end = clean(value), [], 0
    for match in LINK.finditer(value):
        found = target(match[1])
        before = value[end : match.start()]
        # The spaces around a link are lost when its neighbours are put on one line.
        parts += [text(before), " " if before[-1:].isspace() else "", link(match[2] or (found[1] if found else match[1]), found[0] if found else None)]
        end = match.end()
        parts.append(" " if value[end : end + 1].isspace() else "")
    return "".join([*parts, text(value[end:])]).strip()


def prose(value: object, target: Target) -> str:
    """Paragraphs, separated by blank lines."""
    return "\n\n".join(inline(part, target) for part in _PARAGRAPH.split(clean(value).strip()) if part.strip())
