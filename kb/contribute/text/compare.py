"""Which figures rest on a source, and what the texts of the sources say about each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.contribute.text.reading import PaperText
from kb.errors import UsageError
from kb.numbers.intext import Index, Outcome, Sought, basis_of, sought_p
from kb.numbers.printed import Printed, numbers_in
from kb.numbers.typography import normalised
from kb.records.corpus import Corpus, Path_
from kb.records.tree import shown
from schemas import Claim
from schemas.claim import Measure

FIELDS = ("value", "low", "high", "sd", "se", "n", "k", "p")
_WORDS = 45
"""Characters of context on either side of a number."""


@dataclass(frozen=True)
class Paper:
    """One text that was given for a source, searched."""

    source: str
    """Id of the source."""
    file: PaperText
    text: str
    """Normalised."""
    index: Index

    @classmethod
    def of(cls, source: str, file: PaperText) -> Paper:
        text = normalised(file.text)
        try:
            return cls(source, file, text, Index(numbers_in(text)))
        except UsageError as error:
            raise UsageError(f"{shown(file.name)}: {error}") from None

    @cached_property
    def _ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    def place(self, printed: Printed) -> int:
        """The page or line where a number stands."""
        line = bisect_left(self._ends, printed.offset)
        return self.file.places[min(line, len(self.file.places) - 1)]

    def context(self, printed: Printed) -> str:
        """A few words around a number, on one line: for the terminal, never to be kept."""
        start, end = max(0, printed.offset - _WORDS), printed.offset + len(printed.shown) + _WORDS
        words = " ".join(self.text[start:end].split())
        return f"{'…' if start else ''}{words}{'…' if end < len(self.text) else ''}"


@dataclass(frozen=True)
class Figure:
    """One number of a record, and what the texts say about it."""

    finding: str
    claim: str
    measure: Measure
    field: str
    path: Path_
    """Where it stands in the finding's file."""
    number: str
    """As the record has it; p with its sign."""
    outcome: Outcome
    paper: Paper
    """The text that says so; for an absent figure the first of them."""
    elsewhere: tuple[str, ...]
    """Sources without a text that the claim's place names too."""

    @property
    def display(self) -> str:
        unit = self.measure.unit if self.field not in ("n", "k", "p") and self.measure.unit else ""
        return f"{self.number} {unit}".rstrip()


def named(corpus: Corpus, key: str) -> str:
    """The id of the source that a key names. Raises UsageError where it names none, with the nearest."""
    found = corpus.canonical(key) if "/" not in key else None
    if found in corpus.sources:
        return str(found)
    from kb.records.similarity import suggest

    near = suggest(key, [*corpus.sources, *(alias for alias, i in corpus.aliases.items() if i in corpus.sources)])
    raise UsageError(f"--text: no source has the id '{shown(key)}'" + (f"; did you mean {' or '.join(repr(n) for n in near)}?" if near else ""))


def compare(corpus: Corpus, papers: Sequence[Paper]) -> list[Figure]:
    """Every figure that rests on one of the papers' sources, by finding, claim and measure.

    A claim rests on the sources that its places name, or on all of its finding's where a place names none. Where
    it rests on several, and several texts of one source were given, the text that says most about a figure speaks.
    """
    figures: list[Figure] = []
    for name, finding in corpus.findings.items():
        sources = [corpus.canonical(source) or source for source in finding.sources]
        for i, claim in enumerate(finding.claims):
            rests_on = [source for source in sources if _rests_on(corpus, claim, source)]
            texts = [paper for paper in papers if paper.source in rests_on]
            if not texts:
                continue
            # A place that names no source leaves open which of them prints the figure.
            elsewhere = tuple(source for source in rests_on if all(paper.source != source for paper in papers))
            for j, measure in enumerate(claim.measures):
                for field, number, sought in _sought(measure):
                    outcome, paper = _best([(paper.index.look_for(sought), paper) for paper in texts])
                    path = ("claims", i, "measures", j, field)
                    figures.append(Figure(name, claim.id, measure, field, path, number, outcome, paper, elsewhere))
    return figures


def _rests_on(corpus: Corpus, claim: Claim, source: str) -> bool:
    return not claim.at or any(place.source is None or corpus.canonical(place.source) == source for place in claim.at)


def _sought(measure: Measure) -> Iterator[tuple[str, str, Sought]]:
    for field in FIELDS:
        value = getattr(measure, field)
        if value is None:
            continue
        if field == "p":
            yield field, str(value), sought_p(value)
        else:
            basis = "count" if field in ("n", "k") else basis_of(measure.unit)
            yield field, str(value), Sought(str(value), basis, is_bound=field in ("low", "high"))


def _best(outcomes: Sequence[tuple[Outcome, Paper]]) -> tuple[Outcome, Paper]:
    """The first of the best class."""
    order = ("found", "other-unit", "other-digits", "absent")
    return min(outcomes, key=lambda pair: order.index(pair[0].kind))
