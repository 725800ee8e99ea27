"""Beliefs as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb.evidence.state import State
from kb.export.beliefs import pages
from kb.export.beliefs_blocks import Block, Heading, Items, Para, Run, blocks
from kb.export.registry import Options, export
from kb.forms.markdown import link


@export(
    "beliefs-markdown",
    summary="Beliefs of each holder, to read and to paste",
    file="beliefs.md",
    media="text/markdown; charset=utf-8",
    reader="markdown-it; any CommonMark reader with tables",
    takes=("holder", "since"),
    schema={
        "# Beliefs of …": "one part per holder, by name",
        "## Changes since …": "with `--since`: credences that moved, evidence filed, reviews fallen due or recorded, and resolutions after that day",
        "## title of a belief": "statement, credence, review due, resolution and scores, history, implied credence, rationale, evidence, what does not fit, "
        "uncertainties, what would change it with its predicates as they are now, reviews, dependences, readings",
    },
    notes="Text of records is escaped: nothing in it is markup. Evidence counts as new by the day on which its record entered the knowledge base.",
)
def beliefs_markdown(state: State, options: Options) -> str:
    parts = [_block(block) for page in pages(state, options) for block in blocks(state, page)]
    return "\n\n".join(parts or ["No belief is filed."]) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_runs([block.run])}"
    if isinstance(block, Para):
        return _runs(block.runs)
    if isinstance(block, Items):
        return "\n".join(f"- {_runs(item)}" for item in block.items)
    return "\n".join(_table(block.header, block.rows))


def _table(header: Iterable[str], rows: Iterable[Iterable[Run]]) -> Iterator[str]:
    names = list(header)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(_runs([cell]) for cell in row)} |"


def _runs(runs: Iterable[Run]) -> str:
    parts = []
    for run in runs:
        made = link(run.text, run.address)
        made = f"**{made}**" if run.strong else made
        # One line of text has no space at its ends; a run between others may have.
        parts.append((" " if run.text[:1] == " " else "") + made + (" " if run.text[-1:] == " " else ""))
    return "".join(parts).strip()
