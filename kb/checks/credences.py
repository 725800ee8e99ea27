"""Credences of one holder that can't all be right together. Pure: from beliefs to what is wrong, with the place to tell it at.

One holder's current credences are compared, never those of different people. If A entails B, or A presupposes B, then B is true
whenever A is, so P(A) <= P(B). Statements of which at most one can be true have credences that sum to 1 at most; every
set of statements that pairwise exclude each other is such a set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from kb.records.corpus import Path_
from schemas import Belief

TOLERANCE = 1e-9
"""Credences are decimal numbers in binary: sums may miss 1 by less than this."""
MOST_SETS = 10_000
"""Sets of mutually exclusive statements that are looked at."""


class Incoherence(NamedTuple):
    belief: str
    path: Path_
    """Where the dependence stands."""
    holder: str
    beliefs: tuple[str, ...]
    words: str


def incoherent(beliefs: Mapping[str, Belief], canonical: Callable[[str], str]) -> Iterator[Incoherence]:
    """Every pair and set of a holder's credences that breaks a declared dependence, by belief."""
    stated = {(name, holding.holder): holding.current.credence for name, belief in beliefs.items() for holding in belief.holders}
    holders = sorted({holder for _, holder in stated})
    excludes: dict[frozenset[str], tuple[str, Path_]] = {}
    told: set[tuple[str, str, str]] = set()
    for name, belief in sorted(beliefs.items()):
        for i, link in enumerate(belief.depends_on):
            other = canonical(link.belief)
            if other not in beliefs or other == name:
                continue
            if link.how == "excludes":
                excludes.setdefault(frozenset((name, other)), (name, ("depends-on", i)))
                continue
            pair = {"entails": (name, other), "presupposes": (name, other), "entailed-by": (other, name)}.get(link.how)
            for holder in holders if pair else ():
                assert pair is not None
                a, b = (stated.get((which, holder)) for which in pair)
                if a is not None and b is not None and a > b + TOLERANCE and (*pair, holder) not in told:
                    told.add((*pair, holder))
                    verb = "presupposes" if link.how == "presupposes" else "entails"
                    words = f"{holder} gives '{pair[0]}' {a:g} and '{pair[1]}', which it {verb}, only {b:g}"
                    yield Incoherence(name, ("depends-on", i), holder, pair, words)
    yield from _exclusive(excludes, stated, holders)


def _exclusive(excludes: Mapping[frozenset[str], tuple[str, Path_]], stated: Mapping[tuple[str, str], float], holders: list[str]) -> Iterator[Incoherence]:
    if not excludes:
        return
    import networkx as nx

    for holder in holders:
        graph: nx.Graph[str] = nx.Graph()
        for pair in sorted(excludes, key=sorted):
            if all((name, holder) in stated for name in pair):
                a, b = sorted(pair)
                graph.add_edge(a, b)
        sets = sorted(tuple(sorted(clique)) for clique in islice(nx.find_cliques(graph), MOST_SETS))
        for members in sets:
            if sum(stated[name, holder] for name in members) <= 1 + TOLERANCE:
                continue
            belief, path = excludes[frozenset(members[:2])]
            total = sum(stated[name, holder] for name in members)
            named = ", ".join(f"'{name}' {stated[name, holder]:g}" for name in members)
            words = f"{holder}'s credences in statements that exclude each other sum to {total:.3g}: {named}"
            yield Incoherence(belief, path, holder, members, words)
