"""KB405: text that was damaged on its way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check

_DAMAGED = re.compile(
    "[\ufffd\ufdd0-\ufdef\ue000-\uf8ff\U000f0000-\U0010ffff]"  # replacement characters, noncharacters, private glyphs of a PDF's fonts
    # UTF-8 that was read as Windows-1252: quotation marks, dashes and accented letters in two or three pieces
    "|\u00e2\u20ac[\u2122\u0153\u009d\u02dc\u201c\u201d\u00a6\u00a2]|\u00c3[\u0080-\u00bf\u0178\u017e\u0160\u2013\u2014\u2026\u2030](?![A-Z])"
)


@check(
    "KB405",
    "damaged-text",
    severity="error",
    summary="A text holds characters of a copy that went wrong.",
    what="""
Searches every text for the replacement character, for glyphs from a font's private range as they come out of PDF files, and for UTF-8 that was read
as another encoding, so that one letter shows as two or three odd ones. Control characters are KB005.
""",
    why="A damaged name or title is found by no search and matches no other record, and what stood there can often not be told any more.",
    bad="""
# findings/steering-works.yaml
summary: "The models\u00e2\u20ac\u2122 answers become theatrical."
""",
    good="""
# findings/steering-works.yaml
summary: "The models' answers become theatrical, as \u00c9mile says."
""",
    fix="Type the word again from the source.",
)
def damaged_text(ctx: Context) -> Iterator[Hit]:
    for text, found in ctx.grep(_DAMAGED, lambda whole: not whole.isascii()):
        shown = found[0].encode("ascii", "backslashreplace").decode()
        yield Hit(text.record, text.path, f"damaged text: {shown}", "the characters of the source", "type the word again", text.key)
