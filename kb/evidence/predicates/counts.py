"""How many findings are filed that fit a description, or into how many independent groups they fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.evidence.predicates.bounds import added, counted, either, enough, gap, how_many, named, oldest_first, words_of
from kb.evidence.predicates.reading import Reading
from kb.evidence.predicates.registry import atom
from schemas import Finding
from schemas.predicate import FindingCount, Where

if TYPE_CHECKING:
    from kb.evidence.state import State


@atom(FindingCount)
def count(state: State, asked: FindingCount) -> Reading:
    """Closed world: what is not filed counts as 0, so the value is never unknown."""
    corpus = state.corpus
    found = [finding.id for finding in state.reviewing.standing if _fits(state, finding, asked.where)]
    units = found
    if asked.independent:
        units = oldest_first(corpus, (oldest_first(corpus, group.members)[0] for group in state.independence.groups(found)))
    what = "independent groups of findings" if asked.independent else "findings"
    says = f"{what}{_described(asked.where)}: {how_many(asked)}"
    value = counted(len(units), asked)
    needed = enough(len(units), asked, value)
    first = tuple(sorted(units[:needed])) if needed is not None else ()
    lacking = gap(len(units), asked, what + _described(asked.where))
    now = f"{len(units)}: {named(units)}" if units else "none"
    return Reading(says, value, now, lacking, tuple(sorted(found)) if needed is not None else (), first, added(corpus, first))


def _fits(state: State, finding: Finding, where: Where) -> bool:
    canonical = state.corpus.canonical
    if where.concept is not None or where.shape is not None or where.role is not None:
        # One link must fit on all three: a finding may bear on several concepts, in several roles.
        concept = None if where.concept is None else canonical(where.concept) or where.concept
        if not any(
            (concept is None or canonical(link.concept) == concept)
            and (where.shape is None or where.shape in link.shapes)
            and (where.role is None or link.role in words_of(where.role))
            for link in finding.instantiates
        ):
            return False
    return (
        (where.kind is None or finding.kind in words_of(where.kind))
        and (where.tag is None or where.tag in finding.tags)
        and (where.status is None or finding.status in words_of(where.status))
        and (where.since is None or finding.added >= where.since)
        and (where.until is None or finding.added <= where.until)
    )


def _described(where: Where) -> str:
    parts = []
    if where.concept or where.role or where.shape:
        role = f" as {either(words_of(where.role))}" if where.role else ""
        parts.append(f"on {where.concept or 'any concept'}{role}" + (f" of shape {where.shape}" if where.shape else ""))
    if where.kind:
        parts.append(f"of kind {either(words_of(where.kind))}")
    if where.tag:
        parts.append(f"tagged {where.tag}")
    if where.status:
        parts.append(f"with status {either(words_of(where.status))}")
    if where.since:
        parts.append(f"added since {where.since.isoformat()}")
    if where.until:
        parts.append(f"added until {where.until.isoformat()}")
    return f" {', '.join(parts)}" if parts else ""
