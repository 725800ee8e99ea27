"""Reruns: the result records of one replication on one kind of subject belong together, and the largest run of them speaks for it.

Tiers are never mixed, and neither are models: a replication on organisms and on two real models is three reruns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from kb.records import Corpus
from schemas import Result
from schemas.result import Tier, Verdict

TIERS: tuple[Tier, ...] = get_args(Tier)
"""From the one that says least about the original to the one that says most."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
SCALES = ("full", "small", "smoke")
"""The largest first."""
DEVICES = frozenset({"cpu", "cuda"})


@dataclass(frozen=True, slots=True)
class Rerun:
    """The records of one replication, of one tier, on organisms or on one model."""

    replication: str
    tier: Tier
    model: str | None
    """Name of the real model; None for organisms and for what is only recomputed."""
    records: tuple[Result, ...]
    """The largest scale first; of several of one scale the newest version first."""

    @property
    def lead(self) -> Result:
        """The record that speaks for the rerun: of the largest scale, whatever its verdict is."""
        return self.records[0]

    @property
    def others(self) -> tuple[Result, ...]:
        return self.records[1:]


def model_of(result: Result) -> str | None:
    """The real model that a result was made on."""
    found = result.config.get("model")
    return found if isinstance(found, str) and found.strip() else None


def command(result: Result) -> str:
    """The command that makes the record again.

    It will be copied into a shell, and a record's configuration is a stranger's text: numbers, known devices and the replication's
    name, which is a slug, are all that goes into it. A model's folder is left for the reader to fill in.
    """
    words = ["verify", "run", result.replication, "--scale", result.scale]
    for key in ("worlds", "seeds"):
        count = result.config.get(key)
        if isinstance(count, int) and not isinstance(count, bool) and 0 < count < 10_000:
            words += [f"--{key}", str(count)]
    device = result.config.get("device")
    if isinstance(device, str) and device in DEVICES:
        words += ["--device", device]
    if model_of(result) is not None:
        words += ["--model", "PATH"]
    return " ".join(words)


def reruns(corpus: Corpus) -> tuple[Rerun, ...]:
    """All reruns, by replication, then from the highest tier down, then by model."""
    found: dict[tuple[str, Tier, str], list[Result]] = defaultdict(list)
    for result in corpus.results.values():
        found[result.replication, result.tier, model_of(result) or ""].append(result)
    ordered = sorted(found, key=lambda key: (key[0], -TIERS.index(key[1]), key[2]))
    return tuple(Rerun(name, tier, model or None, tuple(sorted(found[name, tier, model], key=_weight))) for name, tier, model in ordered)


def _weight(result: Result) -> tuple[int, int, int, str]:
    return SCALES.index(result.scale), -result.replication_version, -result.added.toordinal(), result.id


def of_findings(corpus: Corpus, found: tuple[Rerun, ...]) -> Mapping[str, tuple[Rerun, ...]]:
    """Finding to the reruns that rerun it or test claims of it, those of its own first."""
    own: dict[str, list[Rerun]] = defaultdict(list)
    besides: dict[str, list[Rerun]] = defaultdict(list)
    for rerun in found:
        mine = {corpus.canonical(record.finding) for record in rerun.records}
        tested = {corpus.canonical(claim.partition("/")[0]) for record in rerun.records for claim in record.claims}
        for finding in sorted(name for name in mine | tested if name in corpus.findings):
            (own if finding in mine else besides)[finding].append(rerun)
    return {finding: (*own[finding], *besides[finding]) for finding in sorted({*own, *besides})}


Standing = Literal["rerun", "tested-besides", "no-rerun-possible", "not-rerun-yet"]


def standings(corpus: Corpus, by_finding: Mapping[str, tuple[Rerun, ...]]) -> Mapping[str, Standing]:
    """What has become of each finding: rerun itself, claims tested by the rerun of another, not possible for a stated reason, not rerun yet."""
    found: dict[str, Standing] = {}
    for name, finding in corpus.findings.items():
        mine = by_finding.get(name, ())
        if any(corpus.canonical(record.finding) == name for rerun in mine for record in rerun.records):
            found[name] = "rerun"
        elif mine:
            found[name] = "tested-besides"
        else:
            found[name] = "no-rerun-possible" if finding.no_replication else "not-rerun-yet"
    return found
