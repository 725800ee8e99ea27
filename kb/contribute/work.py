"""A work as a registry or a bibliography file describes it, cleaned, before it is a record."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from pydantic import TypeAdapter, ValidationError

from kb.checks.kb221_duplicate_source import identities
from kb.contribute.people import Author
from kb.contribute.plain import line
from kb.errors import UsageError
from schemas import PartialDate, Source
from schemas.scalars import WebLink

TYPES: Final[frozenset[str]] = frozenset(get_args(Source.model_fields["type"].annotation))
MOST_AUTHORS: Final = 1_000
_LINK: Final = TypeAdapter[str](WebLink)
_DATE: Final = TypeAdapter[str](PartialDate)

# What CSL, Crossref, BibTeX and RIS call the types of the schema.
_TYPE_NAMES: Final[Mapping[str, str]] = {
    **{name: name for name in TYPES},
    **dict.fromkeys(("posted-content", "preprint", "unpublished", "manuscript", "unpb", "inpr"), "article"),
    **dict.fromkeys(("journal-article", "article-magazine", "article-newspaper", "jour", "ejour", "mgzn", "news", "review", "periodical"), "article-journal"),
    **dict.fromkeys(("proceedings-article", "inproceedings", "conference", "conf", "cpaper", "speech"), "paper-conference"),
    **dict.fromkeys(("book-chapter", "book-section", "incollection", "inbook", "chap", "echap", "entry-encyclopedia", "entry-dictionary"), "chapter"),
    **dict.fromkeys(("phdthesis", "mastersthesis", "dissertation", "thes"), "thesis"),
    **dict.fromkeys(("techreport", "rprt", "report-component", "standard", "stand", "manual"), "report"),
    **dict.fromkeys(("post", "blog"), "post-weblog"),
    **dict.fromkeys(("online", "www", "electronic", "elec", "icomm"), "webpage"),
    **dict.fromkeys(("data", "dbase", "aggr"), "dataset"),
    **dict.fromkeys(("comp",), "software"),
}


@dataclass(frozen=True)
class Work:
    """Fields of a source, each cleaned and valid for the schema, or empty where it is not known."""

    type: str = "article"
    title: str = ""
    author: tuple[Author, ...] = ()
    issued: str = ""
    container_title: str = ""
    publisher: str = ""
    doi: str = ""
    url: str = ""
    arxiv: str = ""
    version: str = ""
    version_date: str = ""
    affiliations: tuple[str, ...] = ()
    key: str = ""
    """How the file that it comes from calls it."""
    notes: tuple[str, ...] = ()
    """What the contributor should know: what was dropped or guessed."""

    def fields(self) -> dict[str, Any]:
        """The known fields as a source record writes them."""
        known = {
            "type": self.type,
            "title": self.title,
            "author": [dict(author) for author in self.author],
            "issued": self.issued,
            "container-title": self.container_title,
            "publisher": self.publisher,
            "DOI": self.doi,
            "arxiv": self.arxiv,
            "URL": self.url,
            "version": self.version,
            "version-date": self.version_date,
            "affiliations": list(self.affiliations),
        }
        return {field: value for field, value in known.items() if value}

    @property
    def identity(self) -> frozenset[tuple[str, str]]:
        """What identifies the work, in the terms of the check on duplicate sources."""
        return frozenset(key for _, key in identities(self.arxiv, self.doi, self.url))

    @property
    def names(self) -> list[str]:
        """Family names and literals, in order."""
        return [author.get("family") or author.get("literal", "") for author in self.author]

    def noting(self, *notes: str) -> Work:
        return replace(self, notes=(*self.notes, *(note for note in notes if note)))


def type_of(name: Any, default: str = "webpage") -> tuple[str, str]:
    """The schema's type for what others call it, and a note where there is no such type."""
    wanted = line(name, 40).casefold().replace("_", "-").replace(" ", "-")
    if not wanted:
        return "article", ""
    if wanted in _TYPE_NAMES:
        return _TYPE_NAMES[wanted], ""
    return default, f"the type '{wanted}' is none of a source's; it is filed as {default}"


def authors(found: Iterable[Author | None]) -> tuple[Author, ...]:
    """Authors without the empty ones. Raises UsageError where there are more than a record should list."""
    people = tuple(author for author in found if author)
    if len(people) > MOST_AUTHORS:
        raise UsageError(f"the work has {len(people)} authors; more than {MOST_AUTHORS} are filed by hand, as a group: `literal: Some Collaboration`")
    return people


def link(text: Any) -> str:
    """An http(s) address that the schema admits; empty for anything else."""
    try:
        return _LINK.validate_python(text.strip()) if isinstance(text, str) else ""
    except ValidationError:
        return ""


def date(text: Any) -> str:
    """A date of known precision from `2026`, `2026-1-5`, `2026/01/05`, or a time stamp; empty where there is none."""
    found = re.match(r"\s*([12]\d{3})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?![\d])", text) if isinstance(text, (str, int)) and (text := str(text)) else None
    return date_of_parts([part for part in found.groups() if part]) if found else ""


def typed_date(text: str) -> str:
    """A date that somebody typed, to the precision that was typed; empty where there is no such day or month, or something else beside it."""
    found = date(text) if re.fullmatch(r"\s*\d{4}(?:[-/]\d{1,2}){0,2}\s*", text) else ""
    return found if found and len(re.findall(r"\d+", text)) == len(found.split("-")) else ""


def date_of_parts(parts: Iterable[Any]) -> str:
    """A date of year, month and day, as numbers or their digits; cut before the first part that is none. Empty without a year."""
    numbers: list[int] = []
    for part in list(parts)[:3]:
        try:
            numbers.append(int(str(part)[:4]))
        except ValueError:
            break
    while numbers:
        try:
            dt.date(*[*numbers, 1, 1][:3])
            return str(_DATE.validate_python("-".join(f"{number:04}" if n == 0 else f"{number:02}" for n, number in enumerate(numbers))))
        except (ValueError, OverflowError):
            numbers.pop()
    return ""
