"""How well other explanations of a cost hold: evidence for one set of regressors against another.

Regressors that both explanations have get a flat prior, those that only one has get Zellner's prior with as much
information as one observation (g = m) [Liang et al., 2008, Journal of the American Statistical Association 103]. The
evidence is then in closed form for each echo of shocks, and averaged over them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from majung.evidence.learning.inference.shocks import echo_prior, whitened

__all__ = ["Products"]

Floats = NDArray[np.float64]


class Products:
    """Inner products of whitened differences of log cost and of what may explain them, for each echo.

    Parameters
    ----------
    differences : (m,) array
        Of log cost.
    regressors : (k, m) array
        Differences of what may explain it.
    gaps : (m,) array
        Time between observations, in typical periods.
    common : int or None
        The regressor that every explanation has; it is taken out of all others first.
    """

    def __init__(self, differences: Floats, regressors: Floats, gaps: Floats, common: int | None = None) -> None:
        y, log_variances = whitened(differences, gaps)
        x, _ = whitened(regressors, gaps)
        self._m = len(differences)
        self._freedom = self._m - (common is not None)
        prior = np.log(echo_prior()) - log_variances.sum(-1) / 2
        if common is not None:
            base = x[:, common, :]
            length = (base * base).sum(-1)
            prior = prior - np.log(length) / 2
            y = y - ((y * base).sum(-1) / length)[:, None] * base
            x = x - ((x * base[:, None, :]).sum(-1) / length[:, None])[..., None] * base[:, None, :]
        self._prior = prior
        self._yy = (y * y).sum(-1)
        self._xy = np.einsum("ekm,em->ek", x, y)
        self._xx = np.einsum("ekm,elm->ekl", x, x)

    def none(self) -> float:
        """Return the log evidence of what is common alone."""
        return float(self._evidence(np.zeros((len(self._yy), 1)), 0)[0])

    def one(self, places: NDArray[np.intp]) -> Floats:
        """Return the log evidence of each of some regressors, each beside what is common."""
        length = self._xx[:, places, places]
        gain = np.divide(self._xy[:, places] ** 2, length, out=np.zeros_like(length), where=length > 0)
        return self._evidence(gain, 1)

    def two(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Floats:
        """Return the log evidence of pairs of regressors, beside what is common."""
        a, b, c = self._xx[:, first, first], self._xx[:, second, second], self._xx[:, first, second]
        u, v = self._xy[:, first], self._xy[:, second]
        determinant = a * b - c * c
        fine = determinant > 1e-12 * a * b
        gain = np.divide(b * u * u - 2 * c * u * v + a * v * v, determinant, out=np.zeros_like(a), where=fine)
        return self._evidence(gain, 2)

    def _evidence(self, gain: Floats, count: int) -> Floats:
        """Return the log evidence, from what `count` regressors take off the sum of squares of each echo."""
        floor = 1e-24 * (1 + self._yy)[:, None]
        left = np.maximum(self._yy[:, None] - self._m / (1 + self._m) * gain, floor)
        terms = self._prior[:, None] - self._freedom / 2 * np.log(left)
        return np.asarray(logsumexp(terms, axis=0) - count / 2 * np.log1p(self._m))
