"""What pages say about a result record: its runs, its main number, what was reported beside it, how to make it again."""

from __future__ import annotations

import json
import re
from collections import Counter

from kb.site.model import Site
from schemas import Claim, Finding, Measure, Result
from schemas.result import Estimate


def runs(result: Result) -> str:
    """How many worlds, and how many initialisations of each."""
    worlds = Counter(job.world for job in result.seeds)
    words = f"{len(worlds)} world{'' if len(worlds) == 1 else 's'}"
    each = set(worlds.values())
    if len(each) > 1:
        return f"{words}, {len(result.seeds)} runs"
    return words if each == {1} else f"{words} × {each.pop()} initialisations"


def main_estimate(result: Result) -> Estimate | None:
    """The number that the first criterion reads: its observation starts with the number's name. Otherwise the first one."""
    named = result.criteria[0].observed.partition(" = ")[0]
    return next((one for one in result.estimates if one.name == named), result.estimates[0] if result.estimates else None)


def duration(seconds: float) -> str:
    """Seconds as a reader says them."""
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def configuration(result: Result) -> str:
    """The record's configuration as indented JSON."""
    return json.dumps(result.config, indent=2, ensure_ascii=False, sort_keys=True)


def claim_of(site: Site, ref: str) -> tuple[Finding, Claim] | None:
    """The claim behind finding/claim, with its finding; None where there is no such claim."""
    found = site.corpus.canonical(ref)
    finding = site.finding(ref.partition("/")[0])
    if found is None or finding is None:
        return None
    name = found.partition("/")[2]
    return next(((finding, claim) for claim in finding.claims if claim.id == name), None)


def measure_of(site: Site, estimate: Estimate) -> Measure | None:
    """The reported figure that a number stands beside."""
    if estimate.claim is None or estimate.measure is None or (found := claim_of(site, estimate.claim)) is None:
        return None
    return next((measure for measure in found[1].measures if measure.name == estimate.measure), None)


_SLUG_WORDS = re.compile(r"[-_]+")


def title(replication: str) -> str:
    """A replication's name as a title."""
    words = _SLUG_WORDS.sub(" ", replication)
    return words[:1].upper() + words[1:]
