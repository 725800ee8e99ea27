"""`kb similar`: the records that resemble a record or a text, with scores and why.

`--json` prints a list, best first, of objects with `id`, `kind`, `title`, `file`, `score` (0 to 100), `why` (a list of texts) and `duplicate`: whether
the two are probably one (never for a text that was typed).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from kb.checks.formats import printable
from kb.errors import UsageError
from kb.records.settings import find_root

if TYPE_CHECKING:
    from kb.contribute.similar import Item
    from kb.records.corpus import Corpus

KINDS = ("finding", "source", "concept", "belief", "question")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("record", metavar="RECORD", help="an id, a former id, a record's file, or words in quotes")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only records of this kind; may be repeated")
    parser.add_argument("--limit", type=int, default=10, metavar="N", help="at most so many (default: 10)")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args: argparse.Namespace) -> int:
    from kb.contribute.similar import Index
    from kb.records import load

    if args.limit < 1:
        raise UsageError(f"--limit {args.limit}: expected 1 or more")
    corpus = load(find_root(Path(args.root or ".")))
    wanted = _wanted(args.record, corpus, Path(args.root or "."))
    found = Index.of(corpus).search(wanted, kinds=args.kind or (), limit=args.limit)
    if args.json:
        rows = [
            {"id": match.item.id, "kind": match.item.kind, "title": match.item.label, "file": match.item.file}
            | {"score": match.score, "why": list(match.why), "duplicate": match.duplicate}
            for match in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for match in found:
        print(f"{match.score:5.1f}  {match.item.kind} {match.item.id} ({', '.join(match.why)}{'; probably the same' if match.duplicate else ''})")
        print(f"       {printable(match.item.label)}")
    if not found:
        print("nothing resembles it")
    return 0


def _wanted(text: str, corpus: Corpus, start: Path) -> Item:
    """What was asked about. Raises UsageError for one word that is neither a record nor like one, and a file that holds no valid record."""
    from kb.contribute.similar import item_of, text_item

    present = corpus.canonical(text)
    if present is not None:
        return item_of(corpus.entries[present.partition("/")[0]], corpus)
    if text.endswith((".yaml", ".json")):
        root = find_root(start)
        path = Path(text).resolve()
        file = path.relative_to(root).as_posix() if path.is_relative_to(root) else text
        entry = next((entry for entry in corpus if entry.file in (file, text)), None)
        if entry is None:
            wrong = file in corpus.broken
            raise UsageError(f"{text} holds no valid record; `kb check {text}` says why" if wrong else f"{text} is no record file of this knowledge base")
        return item_of(entry, corpus)
    if not text.strip():
        raise UsageError("an empty text resembles nothing; give an id, a file, or some words")
    return text_item(text)
