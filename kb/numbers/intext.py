"""Whether a text prints a figure: found, found in another unit, found with other digits, or absent with the nearest numbers.

A match has the figure's sign and the figure's digits: 0.230 is not 0.23, and -0.3 is not 0.3. Another unit is the same quantity
otherwise written: a share in per cent or the reverse (0.42, 42 %), a whole number in words or with a suffix (three, 1.2k), a place in a
row as an ordinal (the 300th step).
Nothing is rounded: a text that prints 0.234 does not print 0.23; it is among the nearest.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from kb.numbers.interval import COUNTING
from kb.numbers.printed import ORDINAL, Printed
from kb.numbers.units import PER_CENT, SCALES, SHARE

Class = Literal["found", "other-unit", "other-digits", "absent"]
Basis = Literal["per cent", "share", "count", "place", "times", "p", "plain"]
_NEAREST: Final = 3
_SHARES: Final = frozenset({"score 0-1", "R2", "AUC", "F1"})
"""Units besides `fraction` that run from 0 to 1 and are also printed in per cent."""
_PLACES: Final = frozenset({"layer", "steps", "epochs"})
"""Units that also say where in a row something stands: the 24th layer. The 4th of something is no count of four."""
_UNITS: Final[dict[Basis, frozenset[str]]] = {
    "per cent": frozenset({"", "%", "pp"}),
    "share": frozenset({""}),
    "count": frozenset({""}),
    "place": frozenset({"", ORDINAL}),
    "times": frozenset({"", "times"}),
    "p": frozenset({""}),
    "plain": frozenset({""}),
}
"""What may stand behind a number of the figure's own unit. Tables name the unit once, so nothing may."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A figure to look for."""

    number: str
    """As the record has it, without a sign of comparison."""
    basis: Basis
    is_bound: bool = False
    """An end of an interval."""
    compared: str = ""
    """For p: the sign of comparison."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a text says about a figure: the class, where it stands (by place), and for an absent one the nearest numbers."""

    kind: Class
    hits: tuple[Printed, ...] = ()
    nearest: tuple[Printed, ...] = ()


def basis_of(unit: str | None) -> Basis:
    """On which scale a unit counts."""
    scale = SCALES.get(unit or "")
    if scale == PER_CENT:
        return "per cent"
    if scale == SHARE or unit in _SHARES:
        return "share"
    if unit in _PLACES:
        return "place"
    if unit in COUNTING:
        return "count"
    return "times" if unit == "times" else "plain"


def sought_p(written: str) -> Sought:
    """The figure of a record's p value: `< 0.001`."""
    sign, number = re.fullmatch(r"(<=|>=|[<=>]) ?(.*)", written).groups()  # type: ignore[union-attr]  # the schema admits no other form
    return Sought(number, "p", compared={"<=": "≤", ">=": "≥"}.get(sign, sign))


class Index:
    """The numbers of one text, to be asked about many figures."""

    def __init__(self, numbers: Sequence[Printed]) -> None:
        self.numbers = numbers
        self._by_value: dict[Decimal, list[Printed]] = defaultdict(list)
        for printed in numbers:
            self._by_value[printed.number].append(printed)
        self._values = sorted({printed.number for printed in numbers if not printed.scaled})
        self._by_digits: dict[str, list[Decimal]] = defaultdict(list)
        for value in self._values:
            self._by_digits[_multiset(value)].append(value)

    def look_for(self, sought: Sought) -> Outcome:
        """How the text prints a figure. Everything is exact; no figure of a record is out of range."""
        number = Decimal(sought.number)
        equal = [printed for printed in self._by_value.get(number, ()) if _fits(printed, sought)]
        same_unit = [printed for printed in equal if not printed.scaled and printed.unit in _UNITS[sought.basis]]
        if hits := [printed for printed in same_unit if _digits(printed.number) == _digits(number)]:
            return Outcome("found", tuple(hits))
        other = [printed for printed in equal if printed.scaled and printed.unit in _UNITS[sought.basis]]
        if sought.basis == "plain":
            other += [printed for printed in equal if printed.unit and not printed.scaled]
        converted = self._converted(number, sought)
        if hits := [*other, *(printed for printed, exact in converted if exact)]:
            return Outcome("other-unit", _by_place(hits))
        if hits := [*same_unit, *(printed for printed, _ in converted)]:
            return Outcome("other-digits", _by_place(hits))
        return Outcome("absent", nearest=self._nearest(number))

    def _converted(self, number: Decimal, sought: Sought) -> list[tuple[Printed, bool]]:
        """Numbers on the other of the scales 0 to 1 and 0 to 100, and whether they have the figure's digits."""
        if sought.basis not in ("per cent", "share"):
            return []
        other = number.scaleb(-2 if sought.basis == "per cent" else 2)
        return [
            (printed, _digits(printed.number) == _digits(other))
            for printed in self._by_value.get(other, ())
            if _fits(printed, sought) and (printed.unit in ("%", "pp") if sought.basis == "share" else not printed.unit and not printed.scaled)
        ]

    def _nearest(self, number: Decimal) -> tuple[Printed, ...]:
        """The numbers that the figure may be a slip of: its digits with another sign, order or point first, then by distance."""
        at = bisect_left(self._values, number)
        near = self._values[max(0, at - _NEAREST) : at + _NEAREST]
        slips = [value for value in self._by_digits.get(_multiset(number), []) if value not in near] if len(_multiset(number)) > 1 else []
        turned = bisect_left(self._values, -number)
        flipped = [value for value in self._values[turned : turned + 1] if value == -number and value not in (*near, *slips)]
        key = _multiset(number)

        def rank(value: Decimal) -> tuple[bool, bool, Decimal]:
            return (value != -number, len(key) < 2 or _multiset(value) != key, abs(value - number))

        values = sorted([*near, *slips, *flipped], key=rank)[:_NEAREST]
        return tuple(next(printed for printed in self._by_value[value] if not printed.scaled) for value in values)


def _fits(printed: Printed, sought: Sought) -> bool:
    """Whether the words around a number allow it to be the figure: p values are p values, and lists in brackets may be references."""
    if sought.basis == "p":
        return not printed.listed and (not printed.compared or printed.compared == sought.compared)
    return not printed.is_p and (sought.is_bound or not printed.listed)


def _digits(number: Decimal) -> tuple[int, tuple[int, ...], int | str]:
    return number.as_tuple()


def _multiset(number: Decimal) -> str:
    """The significant digits in order of size."""
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    return "".join(sorted(digits))


def _by_place(hits: Sequence[Printed]) -> tuple[Printed, ...]:
    return tuple(sorted(hits, key=lambda printed: printed.offset))
