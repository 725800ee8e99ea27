"""`kb graph`: the graph of all records in a format that other tools read."""

from __future__ import annotations

import argparse
from pathlib import Path

from kb.forms.graphs import WRITERS


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=sorted(WRITERS), default="graphml", help="default: %(default)s")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, default=None, help="file to write (default: standard output)")


def run(args: argparse.Namespace) -> int:
    import sys

    from kb.evidence.graph import build
    from kb.records import find_root, load

    graph = build(load(find_root(Path(args.root or "."))))
    text = WRITERS[args.format](graph)
    if args.output is None:
        sys.stdout.write(text)
    else:
        args.output.write_text(text, encoding="utf-8")
        print(f"wrote {args.output}: {graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges")
    return 0
