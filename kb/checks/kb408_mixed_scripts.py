"""KB408: a word of Latin letters and look-alikes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.registry import Hit, check
from kb.checks.texts import Text

# Greek letters beside Latin ones are common in formulas (Δp, μm); only those that pass for a Latin letter count.
_GREEK = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
# Armenian, Cherokee and Lisu are no neighbours of Latin letters within one word; neither are letters of wide or mathematical type.
_ALIKE = f"{_GREEK}\u0400-\u052f\u0531-\u0588\u13a0-\u13ff\uab70-\uabbf\ua4d0-\ua4f7\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7cb"
_LATIN = "A-Za-z\u00c0-\u024f"
_MIXED = re.compile(f"[{_LATIN}][{_ALIKE}]|[{_ALIKE}][{_LATIN}]")
_WORD = re.compile(r"\w+")
# Cyrillic letters that pass for a Latin one. A word of nothing else, in a text with Latin letters and no other Cyrillic ones, is a disguise.
_TWINS = (
    "\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c-\u041e\u0420-\u0423\u0425"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04af\u04bb\u0501\u051b\u051d"
)
_DISGUISED = re.compile(f"\\b[{_TWINS}]{{2,}}\\b")
_OTHER_CYRILLIC = re.compile(f"(?![{_TWINS}])[\u0400-\u052f]")
_ANY_LATIN = re.compile(f"[{_LATIN}]")


@check(
    "KB408",
    "mixed-scripts",
    severity="warning",
    summary="A word mixes Latin letters with others that look like them, or is made of such others alone.",
    what="""
Searches every text for a Latin letter beside a Cyrillic, Armenian, Cherokee, Lisu, wide or mathematical one, or beside a Greek one that passes for Latin,
within one word; and in a text that is otherwise Latin for a word of Cyrillic letters each of which passes for a Latin one.
""",
    why="The word looks right and is never found: a title escapes the search for duplicates, an author is counted as another person.",
    bad="""
# sources/roe-2025-steering.yaml
title: "Directions in activations that steer ch\\u0430racter"
""",
    good="""
# sources/roe-2025-steering.yaml
title: "Directions in activations that steer character by \\u0394p"
""",
    fix="Type the word again in one script.",
)
def mixed_scripts(ctx: Context) -> Iterator[Hit]:
    for text, found in ctx.grep(_MIXED, lambda whole: not whole.isascii()):
        word = next(match[0] for match in _WORD.finditer(text.text) if match.end() > found.start())
        strange = next(c for c in found[0] if not _ANY_LATIN.match(c))
        yield _hit(text, f"{word!r} mixes scripts: U+{ord(strange):04X} looks like a Latin letter")
    for text, found in ctx.grep(_DISGUISED, lambda whole: not whole.isascii()):
        if _ANY_LATIN.search(text.text) and not _OTHER_CYRILLIC.search(text.text):
            yield _hit(text, f"{found[0]!r} is Cyrillic and looks Latin: it begins with U+{ord(found[0][0]):04X}")


def _hit(text: Text, message: str) -> Hit:
    return Hit(text.record, text.path, message, "one script in a word", "type the word again", text.key)
