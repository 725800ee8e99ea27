"""Bibliographies in RIS, by rispy."""

from __future__ import annotations

from typing import Any

from kb.contribute.identifiers.registry import format_
from kb.contribute.naming import arxiv_of, doi_of
from kb.contribute.people import person_of_name
from kb.contribute.plain import line, missing
from kb.contribute.work import Work, authors, date, link, type_of
from kb.errors import UsageError


@format_("ris", ".ris")
def works_in(raw: bytes, file: str) -> list[Work]:
    """The works of a file. Raises UsageError where the library is missing, or the file is no RIS."""
    try:
        import rispy
    except ModuleNotFoundError as error:
        raise missing("rispy") from error
    try:
        items = rispy.loads(raw.decode("utf-8-sig", "replace"))
    except Exception as error:
        raise UsageError(f"{file} can't be read as RIS: {line(str(error), 160) or type(error).__name__}") from None
    return [_work(item, n) for n, item in enumerate(items, start=1)]


def _work(item: dict[str, Any], number: int) -> Work:
    def said(*names: str) -> str:
        return next((text for name in names if (text := line(item.get(name)))), "")

    kind, note = type_of("webpage" if item.get("type_of_reference") == "ELEC" else item.get("type_of_reference"))
    urls = [link(url) for url in item.get("urls", ()) if link(url)]
    doi = doi_of(said("doi"))
    archive = "arXiv" if "arxiv" in said("name_of_database", "publisher", "journal_name", "alternate_title3").casefold() else ""
    places = {"archive": archive, "number": said("number", "accession_number"), "note": said("accession_number", "custom7")}
    arxiv, version = arxiv_of({**places, "URL": urls[0] if urls else ""}, doi)
    container = said("secondary_title", "journal_name", "alternate_title3", "alternate_title2")
    return Work(
        type="article" if kind == "article-journal" and arxiv and not said("issn") and container.casefold() in ("", "arxiv") else kind,
        title=said("title", "primary_title"),
        author=authors(map(person_of_name, item.get("authors") or item.get("first_authors") or ())),
        issued=_date(item),
        container_title="" if container.casefold() == "arxiv" else container,
        publisher=said("publisher"),
        doi="" if arxiv and "/arxiv." in doi else doi,
        url=urls[0] if urls else f"https://arxiv.org/abs/{arxiv}" if arxiv else "",
        arxiv=arxiv,
        version=said("edition") if kind == "software" else version,
        key=said("id", "label") or str(number),
    ).noting(note)


def _date(item: dict[str, Any]) -> str:
    """The longest date among DA, PY and Y1 (YYYY/MM/DD/text, parts may be empty) that begins with the year given first."""
    dates = [found for name in ("year", "publication_year", "date") if (found := date(line(item.get(name))))]
    return max((found for found in dates if found[:4] == dates[0][:4]), key=len, default="")
