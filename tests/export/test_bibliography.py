"""CSL-JSON read back by citeproc-py and BibTeX by bibtexparser."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import bibtexparser
import exporting
import kbmaker
import pytest
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from pylatexenc.latex2text import LatexNodes2Text

from kb.evidence.state import derive
from schemas import Source

TYPES = Source.model_json_schema()["properties"]["type"]["enum"]
EVERY_TYPE = {f"source/of-type-{kind}": {"type": kind, "container-title": "Somewhere", "publisher": "Someone"} for kind in TYPES}


def state():
    return derive(
        kbmaker.corpus(EVERY_TYPE | {"source/group-work": {"author": [{"literal": "The Group"}, {"family": "Šimić", "given": "Ana"}], "issued": "2024"}})
    )


def test_citeproc_renders_every_type() -> None:
    items = json.loads(exporting.made("csl-json", state()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = CiteProcJSON(items)
    assert sorted(source) == sorted(state().corpus.sources)
    bibliography = CitationStylesBibliography(CitationStylesStyle(str(Path(__file__).with_name("author-date.csl")), validate=False), source, formatter.plain)
    for item in items:
        bibliography.register(Citation([CitationItem(item["id"])]))
    said = [str(entry) for entry in bibliography.bibliography()]
    assert len(said) == len(items)
    assert any("Šimić" in entry and "2024" in entry for entry in said)
    assert any("Roe, R." in entry and "Directions in activations that steer character" in entry for entry in said)


def test_csl_fields() -> None:
    items = {item["id"]: item for item in json.loads(exporting.made("csl-json", state()))}
    assert items["roe-2025-steering"] == {
        "id": "roe-2025-steering",
        "type": "article",
        "title": "Directions in activations that steer character",
        "author": [{"family": "Roe", "given": "Richard"}, {"family": "Poe", "given": "Ann"}],
        "issued": {"date-parts": [[2025, 3, 10]]},
        "number": "arXiv:2503.04321",
        "DOI": "10.1234/Steer.1",
        "URL": "https://example.org/steering",
    }
    assert items["group-work"]["issued"] == {"date-parts": [[2024]]}


@pytest.mark.parametrize("name", ["small", "hostile"])
def test_bibtexparser_reads_every_entry(name: str) -> None:
    of = getattr(exporting, name)()
    library = bibtexparser.parse_string(exporting.made("bibtex", of))
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == list(of.corpus.sources)
    for entry in library.entries:
        source = of.corpus.sources[entry.key]
        title = re.sub(r"[{}]", "", LatexNodes2Text().latex_to_text(entry["title"].replace("{", "").replace("}", ""))) if name == "small" else None
        assert title in (None, source.title)
        assert len(entry["author"].split(" and ")) >= len(source.author)


def test_bibtexparser_reads_every_type() -> None:
    library = bibtexparser.parse_string(exporting.made("bibtex", state()))
    assert {entry.entry_type for entry in library.entries} == {"misc", "article", "inproceedings", "techreport", "phdthesis", "incollection"}
