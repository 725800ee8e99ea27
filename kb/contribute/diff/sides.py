"""The two states that are compared, each read and derived once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from kb.checks import run as run_checks
from kb.contribute.git import Repository
from kb.contribute.revisions import Fingerprints, Revision, sources_at, sources_now
from kb.errors import UsageError
from kb.evidence.state import State, derive
from kb.records import Corpus, Diagnostic, Tree, load, read_tree
from kb.records.cache import fingerprint, load_diagnostics, store_diagnostics
from kb.records.loader import without_collector
from kb.records.settings import FILE


@dataclass(frozen=True)
class Side:
    """A knowledge base in one state."""

    label: str
    """What the reader calls it: `main (3f2c9d1a0b7e)`, `the work tree`."""
    tree: Tree
    state: State
    today: dt.date
    cache: bool

    @property
    def corpus(self) -> Corpus:
        return self.state.corpus

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What `kb check` finds, by place."""
        key = fingerprint(self.tree, today=self.today) if self.cache else ""
        if self.cache and (known := load_diagnostics(self.tree, key)) is not None:
            return tuple(known)
        with without_collector():
            found = run_checks(self.corpus, today=self.today)
        if self.cache:
            store_diagnostics(self.tree, key, found)
        return tuple(found)

    @cached_property
    def ids_of_broken(self) -> Mapping[str, str]:
        """What would be the id of each file that holds no valid record, to the file."""
        return {file.rpartition("/")[2].rpartition(".")[0]: file for file in sorted(self.corpus.broken)}


@dataclass(frozen=True)
class Change:
    """Two states of one knowledge base."""

    before: Side
    after: Side
    merge_base: bool
    """Whether `before` is the merge base of the two that were named, not the first of them."""

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """Former id to present id of records that go on under another name: the old one is among the new one's aliases, or nothing else differs."""
        old, new = self.before.corpus.entries, self.after.corpus.entries
        gone = sorted(old.keys() - new.keys() - self.after.ids_of_broken.keys())
        come = sorted(new.keys() - old.keys())
        found: dict[str, str] = {}
        for name in gone:
            heir = self.after.corpus.aliases.get(name)
            if heir in come and new[heir].kind == old[name].kind and heir not in found.values():
                found[name] = heir
        for name in gone:
            if name not in found:
                heirs = [i for i in come if i not in found.values() and new[i].kind == old[name].kind and _content(new[i]) == _content(old[name])]
                found |= {name: heirs[0]} if heirs else {}
        return found

    def now(self, name: str) -> str:
        """The present form of an id or a `finding/claim` of the state before."""
        head, slash, claim = name.partition("/")
        return self.renamed.get(head, head) + slash + claim


def _content(entry: object) -> object:
    data = entry.document.data  # type: ignore[attr-defined]
    return {key: value for key, value in data.items() if key not in ("id", "aliases")}


def compare(start: Path, base: str, head: str | None, *, today: dt.date, exact: bool = False, cache: bool = True) -> Change:
    """The change from a revision to another, or to the files as they lie in the work tree where `head` is None.

    Without `exact` the state before is that of the merge base, as in a pull request: what only the base has gained since is no part of the change.
    `start` is the knowledge base's folder, or a bare repository. Nothing is written but the cache.
    Raises UsageError for whatever can't be compared: no repository, an unknown or ambiguous revision, no common ancestor, a shallow clone.
    """
    repository = Repository.at(start)
    if head is None and repository.bare:
        raise UsageError("a bare repository has no work tree; name two revisions: kb diff BASE HEAD")
    first, last = repository.commit(base), repository.commit("HEAD" if head is None else head)
    before = first if exact else repository.merge_base(first, last)
    old = Revision(repository, before).tree(start, cache=cache)
    new = read_tree(start, cache=cache) if head is None else Revision(repository, last).tree(start, cache=cache)
    if old is None and new is None:
        raise UsageError(f"neither revision has a {FILE} in {repository.prefix or 'its top folder'}")
    old = old or _empty(new)
    new = new or _empty(old)
    name = f"{base} ({before[:12]})" if before == first else f"the merge base with {base} ({before[:12]})"
    fingerprints = Fingerprints(start, cache=cache)
    corpus = load(start, cache=cache, tree=new)
    named = {path for result in corpus.results.values() for path in result.code}
    after_state = derive(corpus, today=today, sources=sources_now(fingerprints) if head is None else sources_at(repository, last, named, fingerprints))
    known = load(start, cache=cache, tree=old, known=corpus)
    named = {path for result in known.results.values() for path in result.code}
    before_state = derive(known, today=today, sources=sources_at(repository, before, named, fingerprints), beside=after_state)
    after = Side("the work tree" if head is None else f"{head} ({last[:12]})", new, after_state, today, cache)
    _ = after_state.staleness, before_state.staleness
    fingerprints.save()
    return Change(Side(name, old, before_state, today, cache), after, before != first)


def _empty(tree: Tree | None) -> Tree:
    """A knowledge base with the settings of another and no record."""
    assert tree is not None
    return replace(tree, files=())
