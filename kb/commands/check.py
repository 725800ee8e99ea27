"""`kb check`: check records and their links.

Exit code 0: nothing wrong, or warnings alone; 1: errors (with --strict also warnings); 2: the command could not be carried out.
Diagnostics go to standard output, one summary line to standard error.

`--format json` prints one object, whose keys stay as they are for `version` 1:
`version`; `summary`: `files` (record files read), `errors`, `warnings`; `diagnostics`, sorted by place, each with `file` (relative to the
knowledge base, forward slashes), `line` and `column` (from 1, in characters), `code`, `severity` (error | warning), `message` (what was found),
`expected`, `fix`, `record` (its id); these three are empty texts where there is nothing to say; `fixable` (whether --fix can deal with it).

With --text there is also `text`: `files`, each with `source` (its id), `file`, `format` (text | html | pdf), `numbers` (read in it); `summary`:
`figures` and how many are `found`, `other-unit`, `other-digits`, `absent`; `figures`, in the order of the records, each with `finding`, `claim`,
`measure`, `field` (value | low | high | sd | se | n | k | p), `figure` (as the record has it), `unit`, `class` (as in the summary), `text` (which
of `files`, from 0), `hits` (how often it is printed), `places` (the first of them) and `nearest` (for absent ones), each with `printed` and `page` or
`line`. Numbers alone: no words of a text leave the terminal, and nothing of a text is stored.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.checks.formats import FORMATS, Report, printable, render
from kb.checks.selection import below, codes, lies_below, matching
from kb.errors import UsageError
from kb.records.cache import fingerprint, load_diagnostics, store_diagnostics
from kb.records.settings import find_root
from kb.records.tree import Tree, read_tree

if TYPE_CHECKING:
    from kb.records.diagnostic import Diagnostic


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="report only on these files and folders (links are checked against all records)")
    parser.add_argument("--format", choices=FORMATS, default="text", help="text (default), json, github (annotations of a pull request), sarif (code scanning)")
    parser.add_argument("--select", action="append", metavar="CODE", help="report only these codes, separated by commas; KB2 stands for all that begin so")
    parser.add_argument("--ignore", action="append", metavar="CODE", help="do not report these codes")
    parser.add_argument("--fix", action="store_true", help="first apply the safe fixes (`kb rule CODE` says which); what is left is reported")
    parser.add_argument("--dry-run", action="store_true", help="with --fix: only name what would be fixed, write nothing")
    parser.add_argument("--strict", action="store_true", help="exit with 1 also when there are only warnings")
    parser.add_argument("--today", metavar="DATE", help="the day to count from, as YYYY-MM-DD (default: KB_TODAY, or today)")
    parser.add_argument(
        "--text",
        action="append",
        metavar="KEY=FILE",
        help="look for the figures that rest on source KEY in its text: .txt, .md, .html or .pdf (repeatable; nothing of the text is stored)",
    )
    parser.add_argument("--no-cache", action="store_true", help="read and check everything again")


def run(args: argparse.Namespace) -> int:
    today = day(args.today)
    select, ignore = codes(args.select), codes(args.ignore)
    root = find_root(Path(args.root) if args.root else start(args.paths))
    paths = [inside(root, path) for path in args.paths]
    tree = read_tree(root, cache=not args.no_cache)
    if args.fix or args.dry_run:
        tree = _fixed(args, tree, today, lambda d: matching(d.code, select, ignore) and below(d, paths))
    found = [d for d in _diagnostics(tree, today, cache=not args.no_cache) if matching(d.code, select, ignore) and below(d, paths)]
    compared = _compared(tree, args.text, paths, cache=not args.no_cache) if args.text else None
    if compared:
        found = sorted([*found, *(d for d in compared.diagnostics if matching(d.code, select, ignore) and below(d, paths))])
    records = sum(file.state == "record" for file in tree.files)
    report = Report(found, records, prefix_of(root), _colour(), compared.data if compared else None)
    sys.stdout.write(render(args.format, report))
    if compared and args.format == "text":
        sys.stdout.write(("\n" if found else "") + compared.section)
    sys.stdout.flush()
    if compared:
        print(compared.summary, file=sys.stderr)
    print(report.summary, file=sys.stderr)
    return 1 if report.errors or (args.strict and report.warnings) else 0


def _diagnostics(tree: Tree, today: dt.date, *, cache: bool) -> list[Diagnostic]:
    """Everything that is wrong in a tree. What to report of it is chosen afterwards, so that all choices share one cached answer."""
    key = fingerprint(tree, today=today) if cache else ""
    if cache and (known := load_diagnostics(tree, key)) is not None:
        return known
    from kb.checks import run as run_checks
    from kb.records import load
    from kb.records.loader import without_collector

    with without_collector():
        corpus = load(tree.root, cache=cache, tree=tree)
        found = run_checks(corpus, today=today)
    if found:
        from kb.contribute.fixes import marked

        found = marked(corpus, tree, found)
    if cache:
        store_diagnostics(tree, key, found)
    return found


class _Compared(NamedTuple):
    """What the texts of sources say, in each form."""

    diagnostics: list[Diagnostic]
    data: dict[str, Any]
    section: str
    summary: str


def _compared(tree: Tree, options: list[str], paths: list[str], *, cache: bool) -> _Compared:
    """Figures against texts; never cached, so that nothing of a text is kept. Raises UsageError for an option or a file that is wrong."""
    from kb.contribute.text import report
    from kb.contribute.text.compare import Paper, compare, named
    from kb.contribute.text.reading import read_paper
    from kb.records import load

    corpus = load(tree.root, cache=cache, tree=tree)
    pairs = []
    for option in options:
        key, equals, file = option.partition("=")
        if not (key and equals and file):
            raise UsageError(f"--text is '{option}'; expected KEY=FILE, as in doe-2024-prompts=paper.pdf")
        pairs.append((named(corpus, key), file))
    papers = [Paper.of(source, read_paper(file)) for source, file in pairs]
    figures = [figure for figure in compare(corpus, papers) if lies_below(corpus.entries[figure.finding].file, paths)]
    return _Compared(list(report.diagnostics(corpus, figures)), report.as_data(papers, figures), report.section(papers, figures), report.summary(figures))


def _fixed(args: argparse.Namespace, tree: Tree, today: dt.date, wanted: Callable[[Diagnostic], bool]) -> Tree:
    """Apply the safe fixes, or name them; the tree as it is on disk afterwards. Raises UsageError for --dry-run alone."""
    if not args.fix:
        raise UsageError("--dry-run belongs to --fix")
    from kb.contribute.editing import write_record
    from kb.contribute.fixes import repair

    done = repair(tree, today=today, wanted=wanted)
    prefix = prefix_of(tree.root)
    for file, text in done.texts.items() if not args.dry_run else ():
        write_record(tree, file, text)
    for d in done.fixed:
        print(f"{'would fix' if args.dry_run else 'fixed'} {prefix}{d.place}: {d.code}: {printable(d.message)}", file=sys.stderr)
    return tree if args.dry_run else read_tree(tree.root, cache=not args.no_cache)


def day(text: str | None) -> dt.date:
    """The day to count from: the option, the variable KB_TODAY, or today. Raises UsageError for what is no day."""
    where, text = ("--today", text) if text else ("KB_TODAY", os.environ.get("KB_TODAY"))
    if not text:
        return dt.date.today()
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise UsageError(f"{where} is '{text}'; expected a day as YYYY-MM-DD") from None


def start(paths: list[str]) -> Path:
    """Where to look for the knowledge base: where the first path lies, or at the working folder."""
    if not paths:
        return Path.cwd()
    first = Path(os.path.abspath(paths[0]))
    return first if first.is_dir() else first.parent


def inside(root: Path, path: str) -> str:
    """A path relative to the knowledge base. Raises UsageError for one outside of it, or one that is not there."""
    given = Path(os.path.abspath(path))
    # The last part is not resolved: a record file that is a symbolic link is reported under its own name.
    whole = given.parent.resolve() / given.name if given.name else given
    if not os.path.lexists(whole):
        raise UsageError(f"no file or folder {path}")
    if not whole.is_relative_to(root):
        raise UsageError(f"{path} lies outside of the knowledge base {root}")
    relative = whole.relative_to(root).as_posix()
    return "" if relative == "." else relative


def prefix_of(root: Path) -> str:
    """From the working folder to the knowledge base, where that lies below it."""
    here = Path.cwd().resolve()
    return f"{root.relative_to(here).as_posix()}/" if root != here and root.is_relative_to(here) else ""


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
