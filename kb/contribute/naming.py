"""arXiv ids and DOIs in every spelling that people copy, each brought to its one spelling.

Forms: https://info.arxiv.org/help/arxiv_identifier.html; the DOI handbook, 2.2 (ISO 26324).
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote, unquote

from kb.contribute.plain import line
from kb.errors import UsageError
from kb.records.wording import quoted

AN_ARXIV_ID: Final = "an arXiv id such as 2401.01234, 2401.01234v2, hep-th/9901001, or its address"
A_DOI: Final = "a DOI such as 10.1234/abcd, doi:10.1234/abcd or https://doi.org/10.1234/abcd"

_ADDRESS = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|e-print|format|src)/", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.", re.IGNORECASE)
_ARXIV = re.compile(r"(?:(\d{2})(\d{2})\.(\d{4,5})|([a-z]+(?:-[a-z]+)?)(?:\.[a-z]{2})?/(\d{2})(\d{2})(\d{3}))(v[1-9]\d{0,2})?", re.IGNORECASE | re.ASCII)
_PREFIX = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]{1,180}", re.ASCII)


def arxiv_id(text: str) -> str:
    """An arXiv id in arXiv's own spelling, with its version where one was given. Raises UsageError for what is none.

    Old ids lose their subject class (math.GT/0309136 is math/0309136), as arXiv itself resolves them.
    """
    bare = text.strip()
    bare = _ARXIV_DOI.sub("", _ADDRESS.sub("", bare, count=1), count=1)
    bare = re.sub(r"^arxiv:\s*", "", bare, flags=re.IGNORECASE).partition("#")[0].partition("?")[0].rstrip("/")
    found = _ARXIV.fullmatch(re.sub(r"\.pdf$", "", bare, flags=re.IGNORECASE))
    if found is None:
        raise UsageError(f"{quoted(text)} is no arXiv id; expected {AN_ARXIV_ID}")
    year, month, number, archive, old_year, old_month, old_number, version = found.groups()
    if not 1 <= int(month or old_month) <= 12:
        raise UsageError(f"{quoted(text)} names month {month or old_month}; expected {AN_ARXIV_ID} (year, month, number)")
    version = (version or "").lower()
    if archive:
        return f"{archive.lower()}/{old_year}{old_month}{old_number}{version}"
    if len(number) != (5 if int(year) >= 15 else 4) or int(year) * 12 + int(month) < 7 * 12 + 4:
        raise UsageError(f"{quoted(text)} is no arXiv id: numbers have four digits from 0704 to 1412 and five from 1501; expected {AN_ARXIV_ID}")
    return f"{year}{month}.{number}{version}"


def is_arxiv(text: str) -> bool:
    """Whether a text is an arXiv id, its address or its DOI."""
    try:
        arxiv_id(text)
    except UsageError:
        return False
    return True


def split_version(name: str) -> tuple[str, str]:
    """The id without its version, and the version (`v2`) or an empty text."""
    found = re.search(r"v\d+$", name)
    return (name[: found.start()], found[0]) if found else (name, "")


def doi(text: str) -> str:
    """A DOI in lower case (DOIs know no case: ISO 26324, 4.2.4), without prefix or address. Raises UsageError for what is none."""
    bare = text.strip()
    prefix = _PREFIX.match(bare)
    if prefix:
        bare = bare[prefix.end() :]
        if "//" in prefix[0]:
            bare = unquote(bare.partition("?")[0].partition("#")[0])
    bare = bare.rstrip(".,;").lower()
    if not _DOI.fullmatch(bare):
        raise UsageError(f"{quoted(text)} is no DOI; expected {A_DOI}")
    return bare


def doi_address(name: str) -> str:
    """Where a DOI resolves."""
    return f"https://doi.org/{quote(name, safe='/:;()._-')}"


def doi_of(text: Any) -> str:
    """A DOI in its one spelling; empty for what is none."""
    try:
        return doi(line(text, 250))
    except UsageError:
        return ""


def arxiv_of(item: dict[str, Any], doi_name: str) -> tuple[str, str]:
    """The arXiv id that an item gives somewhere and the version that stands at it or at another place of the same id; each empty where none is given."""
    archive = line(item.get("archive")).casefold() == "arxiv" or line(item.get("publisher")).casefold() == "arxiv"
    address = line(item.get("URL"), 500)
    places = [doi_name, address if "://" in address else "", *(line(item.get(name)) for name in ("archive_location", "number") if archive)]
    places += [text for name in ("number", "note") if (text := line(item.get(name))).casefold().startswith("arxiv:")]
    given = [split_version(arxiv_id(place)) for place in places if place and is_arxiv(place)]
    name = given[0][0] if given else ""
    return name, next((version for other, version in given if other == name and version), "")
