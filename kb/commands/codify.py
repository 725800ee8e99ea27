"""`kb codify`: the board of structural shapes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.evidence.board import Board, ConceptBoard, ShapeRow

WIDTH = 120


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("concept", nargs="?", metavar="CONCEPT", help="one concept (default: all)")
    parser.add_argument("--shape", metavar="S", help="one shape, with its examples' axes")
    parser.add_argument("--json", action="store_true", help="print the whole board as JSON")


def run(args: argparse.Namespace) -> int:
    from kb.evidence.state import derive
    from kb.records import find_root, load

    corpus = load(find_root(Path(args.root or ".")))
    board = _select(derive(corpus).board, corpus.canonical(args.concept) or args.concept if args.concept else None, args.shape)
    warn_of_broken(len(corpus.broken))
    if args.json:
        import json

        print(json.dumps(board.to_json(), ensure_ascii=False, indent=2))
        return 0
    if not board.concepts:
        print("no concept is filed")
    for position, concept in enumerate(board.concepts.values()):
        print("\n".join([*([""] if position else []), *_concept(concept, detailed=args.shape is not None)]))
    return 0


def warn_of_broken(broken: int) -> None:
    """A count over part of the records must not pass for the whole."""
    if broken:
        import sys

        files = "one file is no valid record and is" if broken == 1 else f"{broken} files are no valid records and are"
        print(f"kb: {files} left out of the counts; run `kb check`", file=sys.stderr)


def _select(board: Board, concept: str | None, shape: str | None) -> Board:
    from dataclasses import replace

    from kb.cli import UsageError
    from kb.evidence.board import Board

    chosen = dict(board.concepts)
    if concept is not None:
        if concept not in chosen:
            raise UsageError(f"no concept is called '{concept}'{_near(concept, list(chosen))}")
        chosen = {concept: chosen[concept]}
    if shape is not None:
        known = sorted({row.shape for c in chosen.values() for row in c.rows})
        if shape not in known:
            raise UsageError(f"no shape is called '{shape}'{_near(shape, known)}")
        chosen = {key: replace(c, rows=rows, beside={}) for key, c in chosen.items() if (rows := tuple(row for row in c.rows if row.shape == shape))}
    return Board(chosen)


def _near(word: str, known: list[str]) -> str:
    from kb.records.similarity import did_you_mean

    said = did_you_mean(word, known, 1) or (f"expected one of {', '.join(known)}" if known else "")
    return f"; {said}" if said else ""


def _concept(board: ConceptBoard, *, detailed: bool) -> Iterator[str]:
    title = f"{board.name} ({board.concept})"
    yield title
    yield "=" * len(title)
    if not board.rows:
        yield "No shapes are tracked."
    else:
        axes = f"{len(board.axes)} axes: {', '.join(board.axes)}" if board.axes else "the concept's axes, and it has none: no two examples can"
        yield f"Two examples are different when they differ on {board.min_axes} of {axes}."
        width = max(5, *(len(row.shape) for row in board.rows))
        yield f"{'shape':<{width}}  count  independent  threshold  state"
        for row in board.rows:
            counts = f"{_number(row.count, row.exact):>5}  {_number(row.independent, row.independent_exact):>11}"
            yield f"{row.shape:<{width}}  {counts}  {row.threshold:>9}  {row.state_words}"
        if any(not row.exact or not row.independent_exact for row in board.rows):
            yield "(>= n: at least n; the search for the largest set was cut short)"
        for row in board.rows:
            yield ""
            yield from _row(row, detailed=detailed)
    if board.beside:
        yield ""
        yield "on the concept as a whole"
        for role, findings in board.beside.items():
            yield from _item("naming no shape" if role == "instantiating" else role, ", ".join(findings))


def _number(count: int, exact: bool) -> str:
    return str(count) if exact else f">= {count}"


def _row(row: ShapeRow, *, detailed: bool) -> Iterator[str]:
    shared = f", shared with {row.defined_by}" if row.defined_by != row.concept else ""
    yield f"{row.shape}: {row.state_words}, {row.count_words} different ({row.independent_words} independent) of {row.threshold}{shared}"
    if row.threshold_why:
        yield from _item("threshold", row.threshold_why)
    if row.codified:
        yield from _item("codified", f"{row.codified['on']} by {row.codified['by']}: {row.codified['why']}")
    if row.retired:
        yield from _item("retired", f"{row.retired['on']} by {row.retired['by']}: {row.retired['why']}")
    yield from _item("counted", ", ".join(row.members))
    yield from _item("not counted", ", ".join(e.finding for e in row.examples if not e.counted))
    if row.independent < row.count:
        yield from _item("independent", ", ".join(row.independent_members))
    if detailed:
        for example in row.examples:
            yield from _item(example.finding, ", ".join(f"{axis}: {value}" for axis, value in example.axes.items()) or "no axis assessed")
    for excluded in row.excluded:
        yield from _item("left out", f"{excluded.finding}: {excluded.reason}")
    for tie in row.ties:
        yield from _item("tied", f"{tie.a} and {tie.b}: {tie.words}")
    for possible in row.possible_ties:
        yield from _item("possibly tied", f"{possible.a} and {possible.b}: {possible.names[0]} / {possible.names[1]}, {possible.why}; not counted as a tie")
    for role, findings in row.beside.items():
        yield from _item(role, ", ".join(findings))
    if row.next:
        yield from _item("next", row.next.words)
        if row.next.authors and (detailed or len(row.next.authors) <= 12):
            yield from _item("not independent", f"work by {', '.join(row.next.authors)}")


def _item(label: str, text: str) -> Iterator[str]:
    """A labelled entry, wrapped and indented; nothing where there is nothing to say."""
    if text:
        first, *rest = wrap(" ".join(text.split()), WIDTH - 4 - 17, break_long_words=False, break_on_hyphens=False)
        if len(label) > 15:  # the id of an example: a line of its own
            yield f"    {label}:"
            label = ""
        yield f"    {label + ':' if label else '':<16} {first}"
        for line in rest:
            yield " " * 21 + line
