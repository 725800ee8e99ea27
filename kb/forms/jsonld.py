"""Records as schema.org JSON-LD: works, findings, claims, concepts, reruns as data sets, the knowledge base itself.

The context names schema.org as the vocabulary and nothing else, so that no reader has to fetch one.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from kb.forms.addresses import labels, root, web
from kb.forms.text import clean, line, words
from kb.records import Corpus
from schemas import Belief, Claim, Concept, Finding, Measure, Person, Result, Source

Node = dict[str, Any]
CONTEXT = {"@vocab": "https://schema.org/"}
_TYPES = {
    "post-weblog": "BlogPosting",
    "report": "Report",
    "webpage": "WebPage",
    "thesis": "Thesis",
    "chapter": "Chapter",
    "dataset": "Dataset",
    "software": "SoftwareSourceCode",
}


def document(nodes: list[Node]) -> Node:
    """Nodes as one JSON-LD document."""
    return {"@context": CONTEXT, "@graph": nodes}


def embedded(nodes: list[Node]) -> str:
    """A document as the content of a script element: nothing in it can end the element, start a comment or be taken for a template."""
    made = json.dumps(document(nodes), ensure_ascii=True, separators=(",", ":"))
    for char in "<>&`":
        made = made.replace(char, f"\\u{ord(char):04x}")
    # Two braces in a row open only inside of a string; JSON itself never writes them so.
    return made.replace("{{", "\\u007b\\u007b").replace("{%", "\\u007b%").replace("{#", "\\u007b#")


def _kept(node: Node) -> Node:
    """Absent values and empty lists are left out."""
    return {name: value for name, value in node.items() if value is not None and value != []}


def _ref(corpus: Corpus, ref: str) -> Node | None:
    address = web(corpus, ref)
    return {"@id": address} if address else None


def _refs(corpus: Corpus, refs: list[str]) -> list[Node]:
    return [found for ref in dict.fromkeys(refs) if (found := _ref(corpus, ref))]


def person(author: Person) -> Node:
    if author.literal is not None:
        return {"@type": "Organization", "name": line(author.literal)}
    orcid = f"https://orcid.org/{author.orcid}" if author.orcid else None
    names = {"familyName": line(author.family), "givenName": line(author.given) if author.given else None}
    return _kept({"@type": "Person", "@id": orcid, "name": line(author.display), **names})


def doi(value: str) -> str:
    """The address of a DOI."""
    return "https://doi.org/" + quote(clean(value), safe="/.-_();:")


def source(corpus: Corpus, record: Source) -> Node:
    """A work."""
    same = [doi(record.doi)] if record.doi else []
    same += [f"https://arxiv.org/abs/{record.arxiv}"] if record.arxiv else []
    return _kept(
        {
            "@id": web(corpus, record.id),
            "@type": _TYPES.get(record.type, "ScholarlyArticle"),
            "name": line(record.title),
            "author": [person(author) for author in record.author],
            "datePublished": str(record.issued),
            "isPartOf": {"@type": "CreativeWork", "name": line(record.container_title)} if record.container_title else None,
            "publisher": {"@type": "Organization", "name": line(record.publisher)} if record.publisher else None,
            "url": record.url,
            "sameAs": same,
            "version": line(record.version) if record.version else None,
            "creativeWorkStatus": "Retracted" if record.retracted else None,
        }
    )


def finding(corpus: Corpus, record: Finding) -> list[Node]:
    """A finding and its claims."""
    named = labels(corpus)
    return [
        _kept(
            {
                "@id": web(corpus, record.id),
                "@type": "CreativeWork",
                "name": line(record.title),
                "abstract": words(record.summary, named),
                "about": _refs(corpus, [link.concept for link in record.instantiates]),
                "isBasedOn": _refs(corpus, record.sources),
                "hasPart": [{"@id": web(corpus, f"{record.id}/{claim.id}")} for claim in record.claims],
                "contributor": [{"@type": "Person", "name": line(name)} for name in record.contributors],
                "dateCreated": record.added.isoformat(),
                "license": corpus.config.license,
            }
        ),
        *(claim_node(corpus, record, claim) for claim in record.claims),
    ]


def claim_node(corpus: Corpus, record: Finding, claim: Claim) -> Node:
    places = [place.source for place in claim.at if place.source]
    return _kept(
        {
            "@id": web(corpus, f"{record.id}/{claim.id}"),
            "@type": "Claim",
            "text": words(claim.statement, labels(corpus)),
            "isPartOf": _ref(corpus, record.id),
            "appearance": _refs(corpus, places or record.sources),
            "mentions": [_figure(measure) for measure in claim.measures],
        }
    )


def _figure(measure: Measure) -> Node:
    of = "; ".join(f"{name}: {line(value)}" for name, value in sorted(measure.of.items()))
    spread = {"minValue": _number(measure.low), "maxValue": _number(measure.high)}
    return _kept({"@type": "PropertyValue", "name": measure.name, "value": str(measure.value), "unitText": measure.unit, **spread, "description": of or None})


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def concept(corpus: Corpus, record: Concept) -> Node:
    return {"@id": web(corpus, record.id), "@type": "DefinedTerm", "name": line(record.name), "description": words(record.definition, labels(corpus))}


def belief(corpus: Corpus, record: Belief) -> Node:
    """A belief as a claim whose authors are its holders. Credences have no property in schema.org and are left out."""
    holders = [{"@type": "Person", "name": line(holding.holder)} for holding in record.holders]
    node = {"@id": web(corpus, record.id), "@type": "Claim", "name": line(record.title), "text": words(record.statement, labels(corpus)), "author": holders}
    return _kept({**node, "about": _refs(corpus, record.concepts)})


def result(corpus: Corpus, record: Result) -> Node:
    """A rerun's record as a data set whose variables are its estimates."""
    named = labels(corpus)
    variables = [
        _kept(
            {
                "@type": "PropertyValue",
                "name": one.name,
                "description": line(one.says) if one.says else None,
                "value": one.value,
                "minValue": one.low,
                "maxValue": one.high,
                "unitText": line(one.unit),
            }
        )
        for one in record.estimates
    ]
    return _kept(
        {
            "@id": web(corpus, record.id),
            "@type": "Dataset",
            "name": line(record.label.replace("-", " ")),
            "description": words(record.hypothesis, named),
            "isBasedOn": _refs(corpus, [record.finding]),
            "about": _refs(corpus, list(record.claims)),
            "variableMeasured": variables,
            "measurementTechnique": record.tier,
            "creativeWorkStatus": record.verdict,
            "version": str(record.replication_version),
            "dateCreated": record.added.isoformat(),
            "license": corpus.config.license,
        }
    )


def whole(corpus: Corpus) -> list[Node]:
    """Everything, after the knowledge base itself."""
    nodes: list[Node] = []
    nodes += [source(corpus, record) for record in corpus.sources.values()]
    nodes += [node for record in corpus.findings.values() for node in finding(corpus, record)]
    nodes += [concept(corpus, record) for record in corpus.concepts.values()]
    nodes += [belief(corpus, record) for record in corpus.beliefs.values()]
    nodes += [result(corpus, record) for record in corpus.results.values()]
    config = corpus.config
    newest = max((entry.record.last_looked_at for entry in corpus), default=None)
    base = {
        "@id": root(corpus),
        "@type": "Dataset",
        "name": line(config.title),
        "description": line(config.description or config.tagline) or None,
        "url": root(corpus),
        "license": config.license,
        "dateModified": newest.isoformat() if newest else None,
        "hasPart": [{"@id": node["@id"]} for node in nodes if node["@type"] != "Claim" or "isPartOf" not in node],
    }
    return [_kept(base), *nodes]
