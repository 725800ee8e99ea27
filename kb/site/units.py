"""Units of one quantity, so that reported and reproduced numbers can stand in the same one."""

from __future__ import annotations

from schemas import Measure
from schemas.result import Estimate

SHARES = {"fraction": 1.0, "%": 0.01, "pp": 0.01}
"""What one of each unit is worth in shares of one."""


def beside(estimate: Estimate, measure: Measure) -> Estimate:
    """The estimate in the unit of the figure beside which it stands, where both are shares; else as it is."""
    if measure.unit == estimate.unit or measure.unit not in SHARES or estimate.unit not in SHARES:
        return estimate
    factor = SHARES[estimate.unit] / SHARES[measure.unit]
    ends = {name: None if value is None else value * factor for name, value in (("low", estimate.low), ("high", estimate.high))}
    return estimate.model_copy(update={"value": estimate.value * factor, "unit": measure.unit, **ends})
