"""`kb diff`: what a change does to the evidence. Exit code 0 when it was carried out, whatever it found; 2 when it could not be."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

FORMATS = ("text", "markdown", "json")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("base", metavar="BASE", help="branch, tag or commit; compared is its merge base with HEAD, as in a pull request (see --exact)")
    parser.add_argument("head", nargs="?", metavar="HEAD", help="branch, tag or commit (default: the files as they lie in the work tree)")
    parser.add_argument("--exact", action="store_true", help="compare with BASE itself; what BASE alone has gained since then shows as taken back")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text (default), markdown (the comment of a pull request) or json")
    parser.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")
    parser.add_argument("--today", metavar="DATE", help="the day to count from, as YYYY-MM-DD (default: KB_TODAY, or today)")
    parser.add_argument("--no-cache", action="store_true", help="read and check everything again")


def run(args: argparse.Namespace) -> int:
    from kb.commands.check import day
    from kb.contribute.diff.registry import report
    from kb.contribute.diff.sides import compare
    from kb.records.loader import without_collector

    with without_collector():
        found = report(compare(_start(args.root), args.base, args.head, today=day(args.today), exact=args.exact, cache=not args.no_cache))
    if args.format == "markdown":
        from kb.contribute.diff.markdown import render

        out = render(found)
    else:
        from kb.contribute.diff.plain import as_json, text

        out = as_json(found) if args.format == "json" else text(found)
    sys.stdout.write(out)
    return 0


def _start(root: str | None) -> Path:
    """The knowledge base's folder, or a bare repository, which has no files to find one by."""
    from kb.contribute.git import Repository
    from kb.errors import UsageError
    from kb.records import find_root

    start = Path(root or ".")
    try:
        return find_root(start)
    except FileNotFoundError:
        try:
            repository = Repository.at(start.resolve()) if start.is_dir() else None
        except UsageError:
            repository = None
        if repository is None or not repository.bare:
            raise
        return start.resolve()
