"""`kb build`: write the wiki's Markdown, data and assets."""

from __future__ import annotations

import argparse
from pathlib import Path

from kb.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, default=None, metavar="DIR", help="folder to write into (default: build/docs of the knowledge base)")
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing but problems")


def below(root: Path, *parts: str) -> Path:
    """A folder to write into below a knowledge base. Raises UsageError where a link on the way, which a pull request may have brought, leads elsewhere."""
    path = root
    for part in parts:
        path = path / part
        if path.is_symlink():
            raise UsageError(f"{path} is a symbolic link: remove it, so that nothing is written elsewhere")
    return path


def run(args: argparse.Namespace) -> int:
    from kb.evidence.state import derive
    from kb.records import find_root, load
    from kb.site import build

    root = find_root(Path(args.root or "."))
    corpus = load(root)
    out = args.output or below(root, "build", "docs")
    changed = build(corpus, derive(corpus), out, root)
    if not args.quiet:
        print(f"{len(corpus):,} records; {len(changed):,} files written, the rest unchanged, in {out}")
    if corpus.problems:
        import sys

        print(f"kb: {len(corpus.problems)} problems left records out; `kb check` lists them", file=sys.stderr)
    return 0
