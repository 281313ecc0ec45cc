"""How far off forecasts would have been: refit on every beginning of a series, hold the next values against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion.estimate.many import fit_many
from majung.evidence.diffusion.estimate.problems import Market
from majung.evidence.diffusion.estimate.solve import Progress
from majung.evidence.diffusion.kernel.batch import evaluate
from majung.evidence.diffusion.models import MODELS, Estimator
from majung.evidence.diffusion.observations import Observations

__all__ = ["HORIZON", "first_part", "rolling_errors"]

Floats = NDArray[np.float64]
HORIZON: Final = 3
"""Values ahead that are forecast from every origin."""
_MOST_ORIGINS: Final = 12


@dataclass(frozen=True, slots=True)
class _Origin:
    series: int
    seen: int


def first_part(observed: Observations, size: int) -> Observations:
    """Return the first values of a series."""
    s = observed
    return Observations(s.starts[:size], s.ends[:size], s.values[:size], s.driver0[:size], s.driver1[:size], s.driven)


def rolling_errors(
    observed: Sequence[Observations],
    model: str,
    *,
    estimator: Estimator = "nls-interval",
    market: Market = None,
    origin: float | None = None,
    horizon: int = HORIZON,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Floats:
    """Return the median relative error (K,) of forecasts one to ``horizon`` values ahead.

    The model is refitted on every beginning from half of a series (at least two values more than it has parameters) up
    to its last value but one; at most twelve, evenly spread. An error is relative to the value that came; values of
    zero are left out. NaN where there is no such beginning.

    Parameters
    ----------
    observed : sequence of Observations
    model, estimator, market, origin, threads, progress, cancelled
        See `fit_many`.
    horizon : int
        How many values ahead.
    """
    chosen = MODELS[model]
    least = len(chosen.names) + 2
    origins = [_Origin(k, size) for k, series in enumerate(observed) for size in _beginnings(series.size, least)]
    if not origins:
        return np.full(len(observed), np.nan)
    fits = fit_many(
        [first_part(observed[at.series], at.seen) for at in origins],
        model,
        estimator=estimator,
        market=market,
        origin=origin,
        tries=2,
        threads=threads,
        progress=progress,
        cancelled=cancelled,
    )
    errors: list[list[float]] = [[] for _ in observed]
    none = np.empty((0, 0, 0))
    for row, at in enumerate(origins):
        if not fits.usable[row]:
            continue
        series, ahead = observed[at.series], slice(at.seen, at.seen + horizon)
        out, moment = np.empty((1, series.values[ahead].size)), fits.origin[row]
        evaluate(
            chosen.kind, fits.problems.dense, series.starts[ahead] - moment,
            series.ends[ahead] - moment, series.driver0[ahead], series.driver1[ahead], fits.parameters[row : row + 1],
            out, none,
        )  # fmt: skip
        came = series.values[ahead]
        kept = came != 0
        errors[at.series] += (np.abs(out[0, kept] - came[kept]) / np.abs(came[kept])).tolist()
    return np.array([float(np.median(found)) if found else np.nan for found in errors])


def _beginnings(size: int, least: int) -> list[int]:
    first = max(least, -(-size // 2))
    if first >= size:
        return []
    return sorted({int(n) for n in np.linspace(first, size - 1, min(_MOST_ORIGINS, size - first)).round()})
