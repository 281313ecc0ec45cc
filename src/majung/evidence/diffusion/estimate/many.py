"""Fit one model to thousands of series at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from majung.evidence.diffusion.estimate.problems import Market, Problems, prepare
from majung.evidence.diffusion.estimate.solve import Progress, Solved, solve
from majung.evidence.diffusion.estimate.starts import shocked, to_search
from majung.evidence.diffusion.judge.said import Facts, warnings_of
from majung.evidence.diffusion.models import MODELS, Estimator, Model
from majung.evidence.diffusion.observations import Observations
from majung.evidence.diffusion.peaks import launch_times, peak_times
from majung.evidence.diffusion.result import Fit, Interval, aicc
from majung.messages import Phrase

__all__ = ["CONFIDENCE", "Fits", "fit_many"]

Floats = NDArray[np.float64]
CONFIDENCE: Final = 0.95


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
    problems, solved : Problems, Solved
        What was handed to the compiled code and what came back.
    confidence : float
        Of the intervals.
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
    confidence: float = CONFIDENCE

    def one(self, k: int) -> Fit:
        """Return the fit of one series, with its peak and with what is wrong with it."""
        names, given = self.model.names, self.parameters[k]
        seen, origin = self.observed[k], float(self.origin[k])
        end = float(seen.ends[-1]) - origin if seen.size else 0.0
        draws = self.draws[k][np.isfinite(self.draws[k]).all(axis=1)]
        bound = self.problems.m_high[k] * self.problems.scale[k] * (1 - 1e-6)
        place = slice(int(self.problems.place[k]), int(self.problems.place[k] + self.problems.count[k]))
        peak = float(peak_times(self.model, given, end)[0]) if self.usable[k] else np.nan
        facts = Facts(
            model=self.model,
            observed=seen,
            parameters=given,
            at_bound=self.at_bound[k],
            k=int(self.k[k]),
            usable=bool(self.usable[k]),
            converged=bool(self.converged[k]),
            regular=bool(self.regular[k]),
            peak=peak,
            end=end,
            residuals=self.problems.values[place] - self.solved.fitted[place],
            unbounded=float((draws[:, 0] >= bound).mean()) if len(draws) and self._open(k) else 0.0,
        )
        return Fit(
            model=self.model.name,
            estimator=self.estimator,
            parameters=_named(names, given),
            se=_named(names, self.se[k]),
            low=_named(names, self.low[k]),
            high=_named(names, self.high[k]),
            interval="bootstrap" if self.draws.shape[1] else "asymptotic",
            rss=float(self.rss[k]),
            n=int(self.n[k]),
            k=int(self.k[k]),
            aicc=aicc(float(self.rss[k]), int(self.n[k]), int(self.k[k])) if self.usable[k] else np.inf,
            converged=bool(self.converged[k]),
            at_bound=tuple(name for name, bound in zip(names, self.at_bound[k], strict=True) if bound),
            warnings=(*warnings_of(facts), *self._failed(k, len(draws))),
            peak=_around(peak, peak_times(self.model, draws, end) if len(draws) else None, origin, self.confidence),
            potential=(float(given[0]), float(self.low[k, 0]), float(self.high[k, 0])),
            launch=_around(*self._launch(given, draws), 0.0, self.confidence),
            origin=origin,
            observed=seen,
            draws=draws,
            confidence=self.confidence,
        )

    def _launch(self, given: Floats, draws: Floats) -> tuple[float, Floats | None]:
        drawn = launch_times(self.model, draws) if len(draws) else None
        return float(launch_times(self.model, given)[0]), drawn

    def _open(self, k: int) -> bool:
        return bool(self.problems.m_low[k] < self.problems.m_high[k])

    def _failed(self, k: int, kept: int) -> tuple[Phrase, ...]:
        total = self.draws.shape[1]
        if not self.usable[k] or kept == total:
            return ()
        return (Phrase("evidence.fit.bootstrap_failed", failed=total - kept, total=total),)


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
    confidence: float = CONFIDENCE,
    tries: int | None = None,
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
        The moment of the launch, 0 by default; models with a place of their own on the axis need none.
    confidence : float
        Of the intervals; 0.95 by default.
    tries : int
        How many starting values to follow, the best first; by default 4, and more for models with a shock.
    threads, progress, cancelled
        See `solve`.

    Returns
    -------
    Fits

    Raises
    ------
    ValueError
        An unknown model, an estimator that it has not, or a market potential that is not positive.
    Interrupted
        ``cancelled`` said so.
    """
    chosen = _model(model, estimator)
    series = _series(observed, starts, ends, level)
    problems = prepare(series, chosen, dense=estimator == "nls" and model == "bass", market=market, origin=origin)
    if chosen.shocked and series:
        problems = _about_bass(problems, series, market, origin, threads)
    solved = solve(
        problems,
        tries=chosen.tries if tries is None else tries,
        threads=threads,
        progress=progress,
        cancelled=cancelled,
    )
    return collect(series, problems, solved, estimator, confidence)


