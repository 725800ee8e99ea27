"""Which sums and sums of squares n whole numbers can have: what SD tests of integer data rest on."""

from __future__ import annotations

from functools import lru_cache

EXACT_WORK = 150_000
"""Numbers of cases times values of the scale times sums up to which data sets are enumerated by dynamic programming."""


def squares(total: int, n: int, least: int | None, most: int | None) -> tuple[int, int | None] | None:
    """Least and greatest sum of squares of n whole numbers that sum to `total`, each from `least` to `most` where given.

    None where no such numbers exist; the greatest is None where nothing bounds it.
    """
    if least is not None and most is not None and not n * least <= total <= n * most:
        return None
    q, r = divmod(total, n)
    low = (n - r) * q * q + r * (q + 1) ** 2
    if least is None or most is None:
        return low, None if n > 1 else low
    # As many as possible at the ends of the scale, one in between (Heathers et al. 2018, on the bounds that SPRITE searches within).
    at_top, rest = divmod(total - n * least, most - least)
    if at_top == n:
        return low, n * most * most
    return low, at_top * most * most + (least + rest) ** 2 + (n - at_top - 1) * least * least


def enumerable(n: int, width: int) -> bool:
    """Whether `attainable` is quick for n numbers on a scale of width + 1 values."""
    return n * (width + 1) * (n * width + 1) <= EXACT_WORK


@lru_cache(maxsize=64)
def attainable(n: int, width: int) -> tuple[int, ...]:
    """For each sum of n numbers from 0 to `width`, the sums of squares that occur, as the bits of one number."""
    now = [1] + [0] * (n * width)
    for _ in range(n):
        after = [0] * len(now)
        for total, bits in enumerate(now):
            if bits:
                for x in range(width + 1):
                    after[total + x] |= bits << (x * x)
        now = after
    return tuple(now)
