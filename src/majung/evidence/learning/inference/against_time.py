"""Output or the calendar: whether cost follows cumulative output (Wright) or mere time (Moore)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from majung.evidence.learning.inference.regressors import Products
from majung.evidence.learning.inference.slope import exponent, running_exponent

__all__ = ["AgainstTime", "against_time"]

Floats = NDArray[np.float64]

_FIRST_FORECAST: Final = 5
"""Observations that a forecast is made from at least."""
_FARTHEST: Final = 5
"""Periods ahead for which forecasts are held against what came."""


@dataclass(frozen=True, slots=True)
class AgainstTime:
    """Wright's law beside Moore's.

    Parameters
    ----------
    yearly_fall, low, high : float
        Fall of cost in a year by time alone, with the interval in which it lies with the curve's probability.
    odds : float
        How many times more likely the costs are by output than by time.
    correlation : float
        Of log output and time. Near 1, nothing can tell the two apart.
    output_error, time_error : float
        Median of the absolute error of forecasts one to five observations ahead, in log cost, made at each date from
        what was known then. Both know what the law asks for: the date, or output at that date. NaN without forecasts.
    forecasts : int
        How many there are.
    """

    yearly_fall: float
    low: float
    high: float
    odds: float
    correlation: float
    output_error: float
    time_error: float
    forecasts: int


def against_time(log_output: Floats, log_cost: Floats, years: Floats, level: float) -> AgainstTime:
    """Hold Wright's law against Moore's on one curve.

    Parameters
    ----------
    log_output, log_cost, years : (n,) array
        Years as decimals.
    level : float
        Probability of the interval.

    References
    ----------
    Nagy, B., Farmer, J. D., Bui, Q. M. and Trancik, J. E. (2013). Statistical basis for predicting technological
    progress. PLoS ONE 8(2), e52669: forecasts of both laws held against what came.
    """
    spacing = np.diff(years)
    gaps = spacing / np.median(spacing)
    moore = exponent(years, log_cost, gaps)
    fall, low, high = (-math.expm1(-float(moore.quantile(p))) for p in (0.5, (1 - level) / 2, (1 + level) / 2))
    by_output, by_time = Products(np.diff(log_cost), np.vstack([np.diff(log_output), spacing]), gaps).one(np.arange(2))
    errors = _errors(log_output, log_cost, years, gaps)
    return AgainstTime(
        yearly_fall=fall,
        low=low,
        high=high,
        odds=math.exp(min(float(by_output - by_time), 700.0)),
        correlation=float(np.corrcoef(log_output, years)[0, 1]),
        output_error=float(np.median(errors[0])) if errors.size else math.nan,
        time_error=float(np.median(errors[1])) if errors.size else math.nan,
        forecasts=errors.shape[1],
    )


def _errors(log_output: Floats, log_cost: Floats, years: Floats, gaps: Floats) -> Floats:
    """Return the absolute errors of both laws' forecasts, (2, forecasts): by output, by time."""
    n = len(log_cost)
    slopes = [running_exponent(law, log_cost, gaps) for law in (log_output, years)]
    found: list[Floats] = []
    for known in range(_FIRST_FORECAST, n):
        ahead = slice(known, min(known + _FARTHEST, n))
        came = log_cost[ahead] - log_cost[known - 1]
        both = [
            np.abs(came + slope[known] * (law[ahead] - law[known - 1]))
            for slope, law in zip(slopes, (log_output, years), strict=True)
        ]
        if np.isfinite(both).all():
            found.append(np.array(both))
    return np.concatenate(found, axis=1) if found else np.zeros((2, 0))
