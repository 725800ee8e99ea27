"""Beliefs: a page each and the list of all, with their credences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kb.site.board import independence_line
from kb.site.model import Site
from kb.site.page import Page, pages
from schemas import Result


@pages("belief")
def belief_pages(site: Site) -> Iterator[Page]:
    for belief in site.corpus.beliefs.values():
        yield Page(
            path=f"beliefs/{belief.id}.md",
            title=belief.title,
            template="belief.html",
            description=site.summary(belief.statement),
            tags=tuple(belief.tags),
            boost=1.5,
            values={
                "belief": belief,
                "known_updates": {update.id for update in belief.updates},
                "courses": [[(entry.date, entry.credence) for entry in holding.history] for holding in belief.holders],
                "independence": independence_line(site, (item.record for item in belief.evidence)),
                "weighed": site.state.beliefs[belief.id],
                "doubts": [(heading, list(found)) for heading, found in groupby(site.state.beliefs[belief.id].doubts, key=lambda doubt: doubt.heading)],
                "reruns": {item.record: result for item in belief.evidence if isinstance(result := site.get(item.record), Result)},
            },
        )


@pages("beliefs")
def index(site: Site) -> Iterator[Page]:
    yield Page(
        "beliefs/index.md",
        "Beliefs",
        "beliefs.html",
        {"beliefs": list(site.corpus.beliefs.values())},
        "Statements with the credence that somebody gives them.",
        toc=False,
    )
