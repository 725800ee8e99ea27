"""Bibliographies in BibTeX and BibLaTeX, by bibtexparser; LaTeX in values is decoded, names are split by BibTeX's rules."""

from __future__ import annotations

import logging
import re
from typing import Any

from kb.contribute.identifiers.registry import format_
from kb.contribute.naming import arxiv_of, doi_of
from kb.contribute.people import Author, orcid_of, person
from kb.contribute.plain import from_latex, line, missing
from kb.contribute.work import Work, authors, date, date_of_parts, link, type_of
from kb.errors import UsageError

_MONTHS = {name: n for n, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}
# Where a work of a type appeared; every other type is looked for in all places.
_IN = {"article-journal": ("journal", "journaltitle"), "webpage": ("howpublished", "journal", "organization")}
_LONGEST = 20_000
"""Characters of a field that are looked at."""


@format_("bibtex", ".bib", ".bibtex")
def works_in(raw: bytes, file: str) -> list[Work]:
    """The works of a file. Raises UsageError where the library is missing, or an entry cannot be read, with its line."""
    try:
        from bibtexparser import entrypoint
    except ModuleNotFoundError as error:
        raise missing("bibtexparser") from error
    logger = logging.getLogger("bibtexparser")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # what it logs is said below, in our words
    try:
        library = entrypoint.parse_string(raw.decode("utf-8-sig", "replace"))
    except Exception as error:
        raise UsageError(f"{file} can't be read as BibTeX: {line(str(error), 160) or type(error).__name__}") from None
    finally:
        logger.setLevel(level)
    if library.failed_blocks:
        broken = library.failed_blocks[0]
        raise UsageError(
            f"{file}:{(broken.start_line or 0) + 1}: this entry can't be read as BibTeX ({line(str(broken.error), 120)}); correct it, or take it out"
        )
    return [_work(entry.entry_type, entry.key, {field.key.casefold(): str(field.value)[:_LONGEST] for field in entry.fields}) for entry in library.entries]


def _work(type_: str, key: str, fields: dict[str, str]) -> Work:
    def said(*names: str) -> str:
        return next((text for name in names if (text := from_latex(fields.get(name)))), "")

    preprint = "arxiv" in f"{said('archiveprefix', 'eprinttype')} {said('journal')}".casefold()
    kind, note = type_of("preprint" if preprint and type_.casefold() in ("misc", "article", "online", "unpublished") else _type(type_, fields))
    doi = doi_of(fields.get("doi", "").replace("\\_", "_"))
    places: dict[str, Any] = {"archive": "arXiv" if preprint else "", "number": fields.get("eprint"), "URL": fields.get("url"), "note": said("note", "journal")}
    arxiv, version = arxiv_of(places, doi)
    subtitle = said("subtitle")
    return Work(
        type=kind,
        title=line(f"{said('title')}: {subtitle}") if subtitle else said("title"),
        author=authors(_people(fields.get("author") or fields.get("editor", ""), fields.get("orcid", ""))),
        issued=_date(fields),
        container_title="" if preprint else said(*_IN.get(kind, ("booktitle", "journal", "journaltitle"))),
        publisher=said("publisher", "institution", "school", "organization"),
        doi="" if arxiv and "/arxiv." in doi else doi,
        url=link(fields.get("url", "").replace("\\", "")) or (f"https://arxiv.org/abs/{arxiv}" if arxiv else ""),
        arxiv=arxiv,
        version=said("version") or version,
        key=line(key, 80),
    ).noting(note)


def _type(type_: str, fields: dict[str, str]) -> str:
    """`article` is a journal's in BibTeX and a preprint's in CSL; `misc` is anything, a page where it has an address."""
    if type_.casefold() == "article":
        return "article-journal"
    if type_.casefold() == "misc":
        return "webpage" if fields.get("url") and not fields.get("eprint") else "preprint"
    return type_


def _date(fields: dict[str, str]) -> str:
    whole = date(from_latex(fields.get("date")))
    if whole:
        return whole
    year = re.search(r"\b[12]\d{3}\b", from_latex(fields.get("year")))
    month, day = from_latex(fields.get("month")).casefold(), re.search(r"\d+", fields.get("day", ""))
    number = _MONTHS.get(month[:3], month if month.isdigit() else None)
    return date_of_parts([part for part in (year and year[0], number, number and day and day[0]) if part]) if year else ""


def _people(names: str, orcids: str) -> list[Author | None]:
    """BibTeX's names: apart by "and", each `First von Last`, `von Last, First` or `von Last, Jr, First`; braces hold a group together."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    found: list[Author | None] = []
    ids = [orcid_of(part) for part in orcids.split(";")] if ";" in orcids or orcid_of(orcids) else []
    try:
        every = split_multiple_persons_names(names)
    except Exception:
        every = names.split(" and ")
    for n, name in enumerate(every):
        orcid = ids[n] if n < len(ids) else ""
        if name.strip().casefold() == "others":
            continue
        if name.strip().startswith("{") and name.strip().endswith("}"):
            found.append(person(literal=from_latex(name), orcid=orcid))
            continue
        try:
            parts = parse_single_name_into_parts(name, strict=False)
        except Exception:
            found.append(person(literal=from_latex(name), orcid=orcid))
            continue
        first, von, last, jr = (from_latex(" ".join(part)) for part in (parts.first, parts.von, parts.last, parts.jr))
        found.append(person(last, first, particle=von, suffix=jr, orcid=orcid) if first or von else person(literal=last, orcid=orcid))
    return found
