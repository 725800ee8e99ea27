"""What a reviewer can't see in a file: characters without a shape, marks that turn the direction of writing, blanks that push text out of sight.

The list is written out rather than asked of `unicodedata`, whose answer changes with the version of Python: Unicode's
Default_Ignorable_Code_Point, the format controls, fillers and the blank Braille cell (Unicode 16, DerivedCoreProperties and
General_Category=Cf). Some have a use in some scripts, and are let through there alone and one at a time:

- a joiner (U+200C, U+200D) between letters of Arabic, Indic, Burmese, Khmer or Mongolian writing, and U+200D after a virama;
- U+200D between emoji, U+FE0E or U+FE0F after one;
- a variation selector (U+FE00 to U+FE02, U+E0100 to U+E01EF) after a Han character, as in Japanese names;
- Mongolian's own selectors after a Mongolian letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

MOST_BLANKS: Final = 100
"""Blanks in a row before further text on the same line."""

_NEVER = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe03-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_JOINING = "\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa"
_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
_PICTURE = "\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_BLANK = " \\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

HIDDEN: Final = re.compile(
    f"[{_NEVER}]"
    f"|(?<![{_JOINING}])\u200c|\u200c(?![{_JOINING}])"
    f"|\u200d(?<![{_JOINING}]\u200d)(?<![{_PICTURE}\ufe0f]\u200d)|\u200d(?<![{_VIRAMA}]\u200d)(?![{_JOINING}{_PICTURE}])|\u200d(?=[\u200c\u200d])"
    f"|(?<![{_PICTURE}\u00a9\u00ae\u203c\u2049\u2122\u2139\u24c2\u3030\u303d\u3297\u3299])[\ufe0e\ufe0f]"
    f"|(?<![{_HAN}])[\ufe00-\ufe02\U000e0100-\U000e01ef]"
    "|(?<![\u1820-\u18aa])[\u180b-\u180f]"
    # Possessive, and only from where blanks begin: a stranger chooses how many there are.
    f"|(?<![{_BLANK}])[{_BLANK}]{{{MOST_BLANKS},}}+(?=[^\\r\\n])"
)
"""Matches the hidden character, or the whole run of blanks."""

# What HIDDEN may match, in one look at each character: its neighbours cost twenty times as much.
_CANDIDATE: Final = re.compile(f"[{_NEVER}\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]|[{_BLANK}]{{{MOST_BLANKS}}}")

# Characters that some scripts have a use for, and an escape that ends where one of them stands: PyYAML writes emoji so.
_SOMETIMES: Final = frozenset("\u200c\u200d\ufe00\ufe01\ufe02\ufe0e\ufe0f\u180b\u180c\u180d\u180e\u180f") | {chr(c) for c in range(0xE0100, 0xE01F0)}
_ESCAPE: Final = re.compile(r"\\(?:U[0-9A-Fa-f]{8}|u[0-9A-Fa-f]{4})\Z")


class Hidden(NamedTuple):
    """One thing that can't be seen, and where."""

    what: str
    """For a message: `invisible character U+200B (zero width space)`."""
    offset: int | None
    """Where in the file's text; None for what is written as an escape there."""
    path: tuple[str | int, ...] = ()
    """Where in the data, for an escape."""
    key: bool = False


def may_hide(text: str) -> bool:
    """Whether a closer look is worth its time; true for any text in which `hidden` finds something."""
    if "\\" in text:
        return True
    if text.isascii() and "\t" not in text:
        return " " * MOST_BLANKS in text
    return _CANDIDATE.search(text) is not None


def hidden(text: str, data: Mapping[str, Any]) -> Iterator[Hidden]:
    """Everything hidden in a file: in its values, keys and comments as they stand, and in values and keys that hold it as an escape."""
    raw: set[str] = set()
    for match in HIDDEN.finditer(text) if _CANDIDATE.search(text) else ():
        if match[0] in _SOMETIMES and (text.startswith("\\", match.end()) or _ESCAPE.search(text, max(0, match.start() - 10), match.start())):
            continue  # what it belongs to is written as an escape: the value tells
        raw.add(match[0])
        yield Hidden(_named(match[0]), match.start())
    if "\\" in text:
        for path, key, value in _strings(data, ()):
            found = next((match[0] for match in HIDDEN.finditer(value) if match[0] not in raw), None) if _CANDIDATE.search(value) else None
            if found is not None:
                yield Hidden(_named(found), None, path, key)


def _named(found: str) -> str:
    if len(found) > 1:
        return f"{len(found)} blanks in a row before more text"
    return f"invisible character U+{ord(found):04X} ({unicodedata.name(found, 'unnamed').lower()})"


def _strings(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], bool, str]]:
    if isinstance(value, str):
        yield path, False, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield (*path, key), True, key
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _strings(item, (*path, i))
