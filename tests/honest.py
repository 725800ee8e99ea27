"""Figures as an honest author prints them: rounded half up or half to even, exactly."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from kb.numbers.claims import outcomes
from kb.numbers.evaluate import Outcome
from schemas import Claim

UP, EVEN, DOWN = "up", "even", "down"
"""How halves are rounded: away from zero, to the even digit, towards zero."""


def printed(x: Fraction, places: int, halves: str = UP) -> str:
    """A fraction with so many decimal places."""
    scaled = abs(x) * 10**places
    whole, rest = divmod(scaled, 1)
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (halves == UP or (halves == EVEN and whole % 2 == 1)))
    digits = str(int(whole) + up).rjust(places + 1, "0")
    sign = "-" if x < 0 and int(digits) else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def printed_root(square: Fraction, places: int) -> str:
    """The square root of a fraction, rounded; ties do not occur but for exact roots, which are found exactly."""
    with localcontext() as context:
        context.prec = 60
        return printed(Fraction((Decimal(square.numerator) / Decimal(square.denominator)).sqrt()).limit_denominator(10**20), places)


def outcome(test: dict[str, Any] | str, *measures: dict[str, Any]) -> Outcome:
    """What a check comes to on measures given as in YAML; the unit is `points` where none is given."""
    claim = Claim.model_validate(
        {"id": "a", "statement": "It is so.", "nature": "measurement", "checks": [test], "measures": [{"unit": "points"} | measure for measure in measures]}
    )
    return outcomes(claim)[0]


def verdict(test: dict[str, Any] | str, *measures: dict[str, Any]) -> str:
    found = outcome(test, *measures)
    assert found.verdict != "error", found.explanation
    return found.verdict
