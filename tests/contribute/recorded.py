"""Answers of registries and bibliography files, in the shapes that they really have, about works that nobody wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import httpx

HOSTILE = (
    "<script>x</script>",
    "&lt;script&gt;x&lt;/script&gt;",
    "a: b\n- c\nid: ../../evil",
    "../../../etc/passwd",
    "\u202eevil\u202c \u200bzero\u2060width\ufeff",
    "!!python/object/apply:os.system ['touch pwned']",
    "&anchor *alias | > % @ ` {[}] # comment",
    "{{ 7*7 }} [[persona]] [l](javascript:x)",
    "TODO",
    "no",
    "1e3",
    "2026-01-01",
    "---\n...\n",
    "\"quoted\" and 'quoted' and \\escaped\\n",
    "\x07bell\x00null\x85next\u2028line",
    "\\input{/etc/passwd} \\write18{touch pwned}",
    "{" * 900,
    "x" * 4_000,
    "con",
    "",
)


def atom(
    name: str = "2601.01234v2",
    *,
    title: str = "Ghosts in the margin:\n  personas that nobody wrote",
    people: Sequence[str] = ("Jane van der Doe", "Max Muster Jr.", "The Ghost Team"),
    published: str = "2026-01-05T17:59:00Z",
    updated: str = "2026-02-10T09:00:00Z",
    more: str = "",
    head: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> bytes:
    """What arXiv's export interface says about one work."""
    authors = "".join(f"<author><name>{escape(person)}</name><arxiv:affiliation>University of Nowhere</arxiv:affiliation></author>" for person in people)
    return f"""{head}
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <link href="http://arxiv.org/api/query?id_list={name}" rel="self" type="application/atom+xml"/>
  <title type="html">ArXiv Query</title>
  <opensearch:totalResults>1</opensearch:totalResults>
  <entry>
    <id>http://arxiv.org/abs/{name}</id>
    <updated>{updated}</updated>
    <published>{published}</published>
    <title>{escape(title)}</title>
    <summary>  An abstract that is not taken over.</summary>
    {authors}
    {more}
    <arxiv:primary_category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
  </entry>
</feed>""".encode("utf-8", "replace")


ERROR = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>ArXiv Query</title>
<entry><id>http://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title><summary>incorrect id format for 9901.99999</summary></entry></feed>"""
EMPTY = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>ArXiv Query</title></feed>'
BOMB = '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
FOREIGN = '<?xml version="1.0"?><!DOCTYPE feed SYSTEM "file:///etc/passwd">'


def csl(**changes: Any) -> dict[str, Any]:
    """What a registry says about one work as CSL-JSON, in Crossref's way: its own type names, titles as lists, fields that CSL does not know."""
    item: dict[str, Any] = {
        "type": "journal-article",
        "title": ["Masks of <i>small</i> models &amp; their voices"],
        "subtitle": [],
        "container-title": ["Journal of Made-up Results"],
        "publisher": "Nowhere Press",
        "author": [
            {"given": "Ana", "family": "Cruz", "non-dropping-particle": "de la", "ORCID": "https://orcid.org/0000-0002-1825-0097", "sequence": "first"},
            {"given": "Max", "family": "Muster", "suffix": "Jr."},
            {"name": "The Ghost Consortium"},
        ],
        "issued": {"date-parts": [[2025, 7]]},
        "DOI": "10.1234/JMR.77",
        "URL": "https://doi.org/10.1234/jmr.77",
        "indexed": {"date-parts": [[2026, 1, 1]]},
    }
    return item | changes


def as_json(item: Any) -> bytes:
    return json.dumps(item).encode()


BIBTEX = rb"""
@string{jmr = "Journal of Made-up Results"}
@comment{nothing}
@article{doe2026ghosts,
  title = {{Ghosts} in the {M}argin: 50\% of {Erd\H{o}s} \& Co},
  author = {van der Doe, Jr., Jane and {The Ghost Team} and Ren\'e Fran\c{c}ois and others},
  year = 2026, month = jan, day = {5},
  eprint = {2601.01234v2}, archivePrefix = {arXiv}, primaryClass = {cs.CL},
}
@inproceedings{muster2025masks,
  title = "Masks of small models",
  author = "Max Muster",
  booktitle = {Proceedings of Nothing},
  date = {2025-07-03},
  doi = {10.1234/JMR.77},
  url = {https://example.org/masks\_of},
  journal = jmr,
}
@phdthesis{roe2024, title={A thesis}, author={Roe, R.}, school={University of Nowhere}, year={2024}}
"""

RIS = b"""TY  - CPAPER
ID  - masks
AU  - Muster, Max
AU  - Cruz, Ana, Jr.
TI  - Masks of small models
T2  - Proceedings of Nothing
PY  - 2025
DA  - 2025/07/03
DO  - 10.1234/JMR.77
UR  - https://example.org/masks
PB  - Nowhere Press
ER  -

TY  - JOUR
AU  - The Ghost Team
T1  - Ghosts in the margin
PY  - 2026/01//
UR  - https://arxiv.org/abs/2601.01234v2
ER  -
"""

CSL_YAML = b"""---
references:
- id: cruz2025
  type: article-journal
  title: Masks of small models
  author:
  - {family: Cruz, given: Ana, non-dropping-particle: de la}
  - literal: The Ghost Consortium
  issued: 2025-07
  container-title: Journal of Made-up Results
- id: muster2024
  type: book
  title: "A book: whole"
  author: [{family: Muster, given: Max}]
  issued:
  - {year: 2024, month: 3}
...
"""


def answering(handle: Callable[[httpx.Request], httpx.Response]) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """A transport that answers by a function, and the requests that it was asked."""
    asked: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return handle(request)

    return httpx.MockTransport(note), asked
