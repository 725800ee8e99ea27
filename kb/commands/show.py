"""`kb show`: a record as text, with what links to it.

`--json` prints one object: `id`, `kind`, `file`, `line`, `record` (the fields of the file; figures as texts, which keep the digits as
written), `links` and `backlinks`. A link has `field`, `target`
as written and `id`, what it means today (null where there is no such record); a backlink has `from`, `kind`, `title`, `field`, `target`, `line`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from kb.checks.formats import inert, printable
from kb.errors import UsageError
from kb.records.settings import find_root

if TYPE_CHECKING:
    from kb.checks.context import Context
    from kb.checks.references import Ref
    from kb.records.corpus import Entry

_WIDTH = 100
_HEAD = frozenset({"schema", "id", "status", "added", "reviewed", "contributors", "title", "name"})


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="an id, a former id, or finding/claim")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    import datetime as dt

    from kb.checks.context import Context
    from kb.records import load

    corpus = load(find_root(Path(args.root or ".")))
    context = Context(corpus, dt.date.min)  # nothing shown depends on the day
    present = corpus.canonical(args.id)
    if present is None:
        raise UsageError(_unknown(context, args.id))
    head, _, claim = present.partition("/")
    entry = corpus.entries[head]
    if args.json:
        print(inert(json.dumps(_data(context, entry, claim), ensure_ascii=False, indent=2)))
    else:
        print("\n".join(_plain(line) for line in _text(context, entry, claim)))
    return 0


def _plain(line: str) -> str:
    """A line that begins with two colons is a command in the log of a GitHub workflow, indented or not."""
    start = line.lstrip()
    return line if not start.startswith("::") else line.replace("::", r"\x3a:", 1)


def _unknown(context: Context, wanted: str) -> str:
    head, _, claim = wanted.partition("/")
    entry = context.corpus.entries.get(context.canonical(head))
    if entry is not None:
        finding = context.corpus.findings.get(entry.record.id)
        if finding is None:
            return f"'{head}' is a {entry.kind} and has no claims"
        return f"finding '{entry.record.id}' has no claim '{claim}'; it has {', '.join(c.id for c in finding.claims)}"
    if head in context.unreadable:
        return f"the file of '{head}' holds no valid record; `kb check` says why"
    near = context.nearest_records(head)
    return f"no record '{wanted}'" + (f"; did you mean {' or '.join(near)}?" if near else "")


def _shown(entry: Entry, claim: str) -> tuple[Mapping[str, Any], tuple[str | int, ...]]:
    """The data to show and where it stands: the whole record or one claim of it."""
    if not claim:
        return entry.document.data, ()
    for i, item in enumerate(entry.document.data["claims"]):
        if item["id"] == claim:
            return item, ("claims", i)
    raise LookupError(claim)


def _links(entry: Entry, path: tuple[str | int, ...]) -> list[Ref]:
    """Links of the record, in fields and in text, that stand below a path."""
    from kb.checks.context import links_in_text
    from kb.checks.references import references

    refs = [*references(entry.record), *links_in_text(entry)]
    return [ref for ref in refs if ref.path[: len(path)] == path]


def _backlinks(context: Context, entry: Entry, claim: str) -> list[Ref]:
    refs = context.uses.get(entry.record.id, ())
    return sorted((ref for ref in refs if not claim or ref.target.partition("/")[2] == claim), key=lambda ref: (ref.owner, str(ref.path)))


def _data(context: Context, entry: Entry, claim: str) -> dict[str, Any]:
    _, path = _shown(entry, claim)
    corpus = context.corpus
    record = next(c for c in corpus.findings[entry.record.id].claims if c.id == claim) if claim else entry.record
    return {
        "id": entry.record.id + (f"/{claim}" if claim else ""),
        "kind": "claim" if claim else entry.kind,
        "file": entry.file,
        "line": entry.document.place(path).line if path else 1,
        "record": record.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "links": [{"field": ref.field, "target": ref.target, "id": corpus.canonical(ref.target)} for ref in _links(entry, path)],
        "backlinks": [
            {
                "from": ref.owner,
                "kind": corpus.entries[ref.owner].kind,
                "title": corpus.entries[ref.owner].record.label,
                "field": ref.field,
                "target": ref.target,
                "line": corpus.place(ref.owner, ref.path).line,
            }
            for ref in _backlinks(context, entry, claim)
        ],
    }


def _text(context: Context, entry: Entry, claim: str) -> Iterator[str]:
    record = entry.record
    data, path = _shown(entry, claim)
    line = entry.document.place(path).line if path else 1
    yield from _wrapped(record.label, "")
    yield f"{entry.kind} {record.id} · {record.status} · added {record.added}" + (f", reviewed {record.reviewed}" if record.reviewed else "")
    yield f"{entry.file}:{line}"
    yield ""
    if claim:
        yield f"claim {record.id}/{claim}"
    for key, value in data.items():
        if (claim and key == "id") or (not claim and key in _HEAD) or value in (None, [], {}):
            continue
        yield from _field(key, value, "")
    yield ""
    backlinks = _backlinks(context, entry, claim)
    yield "linked from" if backlinks else "nothing links to it"
    # A result has a link for each of its numbers; a reader needs one line for all of them.
    for by, field, named in dict.fromkeys((ref.owner, ref.field, ref.target.partition("/")[2]) for ref in backlinks):
        owner = context.corpus.entries[by]
        yield f"  {owner.kind} {by} ({field}{f', claim {named}' if named and not claim else ''})"
        yield from _wrapped(owner.record.label, "    ")


def _field(key: str, value: Any, indent: str) -> Iterator[str]:
    """A field as indented text, close to its YAML and free of its quoting."""
    if isinstance(value, Mapping):
        yield f"{indent}{printable(key)}:"
        for inner, item in value.items():
            yield from _field(str(inner), item, indent + "  ")
    elif isinstance(value, list):
        if all(not isinstance(item, (Mapping, list)) and len(str(item)) < 60 for item in value):
            yield from _wrapped(f"{key}: {', '.join(_scalar(item) for item in value)}", indent)
            return
        yield f"{indent}{printable(key)}:"
        for item in value:
            if isinstance(item, Mapping):
                lines = [line for inner, part in item.items() for line in _field(str(inner), part, indent + "    ")]
                yield f"{indent}  - {lines[0].lstrip()}" if lines else f"{indent}  - {{}}"
                yield from lines[1:]
            else:
                lines = list(_wrapped(_scalar(item), indent + "    "))
                yield f"{indent}  - {lines[0].lstrip()}"
                yield from lines[1:]
    else:
        yield from _wrapped(f"{key}: {_scalar(value)}", indent)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(getattr(value, "written", value))


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """Paragraphs of a text, wrapped; later lines stand a little further in."""
    first = True
    for paragraph in text.strip().split("\n\n"):
        words = printable(" ".join(paragraph.split()))
        start = indent if first else indent + "  "
        yield from wrap(words, max(_WIDTH, len(indent) + 40), initial_indent=start, subsequent_indent=indent + "  ", break_on_hyphens=False) or [start]
        first = False
