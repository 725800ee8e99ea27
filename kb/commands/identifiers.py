"""`kb identifiers`: look up whether the arXiv ids and DOIs of sources still lead to their works, and whether newer versions are out.

Exit code 0: none leads wrong (newer versions and registries that could not be asked are told, and are no fault); 1: an identifier is dead or leads to
another work; 2: no registry could be asked at all. Answers are kept for a week, so that a run that was cut short goes on where it stopped.

`--json` prints one object: `version` (1), `identifiers`, each with `source`, `kind` (arxiv | doi), `identifier`, `state` (alive | newer-version |
other-work | dead | not-asked) and `says`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-cache", action="store_true", help="look up again what was looked up lately")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from kb.checks.formats import printable
    from kb.contribute.liveness import BEFORE, FAULTS, standings
    from kb.contribute.web import Web
    from kb.errors import UsageError
    from kb.records import find_root, load
    from kb.records.store import Store

    root = find_root(Path(args.root or "."))
    corpus = load(root)
    found = []
    for standing in standings(corpus, Web(Store.of(root), fresh=args.no_cache)):
        found.append(standing)
        if not args.json and standing.state != "alive" and standing.says != BEFORE:
            print(
                f"{corpus.entries[standing.source].file}: {standing.kind} {standing.identifier}: {standing.state.replace('-', ' ')}: {printable(standing.says)}"
            )
            sys.stdout.flush()  # a look-up takes seconds: what is known is shown
    if args.json:
        import json

        print(json.dumps({"version": 1, "identifiers": [asdict(standing) for standing in found]}, ensure_ascii=False, indent=2))
    counts = {state: sum(s.state == state for s in found) for state in ("alive", "newer-version", "other-work", "dead", "not-asked")}
    print(f"{len(found)} identifiers: " + ", ".join(f"{n} {state.replace('-', ' ')}" for state, n in counts.items() if n), file=sys.stderr)
    if found and counts["not-asked"] == len(found):
        raise UsageError(f"no registry could be asked ({found[0].says}); try again with a network")
    return 1 if any(standing.state in FAULTS for standing in found) else 0
