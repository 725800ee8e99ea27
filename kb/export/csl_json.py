"""The bibliography as CSL-JSON."""

from __future__ import annotations

import json

from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.forms.csl import item


@export(
    "csl-json",
    summary="The bibliography for citation processors",
    file="bibliography.json",
    media="application/vnd.citationstyles.csl+json",
    reader="citeproc-py; also Zotero and pandoc",
    schema={
        "id": "the source's id",
        "type": "CSL item type; a preprint is an `article`",
        "title": "title",
        "author": "names in the order of the work, `family` and `given`, or `literal`",
        "issued": "date of the first version, `date-parts` of known precision",
        "container-title": "journal, proceedings or site",
        "publisher": "publisher",
        "version": "the version that the findings cite",
        "number": "arXiv identifier, as `arXiv:2503.04321`",
        "DOI": "DOI",
        "URL": "address",
    },
    notes="A list of items in order of their ids; absent fields are left out.",
)
def csl_json(state: State, _: Options) -> str:
    return json.dumps([item(source) for source in state.corpus.sources.values()], ensure_ascii=False, indent=1) + "\n"
