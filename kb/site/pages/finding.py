"""Findings: a page each, and the list of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kb.evidence.catalogue import model_key
from kb.forms import jsonld
from kb.site.board import CheckView, agreeing, checks_of, shape_names
from kb.site.figures import interval
from kb.site.model import Site
from kb.site.page import Page, pages
from schemas import Claim, Concept, Finding, Relation
from schemas.finding import Instantiation
from schemas.result import Estimate, Result

FOLD = 2
"""More checks that are consistent than this are folded away: they are told by their number, and what is off stands out."""
NUMBERS_SHOWN = 3
"""Of a rerun, beside a claim as a whole; the rest is folded away, unless that is one."""


@dataclass(frozen=True)
class ClaimView:
    claim: Claim
    extent: str
    checks: list[CheckView]
    """Those in sight."""
    folded: list[CheckView]
    """Consistent ones, where there are many."""
    agreeing: int
    """Figures that agree with their own k of n and interval."""
    estimates: dict[str, list[tuple[Estimate, Result]]]
    """Measure to the reproduced numbers beside it, of the record that speaks for its rerun."""
    reruns: list[tuple[Result, list[Estimate]]]
    """The reruns that test the claim, each with the numbers that stand beside the claim as a whole."""
    tiers: set[str]
    """Of the reruns that test it."""
    shared: dict[str, str]
    """What all of several figures were measured on; said once."""
    spread: bool
    """Whether any figure has an interval, n or p."""
    disputed: dict[str, tuple[int, str]]
    """Measure to the number and state of the first dispute about it."""


@dataclass(frozen=True)
class AxisView:
    name: str
    value: str
    means: str


def _estimates(site: Site, finding: Finding, claim: Claim) -> dict[str, list[tuple[Estimate, Result]]]:
    found: dict[str, list[tuple[Estimate, Result]]] = defaultdict(list)
    for rerun in site.reruns_of(finding):
        for estimate in rerun.lead.estimates:
            if estimate.claim and estimate.measure and site.corpus.canonical(estimate.claim) == f"{finding.id}/{claim.id}":
                found[estimate.measure].append((estimate, rerun.lead))
    return found


def _reruns(site: Site, finding: Finding, claim: Claim) -> list[tuple[Result, list[Estimate]]]:
    ref, figures = f"{finding.id}/{claim.id}", {measure.name for measure in claim.measures}
    return [
        (rerun.lead, [e for e in rerun.lead.estimates if e.claim and site.corpus.canonical(e.claim) == ref and e.measure not in figures])
        for rerun in site.reruns_of(finding)
        if ref in map(site.corpus.canonical, rerun.lead.claims)
    ]


def _shared(claim: Claim) -> dict[str, str]:
    if len(claim.measures) < 2:
        return {}
    first, *rest = (measure.of for measure in claim.measures)
    return {name: str(value) for name, value in sorted(first.items()) if all(of.get(name) == value for of in rest)}


def _claim(site: Site, finding: Finding, claim: Claim) -> ClaimView:
    disputed: dict[str, tuple[int, str]] = {}
    for index, dispute in enumerate(claim.disputes, 1):
        disputed.setdefault(dispute.about, (index, dispute.state))
    estimates, reruns = _estimates(site, finding, claim), _reruns(site, finding, claim)
    checks = checks_of(site, finding, claim)
    fine = [check for check in checks if check.kind == "ok" and check.acknowledged is None]
    folded = fine if len(fine) > FOLD else []
    return ClaimView(
        claim=claim,
        extent=site.extent(finding, claim),
        checks=[check for check in checks if check not in folded],
        folded=folded,
        agreeing=agreeing(site, finding, claim),
        estimates=estimates,
        reruns=reruns,
        tiers={result.tier for result in [*(result for result, _ in reruns), *(result for found in estimates.values() for _, result in found)]},
        shared=_shared(claim),
        spread=any(interval(measure) for measure in claim.measures),
        disputed=disputed,
    )


def _axes(site: Site, entry: Instantiation) -> list[AxisView]:
    """The axis values of one instantiation, in the concept's order; axes that the concept does not have come last."""
    concept = site.get(entry.concept)
    axes = concept.axes if isinstance(concept, Concept) else []
    known = {axis.id: axis for axis in axes}
    views = []
    for name in [*(axis.id for axis in axes if axis.id in entry.axes), *sorted(set(entry.axes) - set(known))]:
        axis = known.get(name)
        means = next((value.means for value in axis.values if value.id == entry.axes[name]), "") if axis else ""
        views.append(AxisView(axis.name if axis else name.replace("-", " "), entry.axes[name], means))
    return views


