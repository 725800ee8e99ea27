"""Small numbers written in words. `one` is left out: it is a pronoun too often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_SMALL: Final = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES: Final = {"one": 1} | {word: i for i, word in enumerate(_SMALL.split(), 2)} | {word: 10 * i for i, word in enumerate(_TENS.split(), 2)}
_LARGE: Final = "hundred|thousand|million|billion"
_PARTS: Final = "thirds|quarters|fifths|tenths"
_WORDS: Final = re.compile(
    rf"(?<![\w-])({_TENS.replace(' ', '|')})(?:[- ](one|two|three|four|five|six|seven|eight|nine))?\b(?!['-]|\s(?:{_LARGE}))"
    rf"|(?<![\w-])({_SMALL.replace(' ', '|')})\b(?!-(?:thirds?|quarters?|fifths?|tenths?|fold|hundred)|\s(?:{_PARTS}|{_LARGE})\b)",
    re.IGNORECASE,
)


def words_in(text: str) -> Iterator[tuple[int, int, str, int]]:
    """Numbers from two to ninety-nine in words: where each begins and ends, the words, the number."""
    for match in _WORDS.finditer(text):
        tens, rest, small = (part.casefold() if part else "" for part in match.groups())
        number = _VALUES[small] if small else _VALUES[tens] + (_VALUES[rest] if rest else 0)
        yield match.start(), match.end(), match[0], number
