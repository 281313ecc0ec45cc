"""The learning exponent: how much log cost falls when log output rises by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from majung.evidence.learning.inference.shocks import echo_prior, whitened

__all__ = ["Mixture", "by_differences", "by_levels", "exponent", "running_exponent"]

Floats = NDArray[np.float64]

_HALVINGS: Final = 60
_FARTHEST: Final = 1e4
_SMALLEST: Final = 1e-12
_LEAST: Final = 4


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is known of a number: Student distributions, each with a weight.

    Parameters
    ----------
    weights, centres, scales : (E, ...) array
        Weights add up to 1 over the first axis.
    freedom : int
        Degrees of freedom of all of them.
    """

    weights: Floats
    centres: Floats
    scales: Floats
    freedom: int

    @property
    def mean(self) -> Floats:
        """The centre of all; where there is one degree of freedom only, of their middles."""
        return np.asarray((self.weights * self.centres).sum(0))

    def quantile(self, probability: float) -> Floats:
        """Return the value below which the number is with a probability, by bisection."""
        reach = _FARTHEST * self.scales
        low, high = (self.centres - reach).min(0), (self.centres + reach).max(0)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            below = self.below(middle) < probability
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray((low + high) / 2)

    def below(self, value: Floats | float) -> Floats:
        """Return the probability that the number is below a value."""
        scales = np.maximum(self.scales, np.finfo(np.float64).tiny)
        return np.asarray((self.weights * stats.t.cdf((value - self.centres) / scales, self.freedom)).sum(0))


def exponent(log_output: Floats, log_cost: Floats, gaps: Floats) -> Mixture:
    """Estimate the exponent b of log cost = a − b log output, averaged over the echo of shocks.

    For a given echo this is generalised least squares in differences; the weights are the echoes' posterior
    probabilities, with flat priors on b and on the shocks' log variance.

    Parameters
    ----------
    log_output, log_cost : (..., n) array
        Natural logarithms; n of 3 or more; output must change.
    gaps : (n − 1,) array
        Time between observations, in typical periods.
    """
    freedom = log_cost.shape[-1] - 2
    x, log_variances = whitened(np.diff(log_output), gaps)
    y, _ = whitened(np.diff(log_cost), gaps)
    xx = (x * x).sum(-1)
    centres = -(x * y).sum(-1) / xx
    left = ((y + centres[..., None] * x) ** 2).sum(-1)
    left = np.maximum(left, (_SMALLEST**2) * (1 + (y * y).sum(-1)))
    column = (slice(None), *(None,) * (log_cost.ndim - 1))
    prior = (np.log(echo_prior()) - log_variances.sum(-1) / 2)[column]
    log_weights = prior - np.log(xx) / 2 - freedom / 2 * np.log(left)
    weights = np.exp(log_weights - log_weights.max(0))
    return Mixture(weights / weights.sum(0), centres, np.sqrt(left / freedom / xx), freedom)


def running_exponent(log_output: Floats, log_cost: Floats, gaps: Floats) -> Floats:
    """Return the exponent as it was estimated from the first observations only.

    Parameters
    ----------
    log_output, log_cost : (n,) array
    gaps : (n − 1,) array
        Time between observations, in typical periods.

    Returns
    -------
    (n,) array
        At place k the mean of `exponent` from the first k observations; NaN where they are fewer than 4, or output
        has not changed.
    """
    x, log_variances = whitened(np.diff(log_output), gaps)
    y, _ = whitened(np.diff(log_cost), gaps)
    log_determinant = np.cumsum(log_variances, axis=1)
    xx, xy, yy = (np.cumsum(product, axis=1) for product in (x * x, x * y, y * y))
    found = np.full(len(log_cost), np.nan)
    usable = np.arange(_LEAST - 2, len(gaps) - 1)
    usable = usable[(xx[:, usable] > 0).all(0)]
    xx, xy, yy, log_determinant = (part[:, usable] for part in (xx, xy, yy, log_determinant))
    left = np.maximum(yy - xy * xy / xx, (_SMALLEST**2) * (1 + yy))
    log_weights = np.log(echo_prior())[:, None] - log_determinant / 2 - np.log(xx) / 2 - usable / 2 * np.log(left)
    weights = np.exp(log_weights - log_weights.max(0))
    found[usable + 2] = -(weights * xy / xx).sum(0) / weights.sum(0)
    return found


def by_differences(log_output: Floats, log_cost: Floats) -> Mixture:
    """Estimate the exponent by regression of first differences through the origin [Lafond et al., 2018].

    It takes shocks for a random walk and observations for equally far apart.
    """
    x, y = np.diff(log_output), np.diff(log_cost)
    xx = (x * x).sum(-1)
    centre = -(x * y).sum(-1) / xx
    freedom = x.shape[-1] - 1
    scale = np.sqrt(((y + centre[..., None] * x) ** 2).sum(-1) / freedom / xx)
    return Mixture(np.ones((1, *centre.shape)), centre[None], scale[None], freedom)


def by_levels(log_output: Floats, log_cost: Floats) -> Mixture:
    """Estimate the exponent by regression of levels, with errors robust to heteroscedasticity and autocorrelation.

    The window is that of Newey and West (1994): 4 (n/100)^(2/9) lags with falling weights. It is the usual way, and
    its intervals are far too narrow where shocks last; it is here to be compared.
    """
    n = log_cost.shape[-1]
    x = log_output - log_output.mean(-1, keepdims=True)
    y = log_cost - log_cost.mean(-1, keepdims=True)
    xx = (x * x).sum(-1)
    centre = -(x * y).sum(-1) / xx
    score = x * (y + centre[..., None] * x)
    lags = int(4 * (n / 100) ** (2 / 9))
    spread = (score * score).sum(-1)
    for lag in range(1, min(lags, n - 1) + 1):
        spread = spread + 2 * (1 - lag / (lags + 1)) * (score[..., lag:] * score[..., :-lag]).sum(-1)
    scale = np.sqrt(spread * n / (n - 2)) / xx
    return Mixture(np.ones((1, *centre.shape)), centre[None], scale[None], n - 2)