def collect(
    series: Sequence[Observations], problems: Problems, solved: Solved, estimator: Estimator, confidence: float
) -> Fits:
    """Put what the compiled code found beside what was observed; blank out what no data are behind."""
    n = problems.count
    k = (~solved.pinned).sum(axis=1).astype(np.int64)
    given = problems.m_low == problems.m_high
    # zeros before a launch tell nothing of the curve after it
    telling = np.array([int(np.count_nonzero(one.values)) for one in series], dtype=np.int64)
    usable = (telling > k) & np.array([bool((one.values > 0).any()) for one in series], dtype=np.bool_)
    blank = ~usable[:, None]
    parameters = np.where(blank, np.nan, solved.parameters)
    se = np.where(blank, np.nan, solved.se)
    pinned = solved.pinned.copy()
    pinned[given, 0] = False
    low, high = asymptotic(problems, parameters, se, n - k, confidence)
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
        origin=np.zeros(n.size) if problems.model.located else problems.origin,
        observed=tuple(series),
        draws=np.empty((n.size, 0, parameters.shape[1])),
        problems=problems,
        solved=solved,
        confidence=confidence,
    )


def asymptotic(
    problems: Problems, parameters: Floats, se: Floats, freedom: NDArray[np.int64], confidence: float
) -> tuple[Floats, Floats]:
    """Return intervals from standard errors; of a positive parameter in its logarithm, so that they stay positive."""
    t = np.asarray(stats.t.ppf(0.5 + confidence / 2, np.maximum(freedom, 1)))[:, None]
    positive = np.array([True, *(parameter.positive for parameter in problems.model.parameters)])
    with np.errstate(all="ignore"):
        factor = np.exp(np.minimum(t * se / parameters, 700.0))
        return (
            np.where(positive, parameters / factor, parameters - t * se),
            np.where(positive, parameters * factor, parameters + t * se),
        )


def _named(names: tuple[str, ...], values: Floats) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))


def _around(estimate: float, drawn: Floats | None, origin: float, confidence: float) -> Interval:
    if drawn is None or drawn.size < 20:
        return estimate + origin, np.nan, np.nan
    low, high = np.quantile(drawn, [0.5 - confidence / 2, 0.5 + confidence / 2]) + origin
    return estimate + origin, float(low), float(high)


def _about_bass(
    problems: Problems,
    series: Sequence[Observations],
    market: Sequence[Market] | Market,
    origin: float | None,
    threads: int | None,
) -> Problems:
    """Start models with a shock from Bass's curve without it."""
    plain = solve(
        prepare(series, MODELS["bass"], dense=False, market=market, origin=origin), with_errors=False, threads=threads
    )
    ends = problems.ends[problems.first + problems.count - 1] if problems.ends.size else np.ones(problems.size)
    tables = [
        to_search(problems.model, shocked(problems.model, raw[1:], max(float(end), 1.0)))
        for raw, end in zip(plain.raw, ends, strict=True)
    ]
    return problems.started(np.stack(tables))


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
