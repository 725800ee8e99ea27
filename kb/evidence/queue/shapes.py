"""Decisions about shapes: codify what has reached its threshold, look again at what no longer does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.evidence.queue.item import Edit, Edits, Option, Ruling, Waiting, waits
from kb.evidence.queue.since import added

if TYPE_CHECKING:
    from kb.evidence.board import ShapeRow
    from kb.evidence.state import State


def _rows(state: State, wanted: str) -> Iterator[ShapeRow]:
    return (row for row in state.board.rows if row.state == wanted)


def _path(state: State, row: ShapeRow) -> tuple[str | int, ...]:
    """Where the shape is defined, in the record of the concept that defines it."""
    shapes = state.corpus.concepts[row.defined_by].shapes
    return ("shapes", next(i for i, shape in enumerate(shapes) if shape.id == row.shape))


def _decision(row: ShapeRow, path: tuple[str | int, ...], field: str) -> Edits:
    def edits(ruling: Ruling) -> list[Edit]:
        return [Edit(row.defined_by, "set", (*path, field), {"on": ruling.on, "by": ruling.by, "why": ruling.why})]

    return edits


def _threshold(row: ShapeRow, path: tuple[str | int, ...], least: int, most: int) -> tuple[Option, ...]:
    """The option to set another threshold, one under which the decision no longer waits; none where there is none such."""

    def edits(ruling: Ruling) -> list[Edit]:
        if not re.fullmatch("[2-9]", ruling.value) or not least <= int(ruling.value) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        why = [Edit(row.defined_by, "set", (*path, "codify-at-why"), ruling.said)]
        return [Edit(row.defined_by, "set", (*path, "codify-at"), int(ruling.value)), *why]

    words = f"the new threshold, from {least} to {most}"
    return (Option("set-threshold", "set another threshold with a reason", edits, words),) if least <= most else ()


@waits("threshold-reached", "Shapes that have reached their threshold")
def _thresholds(state: State) -> Iterator[Waiting]:
    for row in _rows(state, "threshold-reached"):
        independent = f", {row.independent_words} of them independent" if row.independent < row.count else ""
        path = _path(state, row)
        yield Waiting(
            id=f"threshold-reached:{row.concept}/{row.shape}",
            kind="threshold-reached",
            title=f"{row.name}: codify?",
            records=(row.defined_by, *row.members),
            what=f"{row.count_words} mutually different examples{independent}; the threshold is {row.threshold}.",
            options=(
                Option("codify", "codify: add `codified` with date, name and reason to the shape", _decision(row, path, "codified")),
                *_threshold(row, path, row.count + 1, 9),
                Option("retire", "retire the shape", _decision(row, path, "retired")),
                Option("wait", "wait for independent examples")
                if row.independent < row.threshold
                else Option("correct", "correct the examples' shapes or axes"),
            ),
            clears="the shape is codified or retired, or its count falls below the threshold",
            since=added(state, row.members)[row.threshold - 1],
        )


@waits("codified-unsupported", "Codified shapes that are no longer supported")
def _unsupported(state: State) -> Iterator[Waiting]:
    for row in _rows(state, "codified-unsupported"):
        path = _path(state, row)
        back = Edit(row.defined_by, "delete", (*path, "codified"))
        yield Waiting(
            id=f"codified-unsupported:{row.concept}/{row.shape}",
            kind="codified-unsupported",
            title=f"{row.name}: still codified?",
            records=(row.defined_by, *row.members),
            what=f"Codified, but {row.count_words} mutually different examples remain of the {row.threshold} that the threshold asks for.",
            options=(
                Option("file", "file the missing examples"),
                Option("take-back", "take `codified` back; the reason goes into the shape's note", _taken_back(state, row, path, back)),
                Option("retire", "retire the shape", _decision(row, path, "retired")),
                *_threshold(row, path, 2, row.count),
            ),
            clears="the count reaches the threshold again, or the decision is taken back",
            since=dt.date.fromisoformat(row.codified["on"]) if row.codified else None,
        )


def _taken_back(state: State, row: ShapeRow, path: tuple[str | int, ...], back: Edit) -> Edits:
    note = next(shape.note for shape in state.corpus.concepts[row.defined_by].shapes if shape.id == row.shape)

    def edits(ruling: Ruling) -> list[Edit]:
        said = f"Codification taken back on {ruling.on.isoformat()} by {ruling.by}: {ruling.why}"
        return [back, Edit(row.defined_by, "set", (*path, "note"), f"{note.rstrip()}\n\n{said}" if note else said)]

    return edits
