"""What residuals tell of the errors behind them: how long they last, how they grow, and what fitting hides."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["autocorrelation", "grow_with_values", "hidden", "lasting", "tall"]

Floats = NDArray[np.float64]

_HIGHEST_CORRELATION: Final = 0.8
_LEAST_KEPT: Final = 0.75
_MOST_TAKEN: Final = 0.6
_TALL: Final = 0.02
"""Share of the greatest mean."""
_FEWEST: Final = 4


def autocorrelation(residuals: Floats) -> float:
    """Return the correlation of residuals with those one period later, about a mean of zero; 0 where there is none."""
    squares = float(residuals @ residuals)
    return float(residuals[1:] @ residuals[:-1]) / squares if squares > 0 and residuals.size > 1 else 0.0


def lasting(residuals: Floats, parameters: int) -> float:
    """Return the correlation of errors with the next ones, from that of residuals, which fitting makes look smaller.

    The expectation of the latter falls short by about k(1 + 2 rho)/n; what is negative is taken as none.
    """
    n = residuals.size
    if n <= 3 * parameters:
        return float(np.clip(autocorrelation(residuals), 0.0, _HIGHEST_CORRELATION))
    share = parameters / n
    mended = (autocorrelation(residuals) + share) / max(1 - 2 * share, _LEAST_KEPT)
    return float(np.clip(mended, 0.0, _HIGHEST_CORRELATION))


def hidden(correlation: float, share: float) -> float:
    """Return by how much errors that follow one another are greater than leverages tell from residuals.

    A curve takes about k/n of the variance of independent errors, and (1 + rho)/(1 - rho) as much of dependent ones.
    """
    taken = min(share * (1 + correlation) / (1 - correlation), _MOST_TAKEN)
    return float(np.sqrt((1 - share) / (1 - taken))) if taken > share else 1.0


def tall(means: Floats) -> NDArray[np.bool_]:
    """Return where means are large enough for errors in proportion to them to tell anything.

    Least squares hardly look at the smallest values, so that a curve may miss the first of them a hundredfold.
    """
    size = np.abs(means)
    return np.asarray(size >= _TALL * float(size.max(initial=0.0)))


def grow_with_values(residuals: Floats, means: Floats) -> bool:
    """Whether errors in proportion to the means are likelier than errors of one size.

    Normal log-likelihoods are compared where means are `tall`, each at its own best scale.
    """
    here = tall(means)
    residuals, size = residuals[here], np.abs(means[here])
    if residuals.size < _FEWEST or not residuals.any():
        return False
    even = 0.5 * residuals.size * np.log(np.mean(residuals**2))
    growing = 0.5 * residuals.size * np.log(np.mean((residuals / size) ** 2)) + np.log(size).sum()
    return bool(growing < even)
