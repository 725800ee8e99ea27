"""Everything as one schema.org graph."""

from __future__ import annotations

import json

from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.forms.jsonld import document, whole


@export(
    "jsonld",
    summary="Works, findings, claims, concepts, beliefs and reruns as schema.org linked data",
    file="kb.jsonld",
    media="application/ld+json",
    reader="rdflib; any JSON-LD processor, without a network",
    schema={
        "Dataset": "the knowledge base itself, with its parts; and each result record, with its estimates as `variableMeasured`",
        "ScholarlyArticle, BlogPosting, Report …": "sources, by type, with authors, date, DOI and arXiv address",
        "CreativeWork": "findings: `abstract`, `about` concepts, `isBasedOn` sources, `hasPart` claims",
        "Claim": "claims: `text`, `appearance` in sources, figures as `PropertyValue`s; and beliefs, with their holders as authors",
        "DefinedTerm": "concepts",
        "@id": "the record's address on the site",
    },
    notes='The context is `{"@vocab": "https://schema.org/"}`, so that nothing has to be fetched. Pages embed their own nodes.',
)
def jsonld(state: State, _: Options) -> str:
    return json.dumps(document(whole(state.corpus)), ensure_ascii=False, indent=1) + "\n"
