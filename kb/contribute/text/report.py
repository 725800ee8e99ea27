"""What comparing with texts found: as diagnostics, as plain data, and as a section for a terminal.

Words of a text go to the terminal alone. Data and diagnostics hold numbers and places, so that whatever keeps them keeps no text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from kb.checks.formats import printable
from kb.checks.text_docs import TEXT
from kb.contribute.text.compare import Figure, Paper
from kb.numbers.printed import Printed
from kb.records.corpus import Corpus
from kb.records.diagnostic import Diagnostic

_ABSENT, _DIGITS = (code.code for code in TEXT)
_SAID = {"found": "found", "other-unit": "found in another unit", "other-digits": "found with other digits", "absent": "absent"}
_PLACES = 5


def diagnostics(corpus: Corpus, figures: Sequence[Figure]) -> Iterator[Diagnostic]:
    """A warning for each figure that is absent or has other digits, at its place in the record."""
    for figure in figures:
        place, kind = corpus.place(figure.finding, figure.path), figure.outcome.kind
        what = f"{figure.field} {figure.display} of '{figure.measure.name}'"
        if kind == "absent":
            near = ", ".join(near.shown for near in figure.outcome.nearest)
            message = f"the text of '{figure.paper.source}' does not print {what}" + (f"; nearest: {near}" if near else "; it prints no number")
            other = f", or give the text of {' and '.join(repr(source) for source in figure.elsewhere)} too" if figure.elsewhere else ""
            fix = f"correct the figure, or the source that the claim's place names{other}"
            yield Diagnostic(place, _ABSENT, message, "a figure that the text prints", fix, figure.finding, "warning")
        elif kind == "other-digits":
            printed = " and ".join(dict.fromkeys(hit.shown for hit in figure.outcome.hits[:_PLACES]))
            message = f"the text of '{figure.paper.source}' prints {printed} for {what}"
            yield Diagnostic(place, _DIGITS, message, "the digits that the text prints", "write the figure as printed", figure.finding, "warning")


def as_data(papers: Sequence[Paper], figures: Sequence[Figure]) -> dict[str, Any]:
    """The `text` object of `kb check --format json`, documented in `kb.commands.check`."""
    return {
        "files": [{"source": paper.source, "file": paper.file.name, "format": paper.file.kind, "numbers": len(paper.index.numbers)} for paper in papers],
        "summary": {"figures": len(figures)} | {kind: sum(figure.outcome.kind == kind for figure in figures) for kind in _SAID},
        "figures": [
            {
                "finding": figure.finding,
                "claim": figure.claim,
                "measure": figure.measure.name,
                "field": figure.field,
                "figure": figure.number,
                "unit": figure.measure.unit or "",
                "class": figure.outcome.kind,
                "text": papers.index(figure.paper),
                "hits": len(figure.outcome.hits),
                "places": [_place(figure.paper, hit) for hit in figure.outcome.hits[:_PLACES]],
                "nearest": [_place(figure.paper, near) for near in figure.outcome.nearest],
            }
            for figure in figures
        ],
    }


def summary(figures: Sequence[Figure]) -> str:
    """`looked for 21 figures: 18 found, 1 found in another unit, 0 found with other digits, 2 absent`"""
    counts = ", ".join(f"{sum(figure.outcome.kind == kind for figure in figures)} {words}" for kind, words in _SAID.items())
    return f"looked for {len(figures)} figure{'' if len(figures) == 1 else 's'}: {counts}"


def section(papers: Sequence[Paper], figures: Sequence[Figure]) -> str:
    """The report for a terminal, by finding and claim, ending in a line end."""
    lines = []
    for paper in papers:
        pages = f", {paper.file.places[-1]} pages" if paper.file.kind == "pdf" and paper.file.places else ""
        lines.append(f"{paper.source} in {paper.file.name} ({paper.file.kind}{pages}, {len(paper.index.numbers)} numbers)")
    for (finding, claim), group in groupby(figures, key=lambda figure: (figure.finding, figure.claim)):
        lines.append(f"  {finding}/{claim}")
        rows = list(group)
        width = max(len(_name(figure)) for figure in rows)
        for figure in rows:
            several = f" of {figure.paper.file.name}" if len(papers) > 1 and figure.outcome.hits else ""
            lines.append(f"    {_name(figure):<{width}}  {_SAID[figure.outcome.kind]}{_where(figure)}{several}")
            paper = figure.paper
            lines += [f"        nearest: {near.shown} ({paper.file.unit} {paper.place(near)}): {paper.context(near)}" for near in figure.outcome.nearest]
    if not figures:
        lines.append("  no claim with figures rests on these sources")
    return "".join(f"{printable(line)}\n" for line in lines)


def _name(figure: Figure) -> str:
    field = "" if figure.field == "value" else f" {figure.field}"
    return f"{figure.measure.name}{field} {figure.display}"


def _where(figure: Figure) -> str:
    """Where and, if not as in the record, how it is printed; how often, since a small number that stands in many places says little."""
    hits = figure.outcome.hits
    if not hits:
        return ""
    places = list(dict.fromkeys(figure.paper.place(hit) for hit in hits))
    unit = figure.paper.file.unit + ("s" if len(places) > 1 else "")
    more = " …" if len(places) > _PLACES else ""
    often = f", {len(hits)} times" if len(hits) > 1 else ""
    shown = "" if figure.outcome.kind == "found" else f" as {' and '.join(dict.fromkeys(hit.shown for hit in hits[:_PLACES]))},"
    return f"{shown or ','} {unit} {', '.join(map(str, places[:_PLACES]))}{more}{often}"


def _place(paper: Paper, printed: Printed) -> dict[str, Any]:
    return {"printed": printed.shown, paper.file.unit: paper.place(printed)}
