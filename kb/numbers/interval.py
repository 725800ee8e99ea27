"""A reported figure as the set of values that its digits allow. Exact: fractions throughout, no floats.

Reading of a printed figure
- `0.23` was rounded to two places, so it stands for [0.225, 0.235); `-0.23` for (-0.235, -0.225]; `1.5e3` for
  [1450, 1550). A whole number printed in full is rounded to the unit: `185` is [184.5, 185.5). Trailing zeros of a
  whole number (`300`) are taken as printed digits; a rounder figure is what the qualifier `about` is for.
- A whole number in a counting unit (COUNTING) is exact: there are 3 models or there are not.
- `about` widens to one unit of the last printed digit or 5 % of the value, whichever is more, on both sides:
  about 60 is [57, 63], about 0.9 is [0.8, 1.0].
- `at-least`, `more-than`, `at-most`, `less-than` name a limit, taken as printed: at least 0.92 is [0.92, infinity).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

Bound = Fraction | None
"""An end of an interval; None is infinite, downwards for a low end and upwards for a high one."""

ABOUT = Fraction(5, 100)
"""How far `about` reaches, relative to the value."""

MAX_EXPONENT = 300
"""Figures beyond ten to this power (or below its inverse) are refused: exact arithmetic on them costs time and says nothing."""

COUNTING = frozenset(
    {"count", "participants", "people", "models", "categories", "personas", "stories", "layer", "layers", "rank", "samples", "conversations", "messages"}
)
"""Units in which a whole number counts things and carries no rounding."""


class Reported(Protocol):
    """What is needed of a measure: the digits as printed, what the source says around them, and the unit."""

    @property
    def value(self) -> str: ...
    @property
    def qualifier(self) -> str: ...
    @property
    def unit(self) -> str | None: ...


class FigureError(ValueError):
    """A figure that can't be read as an interval; its text says why."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A connected set of numbers; `low_open` and `high_open` say that an end itself is left out. Infinite ends are open."""

    low: Bound
    high: Bound
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the low end of an interval lies above its high end")

    @property
    def exact(self) -> bool:
        """Whether it is a single number."""
        return self.low is not None and self.low == self.high

    def contains(self, x: Fraction) -> bool:
        above = self.low is None or self.low < x or (self.low == x and not self.low_open)
        below = self.high is None or x < self.high or (self.high == x and not self.high_open)
        return above and below

    def __str__(self) -> str:
        if self.exact:
            return show(self.low)
        left = "(" if self.low is None or self.low_open else "["
        right = ")" if self.high is None or self.high_open else "]"
        return f"{left}{'-infinity' if self.low is None else show(self.low)}, {'infinity' if self.high is None else show(self.high)}{right}"

    @property
    def words(self) -> str:
        """For a sentence: `between 180.6 and 189`, `exactly 3`, `at least 0.92`, `anything`."""
        if self.exact:
            return f"exactly {show(self.low)}"
        if self.low is None:
            return "anything" if self.high is None else f"{'below' if self.high_open else 'at most'} {show(self.high)}"
        if self.high is None:
            return f"{'above' if self.low_open else 'at least'} {show(self.low)}"
        return f"between {show(self.low)} and {show(self.high)}"


def show(x: Bound) -> str:
    """A fraction for reading: exact where it has at most six significant digits, else rounded to six."""
    if x is None:
        return "infinity"
    if x == 0:
        return "0"
    size = abs(x)
    if not Fraction(1, 10**6) <= size < 10**12:
        return f"{Decimal(x.numerator) / Decimal(x.denominator):.5e}"
    leading = 0  # power of ten of the leading digit
    while size >= Fraction(10) ** (leading + 1):
        leading += 1
    while size < Fraction(10) ** leading:
        leading -= 1
    places = max(5 - leading, 0)
    text = _fixed(x, places)
    return text.rstrip("0").rstrip(".") if places else text


def _fixed(x: Fraction, places: int) -> str:
    scaled = round(x * 10**places)
    sign, body = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{body[:-places]}.{body[-places:]}" if places else f"{sign}{body}"


def reported(value: str, qualifier: str = "exactly", unit: str | None = None) -> Interval:
    """The interval that a printed figure stands for (see the module's text).

    Raises FigureError when the figure is no number, or is out of the range that is computed with.
    """
    return _reported(str(value), qualifier, unit)


@lru_cache(maxsize=8192)  # figures recur: in several tests of a claim, and in both states of a comparison
def _reported(value: str, qualifier: str, unit: str | None) -> Interval:
    try:
        decimal = Decimal(value)
    except ArithmeticError:
        raise FigureError(f"'{value}' is not a number") from None
    exponent = decimal.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > MAX_EXPONENT or abs(decimal.adjusted()) > MAX_EXPONENT:
        raise FigureError(f"'{value}' is out of range: figures are computed with up to ten to the power {MAX_EXPONENT}")
    point, step = Fraction(decimal), Fraction(10) ** exponent
    match qualifier:
        case "exactly":
            if exponent == 0 and unit in COUNTING:
                return Interval(point, point)
            half = step / 2
            return Interval(point - half, point + half, low_open=decimal.is_signed(), high_open=not decimal.is_signed())
        case "about":
            reach = max(step, abs(point) * ABOUT)
            return Interval(point - reach, point + reach)
        case "at-least" | "more-than":
            return Interval(point, None, low_open=qualifier == "more-than", high_open=True)
        case "at-most" | "less-than":
            return Interval(None, point, low_open=True, high_open=qualifier == "less-than")
    raise FigureError(f"unknown qualifier '{qualifier}'")


def of_measure(measure: Reported) -> Interval:
    """The interval of a record's measure."""
    return reported(measure.value, measure.qualifier, measure.unit)
