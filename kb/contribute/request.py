"""What `kb new` was asked for, and the work behind it: from an identifier, a file, or what was said about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kb.contribute.identifiers.registry import chosen, identifiers, works_in
from kb.contribute.people import person_of_name
from kb.contribute.plain import line
from kb.contribute.similar import Index
from kb.contribute.web import Web
from kb.contribute.work import TYPES, Work, authors, link, typed_date
from kb.errors import UsageError
from kb.records.corpus import Corpus
from kb.records.similarity import did_you_mean
from kb.records.wording import quoted


@dataclass(frozen=True)
class Request:
    """The options of `kb new`; empty texts and None are what was not given."""

    kind: str
    day: str
    """Today, as YYYY-MM-DD."""
    identifier: tuple[str, str] | None = None
    """Kind of identifier and the identifier as typed."""
    file: Path | None = None
    format: str | None = None
    key: str | None = None
    offline: bool = False
    title: str = ""
    work_title: str = ""
    """The title of the work; where a source is asked for, `title` is."""
    id: str = ""
    source_id: str = ""
    sources: tuple[str, ...] = ()
    concept: str = ""
    sort: str = ""
    """Kind of a finding or question, shape of a concept, type of a source."""
    credence: str = ""
    author: tuple[str, ...] = ()
    issued: str = ""
    url: str = ""
    by: str = ""
    yes: bool = False
    dry_run: bool = False

    @property
    def names_a_work(self) -> bool:
        return self.identifier is not None or self.file is not None


@dataclass(frozen=True)
class Found:
    """A work, or the source that it is filed as already."""

    work: Work
    filed: str = ""
    """Id of the source that the knowledge base has of it; empty where it has none."""
    by_hand: bool = False
    """Nobody but the contributor says what is known of it."""


def find(request: Request, index: Index, web: Callable[[], Web]) -> Found:
    """The work that a request names. A work that is filed is not looked up again.

    Raises UsageError for a wrong identifier, a file that holds no such work, and where a registry cannot be asked.
    """
    if request.identifier is not None:
        kind = identifiers()[request.identifier[0]]
        name = kind.normalise(request.identifier[1])
        bare = kind.bare(name)
        if filed := filed_as(bare, index):
            return Found(bare, filed)
        if request.offline:
            return Found(_said(bare, request), by_hand=True)
        work = kind.look_up(name, web())
        return Found(_said(work, request), filed_as(work, index))
    if request.file is not None:
        work = chosen(works_in(request.file, request.format), request.key, str(request.file))
        return Found(_said(work, request), filed_as(work, index))
    work = _said(Work(), request)
    return Found(work, filed_as(work, index), by_hand=True)


def filed_as(work: Work, index: Index) -> str:
    """Id of the source that shares an identifier (arXiv id, DOI, address) with a work; empty where there is none."""
    return next((item.id for item in index.items if item.kind == "source" and item.keys & work.identity), "")


def existing(names: tuple[str, ...], kind: str, corpus: Corpus) -> list[str]:
    """Present ids of records of a type. Raises UsageError for one that there is not, with the nearest."""
    found = []
    for name in names:
        present = corpus.canonical(name)
        entry = corpus.entries.get(present or "")
        if entry is None or entry.kind != kind:
            near = did_you_mean(name, [entry.record.id for entry in corpus if entry.kind == kind])
            raise UsageError(f"no {kind} is called {quoted(name)}" + (f"; {near}" if near else f" (that is a {entry.kind})" if entry else ""))
        found.append(entry.record.id)
    return list(dict.fromkeys(found))


def _said(work: Work, request: Request) -> Work:
    """A work with what the options say of it in place of what a registry says."""
    changes: dict[str, str] = {}
    if request.issued and not (issued := typed_date(request.issued)):
        raise UsageError(f"--issued {quoted(request.issued)} is no date; expected YYYY, YYYY-MM or YYYY-MM-DD")
    if request.issued:
        changes["issued"] = issued
    if request.url:
        if not (address := link(request.url)):
            raise UsageError(f"--url {quoted(request.url)} is no address; expected http:// or https:// and no spaces")
        changes["url"] = address
    if request.kind == "source" and request.sort:
        if request.sort not in TYPES:
            raise UsageError(f"no type of source is called {quoted(request.sort)}; expected {', '.join(sorted(TYPES))}")
        changes["type"] = request.sort
    if title := line(request.title if request.kind == "source" else request.work_title):
        changes["title"] = title
    people = authors(map(person_of_name, request.author))
    return replace(work, **changes, **({"author": people} if people else {}))  # type: ignore[arg-type] # texts, and authors as such
