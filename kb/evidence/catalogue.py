"""Listings derived from the records: models, tags, disputes, timelines, number checks, results."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kb.evidence.graph import issue_date
from kb.evidence.people import People
from kb.numbers.claims import outcomes
from kb.numbers.evaluate import Outcome
from kb.records import Corpus
from schemas import Source
from schemas.scalars import PartialDate


@dataclass(frozen=True, slots=True)
class Model:
    """A model under any of its spellings, with the findings that used it."""

    key: str
    """Slug."""
    name: str
    """The commonest spelling."""
    family: str | None
    sizes: tuple[str, ...]
    checkpoints: tuple[str, ...]
    uses: tuple[tuple[str, str], ...]
    """Finding and what the model was used as, by finding."""

    @property
    def findings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(finding for finding, _ in self.uses))


def model_key(name: str) -> str:
    """The slug under which a model is listed, whatever its spelling."""
    # A plus tells models apart (Command R, Command R+), and so does any letter beyond ASCII.
    letters = unicodedata.normalize("NFKD", name.casefold()).replace("+", " plus ")
    spelled = "".join(c if c.isascii() else f" {ord(c):x} " if c.isalnum() else "" for c in letters)
    return re.sub(r"[^a-z0-9]+", "-", spelled).strip("-") or "model"


def models(corpus: Corpus) -> dict[str, Model]:
    """All models by key. `GPT-4`, `gpt 4` and `GPT 4` are one model; a checkpoint belongs to the model it is given with."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    families: dict[str, Counter[str]] = defaultdict(Counter)
    sizes: dict[str, set[str]] = defaultdict(set)
    checkpoints: dict[str, set[str]] = defaultdict(set)
    uses: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for finding in corpus.findings.values():
        for model in finding.models:
            key = model_key(model.name)
            names[key][model.name] += 1
            uses[key].add((finding.id, model.used_as))
            if model.family:
                families[key][model.family] += 1
            if model.size:
                sizes[key].add(model.size)
            if model.checkpoint:
                checkpoints[key].add(model.checkpoint)
    return {
        key: Model(
            key=key,
            name=_commonest(names[key]) or key,
            family=_commonest(families[key]),
            sizes=tuple(sorted(sizes[key])),
            checkpoints=tuple(sorted(checkpoints[key])),
            uses=tuple(sorted(uses[key])),
        )
        for key in sorted(names)
    }


def _commonest(counts: Counter[str]) -> str | None:
    return min(counts, key=lambda text: (-counts[text], text), default=None)


def tags(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """Tag to the records that bear it."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry in corpus:
        for tag in sorted(set(getattr(entry.record, "tags", []))):
            found[tag].append(entry.record.id)
    return {tag: tuple(ids) for tag, ids in sorted(found.items())}


def findings_of_sources(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """Source to the findings that rest on it."""
    found: dict[str, list[str]] = {source: [] for source in corpus.sources}
    for finding in corpus.findings.values():
        for source in sorted({s for ref in finding.sources if (s := corpus.canonical(ref)) in found}):
            found[source].append(finding.id)
    return {source: tuple(ids) for source, ids in found.items()}


def findings_of_authors(corpus: Corpus, people: People) -> dict[str, tuple[str, ...]]:
    """Author key to the findings that rest on a work of theirs."""
    by_source = findings_of_sources(corpus)
    return {key: tuple(sorted({f for source in author.sources for f in by_source[source]})) for key, author in people.authors.items()}


@dataclass(frozen=True, slots=True)
class Disputed:
    """A figure or statement of which another reading, the authors' data or another source says something else."""

    finding: str
    claim: str
    """`finding/claim`"""
    position: int
    """Place in the claim's list."""
    about: str
    reported: str
    instead: str
    by: str
    state: Literal["open", "resolved"]
    note: str | None
    resolution: str | None


def disputes(corpus: Corpus) -> tuple[Disputed, ...]:
    """Every dispute: open ones first, then by claim."""
    found = [
        Disputed(f.id, f"{f.id}/{c.id}", i, d.about, d.reported, d.instead, corpus.canonical(d.by) or d.by, d.state, d.note, d.resolution)
        for f in corpus.findings.values()
        for c in f.claims
        for i, d in enumerate(c.disputes)
    ]
    return tuple(sorted(found, key=lambda d: (d.state != "open", d.claim, d.position)))


@dataclass(frozen=True, slots=True)
class Moment:
    """A finding on a concept's timeline."""

    date: str | None
    """When its first source appeared: YYYY, YYYY-MM or YYYY-MM-DD; None where no source is filed."""
    finding: str
    title: str
    role: str
    shapes: tuple[str, ...]


def timelines(corpus: Corpus) -> dict[str, tuple[Moment, ...]]:
    """Per concept, its findings in order of their first source's date; undated ones last. No count, no ordinal is stored."""
    found: dict[str, list[Moment]] = {concept: [] for concept in corpus.concepts}
    for finding in corpus.findings.values():
        date = issue_date(corpus, finding)
        for link in finding.instantiates:
            concept = corpus.canonical(link.concept)
            if concept in found:
                found[concept].append(Moment(date, finding.id, finding.title, link.role, tuple(link.shapes)))
    return {concept: tuple(sorted(moments, key=_when)) for concept, moments in found.items()}


def _when(moment: Moment) -> tuple[bool, str, str, str]:
    day = PartialDate(moment.date).earliest.isoformat() if moment.date else ""
    return not moment.date, day, moment.date or "", moment.finding


def number_checks(corpus: Corpus, known: Corpus | None = None, given: Mapping[str, tuple[Outcome, ...]] | None = None) -> Mapping[str, tuple[Outcome, ...]]:
    """`finding/claim` to the outcomes of its declared checks, in the record's order, and of the automatic tests; claims without any are left out.

    Findings that are the same objects in `known` take their outcomes from `given`, those of that corpus: exact arithmetic is not done twice.
    """
    found: dict[str, tuple[Outcome, ...]] = {}
    for finding in corpus.findings.values():
        same = known is not None and given is not None and known.findings.get(finding.id) is finding
        for claim in finding.claims:
            name = f"{finding.id}/{claim.id}"
            if of := given.get(name, ()) if same and given is not None else outcomes(claim):
                found[name] = of
    return found


def results_by_claim(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """`finding/claim` to the results that tested it, by id. A result that names none of the finding's claims is left out."""
    found: dict[str, list[str]] = defaultdict(list)
    for result in corpus.results.values():
        for claim in sorted({c for ref in result.claims if (c := corpus.canonical(ref))}):
            found[claim].append(result.id)
    return {claim: tuple(ids) for claim, ids in sorted(found.items())}


def retracted(corpus: Corpus) -> tuple[Source, ...]:
    """Retracted sources, by id."""
    return tuple(source for source in corpus.sources.values() if source.retracted)
