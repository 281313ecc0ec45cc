"""Fit one model to thousands of series at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from majung.evidence.diffusion.estimate.problems import Market, Problems, prepare
from majung.evidence.diffusion.estimate.solve import Progress, Solved, solve
from majung.evidence.diffusion.models import MODELS, Estimator, Model
from majung.evidence.diffusion.observations import Observations

__all__ = ["CONFIDENCE", "Fits", "fit_many"]

Floats = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Fits:
    """One model fitted to K series.

    Parameters
    ----------
    model : Model
    estimator : str
    parameters, se, low, high : (K, 1 + P) array
        By series and parameter, the potential first (`Model.names`), in the user's scale. Rows are NaN where a series
        has too few values, or none above zero.
    rss : (K,) array
    n, k : (K,) array of int
        Observations, and parameters estimated.
    converged, regular, usable : (K,) array of bool
    at_bound : (K, 1 + P) array of bool
    origin : (K,) array
    observed : tuple of Observations
    draws : (K, B, 1 + P) array
        Of the bootstrap; B is 0 without it.
    problems, solved
        What was handed to the compiled code and what came back.
    """

    model: Model
    estimator: Estimator
    parameters: Floats
    se: Floats
    low: Floats
    high: Floats
    rss: Floats
    n: NDArray[np.int64]
    k: NDArray[np.int64]
    converged: NDArray[np.bool_]
    regular: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    at_bound: NDArray[np.bool_]
    origin: Floats
    observed: tuple[Observations, ...]
    draws: Floats
    problems: Problems
    solved: Solved


def fit_many(
    observed: Sequence[Observations] | ArrayLike,
    model: str = "bass",
    *,
    estimator: Estimator = "nls-interval",
    starts: ArrayLike | None = None,
    ends: ArrayLike | None = None,
    level: bool = False,
    market: Sequence[Market] | Market = None,
    origin: float | None = None,
    tries: int = 4,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Fits:
    """Fit a model to many series by nonlinear least squares, on all cores.

    Parameters
    ----------
    observed : sequence of Observations, or (K, n) array
        Of an array, rows are series whose values lie at ``starts`` and ``ends`` (by default t = 1, 2, …); NaN is a gap.
    model : str
        A key of `MODELS`.
    estimator : {"nls-interval", "nls"}
        What is adopted between an interval's start and end, or the density at its end (Bass only).
    starts, ends, level
        See `Observations.of`; for an array only.
    market : float, (low, high), None, or a list of these
        A fixed market potential, or its bounds, in the unit of the values; a list has one for each series.
    origin : float, optional
        The moment of the launch, 0 by default; models with unknown launch count from a series' first moment.
    tries : int
        How many starting values of the grid to follow.
    threads, progress, cancelled
        See `solve`.

    Returns
    -------
    Fits

    Raises
    ------
    ValueError
        An unknown model, or an estimator that it has not.
    Interrupted
        ``cancelled`` said so.
    """
    chosen = _model(model, estimator)
    series = _series(observed, starts, ends, level)
    problems = prepare(series, chosen, dense=estimator == "nls" and model == "bass", market=market, origin=origin)
    solved = solve(problems, tries=tries, threads=threads, progress=progress, cancelled=cancelled)
    return collect(series, problems, solved, estimator)


def collect(series: Sequence[Observations], problems: Problems, solved: Solved, estimator: Estimator) -> Fits:
    """Put what the compiled code found beside what was observed; blank out what no data are behind."""
    n = problems.count
    k = (~solved.pinned).sum(axis=1).astype(np.int64)
    given = problems.m_low == problems.m_high
    usable = (n > k) & np.array([bool((one.values > 0).any()) for one in series], dtype=np.bool_)
    blank = ~usable[:, None]
    parameters = np.where(blank, np.nan, solved.parameters)
    se = np.where(blank, np.nan, solved.se)
    pinned = solved.pinned.copy()
    pinned[given, 0] = False
    low, high = asymptotic(problems, parameters, se, n - k)
    return Fits(
        model=problems.model,
        estimator=estimator,
        parameters=parameters,
        se=se,
        low=low,
        high=high,
        rss=np.where(usable, solved.rss, np.nan),
        n=n,
        k=k,
        converged=solved.converged & usable,
        regular=solved.regular & usable,
        usable=usable,
        at_bound=pinned & usable[:, None],
        origin=problems.origin,
        observed=tuple(series),
        draws=np.empty((n.size, 0, parameters.shape[1])),
        problems=problems,
        solved=solved,
    )


def asymptotic(problems: Problems, parameters: Floats, se: Floats, freedom: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return intervals from standard errors; of a positive parameter in its logarithm, so that they stay positive."""
    t = stats.t.ppf(0.5 + CONFIDENCE / 2, np.maximum(freedom, 1))[:, None]
    positive = np.array([True, *(parameter.positive for parameter in problems.model.parameters)])
    with np.errstate(all="ignore"):
        factor = np.exp(np.minimum(t * se / parameters, 700.0))
        return (
            np.where(positive, parameters / factor, parameters - t * se),
            np.where(positive, parameters * factor, parameters + t * se),
        )


def _model(name: str, estimator: str) -> Model:
    if name not in MODELS:
        raise ValueError(f"no model {name!r}; there are {', '.join(MODELS)}")
    if estimator not in ("nls", "nls-interval"):
        raise ValueError(f"no estimator {estimator!r} for many series; there are nls and nls-interval")
    return MODELS[name]


def _series(
    observed: Sequence[Observations] | ArrayLike, starts: ArrayLike | None, ends: ArrayLike | None, level: bool
) -> tuple[Observations, ...]:
    if isinstance(observed, Sequence) and all(isinstance(one, Observations) for one in observed):
        return tuple(one for one in observed if isinstance(one, Observations))
    rows = np.atleast_2d(np.asarray(observed, dtype=np.float64))
    return tuple(Observations.of(row, starts=starts, ends=ends, level=level) for row in rows)
