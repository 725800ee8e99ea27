"""What the checks share: the corpus, the day, and tables derived from them once, when first asked for."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from kb.checks.references import ANY, Ref, prose_references, references
from kb.checks.texts import Text, texts_of
from kb.numbers.claims import outcomes
from kb.numbers.evaluate import Outcome
from kb.records.corpus import Corpus, Entry, Path_
from kb.records.similarity import Names
from schemas import Claim, Finding, Source
from schemas.claim import Measure
from schemas.scalars import LINK

MOST_OFFERS = 100
"""Broken links of one run that are given a suggestion."""


class Context:
    """Immutable view of one knowledge base for the checks; every table is built at most once."""

    def __init__(self, corpus: Corpus, today: dt.date) -> None:
        self.corpus = corpus
        self.config = corpus.config
        self.today = today
        self._names: dict[frozenset[str], Names] = {}
        self._offered: dict[tuple[str, frozenset[str]], list[str]] = {}

    @cached_property
    def refs(self) -> list[Ref]:
        """Every link of every valid record, those in prose among them, by record."""
        found: list[Ref] = []
        for entry in self.entries:
            found.extend(references(entry.record))
            if "[[" in entry.document.text and LINK.search(entry.document.text):
                found.extend(links_in_text(entry))
        return found

    @cached_property
    def uses(self) -> Mapping[str, Sequence[Ref]]:
        """Present id of a record to the links that name it (or one of its claims), from other records."""
        table: dict[str, list[Ref]] = defaultdict(list)
        aliases, entries = self.corpus.aliases, self.corpus.entries
        for ref in self.refs:
            head = ref.target.partition("/")[0]
            if head not in entries:
                head = aliases.get(head, head)
            if head != ref.owner:
                table[head].append(ref)
        return table

    @cached_property
    def unreadable(self) -> Mapping[str, str]:
        """Id to record type of files that hold no valid record: links to them are no news, their own file is reported."""
        kinds = {folder: kind for kind, folder in self.config.folders.items()}
        return {PurePosixPath(file).stem: kinds.get(str(PurePosixPath(file).parent), "") for file in sorted(self.corpus.broken)}

    @cached_property
    def words_of_broken(self) -> frozenset[str]:
        """Every text in files that hold no valid record: what they may be using."""
        return frozenset(text.text for file, document in sorted(self.corpus.broken.items()) for text in texts_of(file, document.data, bool))

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every valid record, by id."""
        return tuple(self.corpus)

    def claims(self) -> Iterator[tuple[str, Path_, Claim]]:
        """Every claim: the finding's id, where the claim stands in its file, and the claim."""
        for name, finding in self.corpus.findings.items():
            for i, claim in enumerate(finding.claims):
                yield name, ("claims", i), claim

    def measures(self) -> Iterator[tuple[str, Path_, Measure]]:
        """Every figure: the finding's id, where the figure stands in its file, and the figure."""
        for name, path, claim in self.claims():
            for j, measure in enumerate(claim.measures):
                yield name, (*path, "measures", j), measure

    @cached_property
    def outcomes(self) -> Sequence[tuple[str, Path_, Claim, Sequence[Outcome]]]:
        """Claims with checks or automatic tests: the finding's id, where the claim stands, the claim, and what came out."""
        found = ((name, path, claim, outcomes(claim)) for name, path, claim in self.claims())
        return [entry for entry in found if entry[3]]

    def grep(self, pattern: re.Pattern[str], worth_a_look: Callable[[str], object]) -> Iterator[tuple[Text, re.Match[str]]]:
        """Texts in which `pattern` is found, with its first match.

        Searching every text of every record costs more than reading them. `worth_a_look` is asked about a file as a whole
        and must be true of any file whose text could match; files with a backslash, which may hide a character, are always searched.
        """
        for entry in self.entries:
            whole = entry.document.text
            if "\\" in whole or worth_a_look(whole):
                for text in texts_of(entry.record.id, entry.document.data, pattern.search):
                    if found := pattern.search(text.text):
                        yield text, found

    def canonical(self, record_id: str) -> str:
        """The present id behind an id or alias; itself where there is none."""
        return record_id if record_id in self.corpus.entries else self.corpus.aliases.get(record_id, record_id)

    def source(self, record_id: str) -> Source | None:
        """The source behind an id or alias, if there is one."""
        return self.corpus.sources.get(self.canonical(record_id))

    def sources_of(self, finding: Finding) -> list[Source]:
        """The sources of a finding that exist, in its order."""
        return [source for name in finding.sources if (source := self.source(name)) is not None]

    def finding(self, record_id: str) -> Finding | None:
        """The finding behind an id or alias, if there is one."""
        return self.corpus.findings.get(self.canonical(record_id))

    def nearest_records(self, name: str, kinds: frozenset[str] = ANY) -> list[str]:
        """Ids of records whose id, alias or title is similar to `name`, most similar first, only of some types if given.

        A suggestion compares with every id and title. Who has broken hundreds of links knows why; from then on there are none.
        """
        wanted = (name, kinds)
        if wanted not in self._offered:
            self._offered[wanted] = self._nearest(name, kinds) if len(self._offered) < MOST_OFFERS else []
        return self._offered[wanted]

    def _nearest(self, name: str, kinds: frozenset[str]) -> list[str]:
        if kinds not in self._names:
            records = [entry.record for entry in self.entries if entry.kind in kinds]
            by_title = {record.label: record.id for record in records}
            self._names[kinds] = Names(
                by_title | {alias: record.id for record in records for alias in record.aliases} | {record.id: record.id for record in records}
            )
        return self._names[kinds].nearest(name)


def nearest(word: str, choices: Sequence[str], limit: int = 2) -> list[str]:
    """The entries of a small vocabulary that `word` is probably a slip of, most similar first."""
    from kb.records.similarity import suggest

    return suggest(word, choices, limit)


def did_you_mean(candidates: Sequence[str], otherwise: str) -> str:
    """A fix that offers the candidates, or `otherwise` where there are none."""
    return f"did you mean {' or '.join(repr(c) for c in candidates)}?" if candidates else otherwise


def named(records: Sequence[str], most: int = 5) -> str:
    """Records by id, the first few where there are many: n records that each name all others would make a report of n times n."""
    shown = ", ".join(f"'{record}'" for record in records[:most])
    return shown if len(records) <= most else f"{shown} and {len(records) - most} more"


def links_in_text(entry: Entry) -> Iterator[Ref]:
    """The `[[links]]` in the texts of a record."""
    for text in texts_of(entry.record.id, entry.document.data, lambda text: "[[" in text):
        yield from prose_references(text.record, text.path, text.text)
