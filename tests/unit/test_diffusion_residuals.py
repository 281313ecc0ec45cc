"""What residuals tell of errors."""

from __future__ import annotations

import numpy as np
import pytest

from majung.evidence.diffusion import fit, forecast
from majung.evidence.diffusion.judge.residuals import autocorrelation, grow_with_values, hidden, lasting, tall


def test_autocorrelation_is_about_a_mean_of_zero() -> None:
    assert autocorrelation(np.array([1.0, 1.0, 1.0, 1.0])) == pytest.approx(0.75)
    assert autocorrelation(np.array([1.0, -1.0, 1.0, -1.0])) == pytest.approx(-0.75)
    assert autocorrelation(np.zeros(4)) == autocorrelation(np.array([2.0])) == 0.0


def test_correlation_is_mended_for_what_fitting_hides() -> None:
    """Cubic trends fitted to errors that follow one another: the mended correlation is nearer to the true one."""
    rng = np.random.default_rng(0)
    n, k, true = 30, 3, 0.5
    errors = rng.standard_normal((2000, n))
    for i in range(1, n):
        errors[:, i] = true * errors[:, i - 1] + np.sqrt(1 - true**2) * errors[:, i]
    design = np.vander(np.linspace(-1, 1, n), k)
    residuals = errors - errors @ design @ np.linalg.pinv(design)
    plain = np.mean([autocorrelation(row) for row in residuals])
    mended = np.mean([lasting(row, k) for row in residuals])
    assert abs(mended - true) < 0.06 < abs(plain - true)


def test_correlation_stays_between_none_and_most() -> None:
    assert lasting(np.array([1.0, -1.0] * 10), 3) == 0.0
    assert lasting(np.ones(40), 3) == 0.8


def test_more_is_hidden_the_longer_errors_last() -> None:
    found = [hidden(correlation, 0.15) for correlation in (0.0, 0.3, 0.6, 0.8)]
    assert found[0] == 1.0
    assert found == sorted(found)
    assert found[-1] == pytest.approx(np.sqrt(0.85 / 0.4))


@pytest.mark.parametrize("growing", [True, False])
def test_errors_that_grow_are_told_from_those_that_do_not(growing: bool) -> None:
    rng = np.random.default_rng(1)
    means = np.geomspace(1.0, 100.0, 20)
    told = [grow_with_values(rng.standard_normal(20) * (0.1 * means if growing else 3.0), means) for _ in range(200)]
    assert np.mean(told) == pytest.approx(1.0 if growing else 0.0, abs=0.03)


def test_values_of_zero_have_no_errors_in_proportion() -> None:
    assert not grow_with_values(np.array([1.0, 2.0]), np.array([0.0, 5.0]))
    assert not grow_with_values(np.zeros(3), np.ones(3))
    assert not grow_with_values(np.zeros(5), np.ones(5))


def test_a_curve_that_misses_the_smallest_values_many_times_has_no_wider_fan() -> None:
    # Electric share of car sales in Korea, 2010 to 2023, %: the best curve begins at a seventh of the first value.
    seen = np.array([0.005, 0.023, 0.041, 0.049, 0.093, 0.22, 0.33, 0.95, 3.8, 2.3, 2.4, 5.8, 8.5, 7.9])
    found = fit(seen, model="gompertz", level=True, bootstrap=200)
    fitted = found.fitted()
    assert seen[0] > 5 * fitted[0]
    assert tall(fitted).sum() == 9
    fan = forecast(found, periods=1)
    assert fan is not None
    low, high = fan.values[0, [1, 3]]
    assert 4 < low < high < 15
