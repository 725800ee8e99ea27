"""Plain text of strangers, made safe for a comment on GitHub.

GitHub reads a comment twice: as Markdown, and again as text in which it links names, numbers of issues, addresses and commits, and turns
shortcodes into pictures. The second reading sees characters, however they were written, so that an entity does not stop it: a zero-width space does.
Every character that starts something in Markdown or HTML becomes an entity; whatever a reviewer could not see is spelled out, so that the only
invisible characters of a comment are ours.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from kb.records.wording import escape

_SPECIAL: Final = "&<>`*_{}[]\\|~^$#="
_ENTITIES: Final = {ord(char): f"&#{ord(char)};" for char in _SPECIAL}
_BREAK: Final = "&#8203;"
# Behind these a name, a number or an address would follow. A place (`x.yaml:12:3`) stays whole, so that it can be copied: of shortcodes only two are numbers.
_JOINTS: Final = re.compile(r"(?<=[@#])(?=\S)|(?<=:)(?=//|(?:100|1234|[\w+-]*[A-Za-z_+-][\w+-]*):)|(?<=[wW]{3})(?=\.)|(?<=[gG][hH]-)(?=[0-9])")
# Seven to forty hexadecimal digits with a letter and a digit among them: perhaps a commit.
_COMMIT: Final = re.compile(r"\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,}\b", re.IGNORECASE)
_LEAD: Final = re.compile(r"(?:[-+]|[0-9]{1,9}(?=[.)]))")
_MARK: Final = "\ue000"
"""Stands for a break until the entities are made; what comes from a record can't hold it, being of a private area, which is spelled out."""


def visible(text: str) -> str:
    """A text on one line in which everything that is not seen, or that reorders what is, stands as its escape: `\\u202e`."""
    # Letters may have marks above them, but a heap of marks covers the lines around.
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    out, marks = [], 0
    for char in line:
        marks = marks + 1 if unicodedata.combining(char) else 0
        seen = char.isprintable() and unicodedata.category(char) not in ("Cf", "Co", "Cn", "Cs") and char not in _BLANK and marks <= 4
        out.append(char if seen else escape(char))
    return "".join(out)


# Letters and marks that show nothing although Unicode counts them as printable: Hangul fillers, the Braille blank, the grapheme joiner, variation selectors.
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810)))
)


def escaped(text: str) -> str:
    """One line of Markdown that shows the text and does nothing else."""
    line = visible(text)
    line = _JOINTS.sub(_MARK, _COMMIT.sub(lambda found: _MARK.join(found[0][at : at + 6] for at in range(0, len(found[0]), 6)), line))
    line = line.translate(_ENTITIES)
    lead = _LEAD.match(line)
    if lead:
        line = f"&#{ord(lead[0])};{line[1:]}" if lead[0] in "-+" else f"{lead[0]}&#{ord(line[lead.end()])};{line[lead.end() + 1 :]}"
    return line.replace(_MARK, _BREAK)
