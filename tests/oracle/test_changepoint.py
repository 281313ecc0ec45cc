"""The sum over all regimes, held against every way to cut a short series, one multivariate normal density at a time."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from majung.evidence.takeoff import changepoint
from majung.evidence.takeoff.changepoint import RegimePriors, regimes

Floats = NDArray[np.float64]

PRIORS = RegimePriors(
    slope=np.array([0.1, 0.4, -0.05]),
    slope_sd=np.array([0.2, 0.25, 0.15]),
    step=np.array([0.0, 0.5, 0.0]),
    step_sd=np.array([1.0, 0.5, 0.2]),
    least_slope=np.array([-np.inf, 0.18, -np.inf]),
)


def density(y: Floats, t: Floats, start: int, end: int, regime: int, noise: float, walk: bool) -> float:
    """Return the log density of y[start..end] as one regime by its mean and covariance, with its slope cut off."""
    part = slice(start, end + 1)
    first = start == 0
    height, when = (y[0], t[0]) if first else (y[start - 1], t[start - 1])
    u = t[part] - when
    mean = height + PRIORS.slope[regime] * u + (0.0 if first else PRIORS.step[regime])
    if walk:
        step = 100.0 if first else PRIORS.step_sd[regime] ** 2
        noises = noise**2 * np.minimum.outer(u, u)
    else:
        step = 100.0 if first else noise**2 + PRIORS.step_sd[regime] ** 2
        noises = noise**2 * np.eye(len(u))
    slope_variance = PRIORS.slope_sd[regime] ** 2
    covariance = step + noises + slope_variance * np.outer(u, u)
    found = float(stats.multivariate_normal(mean, covariance, allow_singular=False).logpdf(y[part]))
    least = PRIORS.least_slope[regime]
    if np.isfinite(least):
        # The slope given the data, by conditioning of Gaussians.
        gain = slope_variance * u @ np.linalg.inv(covariance)
        after = PRIORS.slope[regime] + gain @ (y[part] - mean)
        left = slope_variance - gain @ u * slope_variance
        found += stats.norm.logsf(least, after, np.sqrt(left))
        found -= stats.norm.logsf(least, PRIORS.slope[regime], PRIORS.slope_sd[regime])
    return found


def cuts(count: int) -> list[list[tuple[int, int, int]]]:
    """Return every sequence of regimes as (regime, first, last), without gaps; levelling may turn into growth again."""
    found = []
    after_growth = [(1, 2, 1, 2, 1, 2, 1)[:length] for length in range(1, count + 1)]
    after_level = [(2, 1, 2, 1, 2, 1, 2)[:length] for length in range(1, count + 1)]
    for used in ((0,), *after_growth, *after_level, *((0, *rest) for rest in after_growth if len(rest) < count)):
        for ends in combinations(range(1, count), len(used) - 1):
            edges = [0, *ends, count]
            found.append([(regime, edges[i], edges[i + 1] - 1) for i, regime in enumerate(used)])
    return found


def before_data(cut: list[tuple[int, int, int]], hg: Floats, hl: Floats, hr: Floats) -> float:
    """Return the log probability of a cut by the hazards alone."""
    regime, start, end = cut[0]
    log = 0.0
    if regime == 0:
        log += np.log1p(-hg[: end + 1]).sum()
    else:
        log += np.log(hg[0])
    for place, (regime, start, end) in enumerate(cut):
        came_from = cut[place - 1][0] if place else None
        stayed = slice(start + (start > 0), end + 1)
        if regime == 1:
            log += np.log({None: 1.0, 0: hg[start], 2: hr[start]}[came_from])
            log += np.log1p(-hl[stayed]).sum()
        if regime == 2:
            # That of the first period counts as having been before it, and a revival with it as never.
            log += np.log(hl[start]) + np.log1p(-hr[start + 1 : end + 1]).sum()
    return float(log)


@pytest.mark.parametrize("seed", range(6))
def test_every_cut_counts_as_much_as_its_density(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(seed)
    count = 6
    t = np.cumsum(generator.uniform(0.3, 1.5, count))
    y = np.cumsum(generator.normal(0.3, 0.4, count))
    hg, hl, hr = (generator.uniform(0.05, 0.4, count) for _ in range(3))
    noises = np.array([0.05, 0.3])
    monkeypatch.setattr(changepoint, "_NOISE", noises)
    found = regimes(y, t, hg, hl, hr, PRIORS)

    def weighed(upto: int) -> list[tuple[list[tuple[int, int, int]], float]]:
        return [
            (cut, before_data(cut, hg, hl, hr) + sum(density(y, t, s, e, r, noise, walk) for r, s, e in cut))
            for walk in (False, True)
            for noise in noises
            for cut in cuts(upto)
        ]

    for upto in range(1, count + 1):
        logs = weighed(upto)
        weights = np.exp([log for _, log in logs] - np.max([log for _, log in logs]))
        last = np.array([cut[-1][0] for cut, _ in logs])
        by_then = np.array([weights[last == regime].sum() for regime in range(3)]) / weights.sum()
        np.testing.assert_allclose(found.by_then[upto - 1], by_then, rtol=1e-6, atol=1e-12)
    share = weights / weights.sum()
    for period in range(count):
        firsts = [min((s for r, s, _ in cut if r > 0), default=-1) for cut, _ in logs]
        began = sum(w for first, w in zip(firsts, share, strict=True) if first == period)
        assert found.growth_began[period] == pytest.approx(began, rel=1e-6, abs=1e-12)
        for regime, array in ((1, found.growing_since), (2, found.levelling_since)):
            since = sum(w for (cut, _), w in zip(logs, share, strict=True) if cut[-1][:2] == (regime, period))
            assert array[period] == pytest.approx(since, rel=1e-6, abs=1e-12)


def test_probabilities_sum_to_one() -> None:
    y = np.log([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890])
    found = regimes(y, np.arange(10.0), np.full(10, 0.15), np.full(10, 0.12), np.full(10, 0.05), PRIORS)
    np.testing.assert_allclose(found.by_then.sum(axis=1), 1)
    assert found.growth_began.sum() + found.by_then[-1, 0] == pytest.approx(1)
    assert found.growing_since.sum() == pytest.approx(found.by_then[-1, 1])
    assert found.levelling_since.sum() == pytest.approx(found.by_then[-1, 2])