def _incoming(site: Site) -> dict[str, list[tuple[Finding, Relation]]]:
    found: dict[str, list[tuple[Finding, Relation]]] = defaultdict(list)
    for finding in site.corpus.findings.values():
        for relation in finding.relations:
            if (target := site.corpus.canonical(relation.to)) is not None and target != finding.id:
                found[target].append((finding, relation))
    return found


def _mirrored(site: Site, finding: Finding, other: Finding, relation: Relation) -> bool:
    """A symmetric relation that both sides state is shown once."""
    return relation.type in ("conflicts-with", "same-evidence-as") and any(
        own.type == relation.type and site.corpus.canonical(own.to) == other.id for own in finding.relations
    )


@pages("finding")
def finding_pages(site: Site) -> Iterator[Page]:
    incoming = _incoming(site)
    names = shape_names(site)
    units = site.corpus.config.vocabularies.unit
    for finding in site.corpus.findings.values():
        sources = site.sources_of(finding)
        own = {source.id for source in sources}
        disputes = [(claim, index, dispute) for claim in finding.claims for index, dispute in enumerate(claim.disputes, 1)]
        first = next((f"dispute-{claim.id}-{index}" for claim, index, dispute in disputes if dispute.state == "open"), "top")
        yield Page(
            path=f"findings/{finding.id}.md",
            title=finding.title,
            template="finding.html",
            description=site.summary(finding.summary),
            tags=tuple(finding.tags),
            data=jsonld.embedded(jsonld.finding(site.corpus, finding)),
            values={
                "finding": finding,
                "sources": sources,
                "retracted": [source for source in sources if source.retracted],
                "claims": [_claim(site, finding, claim) for claim in finding.claims],
                "open_disputes": sum(dispute.state == "open" for _, _, dispute in disputes),
                "resolved_disputes": sum(dispute.state == "resolved" for _, _, dispute in disputes),
                "first_dispute": first,
                "own_reruns": [rerun for rerun in site.reruns_of(finding) if site.is_own(rerun, finding)],
                "other_reruns": [rerun for rerun in site.reruns_of(finding) if not site.is_own(rerun, finding)],
                "tiers": {rerun.tier for rerun in site.reruns_of(finding)},
                "no_rerun": "no rerun possible" if finding.no_replication else "not rerun yet",
                "relations": finding.relations,
                "incoming": [(other, relation) for other, relation in incoming.get(finding.id, []) if not _mirrored(site, finding, other, relation)],
                "units": units,
                "numbers_shown": NUMBERS_SHOWN,
                "axes_of": lambda entry: _axes(site, entry),
                "shape_name": lambda shape: names.get(shape, shape.replace("-", " ")),
                "model_key": model_key,
                "own_sources": own,
            },
        )


@pages("findings")
def index(site: Site) -> Iterator[Page]:
    by_year: dict[int, list[Finding]] = defaultdict(list)
    for finding in site.corpus.findings.values():
        issued = site.issued(finding)
        by_year[issued.year if issued else 0].append(finding)
    years = [(year, sorted(found, key=lambda finding: finding.title.casefold())) for year, found in sorted(by_year.items(), reverse=True)]
    yield Page("findings/index.md", "Findings", "findings.html", {"years": years}, "Every finding, by the year of its source.", search=False)
