"""The dashboard of reruns: which findings were rerun, at which tier, with which verdict, and how old; and which were not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kb.evidence.reruns import TIERS, VERDICTS, Rerun
from kb.site.model import Site
from kb.site.page import Page, pages
from schemas import Finding


@dataclass(frozen=True)
class TierRow:
    """One tier with its reruns by verdict, in the order of `VERDICTS`."""

    tier: str
    counts: list[tuple[str, int]]
    total: int


@dataclass(frozen=True)
class RerunView:
    """A rerun with the findings whose claims it tests besides its own."""

    rerun: Rerun
    besides: list[str]


def tally(site: Site) -> list[tuple[str, int]]:
    """Every verdict, also those that no rerun has, with how many reruns have it."""
    counts = Counter(rerun.lead.verdict for rerun in site.state.reruns)
    return [(verdict, counts[verdict]) for verdict in VERDICTS]


def _tiers(site: Site) -> list[TierRow]:
    counts = Counter((rerun.tier, rerun.lead.verdict) for rerun in site.state.reruns)
    return [
        TierRow(tier, [(verdict, counts[tier, verdict]) for verdict in VERDICTS], sum(counts[tier, verdict] for verdict in VERDICTS))
        for tier in reversed(TIERS)
    ]


def _besides(site: Site, rerun: Rerun) -> list[str]:
    own = site.corpus.canonical(rerun.lead.finding)
    named = {site.corpus.canonical(claim.partition("/")[0]) for claim in rerun.lead.claims}
    return sorted(name for name in named if name in site.corpus.findings and name != own)


def standing(site: Site, wanted: str) -> list[Finding]:
    """The findings of one standing (see `kb.evidence.reruns.standings`), by title."""
    found = [site.corpus.findings[name] for name, standing in site.state.standings.items() if standing == wanted]
    return sorted(found, key=lambda finding: (finding.title.casefold(), finding.id))


@pages("reruns")
def dashboard(site: Site) -> Iterator[Page]:
    reruns = sorted(site.state.reruns, key=lambda rerun: (site.label(rerun.lead.finding).casefold(), rerun.replication, -TIERS.index(rerun.tier)))
    stale = [rerun for rerun in reruns if site.staleness(rerun.lead).state == "stale"]
    yield Page(
        path="reruns.md",
        title="Reruns",
        template="reruns.html",
        description="Which findings were rerun, at which tier, with which verdict.",
        values={
            "tiers": _tiers(site),
            "present": {rerun.tier for rerun in reruns},
            "tally": tally(site),
            "groups": [(verdict, [RerunView(rerun, _besides(site, rerun)) for rerun in reruns if rerun.lead.verdict == verdict]) for verdict in VERDICTS],
            "stale": len(stale),
            "rerun_findings": standing(site, "rerun"),
            "besides": standing(site, "tested-besides"),
            "impossible": standing(site, "no-rerun-possible"),
            "waiting": standing(site, "not-rerun-yet"),
        },
    )
