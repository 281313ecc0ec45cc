"""Means, variances and covariances formed while values come in, without keeping the values.

Chan, T. F., Golub, G. H. and LeVeque, R. J. (1983). Algorithms for computing the sample variance. The American
Statistician 37, equations 2.1: two sets of values, each with its mean and its sum of squared deviations, are put
together without a sum of squares ever being formed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CoMoments", "Moments"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """How many values there are, their mean, and the sum of squared deviations from it.

    Parameters
    ----------
    count : ndarray
        Broadcasts to `mean`.
    mean, m2 : ndarray
        0 where there are no values.
    """

    count: Floats
    mean: Floats
    m2: Floats

    @classmethod
    def of(cls, values: Floats) -> Moments:
        """Return the moments over the second axis; NaN is no value. (S, n, ...) -> (S, ...)."""
        there = ~np.isnan(values)
        count = there.sum(axis=1).astype(np.float64)
        mean = _divided(np.where(there, values, 0.0).sum(axis=1), count)
        deviation = np.where(there, values - mean[:, None], 0.0)
        return cls(count, mean, np.einsum("sn...,sn...->s...", deviation, deviation))

    def __add__(self, other: Moments) -> Moments:
        count = self.count + other.count
        part = _divided(other.count, count)
        gap = other.mean - self.mean
        return Moments(count, self.mean + gap * part, self.m2 + other.m2 + gap * gap * (self.count * part))

    @property
    def means(self) -> Floats:
        """The means; NaN where there are no values."""
        return np.where(self.count > 0, self.mean, np.nan)

    @property
    def variances(self) -> Floats:
        """Sample variances (n - 1); NaN where there are fewer than two values."""
        return np.where(self.count > 1, _divided(self.m2, self.count - 1), np.nan)


@dataclass(frozen=True)
class CoMoments:
    """The same for values that belong together: (S,) counts, (S, m) means, (S, m, m) sums of products of deviations."""

    count: Floats
    mean: Floats
    products: Floats

    @classmethod
    def of(cls, values: Floats) -> CoMoments:
        """Return the moments over the second axis, of which those with a NaN are left out. (S, n, m) -> (S, m)."""
        there = np.asarray(~np.isnan(values).any(axis=2))
        count = there.sum(axis=1).astype(np.float64)
        mean = _divided(np.where(there[..., None], values, 0.0).sum(axis=1), count[:, None])
        deviation = np.where(there[..., None], values - mean[:, None], 0.0)
        return cls(count, mean, np.einsum("sni,snj->sij", deviation, deviation))

    def __add__(self, other: CoMoments) -> CoMoments:
        count = self.count + other.count
        part = _divided(other.count, count)
        gap = other.mean - self.mean
        shift = gap[:, :, None] * gap[:, None, :] * (self.count * part)[:, None, None]
        return CoMoments(count, self.mean + gap * part[:, None], self.products + other.products + shift)

    @property
    def means(self) -> Floats:
        """The means; NaN where there are no values."""
        return np.where(self.count[:, None] > 0, self.mean, np.nan)

    @property
    def covariances(self) -> Floats:
        """Sample covariances (n - 1); NaN where there are fewer than two values."""
        count = self.count[:, None, None]
        return np.where(count > 1, _divided(self.products, count - 1), np.nan)


def _divided(over: Floats, under: Floats) -> Floats:
    """Return the quotient; 0 where nothing is divided by."""
    over, under = np.broadcast_arrays(over, under)
    return np.divide(over, under, out=np.zeros(over.shape), where=under > 0)
