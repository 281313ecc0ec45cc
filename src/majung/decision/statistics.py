"""Means and ratios of means with their intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

__all__ = ["Interval", "interval_of_mean", "interval_of_ratio", "mean_interval", "ratio_interval", "share_interval"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its confidence interval; NaN where there are too few replications for one."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the interval's width."""
        return (self.high - self.low) / 2


def mean_interval(values: Floats, confidence: float) -> Interval:
    """Return the mean with Student's t interval.

    Parameters
    ----------
    values : (n,) array
        One value a replication; NaN where the replication failed.
    confidence : float
        Such as 0.95.
    """
    kept = values[~np.isnan(values)]
    mean, variance = _moments(kept[:, None])
    return interval_of_mean(float(mean[0]), float(variance[0, 0]), kept.size, confidence)


def ratio_interval(numerators: Floats, denominators: Floats, confidence: float) -> Interval | None:
    """Return the ratio of two means with its interval by the delta method; see `interval_of_ratio`.

    Parameters
    ----------
    numerators, denominators : (n,) array
        Pairs, one a replication; NaN where the replication failed.
    confidence : float

    Returns
    -------
    Interval or None
        None where there are no pairs or the denominators' mean is zero.
    """
    pairs = np.stack([numerators, denominators], axis=1)
    kept = pairs[~np.isnan(pairs).any(axis=1)]
    mean, covariance = _moments(kept)
    return interval_of_ratio(float(mean[0]), float(mean[1]), covariance, len(kept), confidence)


def interval_of_mean(mean: float, variance: float, n: int, confidence: float) -> Interval:
    """Return a mean with Student's t interval, of n values with this mean and sample variance (n - 1)."""
    if n == 0:
        return Interval(math.nan, math.nan, math.nan)
    half = math.nan
    if n > 1:
        # Rounding may leave a variance of nothing a little below zero.
        half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * math.sqrt(max(variance, 0.0) / n)
    return Interval(mean, mean - half, mean + half)


def interval_of_ratio(
    numerator: float, denominator: float, covariance: Floats, n: int, confidence: float
) -> Interval | None:
    """Return the ratio of two means with its interval by the delta method.

    The variance of the ratio R of mean d to mean s is (Var d − 2 R Cov(d, s) + R² Var s) / (n s²): that of the mean of
    (d − R·s)/s, the first-order expansion.

    Parameters
    ----------
    numerator, denominator : float
        Means of n pairs.
    covariance : (2, 2) array
        Sample covariances (n - 1) of numerators and denominators.
    n : int
    confidence : float

    Returns
    -------
    Interval or None
        None where there are no pairs or the denominators' mean is zero.
    """
    if n == 0 or denominator == 0:
        return None
    ratio = numerator / denominator
    spread = covariance[0, 0] - 2 * ratio * covariance[0, 1] + ratio**2 * covariance[1, 1]
    return interval_of_mean(ratio, float(spread) / denominator**2, n, confidence)


def _moments(values: Floats) -> tuple[Floats, Floats]:
    """Return means and sample covariances of (n, m) values; NaN where there are too few."""
    n, m = values.shape
    if n == 0:
        return np.full(m, np.nan), np.full((m, m), np.nan)
    mean = values.mean(axis=0)
    deviation = values - mean
    return mean, deviation.T @ deviation / (n - 1) if n > 1 else np.full((m, m), np.nan)


def share_interval(number: float, of: int, confidence: float) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper and Pearson 1934); all of [0, 1] of no cases.

    Parameters
    ----------
    number : float
        Cases that count; one that counts in part is a part.
    of : int
        All cases.
    confidence : float
    """
    tail = (1 - confidence) / 2
    low = float(betaincinv(number, of - number + 1, tail)) if number > 0 else 0.0
    high = float(betaincinv(number + 1, of - number, 1 - tail)) if number < of else 1.0
    return low, high
