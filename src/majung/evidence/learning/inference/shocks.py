"""How costs stray from a learning curve: shocks that last, each with an echo in the next period.

What a cost is above or below its curve wanders: a year's shock stays. In differences,

    Δ log cost = −b Δ log output + v(t) + θ v(t−1),

where θ is the echo. An echo of 0 is a random walk, one near −1 is noise about a fixed curve, so that the same family
holds what a regression in levels assumes and what one in differences does [Lafond et al., 2018]. Nobody knows the
echo of one short curve; results are averaged over it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ECHOES", "echo_prior", "echo_terms", "whitened"]

Floats = NDArray[np.float64]

ECHOES: Final[tuple[float, ...]] = (-0.95, -0.8, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8)

_ECHO: Final = 0.19
"""The echo that suits many technologies together: 0.19 in Lafond et al. (2018), recalled; 0.2 measured on 87 curves."""
_ECHO_SPREAD: Final = 0.35
"""How much technologies may differ in it: wide enough for the measured coverage of docs/guide/learning.md."""


def echo_prior() -> Floats:
    """Return the weight of each echo before a curve is seen; they add up to 1."""
    weights: Floats = np.exp(-0.5 * ((np.array(ECHOES) - _ECHO) / _ECHO_SPREAD) ** 2)
    return np.asarray(weights / weights.sum())


def whitened(differences: Floats, gaps: Floats) -> tuple[Floats, Floats]:
    """Make differences independent and of one variance, for each echo.

    Parameters
    ----------
    differences : (..., m) array
        Of consecutive observations.
    gaps : (m,) array
        Time between them, in typical periods; positive.

    Returns
    -------
    values : (len(ECHOES), ..., m) array
    log_variances : (len(ECHOES), m) array
        Of what each difference brought that the ones before did not tell, in units of the shocks' variance; their sum
        over the first differences is the log determinant of those differences' covariance.
    """
    echo = np.array(ECHOES)
    variance, covariance = echo_terms(gaps)
    values = np.empty((len(echo), *differences.shape))
    log_variances = np.empty((len(echo), differences.shape[-1]))
    column = (slice(None), *(None,) * (differences.ndim - 1))
    innovation, left = differences[..., 0] + np.zeros_like(echo)[column], variance[:, 0]
    for place in range(differences.shape[-1]):
        if place:
            carried = covariance[:, place - 1] / left
            innovation = differences[..., place] - carried[column] * innovation
            left = variance[:, place] - carried * covariance[:, place - 1]
        values[..., place] = innovation / np.sqrt(left)[column]
        log_variances[:, place] = np.log(left)
    return values, log_variances


def echo_terms(gaps: Floats) -> tuple[Floats, Floats]:
    """Return the variance of each difference and its covariance with the next, for each echo.

    Over a gap of k periods k shocks come together with their echoes; the first echo is of the shock before. For a gap
    shorter than a period the echo shrinks with it, which keeps the covariance a covariance.

    Parameters
    ----------
    gaps : (m,) array
        In typical periods.

    Returns
    -------
    variance : (len(ECHOES), m) array
    covariance : (len(ECHOES), m − 1) array
    """
    echo = np.array(ECHOES)[:, None]
    within = np.minimum(1.0, gaps)
    return gaps * (1 + echo) ** 2 - 2 * echo * within, echo * np.minimum(within[1:], within[:-1])
