"""CSL-JSON items from source records: what citeproc processors, Zotero and pandoc read."""

from __future__ import annotations

from typing import Any

from kb.forms.text import line
from schemas import Person, Source


def item(source: Source) -> dict[str, Any]:
    """One item of CSL 1.0.2, keyed by the record's id; absent fields are left out."""
    fields: dict[str, Any] = {
        "id": source.id,
        "type": source.type,
        "title": line(source.title),
        "author": [_name(person) for person in source.author],
        "issued": {"date-parts": [[int(part) for part in source.issued.split("-")]]},
        "container-title": _line(source.container_title),
        "publisher": _line(source.publisher),
        "version": _line(source.version),
        "number": f"arXiv:{source.arxiv}" if source.arxiv else None,
        "DOI": source.doi,
        "URL": source.url,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _line(value: str | None) -> str | None:
    return None if value is None else line(value)


def _name(person: Person) -> dict[str, str]:
    if person.literal is not None:
        return {"literal": line(person.literal)}
    return {"family": line(person.family)} | ({"given": line(person.given)} if person.given else {})
