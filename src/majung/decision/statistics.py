"""Means with their intervals, and what a choice among strategies gains and risks, from paired replications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

__all__ = ["Interval", "expected_regret", "mean_interval", "probability_best", "ratio_interval"]

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
    if kept.size == 0:
        return Interval(np.nan, np.nan, np.nan)
    return _around(float(kept.mean()), _standard_error(kept), kept.size, confidence)


def ratio_interval(numerators: Floats, denominators: Floats, confidence: float) -> Interval | None:
    """Return the ratio of two means with its interval by the delta method.

    The variance of the ratio R is that of the mean of (numerator − R·denominator)/mean denominator: the first-order
    expansion, with the covariance of the pairs.

    Parameters
    ----------
    numerators, denominators : (n,) array
        Pairs, one a replication; NaN where the replication failed.
    confidence : float

    Returns
    -------
    Interval or None
        None where the denominators' mean is zero.
    """
    kept = ~(np.isnan(numerators) | np.isnan(denominators))
    over, under = numerators[kept], denominators[kept]
    if over.size == 0 or under.mean() == 0:
        return None
    ratio = float(over.mean() / under.mean())
    return _around(ratio, _standard_error((over - ratio * under) / under.mean()), over.size, confidence)


def probability_best(gains: Floats) -> Floats:
    """Return each strategy's share of the replications in which it is best; ties are split.

    Parameters
    ----------
    gains : (strategy, n) array
        Replications in which any is NaN do not count.

    Returns
    -------
    (strategy,) array
        Sums to one.
    """
    complete = _complete(gains)
    best = complete == complete.max(axis=0, initial=-np.inf)
    return _mean(best / best.sum(axis=0))


def expected_regret(gains: Floats) -> Floats:
    """Return by how much each strategy falls behind the best of each replication, on average.

    Parameters
    ----------
    gains : (strategy, n) array
        Replications in which any is NaN do not count.

    Returns
    -------
    (strategy,) array
    """
    complete = _complete(gains)
    return _mean(complete.max(axis=0, initial=-np.inf) - complete)


def _complete(gains: Floats) -> Floats:
    return gains[:, ~np.isnan(gains).any(axis=0)]


def _mean(values: Floats) -> Floats:
    return values.mean(axis=1) if values.shape[1] else np.full(values.shape[0], np.nan)


def _standard_error(values: Floats) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else np.nan


def _around(mean: float, standard_error: float, n: int, confidence: float) -> Interval:
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * standard_error if n > 1 else np.nan
    return Interval(mean, mean - half, mean + half)
