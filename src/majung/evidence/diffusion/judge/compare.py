"""Several models on one series, and which of them to go by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from majung.evidence.diffusion.estimate.bootstrap import bootstrap
from majung.evidence.diffusion.estimate.many import CONFIDENCE, fit_many
from majung.evidence.diffusion.estimate.problems import MOST_TIMES_SEEN, Market
from majung.evidence.diffusion.judge.rolling import rolling_errors
from majung.evidence.diffusion.models import MODELS
from majung.evidence.diffusion.observations import Observations
from majung.evidence.diffusion.result import Fit

__all__ = ["Comparison", "best", "compare_many"]

_ALIKE: Final = 2.0
"""Models whose criteria differ by less than this are about as good (Burnham and Anderson 2002)."""
_UNBOUNDED: Final = {"evidence.fit.unbounded", "evidence.fit.far"}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Fits of several models to one series.

    Parameters
    ----------
    fits : tuple of Fit
        In the order in which models were named.
    best : Fit or None
        See `best`.
    """

    fits: tuple[Fit, ...]
    best: Fit | None


def compare_many(
    observed: Sequence[Observations],
    models: Sequence[str],
    *,
    market: Sequence[Market] | Market = None,
    origin: float | None = None,
    confidence: float = CONFIDENCE,
    draws: int = 0,
    seed: int = 0,
    rolling: bool = True,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Comparison]:
    """Fit several models to each of many series by ``nls-interval`` and choose among them.

    Parameters
    ----------
    observed : sequence of Observations
    models : sequence of str
        Keys of `MODELS`. One that needs a driver is skipped for series that have none.
    market, origin, confidence, threads, cancelled
        See `fit_many`.
    draws : int
        Of the bootstrap; 0 for none.
    seed : int
    rolling : bool
        Whether to compute errors out of sample.
    progress : callable, optional
        Called with how many models are done and how many there are.

    Returns
    -------
    list of Comparison
        One a series.
    """
    found: list[list[Fit]] = [[] for _ in observed]
    for number, name in enumerate(models):
        rows = [k for k, series in enumerate(observed) if series.driven or not MODELS[name].driven]
        chosen = [observed[k] for k in rows]
        markets = _markets(market, rows)
        if chosen:
            fits = fit_many(
                chosen, name, market=markets, origin=origin, confidence=confidence, threads=threads, cancelled=cancelled
            )
            if draws:
                fits = bootstrap(fits, draws, seed=seed, threads=threads, cancelled=cancelled)
            errors = _errors(chosen, name, markets, origin, threads, cancelled) if rolling else [np.nan] * len(chosen)
            for place, k in enumerate(rows):
                found[k].append(replace(fits.one(place), rolling_error=float(errors[place])))
        if progress is not None:
            progress(number + 1, len(models))
    return [Comparison(tuple(fits), best(fits)) for fits in found]


def best(fits: Sequence[Fit]) -> Fit | None:
    """Return the fit to go by, or None where no fit is sound.

    Sound is a fit that converged, has no parameter at a bound but perhaps the potential at a given market, whose
    parameters can be told apart, and which has degrees of freedom for the criterion; where a sound fit has a potential
    within ten times of what was seen, others are left out. Of those within 2 of the least AICc the one with the least
    error out of sample is taken, and where that is not known, the one with the least AICc.
    """
    sound = [fit for fit in fits if _sound(fit)]
    near = [fit for fit in sound if not _UNBOUNDED & {warning.key for warning in fit.warnings}]
    candidates = near or sound
    if not candidates:
        return None
    least = min(fit.aicc for fit in candidates)
    alike = [fit for fit in candidates if fit.aicc <= least + _ALIKE]
    known = [fit for fit in alike if np.isfinite(fit.rolling_error)]
    if known:
        return min(known, key=lambda fit: fit.rolling_error)
    return min(alike, key=lambda fit: fit.aicc)


def _sound(fit: Fit) -> bool:
    keys = {warning.key for warning in fit.warnings}
    bound = set(fit.at_bound)
    if fit.usable and fit.parameters["m"] < 0.99 * MOST_TIMES_SEEN * fit.observed.greatest:
        # A potential at a given market is an answer; one at the end of the search is not.
        bound -= {"m"}
    return fit.usable and fit.converged and not bound and "evidence.fit.singular" not in keys and fit.aicc < np.inf


def _markets(market: Sequence[Market] | Market, rows: Sequence[int]) -> list[Market]:
    if isinstance(market, Sequence) and not isinstance(market, tuple):
        return [market[k] for k in rows]
    return [market] * len(rows)


def _errors(
    observed: Sequence[Observations],
    name: str,
    markets: list[Market],
    origin: float | None,
    threads: int | None,
    cancelled: Callable[[], bool] | None,
) -> Sequence[float]:
    errors = np.full(len(observed), np.nan)
    # series with one market are refitted together
    for given in dict.fromkeys(markets):
        rows = [k for k, market in enumerate(markets) if market == given]
        errors[rows] = rolling_errors(
            [observed[k] for k in rows], name, market=given, origin=origin, threads=threads, cancelled=cancelled
        )
    return [float(error) for error in errors]
