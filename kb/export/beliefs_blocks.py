"""The layout of a holder's page as blocks, which Markdown, HTML and LaTeX each write in their own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from kb.evidence.state import State
from kb.export.beliefs import DIRECTIONS, Page, View, decibans, moved, percent
from kb.forms.addresses import label, labels, web
from kb.forms.text import Label, paragraphs, words


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line: plain text, perhaps with an address behind it."""

    text: str
    address: str | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    """1 for a page, 2 for a belief, 3 for a part of it."""
    run: Run


@dataclass(frozen=True, slots=True)
class Para:
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item is one line."""

    items: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]


Block: TypeAlias = "Heading | Para | Items | Rows"


def blocks(state: State, page: Page) -> Iterator[Block]:
    """One holder's page."""
    yield Heading(1, Run(f"Beliefs of {page.holder}"))
    where = Run(state.corpus.config.title, state.corpus.config.url)
    since = page.views[0].move.since if page.views and page.views[0].move else None
    yield Para((Run("From "), where, Run(f". What is new since {since.isoformat()} is marked." if since else ".")))
    if since is not None:
        changed = [view for view in page.views if view.changed]
        yield Heading(2, Run(f"Changes since {since.isoformat()}"))
        yield Items(tuple(_change(view) for view in changed)) if changed else Para((Run("No credence has moved and no evidence has come in."),))
    for view in page.views:
        yield from _belief(state, view)


def _change(view: View) -> tuple[Run, ...]:
    assert view.move is not None
    new = sum(item.new for item in view.evidence)
    added = f" Evidence filed since: {new}." if new else ""
    return Run(view.belief.title, view.address, strong=True), Run(f". {moved(view.move, view.holding.current.credence)}{added}")


def _belief(state: State, view: View) -> Iterator[Block]:
    belief, named = view.belief, labels(state.corpus)
    now = view.holding.current
    yield Heading(2, Run(belief.title, view.address))
    yield from _prose(belief.statement, named)
    yield Para((Run(f"Credence {percent(now.credence)}", strong=True), Run(f" since {now.date.isoformat()}.")))
    if view.move is not None and view.changed:
        yield Para((Run(moved(view.move, now.credence)),))
    yield Rows(
        ("Date", "Credence", "Because"),
        tuple((Run(entry.date.isoformat()), Run(percent(entry.credence)), Run(words(entry.because, named))) for entry in view.holding.history),
    )
    yield Heading(3, Run("Rationale"))
    yield from _prose(belief.rationale, named)
    yield Heading(3, Run("Evidence"))
    if view.evidence:
        order = sorted(view.evidence, key=lambda item: DIRECTIONS.index(item.item.direction))
        header = ("Direction", "Weight", "Record", "Note")
        yield Rows(
            header,
            tuple(
                (
                    Run(item.item.direction),
                    Run(decibans(item)),
                    Run(item.title, item.address),
                    Run(("New. " if item.new else "") + words(item.item.note, named)),
                )
                for item in order
            ),
        )
    else:
        yield Para((Run("None listed."),))
    yield from _rest(state, view, named)


def _rest(state: State, view: View, named: Label) -> Iterator[Block]:
    belief = view.belief
    if belief.uncertainties:
        yield Heading(3, Run("Uncertainties"))
        yield Items(tuple((Run(words(item.question, named), strong=True), Run(" " + words(item.why, named))) for item in belief.uncertainties))
    yield Heading(3, Run("What would change it"))
    if belief.updates:
        yield Items(tuple(_update(update.would, update.when, update.how_much, named) for update in belief.updates))
    else:
        yield Para((Run("No condition was registered beforehand."),))
    if belief.depends_on:
        yield Heading(3, Run("Depends on other beliefs"))
        yield Items(
            tuple(
                (
                    Run(f"{link.how.replace('-', ' ')} "),
                    Run(label(state.corpus, link.belief) or link.belief, web(state.corpus, link.belief)),
                    Run(". " + words(link.note, named)),
                )
                for link in belief.depends_on
            )
        )
    if belief.readings:
        yield Heading(3, Run("Readings"))
        yield Items(
            tuple(
                (Run(reading.title, web(state.corpus, reading.source) if reading.source else None), Run(f" ({reading.state}). " + words(reading.note, named)))
                for reading in belief.readings
            )
        )


def _update(would: str, when: str, how_much: str | None, named: Label) -> tuple[Run, ...]:
    return Run(f"Would {would}", strong=True), Run(": " + words(when, named) + (" " + words(how_much, named) if how_much else ""))


def _prose(value: str, named: Label) -> Iterator[Para]:
    yield from (Para((Run(part),)) for part in paragraphs(value, named))
