"""Intervals against scipy and the bootstrap, choices against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tests.unit.raw_worlds import PATH, raw, tallied

from majung.decision.statistics import interval_of_mean, interval_of_ratio, mean_interval, ratio_interval
from majung.ensemble.reduce.statistics import Tally

RNG = np.random.default_rng(20240429)


@pytest.mark.parametrize("n", [2, 5, 200])
def test_the_interval_of_a_mean_is_students(n: int) -> None:
    values = RNG.gamma(2, 3, n)
    expected = stats.t.interval(0.9, n - 1, loc=values.mean(), scale=stats.sem(values))
    interval = mean_interval(values, 0.9)
    assert (interval.mean, interval.low, interval.high) == pytest.approx((values.mean(), *expected), rel=1e-12)


def test_a_failed_replication_does_not_count() -> None:
    values = RNG.normal(size=20)
    with_failures = np.insert(values, [0, 7, 20], np.nan)
    assert mean_interval(with_failures, 0.95) == mean_interval(values, 0.95)


def test_one_replication_has_a_mean_and_no_interval() -> None:
    interval = mean_interval(np.array([3.0]), 0.95)
    assert interval.mean == 3.0
    assert np.isnan([interval.low, interval.high, interval.half_width]).all()
    assert np.isnan(mean_interval(np.array([np.nan]), 0.95).mean)


def test_the_interval_of_a_ratio_is_the_bootstraps() -> None:
    under = RNG.normal(100, 8, 600)
    over = 1.4 * under + RNG.normal(0, 60, 600)
    interval = ratio_interval(over, under, 0.95)
    draws = RNG.integers(0, 600, (20_000, 600))
    low, high = np.quantile(over[draws].mean(axis=1) / under[draws].mean(axis=1), [0.025, 0.975])
    assert interval is not None
    assert interval.mean == pytest.approx(over.mean() / under.mean(), rel=1e-12)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=0.05 * (high - low))


def test_the_variance_of_a_ratio_is_the_textbooks() -> None:
    over, under = RNG.normal(5, 1, 40), RNG.normal(10, 2, 40)
    covariance = np.cov(over, under)
    ratio = over.mean() / under.mean()
    variance = (covariance[0, 0] - 2 * ratio * covariance[0, 1] + ratio**2 * covariance[1, 1]) / (
        40 * under.mean() ** 2
    )
    interval = ratio_interval(over, under, 0.95)
    assert interval is not None
    assert interval.half_width == pytest.approx(stats.t.ppf(0.975, 39) * np.sqrt(variance), rel=1e-12)


def test_a_fixed_denominator_gives_the_interval_of_the_mean() -> None:
    over = RNG.normal(5, 1, 40)
    ratio, mean = ratio_interval(over, np.full(40, 4.0), 0.95), mean_interval(over / 4, 0.95)
    assert ratio is not None
    assert (ratio.mean, ratio.low, ratio.high) == pytest.approx((mean.mean, mean.low, mean.high), rel=1e-12)


def test_nothing_spent_has_no_ratio() -> None:
    assert ratio_interval(np.ones(5), np.zeros(5), 0.95) is None
    assert ratio_interval(np.full(5, np.nan), np.ones(5), 0.95) is None


def test_moments_are_enough_for_an_interval() -> None:
    over, under = RNG.normal(5, 1, 40), RNG.normal(10, 2, 40)
    covariance = np.cov(over, under)
    mean, ratio = mean_interval(over, 0.95), ratio_interval(over, under, 0.95)
    by_moments = interval_of_mean(over.mean(), covariance[0, 0], 40, 0.95)
    assert (by_moments.mean, by_moments.half_width) == pytest.approx((mean.mean, mean.half_width), rel=1e-12)
    of_ratio = interval_of_ratio(over.mean(), under.mean(), covariance, 40, 0.95)
    assert ratio is not None
    assert of_ratio is not None
    assert (of_ratio.mean, of_ratio.half_width) == pytest.approx((ratio.mean, ratio.half_width), rel=1e-12)


def choice(gains: list[list[float]]) -> Tally:
    """Add worlds with these net gains above the first strategy, of which nothing is spent; NaN is a failed one."""
    wanted = np.array(gains)
    worlds = raw(*wanted.shape, broken=np.argwhere(np.isnan(wanted)).tolist())
    worlds.paths[:, [PATH["private_final_sales"], PATH["private_derived_sales"]]] = 0.0
    worlds.paths[:, PATH["private_final_sales"], :, 0, 0] = 100 + wanted
    worlds.accounts[:] = 0.0
    return tallied(worlds, (0, wanted.shape[1]))


def test_the_probability_of_being_best_splits_ties() -> None:
    found = choice([[0.0, 0.0, 0.0, 0.0], [1.0, 0.0, -1.0, 2.0], [1.0, -1.0, -2.0, 3.0]])
    # Replication by replication: a tie of two, a tie of two, the first, the third.
    assert found.best.tolist() == [0.5 + 1, 0.5 + 0.5, 0.5 + 1]
    assert found.complete == 4


def test_regret_is_the_mean_distance_to_the_best() -> None:
    assert choice([[0.0, 0.0, 0.0], [1.0, -2.0, 5.0]]).regret.means.tolist() == [(1 + 0 + 5) / 3, (0 + 2 + 0) / 3]


def test_replications_with_a_failure_do_not_decide() -> None:
    found = choice([[0.0, 0.0, np.nan], [1.0, -1.0, 9.0]])
    assert (found.best.tolist(), found.complete) == ([1, 1], 2)
    assert found.regret.means.tolist() == [0.5, 0.5]
    nobody = choice([[np.nan, np.nan], [np.nan, 1.0]])
    assert nobody.complete == 0
    assert np.isnan(nobody.regret.means).all()
