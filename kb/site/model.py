"""What every page may ask of the knowledge base: addresses, labels, links in both directions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kb.evidence.board import Board
from kb.evidence.catalogue import Disputed
from kb.evidence.people import People
from kb.evidence.reruns import Rerun
from kb.evidence.staleness import Staleness
from kb.evidence.state import State
from kb.forms import addresses
from kb.forms.bibtex import entry
from kb.records import Corpus
from kb.site.escape import summary
from kb.site.people import AuthorView, authors
from schemas import Claim, Finding, Record, Result, Source
from schemas.scalars import PartialDate

KIND_NAMES = {"source": "Source", "finding": "Finding", "concept": "Concept", "belief": "Belief", "question": "Question", "result": "Rerun"}
EXTENTS = ("unchecked", "second-hand", "abstract", "author-data", "full-text")


@dataclass(frozen=True)
class Site:
    """The corpus with its derived state, as pages see it."""

    corpus: Corpus
    state: State
    guide: Mapping[str, str]
    """Pages written by hand: name below `docs` to Markdown."""

    def address(self, ref: str) -> str | None:
        """Where a record, or a claim of a finding, stands below the site's root."""
        return addresses.address(self.corpus, ref)

    def label(self, ref: str) -> str:
        """What a reader calls a record; for a claim, the finding's title and the claim's id."""
        return addresses.label(self.corpus, ref) or ref

    def target(self, ref: str) -> tuple[str, str] | None:
        """Address and label together; None when there is no such record."""
        address = self.address(ref)
        return None if address is None else (address, self.label(ref))

    def summary(self, text: str) -> str:
        """The beginning of some prose as one line of plain text."""
        return summary(text, self.target)

    def kind(self, ref: str) -> str:
        """The type of a record in words."""
        found = self.corpus.canonical(ref)
        return "Record" if found is None else KIND_NAMES[self.corpus.entries[found.partition("/")[0]].kind]

    def get(self, ref: str) -> Record | None:
        found = self.corpus.canonical(ref)
        return None if found is None else self.corpus.record(found)

    def source(self, ref: str) -> Source | None:
        record = self.get(ref)
        return record if isinstance(record, Source) else None

    def finding(self, ref: str) -> Finding | None:
        record = self.get(ref)
        return record if isinstance(record, Finding) else None

    def sources_of(self, finding: Finding) -> list[Source]:
        return [source for ref in finding.sources if (source := self.source(ref))]

    @cached_property
    def citations(self) -> dict[str, str]:
        """Short citations by source, with a letter where one would fit several: Shah et al. 2023a."""
        alike: dict[str, list[Source]] = {}
        for source in self.corpus.sources.values():
            alike.setdefault(cite(source), []).append(source)
        found = {}
        for words, sources in alike.items():
            for number, source in enumerate(sorted(sources, key=lambda source: (source.issued.earliest, source.id))):
                found[source.id] = words if len(sources) == 1 else f"{words}{chr(ord('a') + number) if number < 26 else f' ({number + 1})'}"
        return found

    @cached_property
    def bibtex(self) -> dict[str, str]:
        """BibTeX entries by source."""
        return {i: entry(source) for i, source in self.corpus.sources.items()}

    def backlinks(self, record_id: str) -> list[tuple[str, list[str]]]:
        """What links to a record: the link in words, as seen from here, with the records. People and files are left out."""
        found: dict[str, set[str]] = {}
        for link in self.state.backlinks.get(record_id, ()):
            if link.record in self.corpus.entries:
                found.setdefault(link.words, set()).add(link.record)
        return [(words, sorted(records)) for words, records in sorted(found.items())]

    @property
    def people(self) -> People:
        return self.state.people

    @property
    def board(self) -> Board:
        return self.state.board

    @cached_property
    def authors(self) -> list[AuthorView]:
        return authors(self.corpus, self.people)

    def dispute_address(self, dispute: Disputed) -> str:
        """Where a dispute stands on its finding's page."""
        finding, _, claim = dispute.claim.partition("/")
        return f"findings/{finding}.html#dispute-{claim}-{dispute.position + 1}"

    def findings_of_source(self, source: str) -> list[Finding]:
        return [self.corpus.findings[finding] for finding in self.state.findings_of_sources.get(source, ())]

    def rerun_address(self, result: Result) -> str:
        """Where a result stands: on the page of its replication."""
        return f"{self.replication_address(result.replication)}#result-{result.id}"

    def replication_address(self, name: str) -> str:
        return addresses.replication(name)

    def reruns_of(self, finding: Finding) -> tuple[Rerun, ...]:
        """The reruns of a finding, and those of others that test its claims."""
        return self.state.reruns_of_findings.get(finding.id, ())

    def is_own(self, rerun: Rerun, finding: Finding) -> bool:
        """Whether it reruns this finding, and not another one that shares claims with it."""
        return any(self.corpus.canonical(record.finding) == finding.id for record in rerun.records)

    def staleness(self, result: Result) -> Staleness:
        return self.state.staleness[result.id]

    def extent(self, finding: Finding, claim: Claim | None = None) -> str:
        """How far a claim, or a whole finding (its least checked claim), was compared with its source."""
        if claim is not None and claim.checked is not None:
            return claim.checked
        sources = self.sources_of(finding)
        of_sources = min((source.best_extent for source in sources), key=EXTENTS.index, default="unchecked")
        if claim is not None:
            return of_sources
        return min((each.checked or of_sources for each in finding.claims), key=EXTENTS.index)

    def issued(self, finding: Finding) -> PartialDate | None:
        """The first version's date of the finding's earliest source."""
        return min((source.issued for source in self.sources_of(finding)), key=lambda date: (date.earliest, date), default=None)

    def latest(self) -> dt.date | None:
        """The last day on which a record was added; None in an empty knowledge base."""
        return max((entry.record.added for entry in self.corpus), default=None)

    def open_disputes(self, finding: Finding) -> int:
        return sum(dispute.state == "open" for claim in finding.claims for dispute in claim.disputes)


def cite(source: Source) -> str:
    """Short citation: Shah et al. 2023."""
    names = [person.literal or person.family or "" for person in source.author]
    who = names[0] if len(names) == 1 else f"{names[0]} & {names[1]}" if len(names) == 2 else f"{names[0]} et al."
    return f"{who} {source.issued.year}"
