"""KB222: two sources that look like one work."""

from __future__ import annotations

from collections.abc import Iterator

from kb.checks.context import Context
from kb.checks.kb221_duplicate_source import identifiers
from kb.checks.registry import Hit, check
from kb.records.similarity import folded, near_titles

# A paper's code or data often carries the paper's title and is a work of its own.
_BESIDE_A_PAPER = frozenset({"dataset", "software"})


@check(
    "KB222",
    "similar-source",
    severity="warning",
    summary="Two sources have nearly the same title and an author in common.",
    what="""
Compares titles by their words, in any order, against `similar-title` of kb.yaml, and the family names of the authors. Titles whose numbers differ,
and a work and its data set or software, are not compared. Two works that look alike and are not one name each other under `distinct-from`.
""",
    why="The preprint and the journal version of one work, or two spellings of its title, count as two sources until somebody notices.",
    bad="""
# sources/doe-2024-journal.yaml
title: How prompts move the style of language models
author: [{family: Doe, given: J.}]
# concepts/drift.yaml
sources: [doe-2024-journal]
""",
    good="""
# sources/doe-2024-journal.yaml
title: What prompts cannot move in a network
author: [{family: Doe, given: J.}]
# concepts/drift.yaml
sources: [doe-2024-journal]
""",
    fix="""
Keep one record for one work (`version`, `DOI` and `container-title` hold its later life), with the other's id in its `aliases`.
For two works, name one under `distinct-from` of the other.
""",
)
def similar_source(ctx: Context) -> Iterator[Hit]:
    sources = ctx.corpus.sources
    titles = {name: source.title for name, source in sources.items()}
    authors = {name: [person.family or person.literal or "" for person in source.author] for name, source in sources.items()}
    for near in near_titles(titles, ctx.config.thresholds.similar_title, authors):
        a, b, score = near.first, near.second, near.score
        one, two = sources[a], sources[b]
        if (one.type in _BESIDE_A_PAPER) != (two.type in _BESIDE_A_PAPER) or numbers(one.title) != numbers(two.title):
            continue
        if ctx.canonical(b) in map(ctx.canonical, one.distinct_from) or ctx.canonical(a) in map(ctx.canonical, two.distinct_from):
            continue
        if {key for _, key in identifiers(one)} & {key for _, key in identifiers(two)}:
            continue  # KB221 says so with certainty
        for here, there in ((a, b), (b, a)):
            message = f"title and authors resemble those of '{there}' ({sources[there].title!r}; similarity {score:.0f})"
            yield Hit(here, ("title",), message, "one record for one work", "keep one record, or name the other under `distinct-from` where they are two works")


def numbers(title: str) -> list[str]:
    """The words of a title that hold a digit: "part 1" and "part 2", "Llama 2" and "Llama 3" are two things."""
    return sorted(word for word in folded(title).split() if any(c.isdigit() for c in word))
