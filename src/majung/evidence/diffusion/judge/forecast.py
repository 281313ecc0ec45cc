"""What is to come by a fitted curve, with its odds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from majung.evidence.diffusion.judge.residuals import grow_with_values, hidden, lasting, tall
from majung.evidence.diffusion.result import Fit

__all__ = ["QUANTILES", "Fan", "forecast"]

Floats = NDArray[np.float64]
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_REPEATS: Final = 5
"""Paths of noise for each draw of the bootstrap."""


@dataclass(frozen=True, eq=False)
class Fan:
    """Quantiles of values to come.

    Parameters
    ----------
    times : (T,) array
        Ends of the intervals, on the axis of the observations.
    values : (T, 5) array
        `QUANTILES` of the value of each, in the series' unit.
    dates : (T,) array of datetime64[D] or None
        The same moments as days, where the axis is known.
    """

    times: Floats
    values: Floats
    dates: NDArray[np.datetime64] | None = None


def forecast(
    fit: Fit,
    *,
    starts: ArrayLike | None = None,
    ends: ArrayLike | None = None,
    periods: int = 5,
    dates: NDArray[np.datetime64] | None = None,
    seed: int = 0,
) -> Fan | None:
    """Return a fan for intervals (of levels: moments) after the data; None without a bootstrap.

    Uncertainty of the parameters is from the bootstrap's draws, that of values about the curve from normal errors that
    go on from the last residual with the correlation of the residuals. They are in proportion to the curve where that
    is likelier of the residuals than one size. The driver stays at its last value.

    Parameters
    ----------
    fit : Fit
        With draws.
    starts, ends : (T,) array, optional
        By default the next ``periods`` intervals, as long as the mean one.
    dates : (T,) array of datetime64, optional
        Days of the ends, handed through.
    seed : int
    """
    if not fit.usable or len(fit.draws) < 20:
        return None
    a, b = _intervals(fit, starts, ends, periods)
    z0, z1 = fit._driver(a, None), fit._driver(b, None)
    means = np.repeat(fit.means(a, b, z0, z1, fit.draws), _REPEATS, axis=0)
    fitted = fit.fitted()
    residuals = fit.observed.values - fitted
    growing = grow_with_values(residuals, fitted)
    if growing:
        here = tall(fitted)
        residuals = residuals[here] / fitted[here]
    correlation = lasting(residuals, fit.k)
    count = residuals.size
    share = min(fit.k / count, 1.0)
    spread = float(np.sqrt(residuals @ residuals / max(count - fit.k, 1))) * hidden(correlation, share)
    rng = np.random.Generator(np.random.PCG64(seed))
    noise = np.full(means.shape[0], residuals[-1])
    for step in range(b.size):
        fresh = spread * np.sqrt(1 - correlation**2) * rng.standard_normal(means.shape[0])
        noise = correlation * noise + fresh
        means[:, step] += noise * means[:, step] if growing else noise
    values = np.quantile(np.maximum(means, 0.0), QUANTILES, axis=0).T
    return Fan(b, np.ascontiguousarray(values), dates)


def _intervals(fit: Fit, starts: ArrayLike | None, ends: ArrayLike | None, periods: int) -> tuple[Floats, Floats]:
    seen = fit.observed
    ahead = seen.ends[-1] + seen.unit * np.arange(1.0, periods + 1)
    b = ahead if ends is None else np.asarray(ends, dtype=np.float64)
    if starts is not None:
        return np.asarray(starts, dtype=np.float64), b
    if seen.level:
        return np.full(b.size, -np.inf), b
    return np.concatenate([[seen.ends[-1]], b[:-1]]), b
