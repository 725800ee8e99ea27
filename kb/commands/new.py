"""`kb new`: scaffold a record, with the work behind it filed from an identifier or a bibliography file.

Exit code 0: written (or, with --dry-run, would be); 1: nothing written, since a record looks like one that exists, or the work is filed
already; 2: the command could not be carried out.

`--json` prints one object: `written`, `reused` (sources that the work is filed as), `beside` (findings of that source), `similar` and `notes`.
`written` lists `id`, `kind`, `file`, and `todo`: line, column and what to fill in (with --dry-run also `text`); `similar` lists the `id` of the new
record, the `record` that it resembles with its `title`, `score`, `why` and whether it is a `duplicate`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.checks.formats import printable
from kb.commands.check import day
from kb.errors import UsageError
from kb.records.settings import find_root

if TYPE_CHECKING:
    from kb.contribute.new import Plan
    from kb.contribute.request import Request

KINDS = ("finding", "source", "concept", "belief", "question")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=f"what to scaffold: {', '.join(KINDS)}; a work named by an option is filed beside it")
    work = parser.add_mutually_exclusive_group()
    work.add_argument("--arxiv", metavar="ID", help="the work, by its arXiv id in any spelling, or its address")
    work.add_argument("--doi", metavar="DOI", help="the work, by its DOI in any spelling")
    work.add_argument("--bibtex", metavar="FILE", help="the work, from a BibTeX file")
    work.add_argument("--from", dest="file", metavar="FILE", help="the work, from a file in CSL-JSON, CSL-YAML, RIS or BibTeX")
    parser.add_argument("--key", metavar="KEY", help="which work of the file, where it holds several")
    parser.add_argument("--source", action="append", metavar="ID", help="a source that is filed already; may be repeated")
    parser.add_argument("--title", metavar="TEXT", help="the record's title: what was found, the belief, the question, the name, the work's title")
    parser.add_argument("--id", metavar="ID", help="the record's id (default: made from the title)")
    parser.add_argument("--source-id", metavar="ID", help="the id of the source that is filed beside the record (default: author, year, words)")
    parser.add_argument("--kind", dest="sort", metavar="WORD", help="kind of a finding or question, shape of a concept, type of a source")
    parser.add_argument("--concept", metavar="ID", help="the concept that a finding, belief or question bears on")
    parser.add_argument("--credence", metavar="NUMBER", help="your credence in a belief, from 0 to 1")
    parser.add_argument("--author", action="append", metavar="NAME", help="an author of the work, as `Family, Given`; may be repeated")
    parser.add_argument("--issued", metavar="DATE", help="the date of the work's first version")
    parser.add_argument("--url", metavar="ADDRESS", help="the work's address")
    parser.add_argument("--by", metavar="NAME", help="who you are (default: git's user.name)")
    parser.add_argument("--offline", action="store_true", help="look nothing up; what the identifier alone says is filled in")
    parser.add_argument("--no-cache", action="store_true", help="look up again what was looked up lately")
    parser.add_argument("--today", metavar="DATE", help="the day to write into `added`, as YYYY-MM-DD (default: KB_TODAY, or today)")
    parser.add_argument("--yes", action="store_true", help="write even what looks like a record that exists, and ask nothing")
    parser.add_argument("--dry-run", action="store_true", help="print what would be written, and write nothing")
    parser.add_argument("--json", action="store_true", help="print as JSON, and ask nothing")


def run(args: argparse.Namespace) -> int:
    from kb.contribute.ask import Ask
    from kb.contribute.new import author_of, plan
    from kb.contribute.web import Web
    from kb.contribute.write import write
    from kb.records import load
    from kb.records.store import Store

    root = find_root(Path(args.root or "."))
    corpus = load(root)
    ask = Ask(there=not args.yes and not args.json and sys.stdin.isatty() and sys.stdout.isatty())
    made = plan(_request(args, args.by or author_of(root)), corpus, ask, lambda: Web(Store.of(root), fresh=args.no_cache))
    if not args.json:
        _tell_before(made)
    refused = bool(made.duplicates) and not args.yes and not args.dry_run and not ask.yes("write it all the same?")
    written = not refused and not args.dry_run and bool(made.drafts)
    if written:
        write(root, made.drafts)
    if args.json:
        print(json.dumps(_data(made, refused=refused, texts=args.dry_run), ensure_ascii=False, indent=2))
    else:
        _tell_after(made, refused=refused, dry_run=args.dry_run)
    return 1 if refused or not made.drafts else 0


def _request(args: argparse.Namespace, by: str) -> Request:
    from kb.contribute.request import Request

    named = next(((name, value) for name in ("arxiv", "doi") if (value := getattr(args, name)) is not None), None)
    file = args.bibtex or args.file
    if file and not Path(file).is_file():
        raise UsageError(f"no file {file}")
    return Request(
        kind=args.kind,
        day=day(args.today).isoformat(),
        identifier=named,
        file=Path(file) if file else None,
        format="bibtex" if args.bibtex else None,
        key=args.key,
        offline=args.offline,
        title=args.title or "",
        id=args.id or "",
        source_id=args.source_id or "",
        sources=tuple(args.source or ()),
        concept=args.concept or "",
        sort=args.sort or "",
        credence=args.credence or "",
        author=tuple(args.author or ()),
        issued=args.issued or "",
        url=args.url or "",
        by=by,
    )


def _tell_before(made: Plan) -> None:
    for source in made.reused:
        print(f"the work is filed already, as source {source}" + ("; that record is used" if made.drafts else "; nothing to write"))
    if made.beside:
        print(f"findings of this work so far: {', '.join(made.beside)}")
    if made.near:
        print("records that resemble it:")
    for draft, match in made.near:
        mark = "probably the same" if match.duplicate else f"{match.score:.0f}"
        print(f"  {draft} ~ {match.item.kind} {match.item.id} ({mark}: {', '.join(match.why)})\n    {printable(match.item.label)}")


def _tell_after(made: Plan, *, refused: bool, dry_run: bool) -> None:
    if refused:
        print("kb: nothing was written; add to the record that exists, or write a new one all the same with --yes", file=sys.stderr)
        return
    for note in made.notes if made.drafts else ():
        print(f"note: {note}")
    for draft in made.drafts:
        print(f"{'would write' if dry_run else 'wrote'} {draft.file}")
        if dry_run:
            print(draft.text)
            continue
        for place, asked in _todo(draft.text, draft.file):
            print(f"  {place}: {asked or 'to be filled in'}")
    if made.drafts and not dry_run:
        files = " ".join(draft.file for draft in made.drafts)
        print(f"next: fill in what is marked TODO, then `kb fmt --drop-hints` and `kb check {files}`; `kb similar {made.drafts[-1].id}` shows its neighbours")


def _todo(text: str, file: str) -> list[tuple[Any, str]]:
    from kb.contribute.scaffold import markers

    return list(markers(text, file))


def _data(made: Plan, *, refused: bool, texts: bool) -> dict[str, Any]:
    written = [] if refused else made.drafts
    return {
        "written": [
            {"id": draft.id, "kind": draft.kind, "file": draft.file}
            | {"todo": [{"line": place.line, "column": place.column, "asks": asked} for place, asked in _todo(draft.text, draft.file)]}
            | ({"text": draft.text} if texts else {})
            for draft in written
        ],
        "reused": made.reused,
        "beside": made.beside,
        "similar": [
            {"id": draft, "record": match.item.id, "kind": match.item.kind, "title": match.item.label}
            | {"score": match.score, "why": list(match.why), "duplicate": match.duplicate}
            for draft, match in made.near
        ],
        "notes": made.notes,
    }
