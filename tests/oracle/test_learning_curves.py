"""Learning exponents against dense algebra written down anew, and against simulated curves whose exponent is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from majung.evidence.learning.inference.forecast import cost_ahead
from majung.evidence.learning.inference.shocks import ECHOES, echo_prior
from majung.evidence.learning.inference.slope import exponent

Floats = NDArray[np.float64]


def made(count: int, n: int, echo: float, seed: int = 1) -> tuple[Floats, Floats, Floats]:
    """Return exponents, log output and log cost of curves whose shocks stay, each with an echo."""
    rng = np.random.default_rng(seed)
    b = rng.uniform(0.1, 0.6, count)
    x = np.cumsum(np.abs(rng.normal(0.3, 0.15, (count, n))), axis=1)
    v = rng.normal(0, 0.1, (count, n + 1))
    return b, x, -b[:, None] * x + np.cumsum(v[:, 1:] + echo * v[:, :-1], axis=1)


def dense(x: Floats, y: Floats, probability: float) -> float:
    """Return a quantile of the exponent by inverting the covariance of differences for each echo."""
    dx, dy = np.diff(x), np.diff(y)
    m = len(dx)
    centres, scales, logs = [], [], []
    for echo in ECHOES:
        covariance = np.diag(np.full(m, 1 + echo**2)) + echo * (np.eye(m, k=1) + np.eye(m, k=-1))
        inverse = np.linalg.inv(covariance)
        xx = dx @ inverse @ dx
        b = -(dx @ inverse @ dy) / xx
        left = (dy + b * dx) @ inverse @ (dy + b * dx)
        centres.append(b)
        scales.append(np.sqrt(left / (m - 1) / xx))
        logs.append(-np.linalg.slogdet(covariance)[1] / 2 - np.log(xx) / 2 - (m - 1) / 2 * np.log(left))
    weights = echo_prior() * np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()

    def below(value: float) -> float:
        return float(weights @ stats.t.cdf((value - np.array(centres)) / np.array(scales), m - 1)) - probability

    return float(brentq(below, -5, 5, xtol=1e-12))


@pytest.mark.parametrize("echo", [-0.6, 0.0, 0.4])
def test_the_exponent_is_that_of_dense_algebra(echo: float) -> None:
    _, x, y = made(3, 15, echo)
    found = exponent(x, y, np.ones(14))
    for probability in (0.05, 0.5, 0.95):
        expected = [dense(x[k], y[k], probability) for k in range(3)]
        assert found.quantile(probability) == pytest.approx(expected, abs=1e-9)


COVERAGE = {
    (6, -0.4): 0.97, (6, 0.0): 0.93, (6, 0.2): 0.90, (6, 0.6): 0.86,
    (10, -0.4): 0.97, (10, 0.0): 0.91, (10, 0.2): 0.90, (10, 0.6): 0.87,
    (20, -0.4): 0.96, (20, 0.0): 0.91, (20, 0.2): 0.89, (20, 0.6): 0.88,
    (40, -0.4): 0.94, (40, 0.0): 0.90, (40, 0.2): 0.89, (40, 0.6): 0.89,
}  # fmt: skip
"""Share of 90 % intervals that hold the exponent, as docs/guide/learning.md says; by observations and echo."""


@pytest.mark.parametrize(("n", "echo"), COVERAGE)
def test_intervals_hold_the_truth_as_often_as_the_guide_says(n: int, echo: float) -> None:
    b, x, y = made(1500, n, echo, seed=7)
    found = exponent(x, y, np.ones(n - 1))
    held = float(np.mean((found.quantile(0.05) <= b) & (b <= found.quantile(0.95))))
    assert held == pytest.approx(COVERAGE[n, echo], abs=0.03)


def test_forecasts_hold_what_comes() -> None:
    held = []
    for seed in range(150):
        _, x, y = made(1, 21, 0.2, seed=100 + seed)
        ahead = cost_ahead(x[0, :20], y[0, :20], np.ones(19), x[0, 20:] - x[0, 19], np.ones(1))
        held.append(ahead.quantile(0.05)[0] <= y[0, 20] <= ahead.quantile(0.95)[0])
    assert np.mean(held) == pytest.approx(0.9, abs=0.07)
