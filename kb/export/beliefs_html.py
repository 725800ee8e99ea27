"""Beliefs as one page of HTML that needs nothing else, reads well on paper and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape

from kb.evidence.state import State
from kb.export.beliefs import pages
from kb.export.beliefs_blocks import Block, Heading, Items, Para, Run, blocks
from kb.export.registry import Options, export
from kb.forms.text import line

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3, th { font-family: system-ui, sans-serif; line-height: 1.25; }
h2 { margin-top: 2.5rem; border-top: 1px solid; padding-top: .75rem; }
h3 { margin-bottom: .25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #8888; overflow-wrap: anywhere; }
a { color: inherit; text-underline-offset: .15em; }
section + section { margin-top: 4rem; }
@media print {
  body { max-width: none; margin: 0; font-size: 10pt; }
  section { break-before: page; }
  section:first-of-type { break-before: auto; }
  h2, h3 { break-after: avoid; }
  tr, li { break-inside: avoid; }
}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


@export(
    "beliefs-html",
    summary="Beliefs of each holder as one page to read or print",
    file="beliefs.html",
    media="text/html; charset=utf-8",
    reader="html5-capable parsers (lxml in the tests); any browser",
    takes=("holder", "since"),
    schema={
        "section": "one per holder, on a new sheet of paper each",
        "h2": "a belief, and with `--since` the changes",
        "table": "history of the credence; evidence with direction and weight; predicates with their value now",
        "meta http-equiv": "a content security policy that allows the page's own style and nothing else",
    },
    notes="Self-contained: no script, no font, no picture, no request. All text of records is escaped.",
)
def beliefs_html(state: State, options: Options) -> str:
    title = escape(f"Beliefs: {line(state.corpus.config.title)}")
    sections = [f"<section>\n{''.join(map(_block, blocks(state, page)))}</section>\n" for page in pages(state, options)]
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n'
        f"{''.join(sections) or '<p>No belief is filed.</p>'}</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{_runs([block.run])}</h{block.level}>\n"
    if isinstance(block, Para):
        return f"<p>{_runs(block.runs)}</p>\n"
    if isinstance(block, Items):
        items = "".join(f"<li>{_runs(item)}</li>\n" for item in block.items)
        return f"<ul>\n{items}</ul>\n"
    return f"<table>\n{''.join(_table(block.header, block.rows))}</table>\n"


def _table(header: Iterable[str], rows: Iterable[Iterable[Run]]) -> Iterator[str]:
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    yield f"<thead><tr>{names}</tr></thead>\n<tbody>\n"
    for row in rows:
        yield f"<tr>{''.join(f'<td>{_runs([cell])}</td>' for cell in row)}</tr>\n"
    yield "</tbody>\n"


def _runs(runs: Iterable[Run]) -> str:
    parts = []
    for run in runs:
        # Spaces at the ends of a run stand between it and its neighbours.
        made = escape((" " if run.text[:1] == " " else "") + line(run.text) + (" " if run.text[-1:] == " " else ""))
        made = f'<a href="{escape(run.address)}">{made}</a>' if run.address else made
        parts.append(f"<strong>{made}</strong>" if run.strong else made)
    return "".join(parts)
