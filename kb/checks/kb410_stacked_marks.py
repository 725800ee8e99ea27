"""KB410: more marks on one letter than any script uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check

# General combining marks and those of Hebrew, Arabic, Indic and Thai writing. Pointed and chanted Hebrew puts four on a letter.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f"
    "\u0e31-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
)
MOST = 4
_STACK = re.compile(f"[{_MARKS}]{{{MOST + 1},}}")


@check(
    "KB410",
    "stacked-marks",
    severity="error",
    summary="A letter carries more combining marks than any script uses.",
    what="Searches every text for more than four combining marks (accents, points, vowel signs) in a row.",
    why="Such a stack reaches over the lines above and below it and covers what stands there, on the site and in a review.",
    bad="""
# findings/steering-works.yaml
summary: "A direction makes answers more theatrical\\u0300\\u0301\\u0302\\u0303\\u0304\\u0305."
""",
    good="""
# findings/steering-works.yaml
summary: "A direction makes answers more theatrical, as Nguy\\u1ec5n says."
""",
    fix="Delete the marks; typing the word again is the surest way.",
)
def stacked_marks(ctx: Context) -> Iterator[Hit]:
    for text, found in ctx.grep(_STACK, lambda whole: not whole.isascii()):
        yield Hit(
            text.record,
            text.path,
            f"{len(found[0])} combining marks on one letter, from U+{ord(found[0][0]):04X}",
            f"at most {MOST}",
            "delete the marks",
            text.key,
        )
