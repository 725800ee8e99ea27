"""Nearest names for "did you mean", and near-duplicate titles among many, in time that grows with the records, not with their pairs."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from kb.records.wording import either

_WORD: Final = re.compile(r"[^\W_]+")
_MIN_SCORE: Final = 60.0
_SHARED_BY_ALL: Final = 40
"""A word in more titles than this says nothing about two of them, unless they have no rarer one."""
_WINDOW: Final = 100
STOP_WORDS: Final = frozenset("a an and are as at by can do does for from how in is it its of on or that the their to with what when why".split())  # noqa: SIM905 - words
"""Words that say nothing about what a title is about."""


def folded(text: str) -> str:
    """Text for comparing: case, accents, punctuation and spacing gone, words separated by one space."""
    plain = text if text.isascii() else "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain.casefold()))


def suggest(word: str, candidates: Iterable[str], limit: int = 3) -> list[str]:
    """The candidates that `word` is probably a slip of, most similar first; ties in alphabetical order.

    A slip is a spelling at least 60 % similar (optimal string alignment distance, so that swapped neighbours count
    once), the same words in another order, or a prefix of three letters or more.
    """
    wanted = folded(word)
    if not wanted:
        return []
    scored = []
    for candidate in sorted(set(candidates)):
        name = folded(candidate)
        score = 100.0 * OSA.normalized_similarity(wanted, name)
        if score < _MIN_SCORE and (" " in wanted or " " in name):
            score = 0.95 * fuzz.token_sort_ratio(wanted, name) if sorted(wanted.split()) == sorted(name.split()) else score
        if score < _MIN_SCORE and len(wanted) >= 3 and name.startswith(wanted):
            score = _MIN_SCORE
        if score >= _MIN_SCORE:
            scored.append((-score, candidate))
    return [candidate for _, candidate in sorted(scored)[:limit]]


def did_you_mean(word: str, candidates: Iterable[str], limit: int = 3) -> str:
    """`did you mean 'a' or 'b'?`, empty where nothing is near."""
    near = suggest(word, candidates, limit)
    return f"did you mean {either(near)}?" if near else ""


@dataclass(frozen=True)
class Names:
    """Ids by everything that a record may be called: id, title, aliases."""

    by_name: Mapping[str, str]
    """Name to present id."""

    @cached_property
    def _folded(self) -> tuple[list[str], list[str]]:
        pairs = sorted((folded(name), record) for name, record in self.by_name.items())
        return [name for name, _ in pairs], [record for _, record in pairs]

    def nearest(self, word: str, limit: int = 3) -> list[str]:
        """Ids of the records whose id, alias or title resembles a word, most similar first, each once. For a word, one pass over all names."""
        wanted = folded(word)
        names, records = self._folded
        if not wanted:
            return []
        best: dict[str, float] = {}
        for scorer, cutoff in ((fuzz.ratio, 62.0), (fuzz.token_set_ratio, 85.0)):
            for _, score, index in process.extract(wanted, names, scorer=scorer, limit=4 * limit, score_cutoff=cutoff):
                best[records[index]] = max(best.get(records[index], 0.0), score - (0.0 if scorer is fuzz.ratio else 5.0))
        return [record for record, _ in sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit]]


@dataclass(frozen=True, order=True)
class Near:
    """Two records whose titles nearly agree, the smaller key first."""

    first: str
    second: str
    score: float
    """0 to 100."""


def near_titles(titles: Mapping[str, str], threshold: float, authors: Mapping[str, Sequence[str]] | None = None) -> list[Near]:
    """Pairs of keys whose titles are at least `threshold` (0 to 100) similar, sorted.

    Titles are compared folded, whole, with their words in alphabetical order (versions of one work swap the halves of
    their title), and without their subtitle (after a colon, dash or question mark); a title whose main part is a
    single word is compared whole. With `authors` (family names per key), a pair that shares
    none is dropped: two groups may give one title to two works; a key without authors could be anybody's.

    Blocking: only titles that share one of their three rarest words, or their first twelve letters with spaces
    dropped, are compared, and words that stand in more than 40 titles block only where a title has no rarer one.
    So the pairs that differ in every rare word are missed: those are not near-duplicates that a reader would see.
    In a block of more than 100 (thousands of titles that begin alike), each is compared with the next 100 in
    alphabetical order, so that the time grows with the number of titles whatever they are.
    """
    forms = {key: _forms(title) for key, title in titles.items()}
    found: dict[tuple[str, str], float] = {}
    for block in _blocks(forms):
        for pair, score in _within(block, forms, threshold):
            found[pair] = max(score, found.get(pair, 0.0))
    people = {key: {folded(name) for name in names} - {""} for key, names in (authors or {}).items()}
    return [
        Near(first, second, round(score, 1))
        for (first, second), score in sorted(found.items())
        if not people.get(first) or not people.get(second) or people[first] & people[second]
    ]


def title_similarity(one: str, other: str) -> float:
    """How alike two titles are, 0 to 100, by the three comparisons of `near_titles`; 0 where one has no words."""
    pairs = zip(_forms(one), _forms(other), strict=True)
    return max(fuzz.ratio(a, b) if a and b else 0.0 for a, b in pairs)


def main_part(title: str) -> str:
    """A title without its subtitle (after a colon, a dash or a question mark)."""
    return re.split(r": | [-–—] |\? ", title, maxsplit=1)[0]


def _forms(title: str) -> tuple[str, str, str]:
    """The folded title, its folded main part (the same where it has no subtitle of use), and its words in alphabetical order."""
    whole = folded(title)
    main = folded(main_part(title))
    return whole, main if len(main.split()) > 1 else whole, " ".join(sorted(whole.split()))


def _blocks(forms: Mapping[str, tuple[str, str, str]]) -> Iterator[list[str]]:
    counts: dict[str, int] = defaultdict(int)
    words = {key: sorted(set(whole.split()) - STOP_WORDS) or whole.split() for key, (whole, *_) in forms.items()}
    for own in words.values():
        for word in own:
            counts[word] += 1
    blocks: dict[str, set[str]] = defaultdict(set)
    for key, own in words.items():
        rarest = sorted(own, key=lambda word: (counts[word], word))
        for rank, word in enumerate(rarest[:3]):
            if counts[word] <= _SHARED_BY_ALL or rank == 0:
                blocks[f"w {word}"].add(key)
        for form in forms[key][:2]:
            if form:
                blocks[f"p {form.replace(' ', '')[:12]}"].add(key)
    for name in sorted(blocks):
        if len(blocks[name]) > 1:
            yield sorted(blocks[name])


def _within(block: Sequence[str], forms: Mapping[str, tuple[str, str, str]], threshold: float) -> Iterator[tuple[tuple[str, str], float]]:
    """Similar pairs of one block, the smaller key first; compared in C, row by row."""
    for form in range(3):
        if form and all(forms[key][form] == forms[key][0] for key in block):
            continue
        keys = sorted(block, key=lambda key: (forms[key][form], key))
        names = [forms[key][form] for key in keys]
        for i, name in enumerate(names[:-1]):
            for _, score, j in process.extract(name, names[i + 1 : i + 1 + _WINDOW], scorer=fuzz.ratio, score_cutoff=threshold, limit=None):
                yield (min(keys[i], keys[i + 1 + j]), max(keys[i], keys[i + 1 + j])), score
