"""Intervals by a bootstrap whose errors vary along the series and follow one another as the residuals do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from majung.errors import Interrupted
from majung.evidence.diffusion.estimate.many import Fits
from majung.evidence.diffusion.estimate.solve import Progress, solve
from majung.evidence.diffusion.estimate.starts import to_search
from majung.evidence.diffusion.judge.residuals import hidden, lasting

__all__ = ["bootstrap"]

Floats = NDArray[np.float64]
_AT_ONCE: Final = 2_000_000
"""Values that are redrawn before they are fitted: 16 MB."""
_HIGHEST_LEVERAGE: Final = 0.9


def bootstrap(
    fits: Fits,
    draws: int = 200,
    *,
    seed: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Fits:
    """Refit redrawn series and return the fits with intervals from them.

    A redrawn value is the fitted one plus a normal error. Its variance is that of the residuals about it, each over one
    less its leverage (MacKinnon and White 1985, HC3); errors follow one another with the correlation of the residuals
    where that is positive, mended for what fitting hides of it. So neither equal variances nor independence are
    assumed. Every refit starts from the estimate.

    Parameters
    ----------
    fits : Fits
    draws : int
        How many, for each series.
    seed : int
        The same draws come out for series k whatever else is fitted.
    threads, progress, cancelled
        See `solve`; progress counts fits.

    Returns
    -------
    Fits
        With ``draws`` (K, draws, 1 + P), NaN where a refit did not converge, and intervals from their quantiles.

    Raises
    ------
    Interrupted
        ``cancelled`` said so.
    """
    problems = fits.problems
    found = np.full((fits.n.size, draws, fits.parameters.shape[1]), np.nan)
    theta = to_search(problems.model, fits.solved.raw[:, 1:])
    usable = np.flatnonzero(fits.usable)
    done, total = 0, int(usable.size * draws)
    for group in _groups(usable, problems.count * draws):
        values = np.concatenate([_redrawn(fits, int(k), draws, seed).ravel() for k in group])
        again = problems.again(np.repeat(group, draws), values, theta)
        solved = solve(
            again,
            tries=1,
            with_errors=False,
            threads=threads,
            progress=_shifted(progress, done, total),
            cancelled=cancelled,
        )
        rows = np.where(solved.converged[:, None], solved.parameters, np.nan)
        found[group] = rows.reshape(group.size, draws, -1)
        done += group.size * draws
        if cancelled is not None and done < total and cancelled():
            raise Interrupted("evidence.fit.stopped")
    low, high = _quantiles(found, fits.confidence)
    return replace(fits, draws=found, low=low, high=high)


def _groups(usable: NDArray[np.int64], sizes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    if not usable.size:
        return []
    group = np.cumsum(sizes[usable]) // _AT_ONCE
    return [usable[group == number] for number in np.unique(group)]


def _redrawn(fits: Fits, k: int, draws: int, seed: int) -> Floats:
    """Return redrawn values (draws, n) in the scale of the compiled code."""
    problems, solved = fits.problems, fits.solved
    place = slice(int(problems.place[k]), int(problems.place[k] + problems.count[k]))
    fitted = solved.fitted[place]
    residuals = problems.values[place] - fitted
    inflated = residuals / (1.0 - np.minimum(solved.leverage[place], _HIGHEST_LEVERAGE))
    correlation = lasting(residuals, fits.parameters.shape[1])
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(k,))))
    errors = rng.standard_normal((draws, residuals.size))
    if correlation > 0:
        fresh = np.sqrt(1 - correlation**2)
        for i in range(1, residuals.size):
            errors[:, i] = correlation * errors[:, i - 1] + fresh * errors[:, i]
    lost = hidden(correlation, fits.parameters.shape[1] / residuals.size)
    return np.asarray(fitted + lost * _local_spread(inflated) * errors)


def _local_spread(residuals: Floats) -> Floats:
    """Return the standard deviation about each value: from squared residuals, weighted 1 2 3 2 1 over neighbours."""
    weights = np.array([1.0, 2.0, 3.0, 2.0, 1.0])
    total = np.convolve(residuals**2, weights)[2:-2]
    return np.asarray(np.sqrt(total / np.convolve(np.ones(residuals.size), weights)[2:-2]))


def _quantiles(draws: Floats, confidence: float) -> tuple[Floats, Floats]:
    low, high = (np.full((draws.shape[0], draws.shape[2]), np.nan) for _ in range(2))
    for k in range(draws.shape[0]):
        kept = draws[k][np.isfinite(draws[k]).all(axis=1)]
        if kept.shape[0] >= 20:
            low[k], high[k] = np.quantile(kept, [0.5 - confidence / 2, 0.5 + confidence / 2], axis=0)
    return low, high


def _shifted(progress: Progress | None, done: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda now, _: progress(done + now, total)
