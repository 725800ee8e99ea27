"""How far a decision reaches: which beliefs and counts rest on the records that it is about."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from kb.evidence.queue.item import Reach

if TYPE_CHECKING:
    from kb.evidence.state import State


class Reaches:
    """Looks up what rests on a record; the tables are built once for a whole queue."""

    def __init__(self, state: State) -> None:
        self._state = state

    def of(self, records: tuple[str, ...]) -> Reach:
        """The reach of a decision about records and claims (`finding/claim`); shapes are named by their concept's record."""
        whole = {record.partition("/")[0] for record in records}
        links = {by for record in whole for by in self._linking.get(record, ()) if by not in whole}
        beliefs = {belief for record in records for belief in self._beliefs_on(record)}
        shapes = {shape for record in whole for shape in self._counted.get(record, ())}
        return Reach(tuple(sorted(beliefs)), tuple(sorted(shapes)), len(links - beliefs))

    def _beliefs_on(self, record: str) -> set[str]:
        """A belief that lists a finding rests on all its claims; one that lists a claim rests on that claim, and so on the finding."""
        head, _, claim = record.partition("/")
        on = self._believed.get(head, {})
        return {belief for belief, claims in on.items() if not claim or "" in claims or claim in claims} | ({head} & set(self._state.corpus.beliefs))

    @cached_property
    def _believed(self) -> dict[str, dict[str, set[str]]]:
        """Record to the beliefs whose evidence lists it, with the claims that they name ("" for the whole record)."""
        corpus = self._state.corpus
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for belief in corpus.beliefs.values():
            for item in belief.evidence:
                head, _, claim = (corpus.canonical(item.record) or item.record).partition("/")
                found[head][belief.id].add(claim)
        return found

    @cached_property
    def _counted(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for row in self._state.board.rows:
            for member in row.members:
                found[member].add(f"{row.concept}/{row.shape}")
        return found

    @cached_property
    def _linking(self) -> dict[str, set[str]]:
        """Record to the other records that link to it or to one of its claims; results, which a machine writes, are left out."""
        graph, entries = self._state.graph, self._state.corpus.entries
        found: dict[str, set[str]] = defaultdict(set)
        for start, to in graph.edges():
            by, head = start.partition("/")[0], to.partition("/")[0]
            if by in entries and head in entries and by != head and entries[by].kind != "result":
                found[head].add(by)
        return found
