"""A claim's figures as the named tests ask for them: operands, a measure's own n, k, sd, interval and p, scales."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from kb.numbers.evaluate import NamedMeasure
from kb.numbers.interval import COUNTING, Interval, of_measure, reported
from kb.numbers.units import SCALES
from schemas.scalars import Figure

RATIOS = frozenset({"times", "odds ratio"})
"""Units whose null is 1."""


class FullMeasure(NamedMeasure, Protocol):
    """What a measure of a claim says beside its value."""

    @property
    def low(self) -> Figure | None: ...
    @property
    def high(self) -> Figure | None: ...
    @property
    def level(self) -> Figure | None: ...
    @property
    def sd(self) -> Figure | None: ...
    @property
    def se(self) -> Figure | None: ...
    @property
    def n(self) -> int | None: ...
    @property
    def k(self) -> int | None: ...
    @property
    def p(self) -> str | None: ...


class UnusableError(ValueError):
    """A test that can't be run on what the claim says; `field` is the field of the entry that is wrong."""

    def __init__(self, message: str, *field: str | int) -> None:
        super().__init__(message)
        self.field = field


class UndecidableError(ValueError):
    """A test whose answer the rounding, or the limits on computing, leave open; its text says why."""


@dataclass(frozen=True, slots=True)
class Named:
    """A figure under a name of its own, for the evaluator."""

    name: str
    value: str
    unit: str | None = None
    qualifier: str = "exactly"


class Figures:
    """The measures of one claim, by name."""

    def __init__(self, measures: Iterable[FullMeasure]) -> None:
        self.by_name: Mapping[str, FullMeasure] = {measure.name: measure for measure in measures}
        self.used: dict[str, None] = {}
        """Names that the test asked for, in order."""

    def measure(self, name: str, *field: str | int) -> FullMeasure:
        """Raises UnusableError where the claim has no such measure."""
        self.used[name] = None
        if name not in self.by_name:
            known = ", ".join(sorted(self.by_name)) or "none"
            raise UnusableError(f"no measure is called '{name}'; the claim's measures are {known}", *field)
        return self.by_name[name]

    def interval(self, operand: str, *field: str | int) -> Interval:
        """A measure, or a number as printed. Raises UnusableError for an unknown name."""
        return reported(operand) if isinstance(operand, Figure) else of_measure(self.measure(operand, *field))

    def own(self, measure: FullMeasure, what: Literal["sd", "se", "low", "high"], given: str | None) -> Interval:
        """The operand that the entry gives, or the measure's own figure. Raises UnusableError where neither is there."""
        if given is not None:
            return self.interval(given, what)
        value: Figure | None = getattr(measure, what)
        if value is None:
            raise UnusableError(f"'{measure.name}' has no `{what}`, and the test gives none", what)
        return reported(value)

    def shown(self, measure: FullMeasure, what: Literal["sd", "se", "low", "high"], given: str | None) -> str:
        """The same as printed, for a sentence."""
        return str(getattr(measure, what)) if given is None else self.printed(given)

    def printed(self, operand: str) -> str:
        """Digits with qualifier and per cent sign, as a reader knows them."""
        if isinstance(operand, Figure):
            return str(operand)
        measure = self.by_name[operand]
        before = {"about": "about ", "more-than": "> ", "at-least": "≥ ", "less-than": "< ", "at-most": "≤ "}.get(measure.qualifier, "")
        return f"{before}{measure.value}{' %' if measure.unit == '%' else ''}"

    def count(self, given: int | str | None, own: int | None, what: str, of: str) -> int:
        """A whole number: given, a measure that is an exact count, or the measure's own. Raises UnusableError where there is none."""
        if isinstance(given, str):
            interval = of_measure(self.measure(given, what))
            if not interval.exact or interval.low is None or interval.low.denominator != 1 or interval.low < 0:
                raise UnusableError(f"'{given}' is no exact count: expected a whole number with a unit that counts, such as participants", what)
            return int(interval.low)
        found = own if given is None else given
        if found is None:
            raise UnusableError(f"'{of}' has no `{what}`, and the test gives none", what)
        return found


def scale_of(measure: FullMeasure, *field: str | int) -> Fraction:
    """What a share of 1 is in the unit of a figure: 100 for %, 1 otherwise. Raises UnusableError for percentage points."""
    if measure.unit == "pp":
        raise UnusableError(f"'{measure.name}' is in percentage points, a difference of two shares: the test needs the share itself", *field)
    return Fraction(100) if measure.unit == "%" else Fraction(1)


def share(measure: FullMeasure, *field: str | int) -> Interval:
    """A percentage or fraction as a share from 0 to 1. Raises UnusableError for another unit."""
    if measure.unit not in ("%", "fraction"):
        raise UnusableError(f"'{measure.name}' is in '{measure.unit or 'no unit'}': expected a share, in % or fraction", *field)
    scale, interval = scale_of(measure, *field), of_measure(measure)
    ends = [None if end is None else end / scale for end in (interval.low, interval.high)]
    return Interval(ends[0], ends[1], interval.low_open, interval.high_open)


def is_share(measure: FullMeasure) -> bool:
    return measure.unit in ("%", "fraction")


def is_count(measure: FullMeasure) -> bool:
    return measure.unit in COUNTING


def scale_unit(measure: FullMeasure) -> str | None:
    """The unit for figures beside a value (ends, errors): its scale, but never a counting unit, since they are rounded whatever they bound."""
    return measure.unit if measure.unit in SCALES else None
