from __future__ import annotations

import numpy as np
import pytest

from majung.evidence.takeoff import NEVER, required_growth, takeoff_period

RULE = {"growth_at_zero": 4.0, "growth_halving": 0.02, "growth_floor": 0.2}


def test_the_required_growth_halves_with_each_step_of_penetration() -> None:
    assert required_growth([0.0, 0.02, 0.04, 0.5], 4.0, 0.02, 0.2) == pytest.approx([4.0, 2.0, 1.0, 0.2])


def test_a_jump_is_seen_in_the_quarter_that_brings_the_year_over_the_threshold() -> None:
    # Years before the jump sell 40. The base is 2 %, so 120 more than that is needed: one quarter of 131 or more.
    sales = np.full(16, 10.0)
    sales[11] = 10.0 + 81
    penetration = np.full(16, 0.02)
    assert takeoff_period(sales, penetration, **RULE) == 11
    sales[11] = 10.0 + 79
    assert takeoff_period(sales, penetration, **RULE) == NEVER


def test_the_base_is_the_penetration_of_a_year_ago() -> None:
    sales = np.full(16, 10.0)
    sales[11] = 30.0
    penetration = np.zeros(16)
    penetration[7] = 0.08
    assert takeoff_period(sales, penetration, **RULE) == 11
    assert takeoff_period(sales, np.roll(penetration, 1), **RULE) == 12


def test_steady_growth_takes_off_when_the_base_has_grown_enough() -> None:
    quarters = np.arange(80)
    sales = np.exp(0.09 * quarters)
    penetration = np.cumsum(sales) / np.cumsum(sales)[-1]
    found = int(takeoff_period(sales, penetration, **RULE))
    growth = np.exp(0.36) - 1
    below = penetration[found - 5], penetration[found - 4]
    assert required_growth(below[0], **RULE) >= growth > required_growth(below[1], **RULE)


@pytest.mark.parametrize(
    "sales",
    [np.full(16, 10.0), np.zeros(16), np.full(16, np.nan), np.linspace(100, 1, 16), np.ones(7)],
    ids=["constant", "none", "missing", "falling", "short"],
)
def test_what_does_not_grow_does_not_take_off(sales: np.ndarray) -> None:
    assert takeoff_period(sales, np.full(sales.shape, 0.5), **RULE) == NEVER


@pytest.mark.parametrize("penetration", [0.1, 0.15, 0.2, 0.5])
@pytest.mark.parametrize(("yearly", "false_alarms"), [(1.0, 0.2), (0.92, 0.02)], ids=["still", "shrinking"])
def test_noise_in_a_large_market_is_seldom_a_takeoff(penetration: float, yearly: float, false_alarms: float) -> None:
    # ten per cent of noise a quarter, watched for ten years; without a floor all of them would be take-offs
    noise = np.exp(np.random.default_rng(3).normal(0, 0.1, size=(500, 48)))
    sales = noise * yearly ** (np.arange(48) / 4)
    found = takeoff_period(sales, np.full(sales.shape, penetration), **RULE)
    assert (found != NEVER).mean() < false_alarms


def test_many_series_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(1)
    sales = rng.gamma(2, size=(5, 7, 24)) * np.exp(0.1 * np.arange(24))
    penetration = rng.uniform(0, 0.1, size=sales.shape)
    together = takeoff_period(sales, penetration, **RULE)
    alone = [[takeoff_period(sales[i, j], penetration[i, j], **RULE) for j in range(7)] for i in range(5)]
    assert together.tolist() == np.array(alone).tolist()
    assert len(np.unique(together)) > 3


def test_years_of_one_period_need_two() -> None:
    assert takeoff_period([1.0, 10.0], [0.0, 0.1], **RULE, periods_per_year=1) == 1


def test_series_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="must be alike"):
        takeoff_period(np.ones(9), np.ones(8), **RULE)
