"""The rules that say whether sales have taken off, each of them in each period from the sales up to it.

A rule that has raised an alarm keeps it up: what is asked of a rule is when it first says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from majung import parameters
from majung.evidence.diffusion import MODELS, Observations, fit_many
from majung.evidence.takeoff.changepoint import RegimePriors, Regimes, regimes
from majung.evidence.takeoff.elbow import elbow_times
from majung.evidence.takeoff.flow import Flow
from majung.evidence.takeoff.simulated import NEVER, takeoff_period

__all__ = [
    "Detector",
    "began_quantiles",
    "change_point",
    "elbow_alarm",
    "elbows_by_then",
    "penetration_alarm",
    "read_regimes",
    "threshold_alarm",
]

Floats: TypeAlias = NDArray[np.float64]

_LIKELY_BEFORE: Final = 0.02
"""Probability that a series which begins with its first sale begins after its take-off."""
_CERTAIN: Final = 1e-3
_HARDLY: Final = 1e-12
_LEAST_SALES: Final = 5
_MONTHS_BETWEEN_FITS: Final = 3


@dataclass(frozen=True, slots=True)
class Detector:
    """The numbers with which series are read; each is in the parameter files under its name."""

    takeoff_growth_at_zero: float
    takeoff_growth_halving: float
    takeoff_growth_floor: float
    introduction_growth: float
    introduction_growth_sd: float
    takeoff_growth: float
    takeoff_growth_sd: float
    takeoff_step: float
    takeoff_step_sd: float
    levelling_growth: float
    levelling_growth_sd: float
    levelling_step_sd: float
    years_to_takeoff: float
    years_of_growth: float
    years_to_revival: float
    taken_off_before: float
    takeoff_penetration: float
    takeoff_penetration_spread: float
    slowdown_penetration: float
    slowdown_penetration_spread: float
    alarm_probability: float
    takeoff_stage_years: float
    slowdown_years: float

    @classmethod
    @cache
    def packaged(cls) -> Detector:
        """Return the detector of the package's parameter files."""
        whole = parameters.load(groups=parameters.DETECTOR)
        return cls(*(float(whole.value(name)) for name in cls.__slots__))

    @property
    def priors(self) -> RegimePriors:
        """What is known of regimes before any data."""
        return RegimePriors(
            slope=np.array([self.introduction_growth, self.takeoff_growth, self.levelling_growth]),
            slope_sd=np.array([self.introduction_growth_sd, self.takeoff_growth_sd, self.levelling_growth_sd]),
            step=np.array([0.0, self.takeoff_step, 0.0]),
            step_sd=np.array([1.0, self.takeoff_step_sd, self.levelling_step_sd]),
            least_slope=np.array([-np.inf, np.log1p(self.takeoff_growth_floor), -np.inf]),
        )


def threshold_alarm(flow: Flow, detector: Detector) -> int:
    """Return the first period in which sales of a year grew by more than their base requires, or `NEVER`.

    Where the market is not known, the base counts as tiny: growth must be as great as the smallest market needs.

    References
    ----------
    Golder, P. N. and Tellis, G. J. (1997). Will it ever fly? Marketing Science 16.
    """
    if flow.size < 2 * flow.per_year:
        return NEVER
    sold = flow.bridged
    found = takeoff_period(
        sold,
        np.zeros_like(sold) if flow.reached is None else flow.reached,
        growth_at_zero=detector.takeoff_growth_at_zero,
        growth_halving=detector.takeoff_growth_halving,
        growth_floor=detector.takeoff_growth_floor,
        periods_per_year=flow.per_year,
    )
    return int(found)


def penetration_alarm(flow: Flow, detector: Detector) -> int:
    """Return the first period by which a market has reached the penetration of take-off, or `NEVER`.

    References
    ----------
    Tellis, G. J., Stremersch, S. and Yin, E. (2003). The international takeoff of new products. Marketing Science 22.
    """
    if flow.reached is None:
        return NEVER
    over = flow.reached >= detector.takeoff_penetration
    return int(over.argmax()) if over.any() else NEVER


