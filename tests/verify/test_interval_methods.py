"""A record holds the intervals over worlds that an estimand can ask for, and no others."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from schemas.result import Estimate, IntervalMethod
from verify import statistics
from verify.rules import Estimand
from verify.verdict import Measured, estimate

ESTIMATE: dict[str, Any] = {"name": "rate", "value": 0.5, "low": 0.4, "high": 0.6, "level": 0.95, "unit": "fraction", "n": 9}


@pytest.mark.parametrize("asked", get_args(IntervalMethod))
@pytest.mark.parametrize("worlds", [2, 3, 9])
def test_what_an_estimand_gives_fits_in_a_record(asked: IntervalMethod, worlds: int) -> None:
    jobs = [Measured(world, 0, {"rate": world / 10 + world % 2}) for world in range(worlds)]
    interval = estimate(Estimand("rate", "rate", "fraction", "a rate", interval=asked), jobs, 0.95).interval
    assert interval is not None
    assert interval.method == (asked if worlds >= 8 else "t")
    assert Estimate.model_validate({**ESTIMATE, "method": interval.method}).method == interval.method


@pytest.mark.parametrize("method", sorted({*get_args(statistics.Method)} - {*get_args(IntervalMethod)}))
def test_intervals_over_counts_and_pairs_do_not(method: str) -> None:
    """They serve within a job; over worlds they would take the wrong unit for the sample."""
    with pytest.raises(ValidationError, match="method"):
        Estimate.model_validate({**ESTIMATE, "method": method})
