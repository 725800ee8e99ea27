"""The one derived view of a knowledge base: everything that site, exports and commands read and no record stores.

    state = derive(load(root))
    state.board, state.queue, state.backlinks["some-record"] …

Each part is computed when it is first asked for, and only then. Nothing reads a clock: what depends on the present day
(ages, stale records) needs `today` and is left out without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kb.checks.credences import Incoherence, incoherent
from kb.evidence import catalogue, codification
from kb.evidence import reruns as rerunning
from kb.evidence.board import Board
from kb.evidence.gaps import Gap, Homeless
from kb.evidence.gaps import gaps as find_gaps
from kb.evidence.gaps import homeless as find_homeless
from kb.evidence.graph import Backlink, Graph, backlinks, build
from kb.evidence.independence import Independence
from kb.evidence.people import People, resolve
from kb.evidence.queue import Waiting
from kb.evidence.queue import queue as find_queue
from kb.evidence.staleness import Sources, Staleness
from kb.evidence.staleness import staleness as compare_sources
from kb.evidence.triggers import Reviewing, Trigger
from kb.evidence.weighing import Weighed, weighed
from kb.numbers.evaluate import Outcome
from kb.records import Corpus
from schemas import Person


@dataclass(frozen=True)
class State:
    """Derived from a corpus. All mappings are in order of their keys unless they say otherwise."""

    corpus: Corpus
    today: dt.date | None = None
    sources: Sources | None = None
    """What results are compared with; the sources as they are now where none are given."""
    beside: State | None = None
    """Another state of the knowledge base: parts that must be the same in both are taken from it."""

    @cached_property
    def people(self) -> People:
        """Authors, with their spellings and works."""
        if self.beside is not None and _authors(self.beside.corpus) == _authors(self.corpus):
            return self.beside.people
        return resolve(self.corpus.sources)

    @cached_property
    def independence(self) -> Independence:
        """Ties between any two findings."""
        return Independence(self.corpus, self.people)

    @cached_property
    def graph(self) -> Graph:
        return build(self.corpus, self.people)

    @cached_property
    def board(self) -> Board:
        """Counts and state of every shape."""
        return codification.board(self.corpus, self.people)

    @cached_property
    def backlinks(self) -> Mapping[str, tuple[Backlink, ...]]:
        """For every node of the graph, what links to it."""
        return {node: tuple(backlinks(self.graph, node)) for node in self.graph}

    @cached_property
    def findings_of_authors(self) -> Mapping[str, tuple[str, ...]]:
        """Author key (see `people.authors`) to findings."""
        return catalogue.findings_of_authors(self.corpus, self.people)

    @cached_property
    def findings_of_sources(self) -> Mapping[str, tuple[str, ...]]:
        return catalogue.findings_of_sources(self.corpus)

    @cached_property
    def models(self) -> Mapping[str, catalogue.Model]:
        return catalogue.models(self.corpus)

    @cached_property
    def tags(self) -> Mapping[str, tuple[str, ...]]:
        """Tag to records."""
        return catalogue.tags(self.corpus)

    @cached_property
    def disputes(self) -> tuple[catalogue.Disputed, ...]:
        """Open ones first."""
        return catalogue.disputes(self.corpus)

    @cached_property
    def timelines(self) -> Mapping[str, tuple[catalogue.Moment, ...]]:
        """Concept to its findings in time."""
        return catalogue.timelines(self.corpus)

    @cached_property
    def checks(self) -> Mapping[str, tuple[Outcome, ...]]:
        """`finding/claim` to the verdicts on its figures."""
        if self.beside is not None:
            return catalogue.number_checks(self.corpus, self.beside.corpus, self.beside.checks)
        return catalogue.number_checks(self.corpus)

    @cached_property
    def results(self) -> Mapping[str, tuple[str, ...]]:
        """`finding/claim` to the results that tested it."""
        return catalogue.results_by_claim(self.corpus)

    @cached_property
    def reruns(self) -> tuple[rerunning.Rerun, ...]:
        """The results, by replication, tier and model."""
        return rerunning.reruns(self.corpus)

    @cached_property
    def reruns_of_findings(self) -> Mapping[str, tuple[rerunning.Rerun, ...]]:
        """Finding to the reruns of it and of others that test its claims; findings without any are left out."""
        return rerunning.of_findings(self.corpus, self.reruns)

    @cached_property
    def standings(self) -> Mapping[str, rerunning.Standing]:
        """What has become of each finding: rerun, not possible, not yet."""
        return rerunning.standings(self.corpus, self.reruns_of_findings)

    @cached_property
    def staleness(self) -> Mapping[str, Staleness]:
        """Every result, compared with the sources as they are now. The only part that reads files."""
        return compare_sources(self.corpus, self.sources)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Groups of findings that no concept holds."""
        return find_gaps(self.corpus, self.graph)

    @cached_property
    def homeless(self) -> tuple[Homeless, ...]:
        """Findings without a concept."""
        return find_homeless(self.corpus)

    @cached_property
    def reviewing(self) -> Reviewing:
        """The conditions and triggers of each belief."""
        return Reviewing(self)

    @cached_property
    def triggers(self) -> tuple[Trigger, ...]:
        """Predicates of beliefs that are true, by belief, those due for review first."""
        return tuple(trigger for belief in self.corpus.beliefs for trigger in self.reviewing.triggers(belief))

    @cached_property
    def incoherences(self) -> tuple[Incoherence, ...]:
        """Credences of one holder that break what beliefs declare of each other."""
        return tuple(incoherent(self.corpus.beliefs, lambda ref: self.corpus.canonical(ref) or ref))

    @cached_property
    def beliefs(self) -> Mapping[str, Weighed]:
        """What follows for each belief: conditions, triggers, coherence, implied credences, scores."""
        return {belief: weighed(self, belief) for belief in self.corpus.beliefs}

    @cached_property
    def queue(self) -> tuple[Waiting, ...]:
        """Decisions waiting for a person."""
        return find_queue(self)


def _authors(corpus: Corpus) -> dict[str, list[Person]]:
    """All that people are resolved from."""
    return {name: source.author for name, source in corpus.sources.items()}


def derive(corpus: Corpus, *, today: dt.date | None = None, sources: Sources | None = None, beside: State | None = None) -> State:
    """The derived view of a corpus; `today` only for what depends on the present day, `sources` and `beside` for comparing two states."""
    return State(corpus, today, sources, beside)
