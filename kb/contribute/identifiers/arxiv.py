"""arXiv ids, and what arXiv's export interface says of the work behind one.

Answers: https://info.arxiv.org/help/api/user-manual.html (Atom, with an entry called "Error" where something is wrong, under status 200).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element

from kb.contribute import atom
from kb.contribute.identifiers.registry import identifier
from kb.contribute.naming import arxiv_id, doi_of, is_arxiv, split_version
from kb.contribute.people import person_of_name
from kb.contribute.plain import from_latex, line
from kb.contribute.web import NotFoundError, Web
from kb.contribute.work import Work, authors, date, date_of_parts
from kb.errors import UsageError
from kb.records.wording import quoted

HOST: Final = "export.arxiv.org"
EVERY: Final = 3.0
"""Seconds between requests that arXiv's terms of use ask for."""

_ATOM, _ARXIV = "{http://www.w3.org/2005/Atom}", "{http://arxiv.org/schemas/atom}"


def bare(name: str) -> Work:
    """What an id says by itself: address, version, and the month of the first version."""
    work, version = split_version(name)
    digits = work.partition("/")[2] or work
    year = int(digits[:2]) + (1900 if "/" in work and int(digits[:2]) >= 91 else 2000)
    return Work(issued=date_of_parts([year, digits[2:4]]), arxiv=work, url=f"https://arxiv.org/abs/{work}", version=version)


@identifier("arxiv", normalise=arxiv_id, bare=bare)
def look_up(name: str, web: Web) -> Work:
    """The work behind an id, as arXiv describes the version asked for, or the latest. Raises UsageError as `Web.get` does, and for a wrong answer."""
    url = f"https://{HOST}/api/query?id_list={quote(name, safe='/')}&max_results=1"
    return web.get(url, "application/atom+xml", lambda raw: read(raw, name), hosts=(HOST, "arxiv.org"), every=EVERY)


def read(raw: bytes, name: str) -> Work:
    """The work in an answer. Raises UsageError for what is no answer about `name`, NotFoundError where there is no such work."""
    if not raw.lstrip().startswith(b"<"):
        raise UsageError(f"arXiv does not answer with a feed ({quoted(line(raw[:200].decode('utf-8', 'replace')))}); wait a minute and try again")
    entry = atom.parse(raw).find(f"{_ATOM}entry")
    given = line(_text(entry, f"{_ATOM}id")) if entry is not None else ""
    if entry is None or "/api/errors" in given:
        said = line(_text(entry, f"{_ATOM}summary"), 120) if entry is not None else ""
        raise NotFoundError(f"arXiv has no work {name}" + (f" ({said})" if said else "") + "; look at the id again")
    if not is_arxiv(given) or split_version(arxiv_id(given))[0] != split_version(name)[0]:
        raise UsageError(f"asked for {name}, arXiv answers about {quoted(given)}")
    known = bare(name)
    version = split_version(arxiv_id(given))[1] or known.version
    first, this = date(line(_text(entry, f"{_ATOM}published"))), date(line(_text(entry, f"{_ATOM}updated")))
    people = entry.findall(f"{_ATOM}author")
    return Work(
        title=from_latex(_text(entry, f"{_ATOM}title")),
        author=authors(person_of_name(from_latex(_text(person, f"{_ATOM}name"))) for person in people),
        issued=first or known.issued,
        doi=_doi(entry),
        url=known.url,
        arxiv=known.arxiv,
        version=version,
        version_date=this if version not in ("", "v1") and this > first else "",
        affiliations=tuple(dict.fromkeys(filter(None, (from_latex(place.text) for person in people for place in person.iter(f"{_ARXIV}affiliation"))))),
    ).noting("arXiv gives names in one piece: see that family and given names are told apart rightly")


def _doi(entry: Element) -> str:
    """The DOI of a published version; several may stand in one field, apart by spaces."""
    return next(filter(None, map(doi_of, line(_text(entry, f"{_ARXIV}doi")).split())), "")


def _text(element: Element | None, name: str) -> str:
    found = element.find(name) if element is not None else None
    return "".join(found.itertext()) if found is not None else ""
