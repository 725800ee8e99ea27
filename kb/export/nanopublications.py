"""Each claim as a nanopublication: what is asserted, where it comes from, who recorded it, in named graphs of TriG."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from kb.evidence.state import State
from kb.export.registry import Options, export
from kb.forms.addresses import labels, root, web
from kb.forms.jsonld import doi
from kb.forms.text import clean, line, words
from schemas import Claim, Finding, Source

_PREFIXES = {
    "np": "http://www.nanopub.org/nschema#",
    "prov": "http://www.w3.org/ns/prov#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@export(
    "nanopublications",
    summary="Each claim as a nanopublication with its provenance",
    file="claims.trig",
    media="application/trig",
    reader="rdflib; any TriG reader",
    schema={
        "…#head": "names the three graphs of a nanopublication",
        "…#assertion": "the claim as a `schema:Claim`: text, nature (`dct:type`), concepts, figures as `schema:PropertyValue`",
        "…#provenance": "the works that the assertion was derived from, where in them it stands, and how far it was compared with them",
        "…#pubinfo": "the day, the contributors, the finding and the licence",
    },
    notes="A nanopublication is `nanopublications/FINDING/CLAIM` below the site's address. They are neither signed nor published to a registry.",
)
def nanopublications(state: State, _: Options) -> str:
    prefixes = "".join(f"@prefix {name}: <{address}> .\n" for name, address in _PREFIXES.items())
    parts = [f"\n{part}" for finding in state.corpus.findings.values() for claim in finding.claims for part in _nanopublication(state, finding, claim)]
    return prefixes + "".join(parts)


def _nanopublication(state: State, finding: Finding, claim: Claim) -> Iterator[str]:
    here = f"{root(state.corpus)}nanopublications/{finding.id}/{claim.id}"
    graphs = {name: _iri(f"{here}#{name}") for name in ("head", "assertion", "provenance", "pubinfo")}
    yield _graph(
        graphs["head"],
        [
            (_iri(here), "a", "np:Nanopublication"),
            (_iri(here), "np:hasAssertion", graphs["assertion"]),
            (_iri(here), "np:hasProvenance", graphs["provenance"]),
            (_iri(here), "np:hasPublicationInfo", graphs["pubinfo"]),
        ],
    )
    yield _graph(graphs["assertion"], _assertion(state, finding, claim, here))
    yield _graph(graphs["provenance"], _provenance(state, finding, claim, graphs["assertion"]))
    info = [(_iri(here), "dct:created", f'"{finding.added.isoformat()}"^^xsd:date')]
    info += [(_iri(here), "dct:creator", _text(name)) for name in finding.contributors]
    info.append((_iri(here), "prov:wasDerivedFrom", _iri(web(state.corpus, finding.id) or "")))
    if state.corpus.config.license:
        info.append((_iri(here), "dct:license", _iri(state.corpus.config.license)))
    yield _graph(graphs["pubinfo"], info)


def _assertion(state: State, finding: Finding, claim: Claim, here: str) -> list[tuple[str, str, str]]:
    subject = _iri(web(state.corpus, f"{finding.id}/{claim.id}") or "")
    found = [
        (subject, "a", "schema:Claim"),
        (subject, "schema:text", _text(words(claim.statement, labels(state.corpus)))),
        (subject, "dct:type", _text(claim.nature)),
    ]
    found += [(subject, "schema:about", _iri(address)) for link in finding.instantiates if (address := web(state.corpus, link.concept))]
    for measure in claim.measures:
        figure = _iri(f"{here}#figure-{measure.name}")
        found += [
            (subject, "schema:mentions", figure),
            (figure, "a", "schema:PropertyValue"),
            (figure, "schema:name", _text(measure.name)),
            # As printed: a decimal keeps its trailing zeros in RDF's text, and an exponent is a double.
            (figure, "schema:value", f'"{measure.value}"^^xsd:{"double" if "e" in measure.value.lower() else "decimal"}'),
        ]
        found += [(figure, "schema:unitText", _text(measure.unit))] if measure.unit else []
        found += [(figure, "schema:description", _text(f"{name}: {value}")) for name, value in sorted(measure.of.items())]
    return found


def _provenance(state: State, finding: Finding, claim: Claim, assertion: str) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for ref in finding.sources:
        source = state.corpus.sources.get(state.corpus.canonical(ref) or "")
        if source is None:
            # Not filed: the name that the finding gives it is all that is known.
            found.append((assertion, "dct:source", _text(ref)))
            continue
        work = _iri(_work(state, source))
        found += [(assertion, "prov:wasDerivedFrom", work), (work, "dct:title", _text(source.title)), (work, "dct:issued", _text(source.issued))]
        found += [(work, "dct:creator", _text(person.display)) for person in source.author]
        found.append((work, "rdfs:comment", _text(f"compared: {claim.checked or source.best_extent}")))
    found += [(assertion, "dct:bibliographicCitation", _text(place.display)) for place in claim.at]
    return found


def _work(state: State, source: Source) -> str:
    """The address under which others know a work; ours where it has none."""
    if source.doi:
        return doi(source.doi)
    return (f"https://arxiv.org/abs/{source.arxiv}" if source.arxiv else source.url) or web(state.corpus, source.id) or ""


def _graph(name: str, triples: list[tuple[str, str, str]]) -> str:
    lines = "".join(f"  {subject} {predicate} {value} .\n" for subject, predicate, value in dict.fromkeys(triples))
    return f"{name} {{\n{lines}}}\n"


def _iri(address: str) -> str:
    return f"<{quote(clean(address), safe=':/?#[]@!$&()*+,;=%~')}>"


def _text(value: object) -> str:
    escaped = line(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
