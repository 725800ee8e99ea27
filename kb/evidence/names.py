"""Names of people in comparable form: case, diacritics, hyphens, order, initials and romanisation set aside.

`fits(a, b)` says whether two names can be one person's, and how; `resembles(a, b)` only that they look alike. Which of the
names that fit are taken for one person is decided in `people.py`, against the whole corpus.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

from rapidfuzz import fuzz

from schemas import Person

Basis = Literal["orcid", "full-name", "initial"]

# Letters that have no decomposition, or two usual spellings without their diacritic (Müller: Muller, Mueller).
SPELLINGS = {
    "ä": ("a", "ae"),
    "ö": ("o", "oe"),
    "ü": ("u", "ue"),
    "å": ("a", "aa"),
    "ø": ("o", "oe"),
    "æ": ("ae",),
    "œ": ("oe",),
    "ß": ("ss",),
    "ł": ("l",),
    "đ": ("d", "dj"),
    "ð": ("d",),
    "þ": ("th",),
    "ı": ("i",),
}
# Romanisations of one sound. Applied to words of five letters and more: short syllables (Wang, Yi, Xue) differ by just these.
ROMANISATIONS = (("sch", "sh"), ("ks", "x"), ("kh", "h"), ("ph", "f"), ("ck", "k"), ("w", "v"), ("y", "i"))
SUFFIXES = frozenset({"jr", "sr", "ii", "iii"})
MAX_SPELLINGS = 8
SIMILAR = 85
"""rapidfuzz ratio (0 to 100) from which two words look like spellings of one name."""


@dataclass(frozen=True, slots=True)
class Word:
    keys: frozenset[str]
    """Its comparable spellings."""
    first: frozenset[str]
    """Letters that its initial may be."""
    initial: bool

    def matches(self, other: Word) -> bool:
        return bool(self.keys & other.keys)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name. `family` is empty for a name whose parts are not told apart (a group, a pseudonym, "Jane Doe")."""

    family: frozenset[str]
    given: tuple[Word, ...]
    bag: tuple[str, ...]
    """All words in alphabetical order: equal for `Doe, Jane`, `Jane Doe` and swapped fields."""
    text: str
    """Normalised spelling; two mentions with equal text are written alike."""
    key: str
    """The first of the family name's spellings."""

    @property
    def spelled_out(self) -> bool:
        """Whether the first given name is there and no initial."""
        return bool(self.given) and not self.given[0].initial


