"""Text in a drawing, whose fonts are not known when it is made: widths are estimated to the wide side, and labels are kept apart."""

from __future__ import annotations

from collections.abc import Sequence

# Widths in em of the sans-serif faces in use, by the widest common one of them.
_NARROW, _SLIM, _BROAD = frozenset("ijlI|!.,:;'` "), frozenset('frt()[]{}-/\\"'), frozenset("mwMW@%—…")
_SIGNS = frozenset("+=<>~−×±≥≤≈^#&")
_FIRST_FULL = 0x2E80  # CJK and everything behind it, emoji among them
_COMBINING = (0x300, 0x36F)


def width(words: str, size: float) -> float:
    """About how wide a line of text is in letters of this size; rarely less than a browser's."""
    return sum(map(_em, words)) * size


def _em(char: str) -> float:
    if char in _NARROW:
        return 0.34
    if char in _SLIM:
        return 0.42
    if char in _BROAD:
        return 1.0
    code = ord(char)
    if _COMBINING[0] <= code <= _COMBINING[1]:
        return 0.0
    if code >= _FIRST_FULL:
        return 1.1
    return 0.84 if char in _SIGNS else 0.74 if char.isupper() else 0.64


def lines(words: str, size: float, room: float, most: int = 2) -> list[str] | None:
    """The words broken into at most so many lines that fit the room; None where they don't fit."""
    made: list[str] = []
    for word in words.split():
        longer = f"{made[-1]} {word}" if made else word
        if made and width(longer, size) <= room:
            made[-1] = longer
        else:
            made.append(word)
    fits = len(made) <= most and all(width(line, size) <= room for line in made)
    return made if fits else None


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float] | None:
    """Centres of labels of these heights, between `low` and `high` and without overlap, nearest to where they are wanted (least squares).

    The order of the wanted places is kept; equal ones stay in the order given. None where they can't all fit.
    """
    if sum(heights) > high - low:
        return None
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    # With the room that the labels before it take subtracted, no overlap means ascending: isotonic regression by pooling neighbours that violate it.
    before, taken = [], 0.0
    for index in order:
        before.append(taken + heights[index] / 2)
        taken += heights[index]
    pools: list[tuple[float, int]] = []
    for index, offset in zip(order, before, strict=True):
        mean, count = wanted[index] - offset, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    level = [min(max(mean, low), high - taken) for mean, count in pools for _ in range(count)]
    found = [0.0] * len(wanted)
    for index, offset, base in zip(order, before, level, strict=True):
        found[index] = base + offset
    return found
