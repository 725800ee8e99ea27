"""Which records resemble a record, or a text: one index for `kb similar` and for what `kb new` shows before it writes.

Titles are compared as the checks on duplicates compare them (`kb.records.similarity`), so that what `kb new` lets pass
`kb check` does not report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from rapidfuzz import fuzz, process

from kb.checks.kb221_duplicate_source import identifiers, identities
from kb.checks.kb222_similar_source import numbers
from kb.records.corpus import Corpus, Entry
from kb.records.similarity import STOP_WORDS, folded, title_similarity
from schemas import Belief, Concept, Finding, Question, Record, Source

LEAST = 50.0
"""Scores below this are chance: two titles of one field share that much."""
_PER_AUTHOR, _ALL_AUTHORS = 4.0, 12.0
"""What authors in common add to a score, each and at most: a group's next paper is nearer than a stranger's of a like title."""
_WORDS_ONLY = 5.0
"""What a text loses that holds a title's words, or is held by it, and is not alike: as "did you mean" counts it."""


@dataclass(frozen=True)
class Item:
    """What is compared of a record, or of something that is none yet."""

    id: str
    kind: str
    titles: tuple[str, ...]
    """Title or name, and former ids as words."""
    statements: tuple[tuple[str, str], ...] = ()
    """Texts that say what it claims, each with how to name it: ("claim rate", "The rate rises")."""
    authors: tuple[str, ...] = ()
    """Family names or groups, as printed."""
    keys: frozenset[tuple[str, str]] = frozenset()
    """What identifies a work: ("arXiv id", "2405.01234")."""
    cites: frozenset[str] = frozenset()
    """Its own sources: they resemble it by their authors, which says nothing."""
    loose: bool = False
    """A text that somebody typed: it may be part of a title, or name an author."""
    file: str = ""

    @property
    def label(self) -> str:
        return self.titles[0] if self.titles else self.id


@dataclass(frozen=True, order=True)
class Match:
    """A record that resembles something, with a score from 0 to 100 and why. Sorted from the best."""

    rank: tuple[float, str] = field(repr=False)
    item: Item = field(compare=False)
    score: float = field(compare=False)
    why: tuple[str, ...] = field(compare=False)
    duplicate: bool = field(compare=False, default=False)
    """The two are probably one: they share an identifier, or their titles agree as the checks on duplicates ask."""


@dataclass(frozen=True)
class Index:
    """Every record of a knowledge base, ready to be compared."""

    items: tuple[Item, ...]
    threshold: float
    """Similarity of titles from which two records are near-duplicates: `similar-title` of kb.yaml."""

    @classmethod
    def of(cls, corpus: Corpus) -> Index:
        kept = [item_of(entry, corpus) for entry in corpus if entry.kind != "result"]
        return cls((*kept, *_unfinished(corpus)), corpus.config.thresholds.similar_title)

    def search(self, wanted: Item, *, kinds: Collection[str] = (), limit: int | None = None, least: float = LEAST) -> list[Match]:
        """Records that resemble `wanted`, best first, ties by id; the record itself and its sources are left out. Time grows with the records."""
        others = (item for item in self.items if item.id != wanted.id and item.id not in wanted.cites and (not kinds or item.kind in kinds))
        found = sorted(match for item in others if (match := self._compare(wanted, item)) is not None and match.score >= least)
        return found[:limit]

    def duplicates(self, wanted: Item) -> list[Match]:
        """Records of the same kind that are probably the same thing, best first."""
        return [match for match in self.search(wanted, kinds=(wanted.kind,), least=0) if match.duplicate]

    def _compare(self, wanted: Item, other: Item) -> Match | None:
        names = (*other.titles, other.id.replace("-", " ")) if wanted.loose else other.titles
        title = max((_titles(a, b, wanted.loose) for a in wanted.titles for b in names), default=0.0)
        statement, name = max(((_statements(a, b, wanted.loose), name) for _, a in wanted.statements for name, b in other.statements), default=(0.0, ""))
        people = _shared(wanted, other)
        common = sorted(what for what, _ in wanted.keys & other.keys)
        score = max(title, statement)
        why = [f"same {what}" for what in common]
        why += [f"title {title:.0f}"] if title >= LEAST else []
        why += [f"{name} {statement:.0f}"] if statement >= LEAST else []
        if people:
            why.append(f"authors {', '.join(people[:3])}{' …' if len(people) > 3 else ''}")
            # Authors alone are a reason only for who asks by name.
            score = max(score + min(_ALL_AUTHORS, _PER_AUTHOR * len(people)), 100.0 * len(people) / max(1, len(wanted.authors)) - 20 if wanted.loose else 0.0)
        score = 100.0 if common else min(score, 99.9)
        if not why:
            return None
        # As the checks have it: two groups may give one title to two works, and nobody files one result under another's title.
        may_be = wanted.kind != "source" or bool(people) or not wanted.authors or not other.authors
        alike = title >= self.threshold and numbers(wanted.label) == numbers(other.label) and may_be
        return Match((-score, other.id), other, round(score, 1), tuple(why), bool(common) or (alike and not wanted.loose))


