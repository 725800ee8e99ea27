"""BibTeX from source records, in characters that every BibTeX reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from kb.forms.text import clean
from schemas import Person, Source

_TYPES = {
    "article": "misc",
    "article-journal": "article",
    "paper-conference": "inproceedings",
    "post-weblog": "misc",
    "report": "techreport",
    "webpage": "misc",
    "thesis": "phdthesis",
    "chapter": "incollection",
    "dataset": "misc",
    "software": "misc",
}
_CONTAINER = {"article-journal": "journal", "paper-conference": "booktitle", "chapter": "booktitle", "post-weblog": "howpublished", "webpage": "howpublished"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPECIAL = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",  # BibTeX counts braces whatever stands before them
    "}": r"{\textbraceright}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "–": "--",
    "—": "---",
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
    "…": r"{\ldots}",
    "ß": r"{\ss}",
    "ø": r"{\o}",
    "Ø": r"{\O}",
    "ł": r"{\l}",
    "Ł": r"{\L}",
    "æ": r"{\ae}",
    "Æ": r"{\AE}",
    "œ": r"{\oe}",
    "ı": r"{\i}",
}
_ACCENTS = dict(zip("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328", "`'^~=u.\"rHvck", strict=True))
_CARE = re.compile("[^A-Za-z0-9 .,;:()/?@+*=-]|  ")
_CAPITALS = re.compile(r"[A-Z]")


def escape(value: str) -> str:
    """TeX for a piece of text; accents become commands, other scripts stay as UTF-8."""
    if not _CARE.search(value):
        return value.strip()
    out: list[str] = []
    for char in unicodedata.normalize("NFC", clean(value)):
        if char in _SPECIAL:
            out.append(_SPECIAL[char])
            continue
        parts = unicodedata.normalize("NFD", char)
        if len(parts) == 2 and parts[1] in _ACCENTS and parts[0].isascii():
            out.append(f"{{\\{_ACCENTS[parts[1]]}{{{parts[0]}}}}}")
        else:
            out.append(char)
    return " ".join("".join(out).split())


def _title(value: str) -> str:
    """A title whose capitals a bibliography style may not lower: words with a capital after their first letter are braced."""
    words = []
    for word in escape(value).split(" "):
        tail = re.sub(r"\\[a-z]+", "", word[1:])
        words.append(f"{{{word}}}" if _CAPITALS.search(tail) else word)
    return " ".join(words)


def _name(person: Person) -> str:
    if person.literal is not None:
        return f"{{{escape(person.literal)}}}"
    family = escape(person.family or "")
    if " and " in f" {family} " or "," in family:
        family = f"{{{family}}}"
    return f"{family}, {escape(person.given)}" if person.given else f"{{{family}}}"


def entry(source: Source) -> str:
    """One BibTeX entry, keyed by the record's id."""
    fields: dict[str, str] = {"title": _title(source.title), "author": " and ".join(_name(person) for person in source.author), "year": str(source.issued.year)}
    parts = source.issued.split("-")
    if len(parts) > 1:
        fields["month"] = _MONTHS[int(parts[1]) - 1]
    if source.container_title and source.type in _CONTAINER:
        fields[_CONTAINER[source.type]] = escape(source.container_title)
    if source.publisher:
        fields["institution" if source.type == "report" else "school" if source.type == "thesis" else "publisher"] = escape(source.publisher)
    if source.arxiv:
        fields |= {"eprint": source.arxiv, "archiveprefix": "arXiv"}
    if source.doi:
        fields["doi"] = source.doi.replace("\\", "").replace("{", "").replace("}", "")
    if source.url:
        fields["url"] = source.url
    if source.version and source.type in ("software", "dataset", "article"):
        fields["version"] = escape(source.version)
    lines = [f"  {name} = {value}" if name == "month" else f"  {name} = {{{value}}}" for name, value in fields.items()]
    return f"@{_TYPES[source.type]}{{{source.id},\n" + ",\n".join(lines) + "\n}"


def bibliography(entries: Mapping[str, str]) -> str:
    """All entries, by id."""
    return "\n\n".join(made for _, made in sorted(entries.items())) + "\n"
