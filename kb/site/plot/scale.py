"""A value's place on an axis of a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

from kb.site.plot.ticks import exact

_CONTEXT = Context(prec=50)


@dataclass(frozen=True)
class Scale:
    """Linear from the values `low` < `high` to the drawing's units `start` and `end`."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"a scale from {self.low} to {self.high}")

    def __call__(self, value: float | Decimal) -> float:
        share = _CONTEXT.divide(_CONTEXT.subtract(exact(value), self.low), _CONTEXT.subtract(self.high, self.low))
        return self.start + float(share) * (self.end - self.start)


def place(value: float) -> str:
    """A coordinate as written in a drawing, to a tenth of a unit."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def pair(x: float, y: float) -> str:
    return f"{place(x)} {place(y)}"