def item_of(entry: Entry, corpus: Corpus) -> Item:
    """What is compared of a record of a corpus."""
    record = entry.record
    authors = _authors(record, corpus)
    keys = frozenset(key for _, key in identifiers(record)) if isinstance(record, Source) else frozenset[tuple[str, str]]()
    titles = (record.label, *(alias.replace("-", " ") for alias in record.aliases))
    cites = frozenset(corpus.canonical(name) or name for name in record.sources) if isinstance(record, Finding) else frozenset[str]()
    return Item(record.id, entry.kind, titles, tuple(_said(record)), tuple(authors), keys, cites, file=entry.file)


def text_item(text: str) -> Item:
    """What is compared of a text that somebody typed: it may be a title, a statement or names of authors."""
    return Item("", "", (text,), (("text", text),), tuple(word for word in text.replace(",", " ").split() if word[:1].isupper()), loose=True)


def _unfinished(corpus: Corpus) -> Iterator[Item]:
    """What files say that hold no valid record, such as a scaffold whose date is still to be filled in."""
    kinds = {folder: kind for kind, folder in corpus.config.folders.items() if kind != "result"}
    for file, document in sorted(corpus.broken.items()):
        kind = kinds.get(file.rpartition("/")[0])
        if kind is None or not document.data:
            continue
        title, arxiv, doi, url = (value if isinstance(value := document.data.get(name), str) else "" for name in ("title", "arxiv", "DOI", "URL"))
        keys = frozenset(key for _, key in identities(arxiv, doi, url)) if kind == "source" else frozenset[tuple[str, str]]()
        yield Item(PurePosixPath(file).stem, kind, (title,) if title else (), keys=keys, file=file)


def _authors(record: Record, corpus: Corpus) -> list[str]:
    works: Sequence[Source] = [record] if isinstance(record, Source) else []
    if isinstance(record, Finding):
        works = [found for name in record.sources if isinstance(found := _record(corpus, name), Source)]
    return list(dict.fromkeys(person.family or person.literal or "" for work in works for person in work.author))


def _record(corpus: Corpus, name: str) -> Record | None:
    present = corpus.canonical(name)
    return corpus.entries[present].record if present and "/" not in present else None


def _said(record: Record) -> list[tuple[str, str]]:
    if isinstance(record, Finding):
        return [(f"claim {claim.id}", claim.statement) for claim in record.claims]
    if isinstance(record, Belief):
        return [("statement", record.statement)]
    if isinstance(record, Question):
        return [("asks", record.asks)]
    return [("definition", record.definition)] if isinstance(record, Concept) else []


def _titles(one: str, other: str, loose: bool) -> float:
    score = title_similarity(one, other)
    if loose and (a := folded(one)) and (b := folded(other)):
        score = max(score, fuzz.token_set_ratio(a, b, score_cutoff=85) - _WORDS_ONLY, _covered(a, b))
    return score


def _statements(one: str, other: str, loose: bool) -> float:
    a, b = folded(one), folded(other)
    if not a or not b:
        return 0.0
    return _covered(a, b) if loose else max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b))


def _covered(query: str, text: str) -> float:
    """How much of a query's words stand in a text in some form ("conversations": "conversational"), 0 to 90; one word alone says little."""
    wanted, words = [word for word in query.split() if word not in STOP_WORDS], set(text.split())
    found = [100.0 if word in words else best[1] if (best := process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=75)) else 0.0 for word in wanted]
    return 0.9 * sum(found) / len(found) if len(found) > 1 else 0.0


def _shared(wanted: Item, other: Item) -> list[str]:
    """Authors of `other` that `wanted` names too, as printed; one work's group is compared whole."""
    names = {folded(name) for name in wanted.authors} - {""}
    return [name for name in other.authors if folded(name) in names]
