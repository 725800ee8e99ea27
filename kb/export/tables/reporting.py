"""Tables of what works report: records, sources, authors, findings, claims, figures, models, disputes."""

from __future__ import annotations

from collections.abc import Iterator

from kb.evidence.catalogue import model_key
from kb.evidence.graph import issue_date
from kb.evidence.state import State
from kb.export.tables.registry import STATUS, Column, Row, as_json, joined, number, present, status, table
from kb.forms.addresses import label, labels, web
from kb.forms.text import unlinked
from kb.numbers.claims import disputed, unanswered

_PROSE = ("summary", "statement", "definition", "asks", "hypothesis", "note", "rationale", "why", "limitations")


@table(
    "records",
    "Every record, with its text for searching.",
    Column("n", "integer", "number of the row, by id"),
    Column("id", "text", "the record's id"),
    Column("kind", "text", "source, finding, concept, belief, question or result"),
    Column("title", "text", "what a reader calls it"),
    Column("text", "text", "its prose, links as words"),
    Column("address", "text", "its page on the site"),
    *STATUS,
    key=("id",),
)
def _records(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for n, entry in enumerate(state.corpus, 1):
        record = entry.record
        parts = [value for name in _PROSE if (value := getattr(record, name, None))]
        texts = [part for value in parts for part in (value if isinstance(value, list) else [value])]
        texts += [claim.statement for claim in getattr(record, "claims", ()) if hasattr(claim, "statement")]
        yield n, record.id, entry.kind, label(state.corpus, record.id), unlinked("\n\n".join(texts), named), web(state.corpus, record.id), *status(record)


@table(
    "sources",
    "The bibliography, one work a row.",
    Column("source", "text", "id"),
    Column("title", "text", "title"),
    Column("type", "text", "CSL item type"),
    Column("year", "integer", "year of the first version"),
    Column("issued", "text", "date of the first version: YYYY, YYYY-MM or YYYY-MM-DD"),
    Column("authors", "text", "as printed, separated by semicolons"),
    Column("container", "text", "journal, proceedings or site"),
    Column("doi", "text", "DOI"),
    Column("arxiv", "text", "arXiv identifier"),
    Column("url", "text", "address"),
    Column("version", "text", "version that the findings cite"),
    Column("extent", "text", "how far the record was compared with the work"),
    Column("retracted", "date", "day of a retraction"),
    *STATUS,
    key=("source",),
)
def _sources(state: State) -> Iterator[Row]:
    for source in state.corpus.sources.values():
        yield (
            source.id,
            source.title,
            source.type,
            source.issued.year,
            str(source.issued),
            joined(person.display for person in source.author),
            source.container_title,
            source.doi,
            source.arxiv,
            source.url,
            source.version,
            source.best_extent,
            source.retracted.isoformat() if source.retracted else None,
            *status(source),
        )


@table(
    "authors",
    "Who wrote what; spellings of one person share a key.",
    Column("source", "text", "the work", "sources.source"),
    Column("position", "integer", "place among its authors, from 1"),
    Column("person", "text", "key of the person or group"),
    Column("name", "text", "the fullest spelling of the name"),
    Column("printed", "text", "as this work prints it"),
    Column("orcid", "text", "ORCID"),
    key=("source", "position"),
)
def _authors(state: State) -> Iterator[Row]:
    for source in state.corpus.sources.values():
        for position, (person, key) in enumerate(zip(source.author, state.people.by_source[source.id], strict=True), 1):
            author = state.people.authors[key]
            yield source.id, position, key, author.name, person.display, author.orcid


@table(
    "findings",
    "One result of one or more works.",
    Column("finding", "text", "id"),
    Column("title", "text", "title"),
    Column("kind", "text", "empirical, theoretical, methodological …"),
    Column("summary", "text", "what was found"),
    Column("issued", "text", "date of its first source"),
    Column("rerun", "text", "rerun, tested-besides, no-rerun-possible or not-rerun-yet"),
    *STATUS,
    key=("finding",),
)
def _findings(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for finding in state.corpus.findings.values():
        standing = state.standings[finding.id]
        yield finding.id, finding.title, finding.kind, unlinked(finding.summary, named), issue_date(state.corpus, finding), standing, *status(finding)


@table(
    "finding_sources",
    "Which works a finding rests on.",
    Column("finding", "text", "the finding", "findings.finding"),
    Column("position", "integer", "place in the record, from 1"),
    Column("source", "text", "the work", "sources.source"),
    key=("finding", "position"),
)
def _finding_sources(state: State) -> Iterator[Row]:
    for finding in state.corpus.findings.values():
        yield from ((finding.id, position, present(state, ref)) for position, ref in enumerate(finding.sources, 1))


@table(
    "claims",
    "What findings say, one claim a row.",
    Column("claim", "text", "finding/claim"),
    Column("finding", "text", "the finding", "findings.finding"),
    Column("position", "integer", "place in the finding, from 1"),
    Column("statement", "text", "what is claimed"),
    Column("nature", "text", "measurement, comparison, correlation, causal, existence, null or argument"),
    Column("places", "text", "where it stands in the source"),
    Column("figures", "integer", "figures that it holds"),
    Column("checks", "integer", "expressions and named tests that the record declares over them"),
    Column("inconsistent", "integer", "checks, declared or automatic, that can't hold"),
    Column("unanswered", "integer", "those of them that are neither acknowledged nor in dispute"),
    Column("open_disputes", "integer", "disputes that nobody has settled"),
    Column("results", "integer", "reruns that test it"),
    key=("claim",),
)
def _claims(state: State) -> Iterator[Row]:
    named = labels(state.corpus)
    for finding in state.corpus.findings.values():
        for position, claim in enumerate(finding.claims, 1):
            ref = f"{finding.id}/{claim.id}"
            yield (
                ref,
                finding.id,
                position,
                unlinked(claim.statement, named),
                claim.nature,
                joined(place.display for place in claim.at),
                len(claim.measures),
                len(claim.checks),
                sum(outcome.verdict == "inconsistent" for outcome in state.checks.get(ref, ())),
                sum(unanswered(claim, outcome) for outcome in state.checks.get(ref, ())),
                sum(dispute.state == "open" for dispute in claim.disputes),
                len(state.results.get(ref, ())),
            )


@table(
    "figures",
    "Reported figures, one a row.",
    Column("claim", "text", "finding/claim", "claims.claim"),
    Column("figure", "text", "name of the figure within its claim"),
    Column("value", "text", "digits exactly as printed"),
    Column("number", "real", "the same as a number"),
    Column("qualifier", "text", "exactly, about, more-than, at-least, less-than or at-most"),
    Column("unit", "text", "unit; absent where none is named"),
    Column("of", "text", "what it was measured on, as JSON"),
    Column("low", "real", "low end of its interval"),
    Column("high", "real", "high end of its interval"),
    Column("level", "real", "level of the interval"),
    Column("sd", "real", "standard deviation"),
    Column("se", "real", "standard error"),
    Column("n", "integer", "sample size"),
    Column("k", "integer", "successes out of n"),
    Column("p", "text", "p-value with its sign, as written"),
    key=("claim", "figure"),
)
def _figures(state: State) -> Iterator[Row]:
    for finding in state.corpus.findings.values():
        for claim in finding.claims:
            for one in claim.measures:
                spread = (number(one.low), number(one.high), number(one.level), number(one.sd), number(one.se))
                yield (
                    f"{finding.id}/{claim.id}",
                    one.name,
                    str(one.value),
                    float(one.value),
                    one.qualifier,
                    one.unit,
                    as_json(one.of),
                    *spread,
                    one.n,
                    one.k,
                    one.p,
                )


@table(
    "number_checks",
    "Whether a claim's figures can all be right as printed: declared expressions and named tests, then tests that run by themselves.",
    Column("claim", "text", "finding/claim", "claims.claim"),
    Column("position", "integer", "place among the claim's checks, from 1"),
    Column("test", "text", "name of the test, or expression"),
    Column("says", "text", "the expression, or the test with its figures"),
    Column("automatic", "integer", "1 for a test that no record declares"),
    Column("figures", "text", "figures of the claim that it is about"),
    Column("verdict", "text", "consistent, only-just, undecidable, inconsistent or error"),
    Column("certain", "integer", "1 where it holds whatever the rounding"),
    Column("explanation", "text", "the arithmetic, in a line"),
    Column("disputed", "integer", "1 where it can't hold and a dispute of the claim covers it"),
    Column("acknowledged", "date", "the day on which somebody acknowledged that it fails"),
    Column("acknowledged_by", "text", "who"),
    Column("acknowledged_why", "text", "why it may stand"),
    key=("claim", "position"),
)
def _number_checks(state: State) -> Iterator[Row]:
    claims = {f"{finding.id}/{claim.id}": claim for finding in state.corpus.findings.values() for claim in finding.claims}
    for ref, outcomes in state.checks.items():
        for position, one in enumerate(outcomes, 1):
            covered = one.verdict == "inconsistent" and disputed(claims[ref], one)
            said = (one.test, one.expression, int(one.automatic), joined(one.measures), one.verdict, int(one.certain), one.explanation, int(covered))
            answer = one.acknowledged
            yield ref, position, *said, *((answer.on.isoformat(), answer.by, answer.why) if answer else (None, None, None))


@table(
    "models",
    "Models that findings were measured on.",
    Column("finding", "text", "the finding", "findings.finding"),
    Column("position", "integer", "place in the record, from 1"),
    Column("model", "text", "key under which its spellings are one"),
    Column("name", "text", "as the finding names it"),
    Column("family", "text", "family"),
    Column("size", "text", "parameters"),
    Column("checkpoint", "text", "exact version"),
    Column("used_as", "text", "subject, judge, attacker, teacher or baseline"),
    key=("finding", "position"),
)
def _models(state: State) -> Iterator[Row]:
    for finding in state.corpus.findings.values():
        for position, model in enumerate(finding.models, 1):
            yield finding.id, position, model_key(model.name), model.name, model.family, model.size, model.checkpoint, model.used_as


@table(
    "disputes",
    "Figures of which another reading, the authors' data or another source says something else.",
    Column("claim", "text", "finding/claim", "claims.claim"),
    Column("position", "integer", "place in the claim, from 1"),
    Column("about", "text", "name of the figure, or what is in dispute"),
    Column("reported", "text", "what the first says"),
    Column("instead", "text", "what the other says"),
    Column("by", "text", "the source that says otherwise"),
    Column("state", "text", "open or resolved"),
    Column("resolution", "text", "which of the two the record follows, and why"),
    key=("claim", "position"),
)
def _disputes(state: State) -> Iterator[Row]:
    for one in sorted(state.disputes, key=lambda dispute: (dispute.claim, dispute.position)):
        yield one.claim, one.position + 1, one.about, one.reported, one.instead, one.by, one.state, one.resolution
