"""`kb init`: start a knowledge base on another subject, in a folder that is empty or not there yet.

Exit code 0: written (or, with --dry-run, would be); 2: the folder holds something, or a text is not what it should be. Nothing is written then.
`--json` prints one object: `root`, `files` (paths below it, in the order of writing), `written` and `next` (commands).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from kb.errors import UsageError

NEXT = ("kb check", "kb new concept --title NAME", "kb new finding --doi ID", "kb build", "mkdocs build --strict")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="where: a folder that is empty (but for .git) or not there yet")
    parser.add_argument("--title", metavar="TEXT", required=True, help="the title, on one line")
    parser.add_argument("--tagline", metavar="TEXT", help="what it is about, on one line without a full stop")
    parser.add_argument("--url", metavar="ADDRESS", help="where the site will stand; feeds and exports name it (default: https://example.org/)")
    parser.add_argument("--repository", metavar="ADDRESS", help="where its files are kept")
    parser.add_argument("--license", metavar="ADDRESS", help="the licence of the records, by its address")
    parser.add_argument("--dry-run", action="store_true", help="list the files, and write nothing")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    from kb.checks.formats import printable
    from kb.start.about import about
    from kb.start.content import contents
    from kb.start.lay import lay, refuse_unless_empty

    if args.root is not None:
        raise UsageError("a new knowledge base goes into DIR; --root names one that exists")
    folder = Path(args.folder)
    files = contents(about({name: getattr(args, name) for name in ("title", "tagline", "url", "repository", "license")}))
    if args.dry_run:
        refuse_unless_empty(folder)
    else:
        lay(folder, files)
    if args.json:
        print(json.dumps({"root": str(folder), "files": list(files), "written": not args.dry_run, "next": NEXT}, ensure_ascii=False, indent=2))
        return 0
    shown = printable(str(folder))
    if args.dry_run:
        print("\n".join([f"would write {len(files)} files into {shown}:", *(f"  {name}" for name in files)]))
    else:
        print("\n".join([f"wrote {len(files)} files into {shown}; in it, next:", *(f"  {command}" for command in NEXT)]))
    return 0
