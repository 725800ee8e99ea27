"""What tells series apart: six colours, each with one filled and one hollow marker, the second six dashed. Twelve differ without their colour, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kb.site.plot.scale import pair, place

SERIES = 12
"""How many series look different from each other; further ones begin anew."""


def _polygon(*corners: tuple[float, float]) -> Callable[[float, float, float], str]:
    def path(x: float, y: float, radius: float) -> str:
        return "M" + "L".join(pair(x + dx * radius, y + dy * radius) for dx, dy in corners) + "Z"

    return path


def _circle(x: float, y: float, radius: float) -> str:
    r, d = place(radius), place(2 * radius)
    return f"M{pair(x - radius, y)}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z"


def _strokes(*ends: tuple[float, float, float, float]) -> Callable[[float, float, float], str]:
    def path(x: float, y: float, radius: float) -> str:
        return "".join(f"M{pair(x + a * radius, y + b * radius)}L{pair(x + c * radius, y + d * radius)}" for a, b, c, d in ends)

    return path


_UP = _polygon((0, -1.2), (1.15, 0.8), (-1.15, 0.8))
_DOWN = _polygon((0, 1.2), (1.15, -0.8), (-1.15, -0.8))
_SQUARE = _polygon((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9))
_DIAMOND = _polygon((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0))
_CROSS = _strokes((-1, -1, 1, 1), (-1, 1, 1, -1))
_PLUS = _strokes((-1.2, 0, 1.2, 0), (0, -1.2, 0, 1.2))
_SHAPES = (_circle, _SQUARE, _UP, _DIAMOND, _DOWN, _CROSS)


@dataclass(frozen=True)
class Style:
    """The looks of one series."""

    index: int

    @property
    def name(self) -> str:
        """Class of everything that belongs to the series: its colour."""
        return f"kb-series kb-s{self.index % SERIES}"

    @property
    def hollow(self) -> bool:
        return self.index % SERIES >= len(_SHAPES)

    @property
    def dashed(self) -> bool:
        """The same as hollow: a dashed line with hollow markers reads as one thing."""
        return self.hollow

    def marker(self, x: float, y: float, radius: float) -> str:
        """Path data of the marker at (x, y); hollow or filled by the class of its path."""
        shape = _SHAPES[self.index % len(_SHAPES)]
        return (_PLUS if self.hollow and shape is _CROSS else shape)(x, y, radius)

    @property
    def marks(self) -> str:
        """Class of the path that holds its markers."""
        return "kb-marks kb-marks--hollow" if self.hollow else "kb-marks"

    @property
    def line(self) -> str:
        """Class of the path that is its line."""
        return "kb-line kb-line--dashed" if self.dashed else "kb-line"
