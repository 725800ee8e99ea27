"""The home page: the questions that a reader comes with, then what the evidence adds up to."""

from __future__ import annotations

from collections.abc import Iterator

from kb.site.board import STATES, board
from kb.site.board import tally as shape_tally
from kb.site.model import Site
from kb.site.page import Page, pages
from kb.site.pages.question import ANSWERS, STATE_WORDS, of_kind
from kb.site.pages.reruns import standing, tally

LATEST, DISPUTES, ANSWERS_SHOWN = 6, 4, 4


@pages("home")
def home(site: Site) -> Iterator[Page]:
    corpus, shapes = site.corpus, board(site)
    issued = {finding.id: site.issued(finding) for finding in corpus.findings.values()}
    latest = sorted(corpus.findings.values(), key=lambda finding: (finding.added, issued[finding.id] or "", finding.id), reverse=True)[:LATEST]
    rows = [
        (corpus.concepts[concept], shape_tally(found), [shape for shape in found if shape.count][:5])
        for concept, found in shapes.items()
        if any(shape.count for shape in found)
    ]
    rows.sort(key=lambda row: -sum(shape.count for shape in shapes[row[0].id]))
    open_disputes = [item for item in site.state.disputes if item.state == "open"]
    of_finding = {item.finding: item for item in reversed(open_disputes)}
    yield Page(
        path="index.md",
        title=corpus.config.title,
        template="home.html",
        description=corpus.config.description or corpus.config.tagline,
        values={
            "guiding": of_kind(site, "guiding"),
            "state_words": STATE_WORDS,
            "answer_words": ANSWERS,
            "answers_shown": ANSWERS_SHOWN,
            "rows": rows,
            "empty": [corpus.concepts[concept] for concept, found in shapes.items() if found and not any(shape.count for shape in found)],
            "answers_of": lambda question: sorted(question.answers, key=lambda answer: list(ANSWERS).index(answer.how)),
            "states": STATES,
            "latest": latest,
            "disputes": list(reversed(of_finding.values()))[:DISPUTES],
            "dispute_count": len(open_disputes),
            "rerun_count": len(standing(site, "rerun")),
            "verdicts": tally(site),
            "stale_reruns": sum(site.staleness(rerun.lead).state == "stale" for rerun in site.state.reruns),
            "beliefs": list(corpus.beliefs.values())[:6],
        },
    )
