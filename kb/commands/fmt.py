"""`kb fmt`: records in canonical order and layout.

Values, spellings of figures and comments stay (with --drop-hints those of the templates go); result records (JSON) are left alone. Exit code 0:
everything is in canonical layout now; 1: with --check or --diff files differ, or files can't be laid out: those that the reader refuses are
reported as by `kb check` and left as they are.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kb.commands.check import inside, start
from kb.records.settings import find_root
from kb.records.tree import read_tree

if TYPE_CHECKING:
    from kb.contribute.layout.survey import Survey


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="only these files and folders (default: every record)")
    parser.add_argument("--check", action="store_true", help="write nothing; list the files that differ and exit with 1 if there are any")
    parser.add_argument("--diff", action="store_true", help="write nothing; print what would change, and exit with 1 if anything would")
    parser.add_argument(
        "--drop-hints", action="store_true", help="take out the comments that `kb new` wrote, those of the templates, once a record is filled in"
    )
    parser.add_argument("--no-cache", action="store_true", help="lay out every file again, also those known to be in canonical layout")


def run(args: argparse.Namespace) -> int:
    from kb.checks.formats import Report, render
    from kb.commands.check import prefix_of
    from kb.contribute.layout.survey import survey

    root = find_root(Path(args.root) if args.root else start(args.paths))
    tree = read_tree(root, cache=not args.no_cache)
    found = survey(tree, [inside(root, path) for path in args.paths], drop_hints=args.drop_hints, cache=not args.no_cache)
    prefix = prefix_of(root)
    for file, text in found.differing.items():
        if args.diff:
            sys.stdout.writelines(_diff(prefix + file, found.before[file], text))
        elif args.check:
            print(f"{prefix}{file}")
        else:
            from kb.contribute.editing import write_record

            write_record(tree, file, text)
            print(f"laid out {prefix}{file}")
    sys.stdout.write(render("text", Report(found.problems, found.files, prefix)))
    sys.stdout.flush()
    print(_summary(found, wrote=not (args.check or args.diff)), file=sys.stderr)
    return 1 if found.problems or (found.differing and (args.check or args.diff)) else 0


def _diff(file: str, before: str, after: str) -> Iterator[str]:
    from kb.checks.formats import printable

    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{file}", f"b/{file}")
    for line in lines:
        body = line.rstrip("\n")
        # To a terminal nothing goes that it would obey; a file or a pipe gets the diff as it is.
        yield f"{printable(body) if sys.stdout.isatty() else body}\n"
        if not line.endswith("\n"):
            yield "\\ No newline at end of file\n"


def _summary(found: Survey, *, wrote: bool) -> str:
    differing, refused = len(found.differing), len({problem.place.file for problem in found.problems})
    parts = [f"{differing} {'laid out' if wrote else 'would change'}", f"{refused} not readable" if refused else ""]
    return f"{found.files} {'file' if found.files == 1 else 'files'}: {', '.join(part for part in parts if part)}"
