"""Tail probabilities and quantiles against SciPy, over wide ranges."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kb.numbers.distributions import beta_lower, chi2_tail, f_tail, gamma_upper, normal_quantile, normal_tail, t_quantile, t_tail

df = st.floats(-0.3, 6).map(lambda exponent: 10**exponent)
size = st.floats(-3, 2.5).map(lambda exponent: 10**exponent)


def close(found: float, expected: float) -> bool:
    return math.isclose(found, expected, rel_tol=1e-7, abs_tol=1e-290)


@given(size, df)
def test_t(t: float, degrees: float) -> None:
    assert close(t_tail(t, degrees), stats.t.sf(t, degrees))
    assert close(t_tail(-t, degrees), stats.t.sf(-t, degrees))


@given(size, df, df)
def test_f(f: float, df1: float, df2: float) -> None:
    assert close(f_tail(f, df1, df2), stats.f.sf(f, df1, df2))


@given(st.floats(-1, 0.7).map(lambda exponent: 10**exponent), df)
def test_chi_squared(ratio: float, degrees: float) -> None:
    assert close(chi2_tail(ratio * degrees, degrees), stats.chi2.sf(ratio * degrees, degrees))


@given(st.floats(-37, 37))
def test_normal(z: float) -> None:
    assert close(normal_tail(z), stats.norm.sf(z))


@given(st.floats(0.5, 0.99999), df)
def test_quantiles_invert_the_tails(p: float, degrees: float) -> None:
    assert math.isclose(normal_quantile(p), stats.norm.ppf(p), rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(t_tail(t_quantile(p, degrees), degrees), 1 - p, rel_tol=1e-9)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (t_tail(0, 5), 0.5),
        (t_tail(math.inf, 5), 0.0),
        (f_tail(0, 1, 2), 1.0),
        (f_tail(math.inf, 1, 2), 0.0),
        (chi2_tail(0, 3), 1.0),
        (beta_lower(0, 1, 2), 0.0),
        (beta_lower(1, 1, 2), 1.0),
        (gamma_upper(1, 0), 1.0),
        (t_tail(1, 1), 0.25),  # Cauchy
        (chi2_tail(2 * math.log(2), 2), 0.5),  # exponential
    ],
)
def test_known_values(found: float, expected: float) -> None:
    assert math.isclose(found, expected, rel_tol=1e-12)
