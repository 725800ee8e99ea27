"""Replications: a page each, with all result records of that name, whatever their scale, tier or model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.evidence.reruns import SCALES, Rerun, command
from kb.evidence.staleness import Staleness
from kb.forms import jsonld
from kb.site.model import Site
from kb.site.page import Page, pages
from kb.site.reruns import claim_of, configuration, title
from schemas import Claim, Finding, Measure, Result
from schemas.result import Estimate


@dataclass(frozen=True)
class RecordView:
    """One result record."""

    result: Result
    stale: Staleness
    command: str
    configuration: str
    differs: dict[str, str]
    """Heading to those texts of the declaration that are not the ones at the top of the page: the record is of another version."""


@dataclass(frozen=True)
class ClaimView:
    """One claim that the replication tests, with what was reported and what the reruns found."""

    ref: str
    claim: Claim | None
    finding: Finding | None
    rows: list[tuple[Measure, list[tuple[Estimate, Result]]]]
    """Reported figures that have a reproduced number beside them."""
    whole: list[tuple[Estimate, Result]]
    """Numbers that stand beside the claim as a whole."""


def _declaration(result: Result) -> dict[str, str]:
    texts = {"Hypothesis": result.hypothesis, "Rule": result.rule, "Departures": result.departures, "Planted": result.planted}
    return {name: text for name, text in texts.items() if text}


def _records(site: Site, reruns: Sequence[Rerun], first: Result) -> list[RecordView]:
    shown = _declaration(first)
    return [
        RecordView(
            result,
            site.staleness(result),
            command(result),
            configuration(result),
            {name: text for name, text in _declaration(result).items() if shown.get(name) != text},
        )
        for rerun in reruns
        for result in rerun.records
    ]


def _claims(site: Site, reruns: Sequence[Rerun]) -> list[ClaimView]:
    """The claims in the order of the records; each rerun speaks with the record of its largest scale."""
    leads = [rerun.lead for rerun in reruns]
    refs = dict.fromkeys(site.corpus.canonical(ref) or ref for result in leads for ref in result.claims)
    beside: dict[str, list[tuple[Estimate, Result]]] = defaultdict(list)
    for result in leads:
        for estimate in result.estimates:
            if estimate.claim:
                beside[site.corpus.canonical(estimate.claim) or estimate.claim].append((estimate, result))
    return [_claim(site, ref, beside.get(ref, [])) for ref in refs]


def _claim(site: Site, ref: str, numbers: list[tuple[Estimate, Result]]) -> ClaimView:
    if (found := claim_of(site, ref)) is None:
        return ClaimView(ref, None, None, [], numbers)
    finding, claim = found
    rows = [(measure, mine) for measure in claim.measures if (mine := [pair for pair in numbers if pair[0].measure == measure.name])]
    figures = {measure.name for measure, _ in rows}
    return ClaimView(ref, claim, finding, rows, [pair for pair in numbers if pair[0].measure not in figures])


def _backlinks(site: Site, results: Sequence[Result]) -> list[tuple[str, list[str]]]:
    found: dict[str, set[str]] = defaultdict(set)
    for result in results:
        for words, records in site.backlinks(result.id):
            found[words].update(records)
    return [(words, sorted(records)) for words, records in sorted(found.items())]


@pages("replication")
def replication_pages(site: Site) -> Iterator[Page]:
    groups: dict[str, list[Rerun]] = defaultdict(list)
    for rerun in site.state.reruns:
        groups[rerun.replication].append(rerun)
    for name, reruns in groups.items():
        results = [result for rerun in reruns for result in rerun.records]
        # What was declared last stands at the top; a record made under another version says how it differs.
        first = min(results, key=lambda result: (-result.replication_version, SCALES.index(result.scale), -result.added.toordinal(), result.id))
        findings = list(dict.fromkeys(site.corpus.canonical(result.finding) or result.finding for result in results))
        yield Page(
            path=f"replications/{name}.md",
            title=f"Rerun: {title(name)}",
            template="replication.html",
            data=jsonld.embedded([jsonld.result(site.corpus, result) for result in results]),
            description=site.summary(first.hypothesis),
            values={
                "name": title(name),
                "first": first,
                "reruns": reruns,
                "findings": findings,
                "tiers": {rerun.tier for rerun in reruns},
                "claims": _claims(site, reruns),
                "records": _records(site, reruns, first),
                "links": _backlinks(site, results),
            },
        )
