"""`kb policy`: the headers under which a built site should be served."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", nargs="?", type=Path, default=None, metavar="SITE", help="the built site (default: build/site of the knowledge base)")


def run(args: argparse.Namespace) -> int:
    from kb.records import find_root
    from kb.site.policy import policy

    site = args.site or find_root(Path(args.root or ".")) / "build" / "site"
    print(f"Content-Security-Policy: {policy(site)}")
    print("X-Content-Type-Options: nosniff")
    print("Referrer-Policy: no-referrer")
    return 0
