"""Text of strangers made printable, as one line, as paragraphs, and with its links as words. Knows no markup."""

from __future__ import annotations

import re
from collections.abc import Callable

from schemas.scalars import LINK

# Control characters but tab and newline, surrogates, non-characters, and the marks that reorder a line of text.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")

Label = Callable[[str], "str | None"]
"""From a record's id, or `finding/claim`, to what a reader calls it; None where there is no such record."""


def clean(value: object) -> str:
    """The text without characters that can't be printed; line ends as a newline."""
    return _UNPRINTABLE.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))


def line(value: object) -> str:
    """The text on one line, with single spaces."""
    return " ".join(clean(value).split())


def words(value: object, label: Label) -> str:
    """Prose on one line, `[[links]]` as their words."""
    return " ".join(unlinked(value, label).split())


def paragraphs(value: object, label: Label) -> list[str]:
    """The paragraphs of some prose, each on one line, `[[links]]` as their words."""
    return [" ".join(part.split()) for part in _PARAGRAPH.split(unlinked(value, label).strip()) if part.strip()]


def unlinked(value: object, label: Label) -> str:
    """The text with `[[links]]` as their words: those given, else the record's label, else its id."""
    return LINK.sub(lambda match: match[2] or label(match[1]) or match[1], clean(value))
