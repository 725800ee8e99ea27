"""One way to print for every way to print: the text of a paper, line by line, with plain digits, signs and separators.

What is left for the scanner (`kb.numbers.printed`) to tell apart stays apart: U+2212 MINUS SIGN (`−`), en dash (`–`) and
hyphen (`-`) are three signs; superscripts become `^{…}` and subscripts `_{…}`, so that 4² is never 42.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_OTHER: Final = re.compile(r"[^\x00-\x7f]")
_SOFT_BREAK: Final = re.compile(r"\u00ad[ \t]*\n[ \t]*(\S{0,80})")
_WORD_BREAK: Final = re.compile(r"(?<=[a-z])-[ \t]*\n[ \t]*([a-z]\S{0,80})")
_THOUSANDS: Final = re.compile(r"(?<=[0-9])\u2009(?=[0-9]{3}(?![0-9]))")
_LATEX: Final = {r"\%": "%", r"\times": "×", r"\cdot": "·", r"\pm": "±", "{,}": "'", r"\,": "\u2009", r"\;": " ", r"\!": "", "{-}": "-"}
_SIGNS: Final = {
    **dict.fromkeys("\u2212", "−"),
    **dict.fromkeys("\u2010\u2011\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2012\u2013", "–"),
    **dict.fromkeys("\u00b7\u2219\u22c5\u2027", "·"),
    **dict.fromkeys("\u2019\u02bc", "'"),
    **dict.fromkeys("\u00a0\u2007\u2008\u2009\u200a\u202f", "\u2009"),
    **dict.fromkeys("\x85\u2028\u2029", " "),
    **dict.fromkeys("×✕⨯", "×"),
    "٪": "%",
    "⩽": "≤",
    "⩾": "≥",
}


def normalised(text: str) -> str:
    """A text in which numbers are printed in one way. Line ends (`\\n`) stay, in number and order, so that lines can be counted."""
    if "\\" in text or "{,}" in text:
        for written, plain in _LATEX.items():
            text = text.replace(written, plain)
    # The rest of a divided word moves up and the line end behind it: the count of lines stays.
    text = _SOFT_BREAK.sub(r"\1\n", text)
    text = _OTHER.sub(lambda match: _plain(match[0]), text).replace("}^{", "").replace("}_{", "")
    text = _WORD_BREAK.sub(r"\1\n", text)
    return _THOUSANDS.sub("'", text).replace("\u2009", " ").replace("\f", " ").replace("\v", " ")


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """What stands for one character that is not ASCII."""
    if char in _SIGNS:
        return _SIGNS[char]
    category, form = unicodedata.category(char), unicodedata.decomposition(char).partition(" ")[0]
    if category == "Cf":
        return ""  # soft hyphens, joiners, direction marks, MathML's invisible operators
    if category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.digit(char))
    if form == "<fraction>":
        return char  # 4½ is not 4: the sign stays, and counts as a letter
    plain = unicodedata.normalize("NFKC", char).replace("\u2212", "−").replace("\n", " ")
    if form in ("<super>", "<circle>"):
        return "^{" + plain + "}"
    return "_{" + plain + "}" if form == "<sub>" else plain
