"""Round tick values and their labels, in exact decimal arithmetic: no tick is 0.30000000000000004, and no range of finite numbers overflows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from functools import cached_property

# Fifty digits tell apart any two floats that are on one axis; the exponents are far beyond those of floats.
_CONTEXT = Context(prec=50)
_MANTISSAS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LARGEST, _FINEST = Decimal(10) ** 6, -4


def exact(value: float | Decimal) -> Decimal:
    """The shortest decimal that reads back as this float."""
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


@dataclass(frozen=True)
class Ticks:
    """Multiples of a round step, ascending: `first` × `step` to `last` × `step`. The step is 1, 2 or 5 times a power of ten."""

    step: Decimal
    first: int
    last: int

    @cached_property
    def values(self) -> tuple[Decimal, ...]:
        with localcontext(_CONTEXT):
            return tuple(self.step * number for number in range(self.first, self.last + 1))

    @property
    def labels(self) -> tuple[str, ...]:
        """One per value, all with as many decimals as the step needs; powers of ten where plain digits would be many."""
        values = self.values
        greatest = max(map(abs, values), default=Decimal(0))
        exponent = self.step.adjusted()
        if greatest < _LARGEST and exponent >= _FINEST:
            return tuple(_plain(value, max(0, -exponent)) for value in values)
        power = greatest.adjusted() if greatest else 0
        return tuple(_power(value, power, power - exponent) for value in values)


def ticks(low: float | Decimal, high: float | Decimal, about: int = 5, *, whole: bool = False, within: bool = False) -> Ticks:
    """Ticks about so many intervals apart over `low` ≤ `high`: the least that enclose both, or, `within`, those between them.

    `whole` allows no step below one, for axes of counts. A range of no width reaches to zero, and from zero to one.
    With `within` there may be fewer than two, or none, where the range is narrower than the least step.
    """
    with localcontext(_CONTEXT):
        bottom, top = exact(low), exact(high)
        if bottom > top:
            raise ValueError(f"an axis from {low} to {high}")
        if bottom == top:
            bottom, top = (min(bottom, Decimal(0)), max(top, Decimal(0))) if top else (bottom, Decimal(1))
        raw = (top - bottom) / about
        power = Decimal(1).scaleb(raw.adjusted())
        # The nearest in ratio: a geometric mean lies between two neighbours.
        step = next(low_ for low_, high_ in zip(_MANTISSAS, (*_MANTISSAS[1:], Decimal(20)), strict=True) if (raw / power) ** 2 <= low_ * high_) * power
        if whole:
            step = max(step, Decimal(1))
        # One spelling of each step, 0.2 and not 2E-1 or 0.20, so that its exponent tells its decimals.
        step = Decimal(1).scaleb(step.adjusted()) * int(step.scaleb(-step.adjusted()))
        down, up = (ROUND_CEILING, ROUND_FLOOR) if within else (ROUND_FLOOR, ROUND_CEILING)
        first, last = int((bottom / step).to_integral_value(down)), int((top / step).to_integral_value(up))
    return Ticks(step, first, last)


def spans(values: Iterable[float]) -> tuple[float, float]:
    """Least and greatest value, from zero where that costs less than half of the axis: (0.3, 0.9) becomes (0, 0.9), (0.8, 0.9) stays."""
    found = list(values)
    low, high = min(found), max(found)
    if low != high:
        if 0 < low <= high / 2:
            low = 0.0
        elif high < 0 and high >= low / 2:
            high = 0.0
    return low, high


def number(value: float, digits: int = 3) -> str:
    """A value for a reader, with so many significant digits: 0.893, −1.5, 1\u202f230, 2×10⁻⁷."""
    with localcontext(Context(prec=digits)):
        rounded = +exact(value)
    if not rounded:
        return "0"
    sign, exponent = "−" if rounded < 0 else "", rounded.adjusted()
    if _FINEST <= exponent < 6:
        return sign + f"{_shortest(abs(rounded)):,f}".replace(",", "\u202f")
    mantissa = _shortest(abs(rounded).scaleb(-exponent))
    return f"{sign}{mantissa:f}×10{str(exponent).translate(_SUPERSCRIPTS)}"


def _shortest(value: Decimal) -> Decimal:
    """Without trailing zeros behind the point."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _plain(value: Decimal, decimals: int) -> str:
    if not value:
        return "0"
    digits = f"{abs(value):.{decimals}f}"
    return ("−" if value < 0 else "") + f"{Decimal(digits):,f}".replace(",", "\u202f")


def _power(value: Decimal, power: int, decimals: int) -> str:
    if not value:
        return "0"
    mantissa = f"{abs(value).scaleb(-power):.{max(0, decimals)}f}"
    return ("−" if value < 0 else "") + f"{mantissa}×10{str(power).translate(_SUPERSCRIPTS)}"
