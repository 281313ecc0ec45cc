"""Fit one series."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from majung.errors import InputError, not_a_choice
from majung.evidence.diffusion.estimate.bootstrap import bootstrap as draw_again
from majung.evidence.diffusion.estimate.launch import P_RANGE, before_the_data
from majung.evidence.diffusion.estimate.many import CONFIDENCE, fit_many
from majung.evidence.diffusion.estimate.ols import fit_ols
from majung.evidence.diffusion.estimate.problems import Market
from majung.evidence.diffusion.models import ESTIMATORS, MODELS, Estimator
from majung.evidence.diffusion.observations import Observations
from majung.evidence.diffusion.result import Fit
from majung.messages import Phrase

__all__ = ["fit"]


def fit(
    values: ArrayLike | Observations,
    model: str = "bass",
    estimator: Estimator = "nls",
    *,
    starts: ArrayLike | None = None,
    ends: ArrayLike | None = None,
    level: bool = False,
    before: float | None = None,
    driver: ArrayLike | None = None,
    market: Market = None,
    origin: float | None = None,
    periods_per_year: float = 1.0,
    bootstrap: int = 0,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> Fit:
    """Fit a model of diffusion to one series.

    Parameters
    ----------
    values : (n,) array or Observations
        Adoptions per period at t = 1, 2, …, or in given intervals, or levels; NaN is a gap.
    model : str
        A key of `MODELS`.
    estimator : {"nls", "nls-interval", "ols"}
        Of Bass's model: least squares of the density at t, of what is adopted between t - 1 and t (Srinivasan and Mason
        1986), or the regression of 1969. Levels and all other models are always fitted by ``nls-interval``.
    starts, ends, level, before, driver
        See `Observations.of`.
    market : float or (low, high), optional
        A fixed market potential, or bounds; either of two may be None.
    origin : float, optional
        The moment of the launch, 0 by default; models with a place of their own on the axis need none.
    periods_per_year : float
        Units of time a year: what the range of p for ``bass-launch`` is divided by.
    bootstrap : int
        Draws for intervals; 0 leaves asymptotic ones. The regression has only these.
    confidence : float
        Of the intervals.
    seed : int
        Of the draws.

    Returns
    -------
    Fit
        With NaN for estimates, and a reason, where the values do not allow any.

    Raises
    ------
    InputError
        An unknown model or estimator, or a model with a driver without one.
    ValueError
        Arrays that do not belong together; see `Observations.of`.
    """
    _check(model, estimator)
    if isinstance(values, Observations):
        seen = values
    else:
        seen = Observations.of(values, starts=starts, ends=ends, level=level, before=before, driver=driver)
    if MODELS[model].driven and not seen.driven:
        raise ValueError(f"{model} needs a driver")
    levels = bool(np.isneginf(seen.starts).any())
    if estimator == "ols" and model == "bass" and not levels:
        return fit_ols(seen, origin=0.0 if origin is None else origin, confidence=confidence)
    used: Estimator = "nls" if estimator == "nls" and model == "bass" and not levels else "nls-interval"
    if model == "bass-launch" and not levels and seen.size:
        first = float(seen.starts[0])
        truncated = _least_squares(seen, "bass", used, market, first, bootstrap, confidence, seed)
        low, high = (p / periods_per_year for p in P_RANGE)
        return before_the_data(truncated, (low, high))
    return _least_squares(seen, model, used, market, origin, bootstrap, confidence, seed)


def _least_squares(
    seen: Observations,
    model: str,
    estimator: Estimator,
    market: Market,
    origin: float | None,
    draws: int,
    confidence: float,
    seed: int,
) -> Fit:
    fits = fit_many([seen], model, estimator=estimator, market=market, origin=origin, confidence=confidence, threads=1)
    if draws:
        fits = draw_again(fits, draws, seed=seed, threads=1)
    return fits.one(0)


def _check(model: str, estimator: str) -> None:
    problems = []
    if model not in MODELS:
        problems.append(not_a_choice(model, MODELS, Phrase("evidence.fit.a_model")))
    if estimator not in ESTIMATORS:
        problems.append(not_a_choice(estimator, ESTIMATORS, Phrase("evidence.fit.an_estimator")))
    if problems:
        raise InputError(problems)