def _letters(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _strip(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _romanise(word: str) -> str:
    if len(word) < 5:
        return word
    for old, new in ROMANISATIONS:
        word = word.replace(old, new)
    return word[:-1] + "i" if word.endswith("j") else word


@lru_cache(maxsize=65536)
def word(text: str) -> Word:
    letters = _letters(text)
    options = [SPELLINGS.get(c, (c,)) for c in letters]
    spelled = {_strip("".join(parts)) for _, parts in zip(range(MAX_SPELLINGS), product(*options), strict=False)}
    # A single character is an initial only in scripts with capitals: 伟 is a whole given name.
    initial = len(letters) == 1 and letters.upper() != letters.lower()
    return Word(frozenset(map(_romanise, spelled)), frozenset(s[0] for s in spelled if s), initial)


def _words(text: str, *, initials: bool = False) -> list[str]:
    """The words of a name; with `initials`, capitals that stand together ("JA") are taken apart."""
    parts = [part for part in re.split(r"[\s.\-‐-―·,]+", re.sub(r"['’‘`´]", "", text)) if part]
    if initials:
        parts = [c for part in parts for c in (part if 1 < len(part) <= 3 and part.isascii() and part.isupper() else [part])]
    while len(parts) > 1 and parts[-1].casefold() in SUFFIXES:
        parts.pop()
    return parts


def _join(words: list[str]) -> frozenset[str]:
    joined = {""}
    for part in words:
        joined = {a + b for a in sorted(joined) for b in sorted(word(part).keys)}
        joined = set(sorted(joined)[:MAX_SPELLINGS])
    return frozenset(joined)


def name_of(person: Person) -> Name:
    """The comparable name of an author as the source prints it."""
    return _name(person.family, person.given, person.literal)


@lru_cache(maxsize=65536)
def _name(family: str | None, given: str | None, literal: str | None) -> Name:
    if family is None and literal is not None:
        head, comma, tail = literal.partition(",")
        family, given = (head, tail) if comma else (None, literal)
    elif family is not None and given is None and "," in family:
        family, _, given = family.partition(",")
    # "Smith, JA" has two initials; "YANG, BO" is set in capitals throughout.
    initials = family is not None and not family.isupper()
    family_words, given_words = _words(family or ""), _words(given or "", initials=initials)
    every = [word(w) for w in family_words + given_words]
    if family is None:
        # A literal without comma: family and given name are not told apart.
        return Name(frozenset(), (), tuple(sorted(min(w.keys) for w in every)), " ".join(map(_letters, given_words)), "")
    text = f"{' '.join(map(_letters, family_words))}, {' '.join(map(_letters, given_words))}"
    joined = _join(family_words)
    return Name(joined, tuple(map(word, given_words)), tuple(sorted(min(w.keys) for w in every)), text, min(joined))


def _joined_given(name: Name) -> frozenset[str]:
    joined = {""}
    for part in name.given:
        joined = set(sorted({a + b for a in joined for b in part.keys})[:MAX_SPELLINGS])
    return frozenset(joined)


def _given_fits(a: tuple[Word, ...], b: tuple[Word, ...]) -> bool:
    """Given names in order; an initial stands for a word, and the shorter list may leave out later ones."""
    short, long = sorted((a, b), key=len)
    if not _word_fits(short[0], long[0]):
        return False
    rest = iter(long[1:])
    return all(any(_word_fits(w, other) for other in rest) for w in short[1:])


def _word_fits(a: Word, b: Word) -> bool:
    if a.initial or b.initial:
        return bool(a.first & b.first)
    return a.matches(b)


def fits(a: Name, b: Name) -> Basis | None:
    """How two names can be one person's: `full-name`, `initial`, or None. A family name alone fits only itself."""
    if a.text == b.text:
        return "full-name"
    if a.bag == b.bag and len(a.bag) > 1 and all(len(w) > 1 or not w.isascii() for w in a.bag):
        return "full-name"
    if not a.family & b.family or not a.given or not b.given:
        return None
    if a.spelled_out and b.spelled_out and _joined_given(a) & _joined_given(b):
        return "full-name"
    if not _given_fits(a.given, b.given):
        return None
    return "full-name" if a.spelled_out and b.spelled_out else "initial"


def resembles(a: Name, b: Name) -> str | None:
    """Why two names that do not fit each other might still be one person's; None where nothing says so."""
    if not a.family or not b.family:
        return None
    if a.family & b.family:
        if not a.given or not b.given:
            return "only a family name is given"
        if not (a.spelled_out and b.spelled_out):
            return None
        x, y = sorted((min(a.given[0].keys), min(b.given[0].keys)), key=lambda key: (len(key), key))
        if len(x) >= 3 and x != y and y.startswith(x):
            return "one given name may be short for the other"
        return "the given names are spelled alike" if _alike(x, y) else None
    # Cheapest first: most pairs that come here share a given name and nothing else.
    if a.spelled_out and b.spelled_out and _alike(a.key, b.key) and a.given[0].matches(b.given[0]) and _given_fits(a.given, b.given):
        return "the family names are spelled alike"
    return None


def _alike(a: str, b: str) -> bool:
    return len(a) >= 5 and len(b) >= 5 and a[0] == b[0] and fuzz.ratio(a, b, score_cutoff=SIMILAR) > 0