def elbows_by_then(flow: Flow, *, threads: int | None = None) -> Floats:
    """Return the elbow of the Bass curve that fits the sales up to each period, in years; (n,).

    NaN where no curve fits: too few sales, no convergence, or a parameter at a bound.
    """
    found = np.full(flow.size, np.nan)
    step = _MONTHS_BETWEEN_FITS if flow.per_year == 12 else 1
    ends = [end for end in range(_LEAST_SALES, flow.size + 1) if end % step == 0]
    if not ends:
        return found
    zero = float(flow.years[0]) - 1 / flow.per_year
    moments = flow.years - zero
    opening = np.concatenate([[0.0], moments[:-1]])
    # In shares of the market where it is known, so that the potential is bounded alike for all.
    sold = flow.sold if flow.market is None else flow.sold / flow.market
    observed = [Observations.of(sold[:end], starts=opening[:end], ends=moments[:end]) for end in ends]
    bounds = None if flow.market is None else (None, 1.0)
    fits = fit_many(observed, "bass", market=bounds, tries=2, threads=threads)
    elbows = elbow_times(MODELS["bass"], fits.parameters, float(moments[-1]))
    sound = fits.converged & fits.usable & ~fits.at_bound[:, 1:].any(axis=1)
    found[np.array(ends) - 1] = np.where(sound, elbows + zero, np.nan)
    return found


def elbow_alarm(flow: Flow, elbows: Floats) -> int:
    """Return the first period by which the curve that fits the sales so far has its elbow behind it, or `NEVER`.

    Parameters
    ----------
    elbows : (n,) array
        From `elbows_by_then`.
    """
    passed = np.nan_to_num(elbows, nan=np.inf) <= flow.years
    return int(passed.argmax()) if passed.any() else NEVER


def read_regimes(flow: Flow, detector: Detector) -> tuple[NDArray[np.int64], Regimes]:
    """Return the periods that have sales, and their regimes.

    How probable a take-off and a slowdown are beforehand follows from penetration where the market is known, and from
    the time that markets take where it is not.
    """
    there = np.flatnonzero(flow.measured & ~np.isnan(flow.sold))
    years = flow.years[there]
    gaps = np.diff(years, prepend=years[0] - 1 / flow.per_year)
    if flow.reached is None:
        growth = 1 - np.exp(-gaps / detector.years_to_takeoff)
        growth[0] = _LIKELY_BEFORE if flow.from_launch else detector.taken_off_before
        levelling = 1 - np.exp(-gaps / detector.years_of_growth)
    else:
        reached = np.maximum.accumulate(np.maximum(flow.reached[there], _HARDLY))
        growth = _passing(reached / detector.takeoff_penetration, detector.takeoff_penetration_spread)
        levelling = _passing(reached / detector.slowdown_penetration, detector.slowdown_penetration_spread)
    revival = 1 - np.exp(-gaps / detector.years_to_revival)
    if flow.reached is not None:
        # What nearly all have cannot take off again.
        revival *= np.clip(1 - flow.reached[there], 0.0, 1.0)
    growth, levelling = (np.clip(hazard, _CERTAIN, 1 - _CERTAIN) for hazard in (growth, levelling))
    revival = np.clip(revival, _HARDLY, 1 - _CERTAIN)
    return there, regimes(flow.log_sales[there], years, growth, levelling, revival, detector.priors)


def _passing(relative: Floats, spread: float) -> Floats:
    """Return the probability of passing a point with each period, if not before; the first counts all before it.

    The point is lognormal, `relative` to its middle, with a standard deviation of `spread`.
    """
    passed = ndtr(np.log(relative) / spread)
    found = np.diff(passed, prepend=0.0)
    found[1:] /= np.maximum(1 - passed[:-1], _CERTAIN)
    return found


def change_point(flow: Flow, detector: Detector) -> tuple[Floats, int]:
    """Return the probability by each period that sales have taken off, and the period of the alarm or `NEVER`.

    Returns
    -------
    (n,) array
        NaN where a period has no sales.
    int
        The first period with a probability of at least `Detector.alarm_probability`.
    """
    probability = np.full(flow.size, np.nan)
    if flow.size < 3:
        return probability, NEVER
    there, found = read_regimes(flow, detector)
    probability[there] = 1 - found.by_then[:, 0]
    over = np.nan_to_num(probability) >= detector.alarm_probability
    over[: there[min(2, len(there) - 1)]] = False
    return probability, int(over.argmax()) if over.any() else NEVER


def began_quantiles(there: NDArray[np.int64], found: Regimes) -> tuple[int, int, int]:
    """Return the period with which growth began, if it has: 2.5th percentile, median and 97.5th percentile.

    It is the growth that is going on, or where that has more likely ended, the first one. The first period stands for
    before the data.

    Parameters
    ----------
    there : (n,) array
        From `read_regimes`, as is ``found``.
    """
    growing = found.growing_since.sum() >= found.levelling_since.sum()
    began = np.cumsum(found.growing_since if growing else found.growth_began)
    low, middle, high = np.searchsorted(began, np.array([0.025, 0.5, 0.975]) * began[-1])
    return int(there[low]), int(there[middle]), int(there[high])
