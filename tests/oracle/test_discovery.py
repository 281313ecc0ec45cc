"""Rules planted in seventy factors are found with their limits; where there is none, none is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom, qmc

from majung.decision.explore import Box, Limit, discover
from majung.decision.explore.peeling import Search, find_rule, scan_statistic
from majung.decision.worlds.factors import Factor
from majung.parameters import LocalText

POINTS, FACTORS = 500, 70
VOLUME = 0.2

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def factor(name: str, low: float = 0.0, high: float = 1.0, log: bool = False) -> Factor:
    return Factor(name, LocalText(), "", low, high, low, log)


UNIT = [factor(f"f{column}") for column in range(FACTORS)]


def sample(seed: int, d: int = FACTORS) -> Floats:
    return np.asarray(qmc.LatinHypercube(d, rng=np.random.default_rng(seed)).random(POINTS))


def mistaken(of_interest: Flags, share: float, seed: int) -> Flags:
    return np.asarray(of_interest ^ (np.random.default_rng(1000 + seed).random(len(of_interest)) < share))


def limits_of(box: Box) -> dict[str, Limit]:
    return {limit.name: limit for limit in box.limits}


@pytest.mark.parametrize("mistakes", [0.0, 0.05, 0.1])
@pytest.mark.parametrize("planted", [(11, 42), (5, 33, 60)])
def test_a_planted_box_is_found_with_its_limits_and_no_other(planted: tuple[int, ...], mistakes: float) -> None:
    width = VOLUME ** (1 / len(planted))
    points = sample(len(planted))
    lower, *upper = planted
    truth = (points[:, lower] > 1 - width) & (points[:, upper] < width).all(axis=1)
    (box,) = discover(points, mistaken(truth, mistakes, 1), UNIT, seed=1)
    limits = limits_of(box)
    assert set(limits) == {f"f{column}" for column in planted}
    assert limits[f"f{lower}"].high is None
    assert limits[f"f{lower}"].low == pytest.approx(1 - width, abs=0.04)
    for column in upper:
        assert limits[f"f{column}"].low is None
        assert limits[f"f{column}"].high == pytest.approx(width, abs=0.04)
    assert max(box.p_values) < 1e-6
    assert box.density_cv > 0.75
    assert box.density_cv > 2 * box.base_rate


def test_what_is_said_of_a_box_is_counted_by_hand() -> None:
    points = sample(7)
    of_interest = mistaken((points[:, 3] > 0.6) & (points[:, 8] < 0.5), 0.05, 7)
    (box,) = discover(points, of_interest, UNIT, seed=2)
    limits = limits_of(box)
    low, high = limits["f3"].low, limits["f8"].high
    assert low is not None
    assert high is not None
    within = {"f3": points[:, 3] >= low, "f8": points[:, 8] <= high}
    held = within["f3"] & within["f8"]
    assert box.coverage == of_interest[held].sum() / of_interest.sum()
    assert box.density == of_interest[held].mean()
    assert box.mass == held.mean()
    assert box.base_rate == of_interest.mean()
    # The binomial test of Bryant and Lempert: the limit taken away, the rest held.
    hits = int(of_interest[held].sum())
    expected = [
        FACTORS * binom.sf(hits - 1, held.sum(), of_interest[within["f8" if limit.name == "f3" else "f3"]].mean())
        for limit in box.limits
    ]
    assert box.p_values == pytest.approx(expected, rel=1e-6)
    assert list(box.p_values) == sorted(box.p_values)


@pytest.mark.parametrize(
    "second",
    [pytest.param((20, 30), id="on other factors"), pytest.param((3, 10), id="in the opposite corner")],
)
def test_two_planted_boxes_are_found(second: tuple[int, int]) -> None:
    points = sample(21)
    one = (points[:, 3] < 0.4) & (points[:, 10] > 0.6)
    other = (points[:, second[0]] > 0.6) & (points[:, second[1]] < 0.4)
    found = discover(points, mistaken(one | other, 0.05, 21), UNIT, seed=3)
    ends = [{limit.name: (limit.low, limit.high) for limit in box.limits} for box in found]
    expected: list[Any] = [
        {"f3": (None, pytest.approx(0.4, abs=0.03)), "f10": (pytest.approx(0.6, abs=0.03), None)},
        {
            f"f{second[0]}": (pytest.approx(0.6, abs=0.03), None),
            f"f{second[1]}": (None, pytest.approx(0.4, abs=0.03)),
        },
    ]
    assert ends in (expected, expected[::-1])
    assert sum(box.coverage for box in found) > 0.8


def test_no_more_boxes_are_found_than_asked_for() -> None:
    points = sample(22)
    either = ((points[:, 3] < 0.4) & (points[:, 10] > 0.6)) | ((points[:, 20] > 0.7) & (points[:, 30] < 0.4))
    assert len(discover(points, either, UNIT, seed=1, boxes=1)) == 1


@pytest.mark.slow
def test_where_there_is_no_rule_none_is_found() -> None:
    # At a false discovery in one of twenty as many as three of forty are found in a third of such tests.
    base_rates = [0.1, 0.2, 0.5, 0.8]
    found = 0
    for trial in range(40):
        rng = np.random.default_rng(trial)
        points = rng.random((POINTS, FACTORS))
        found += bool(discover(points, rng.random(POINTS) < base_rates[trial % 4], UNIT, seed=trial))
    assert found <= 2


def test_a_band_within_a_factor_has_two_ends() -> None:
    points = sample(5, 8)
    (box,) = discover(points, np.abs(points[:, 2] - 0.5) < 0.15, UNIT[:8], seed=1)
    (limit,) = box.limits
    assert limit.name == "f2"
    assert limit.low == pytest.approx(0.35, abs=0.01)
    assert limit.high == pytest.approx(0.65, abs=0.01)


def test_limits_are_in_the_factors_own_units() -> None:
    places = sample(6, 3)
    factors = [factor("price", 10, 1000, log=True), factor("share", -1, 3), factor("idle")]
    points = np.stack([one.at(places[:, column]) for column, one in enumerate(factors)], axis=1)
    (box,) = discover(points, (points[:, 0] > 100) & (points[:, 1] < 1), factors, seed=1)
    limits = limits_of(box)
    assert limits["price"].low == pytest.approx(100, rel=0.05)
    assert limits["share"].high == pytest.approx(1, abs=0.04)
    assert set(limits) == {"price", "share"}


def test_a_rule_has_at_most_four_factors() -> None:
    points = sample(9, 8)
    (box, *_) = discover(points, (points[:, :6] < 0.85).all(axis=1), UNIT[:8], seed=1)
    assert 1 <= len(box.limits) <= Search().most_factors


def test_equal_values_stay_together() -> None:
    points = sample(10, 5)
    points[:, 1] = np.round(points[:, 1] * 4) / 4
    (box,) = discover(points, points[:, 1] >= 0.75, UNIT[:5], seed=1)
    (limit,) = box.limits
    assert (limit.name, limit.low, limit.high, box.density, box.coverage) == ("f1", 0.625, None, 1.0, 1.0)


@pytest.mark.parametrize("all_of_them", [True, False])
def test_where_all_points_are_alike_there_is_no_rule(all_of_them: bool) -> None:
    assert discover(sample(1, 3), np.full(POINTS, all_of_them), UNIT[:3], seed=1) == ()


def test_the_same_seed_finds_the_same() -> None:
    points = sample(4, 10)
    of_interest = (points[:, 2] > 0.5) & (points[:, 5] < 0.6)
    before = np.random.get_state(legacy=False)["state"]["key"].copy()  # noqa: NPY002
    assert discover(points, of_interest, UNIT[:10], seed=8) == discover(points, of_interest, UNIT[:10], seed=8)
    assert (np.random.get_state(legacy=False)["state"]["key"] == before).all()  # noqa: NPY002


def test_the_best_limit_of_one_factor_is_found_among_all_there_are() -> None:
    points = sample(3, 1)
    hits = mistaken(points[:, 0] < 0.3, 0.2, 3)
    limits, _ = find_rule(points, hits, Search())
    order = np.argsort(points[:, 0])
    counts = np.arange(1, POINTS)
    best = scan_statistic(np.cumsum(hits[order])[:-1], counts, hits.sum(), POINTS).argmax()
    assert limits[0, 1] == points[order[best : best + 2], 0].mean()


def test_the_scan_statistic_is_a_likelihood_ratio() -> None:
    inside, outside, together = binom(30, 21 / 30), binom(70, 9 / 70), 0.3
    expected = inside.logpmf(21) + outside.logpmf(9) - binom(30, together).logpmf(21) - binom(70, together).logpmf(9)
    assert scan_statistic(21, 30, 30, 100) == pytest.approx(expected, rel=1e-12)
    assert scan_statistic(3, 30, 30, 100) == 0


@pytest.mark.parametrize(
    ("points", "of_interest"),
    [
        pytest.param(np.full((4, 2), np.nan), np.ones(4, bool), id="a point that is not known"),
        pytest.param(np.ones((4, 2)), np.array([0, 1, np.nan, 1]), id="not known whether it is of interest"),
        pytest.param(np.ones((4, 2)), np.ones(3, bool), id="other rows"),
        pytest.param(np.ones((4, 3)), np.ones(4, bool), id="other columns"),
    ],
)
def test_what_is_not_known_is_refused(points: Floats, of_interest: NDArray[np.generic]) -> None:
    with pytest.raises(ValueError, match=r"known|agree"):
        discover(points, of_interest, UNIT[:2], seed=1)
