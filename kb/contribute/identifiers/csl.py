"""Bibliographies in CSL-JSON (as Zotero, Crossref and pandoc write it) and in pandoc's CSL-YAML.

Source: https://docs.citationstyles.org/en/stable/specification.html and the schema of its data format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kb.contribute.identifiers.registry import format_
from kb.contribute.naming import arxiv_of, doi_of
from kb.contribute.people import Author, person, person_of_name
from kb.contribute.plain import line
from kb.contribute.work import Work, authors, date, date_of_parts, link, type_of
from kb.errors import UsageError
from kb.records.reader import read_yaml


@format_("csl-json", ".json")
def works_in_json(raw: bytes, file: str) -> list[Work]:
    """The works of a list of items, of one item, or of `{items: [...]}`. Raises UsageError for what is no JSON."""
    return [of_item(item) for item in _items(parse_json(raw, file))]


@format_("csl-yaml", ".yaml", ".yml")
def works_in_yaml(raw: bytes, file: str) -> list[Work]:
    """The works below `references:`, or of a list of items. Raises UsageError with the place of what the safe reader refuses."""
    text = re.sub(rb"\A(?:\s*(?:#[^\n]*)?\n)*---[ \t]*\r?\n", b"", raw)
    text = re.sub(rb"\n(?:---|\.\.\.)[ \t]*\s*\Z", b"\n", text)
    # The reader takes one mapping; a list is made the value of one.
    shift = 1 if re.match(rb"(?:\s*(?:#[^\n]*)?\n)*- ", text) else 0
    outcome = read_yaml(b"references:\n" + text if shift else text, file)
    if outcome.data is None:
        problem = outcome.problems[0]
        line_number = max(1, problem.place.line - shift + raw[: len(raw) - len(text)].count(b"\n"))
        raise UsageError(f"{file}:{line_number}:{problem.place.column}: {problem.message}; expected {problem.expected}")
    return [of_item(item) for item in _items(outcome.data)]


def parse_json(raw: bytes, file: str) -> Any:
    """The value of a JSON text. Raises UsageError for anything else."""
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        said = str(error) if isinstance(error, json.JSONDecodeError) else "it is not UTF-8, or nests too deep"
        raise UsageError(f"{file} is no JSON: {said}") from None


def _items(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        data = next((data[name] for name in ("references", "items") if isinstance(data.get(name), list)), [data] if "title" in data or "type" in data else [])
    yield from (item for item in data if isinstance(item, dict)) if isinstance(data, list) else ()


def of_item(item: dict[str, Any]) -> Work:
    """The work of one CSL item, whatever stands in it: what has the wrong form is as good as absent."""
    kind, note = type_of(item.get("type"))
    doi = doi_of(item.get("DOI"))
    arxiv, version = arxiv_of(item, doi)
    title, subtitle = _first(item.get("title")), _first(item.get("subtitle"))
    return Work(
        type=kind,
        title=line(f"{title}: {subtitle}") if subtitle and subtitle not in title else title,
        author=authors(_people(item.get("author"))),
        issued=_date(item.get("issued")),
        container_title=_first(item.get("container-title")),
        publisher=_first(item.get("publisher")),
        doi="" if arxiv and "/arxiv." in doi else doi,
        url=link(item.get("URL")) or (f"https://arxiv.org/abs/{arxiv}" if arxiv else ""),
        arxiv=arxiv,
        version=_first(item.get("version")) or version,
        key=line(str(item.get("id", "")), 80),
    ).noting(note)


def _first(value: Any) -> str:
    """Crossref gives titles as lists, of one as a rule."""
    return line(value[0]) if isinstance(value, list) and value else line(value)


def _people(found: Any) -> Iterator[Author | None]:
    for one in found if isinstance(found, list) else ():
        if isinstance(one, str):
            yield person_of_name(one)
        elif isinstance(one, dict):
            particle = " ".join(filter(None, (line(one.get("dropping-particle")), line(one.get("non-dropping-particle")))))
            literal = one.get("literal") or one.get("name")
            yield person(one.get("family"), one.get("given"), particle=particle, suffix=one.get("suffix"), literal=literal, orcid=one.get("ORCID"))


def _date(value: Any) -> str:
    """CSL's dates: `date-parts`, `raw` or `literal`, pandoc's list of `{year, month, day}`, or an EDTF text."""
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        return date(value)
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        return date_of_parts(parts[0])
    if "year" in value:
        given = [value.get(name) for name in ("year", "month", "day")]
        return date_of_parts(given[: given.index(None)] if None in given else given)
    return next((found for name in ("raw", "literal") if (found := date(value.get(name)))), "")
