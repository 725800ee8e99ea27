"""Units of one quantity, so that reported and reproduced numbers can stand in the same one."""

from __future__ import annotations

import math

from schemas import Measure
from schemas.result import Estimate

_SHARES = {"fraction": 1.0, "%": 0.01, "pp": 0.01}
"""What one of each unit is worth in shares of one."""


def factor(unit: str | None, wanted: str | None) -> float | None:
    """What a number in one unit is multiplied with to stand in another; None where they have no common quantity."""
    if unit == wanted:
        return 1.0
    return _SHARES[unit] / _SHARES[wanted] if unit in _SHARES and wanted in _SHARES else None


def beside(estimate: Estimate, measure: Measure) -> Estimate:
    """The estimate in the unit of the figure beside which it stands, where both are shares and it stays a finite number; else as it is."""
    times = factor(estimate.unit, measure.unit)
    if times is None or measure.unit == estimate.unit:
        return estimate
    ends = {name: None if value is None else value * times for name, value in (("low", estimate.low), ("high", estimate.high))}
    if not all(math.isfinite(value) for value in (estimate.value * times, *ends.values()) if value is not None):
        return estimate
    return estimate.model_copy(update={"value": estimate.value * times, "unit": measure.unit, **ends})
