"""The layout of a holder's page as blocks, which Markdown, HTML and LaTeX each write in their own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from kb.evidence.predicates import Reading
from kb.evidence.state import State
from kb.evidence.weighing import Weighed
from kb.export.beliefs import DIRECTIONS, Page, View, decibans, moved, percent
from kb.forms.addresses import label, labels, web
from kb.forms.text import Label, paragraphs, words
from schemas.belief import Review, Update


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
_HOLDS = {"true": "holds", "false": "does not hold", "unknown": "unknown"}
_OUTCOMES = {True: "true", False: "false", "void": "void"}


def blocks(state: State, page: Page) -> Iterator[Block]:
    """One holder's page."""
    yield Heading(1, Run(f"Beliefs of {page.holder}"))
    where = Run(state.corpus.config.title, state.corpus.config.url)
    since = page.views[0].move.since if page.views and page.views[0].move else None
    yield Para((Run("From "), where, Run(f". What is new since {since.isoformat()} is marked." if since else ".")))
    if since is not None:
        changed = [view for view in page.views if view.changed]
        yield Heading(2, Run(f"Changes since {since.isoformat()}"))
        yield (
            Items(tuple(_change(view) for view in changed))
            if changed
            else Para((Run("No credence has moved, no evidence has come in, and nothing has fallen due or been reviewed."),))
        )
    for view in page.views:
        yield from _belief(state, view)


def _change(view: View) -> tuple[Run, ...]:
    assert view.move is not None
    counts = (("Evidence filed", view.new_evidence), ("Reviews fallen due", view.new_due), ("Reviews recorded", view.new_reviews))
    said = "".join(f" {what} since: {len(found)}." for what, found in counts if found) + (" Resolved since." if view.new_resolution else "")
    return Run(view.belief.title, view.address, strong=True), Run(f". {moved(view.move, view.holding.current.credence)}{said}")


def _belief(state: State, view: View) -> Iterator[Block]:
    belief, named = view.belief, labels(state.corpus)
    now = view.holding.current
    yield Heading(2, Run(belief.title, view.address))
    yield from _prose(belief.statement, named)
    yield Para((Run(f"Credence {percent(now.credence)}", strong=True), Run(f" since {now.date.isoformat()}.")))
    if view.move is not None and view.changed:
        yield Para((Run(moved(view.move, now.credence)),))
    for trigger in view.due:
        new = "New. " if trigger in view.new_due else ""
        yield Para((Run("Review due", strong=True), Run(f" since {trigger.since.isoformat()}. {new}{_name(trigger.update)}: {words(trigger.why, named)}.")))
    yield from _resolved(view, named)
    yield Rows(
        ("Date", "Credence", "Because"),
        tuple((Run(entry.date.isoformat()), Run(percent(entry.credence)), Run(words(entry.because, named))) for entry in view.holding.history),
    )
    yield Para((Run(f"Implied by the listed weights: {view.implied.words}."),))
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
    if view.weighed.doubts:
        yield Heading(3, Run("What does not fit"))
        yield Items(
            tuple((Run(f"{doubt.heading}:", strong=True), Run(f" {words(doubt.words, named)} ({', '.join(doubt.records)})")) for doubt in view.weighed.doubts)
        )
    yield from _rest(state, view, named)


def _resolved(view: View, named: Label) -> Iterator[Block]:
    resolution = view.belief.resolution
    if resolution is None:
        return
    said = f" on {resolution.date.isoformat()}, judged by {resolution.by}. {words(resolution.why, named)}"
    yield Para((Run(f"Resolved as {_OUTCOMES[resolution.outcome]}", strong=True), Run(("" if not view.new_resolution else " (new)") + said)))
    if view.score is not None:
        yield Para((Run(f"Scores, of which less is better: {view.score.words}."),))


def _name(slug: str) -> str:
    return slug.replace("-", " ")


def _predicates(weighed: Weighed) -> Iterator[tuple[Run, ...]]:
    """A row per condition; those that another joins are numbered below it."""
    for condition in weighed.conditions:
        if condition.reading is None:
            yield Run(_name(condition.update)), Run("no predicate"), Run(""), Run("")
        else:
            yield from _reading(condition.reading, _name(condition.update), "")


def _reading(reading: Reading, name: str, place: str) -> Iterator[tuple[Run, ...]]:
    yield Run(place or name), Run(reading.says), Run(reading.now), Run(_HOLDS[reading.value])
    for n, part in enumerate(reading.parts, 1):
        yield from _reading(part, name, f"{place}.{n}" if place else f"{name} {n}")


def _rest(state: State, view: View, named: Label) -> Iterator[Block]:
    belief = view.belief
    if belief.uncertainties:
        yield Heading(3, Run("Uncertainties"))
        yield Items(tuple((Run(words(item.question, named), strong=True), Run(" " + words(item.why, named))) for item in belief.uncertainties))
    yield Heading(3, Run("What would change it"))
    if belief.updates:
        yield Items(tuple(_update(update, named) for update in belief.updates))
        yield Rows(("Predicate", "Asks", "Now", "Value"), tuple(_predicates(view.weighed)))
    else:
        yield Para((Run("No condition was registered beforehand."),))
    if view.reviews:
        yield Heading(3, Run("Reviews"))
        yield Items(tuple(_review(review, new=review in view.new_reviews, named=named) for review in view.reviews))
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


def _update(update: Update, named: Label) -> tuple[Run, ...]:
    said = [words(part, named) for part in (update.when, update.how_much) if part]
    said += [f"Not in the predicate: {words(update.not_predicable, named)}"] if update.not_predicable else []
    return Run(f"Would {update.would}", strong=True), Run(f" ({_name(update.id)}): {' '.join(said)}")


def _review(review: Review, *, new: bool, named: Label) -> tuple[Run, ...]:
    on = f", on {', '.join(review.fired_by)}" if review.fired_by else ""
    said = f" (of {', '.join(map(_name, review.of))}{on}): {words(review.note, named)}"
    return Run(f"{review.date.isoformat()}, {review.outcome}", strong=True), Run((" New." if new else "") + said)


def _prose(value: str, named: Label) -> Iterator[Para]:
    yield from (Para((Run(part),)) for part in paragraphs(value, named))
