"""The page that describes every format, written from the registry so that it can't drift."""

from __future__ import annotations

from collections.abc import Iterator

from kb.export.registry import Format, formats
from kb.export.tables import TABLES

_KINDS = {"text": "a text file", "binary": "a file", "folder": "a folder"}


def page() -> str:
    """docs/exports.md as Markdown."""
    lines = [
        "# Exports",
        "",
        "`kb export FORMAT` writes the whole knowledge base in a format that other tools open. Text goes to standard output unless `-o` names a file; a",
        "folder is written anew and nothing is removed from it that an export did not write. The same commit gives the same bytes. An absent value",
        "is an empty cell or null, never 0. This page is written by `kb gen` from the formats themselves.",
        "",
        "| format | is for | opened by |",
        "|---|---|---|",
        *(f"| [{one.name}](#{one.name}) | {one.summary} | {one.reader} |" for one in formats().values()),
        "",
    ]
    for one in formats().values():
        lines += _format(one)
    lines += ["## Tables", "", "These tables stand in `sqlite` and `parquet`, and `kb.Corpus.frame(NAME)` gives them as pandas frames.", ""]
    for table in TABLES.values():
        lines += [f"### {table.name}", "", table.says, "", "| column | type | holds |", "|---|---|---|"]
        lines += [f"| `{column.name}` | {column.type} | {column.says}{f' (→ `{column.refers}`)' if column.refers else ''} |" for column in table.columns]
        lines.append("")
    return "\n".join(lines)


def _format(one: Format) -> Iterator[str]:
    yield from (f"## {one.name}", "", one.summary + ".", "")
    taken = f", takes {' and '.join(f'`--{name}`' for name in sorted(one.takes))}" if one.takes else ""
    needs = f", needs the extra `{one.extra}`" if one.extra else ""
    yield from (f"Writes {_KINDS[one.kind]}, `{one.file}` ({one.media}){taken}{needs}. Opened by {one.reader}.", "")
    if one.notes:
        yield from (one.notes, "")
    yield from ("| part | holds |", "|---|---|")
    yield from (f"| `{name}` | {says} |" for name, says in one.schema)
    yield ""
