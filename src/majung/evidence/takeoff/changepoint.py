"""Growth regimes of a market, one after the other, and the probability of each by each period.

Log sales rise along a line within a regime: introduction, growth, levelling, and growth again where a market revives.
A line begins at the last sale before it, give or take a step; its slope has a prior of its own, and growth is never
slower than growth must be. Sales lie around the line, or wander off it as a random walk does: which of the two, and how
far, is not known, and is the same for all regimes. Lines are Gaussian given that, so all ways to cut a series into
regimes are summed over exactly, for both kinds of noise and a grid of sizes.

References
----------
Barry, D. and Hartigan, J. A. (1992). Product partition models for change point problems. Annals of Statistics 20.
Fearnhead, P. (2006). Exact and efficient Bayesian inference for multiple changepoint problems. Statistics and
Computing 16, the recursions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Final, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["GROWTH", "INTRODUCTION", "LEVELLING", "REGIMES", "RegimePriors", "Regimes", "regimes"]

Floats: TypeAlias = NDArray[np.float64]

REGIMES: Final = ("introduction", "growth", "levelling")
INTRODUCTION, GROWTH, LEVELLING = range(3)

_NOISE: Final = np.geomspace(0.02, 1.5, 10)
"""Standard deviations of log sales, around a line or of a year's walk, that are tried; equally likely beforehand."""
_ANYWHERE: Final = 100.0
"""Variance of the height at which the first line begins: as good as unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimePriors:
    """What is known of regimes before any data.

    Parameters
    ----------
    slope, slope_sd : (3,) array
        Growth of log sales a year in each regime, and how much markets differ.
    step, step_sd : (3,) array
        Step of log sales with which a regime begins; that of introduction is not used.
    least_slope : (3,) array
        Below which a slope is not of that regime; minus infinity where any is.
    """

    slope: Floats
    slope_sd: Floats
    step: Floats
    step_sd: Floats
    least_slope: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimes:
    """What the data say.

    Parameters
    ----------
    by_then : (n, 3) array
        Probability of each regime in each period, given the data up to that period and none after it.
    growth_began : (n,) array
        Probability, given all data, that growth began with that period, for the first time if it began more than once;
        with the first, that it had begun before.
    growing_since, levelling_since : (n,) array
        Probability that the last period is of that regime, which began with that period, or before the first.
    """

    by_then: Floats
    growth_began: Floats
    growing_since: Floats
    levelling_since: Floats


def regimes(
    log_sales: Floats,
    years: Floats,
    growth_hazard: Floats,
    levelling_hazard: Floats,
    revival_hazard: Floats,
    priors: RegimePriors,
) -> Regimes:
    """Return the probability of each regime by each period.

    Parameters
    ----------
    log_sales : (n,) array
        Natural logarithm of sales a year. What is missing is left out.
    years : (n,) array
        When, in years; rising.
    growth_hazard, levelling_hazard, revival_hazard : (n,) array
        Probability, with nothing known of the sales of that period or later, that growth follows introduction with it,
        levelling growth, and growth levelling, if the regime before has not ended; of the first period, that the change
        had been before. Between 0 and 1, neither included. That of a revival with the first period is not used.
    priors : RegimePriors
        Of slopes and steps.
    """
    count = len(log_sales)
    kinds = [(walk, noise) for walk in (False, True) for noise in _NOISE]
    joint = np.empty((len(kinds), count, len(REGIMES)))
    began = np.empty((len(kinds), 3, count))
    evidence = np.empty(len(kinds))
    prior = tuple(np.asarray(part, dtype=np.float64) for part in astuple(priors))
    for place, (walk, noise) in enumerate(kinds):
        make: Callable[..., Floats] = _walks if walk else _lines
        line = make(log_sales, years, *prior, noise)
        evidence[place] = _sum_over_cuts(
            line, growth_hazard, levelling_hazard, revival_hazard, joint[place], began[place]
        )
    weight = np.exp(evidence - evidence.max())
    growth_began, growing_since, levelling_since = np.einsum("s,skn->kn", weight / weight.sum(), began)
    by_then = np.exp(joint - joint.max(axis=(0, 2), keepdims=True)).sum(axis=0)
    return Regimes(
        by_then=by_then / by_then.sum(axis=1, keepdims=True),
        growth_began=growth_began,
        growing_since=growing_since,
        levelling_since=levelling_since,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _sum_over_cuts(
    line: Floats,
    growth_hazard: Floats,
    levelling_hazard: Floats,
    revival_hazard: Floats,
    joint: Floats,
    began: Floats,
) -> float:  # pragma: no cover (compiled)
    """Fill the log probability of the data up to each period and of the regime then, and when regimes began.

    `line` is the log probability of the sales from a period to another as one regime. Returns that of all data.
    """
    count = len(growth_hazard)
    last = count - 1
    into_growth, into_levelling, revived = np.log(growth_hazard), np.log(levelling_hazard), np.log(revival_hazard)
    # Probability of not leaving, from the beginning up to but without a period.
    still_new, still_growing, still_level = np.zeros(count + 1), np.zeros(count + 1), np.zeros(count + 1)
    still_new[1:] = np.cumsum(np.log1p(-growth_hazard))
    still_growing[1:] = np.cumsum(np.log1p(-levelling_hazard))
    still_level[1:] = np.cumsum(np.log1p(-revival_hazard))
    joint[:] = -np.inf
    entered = np.empty((2, count))
    for end in range(count):
        joint[end, 0] = still_new[end + 1] + line[0, 0, end]
        if end == 0:
            entered[0, 0] = into_growth[0] + still_growing[1]
            entered[1, 0] = into_growth[0] + into_levelling[0]
        else:
            entered[0, end] = _log_sum(joint[end - 1, 0] + into_growth[end], joint[end - 1, 2] + revived[end])
            entered[1, end] = joint[end - 1, 1] + into_levelling[end]
        for start in range(end + 1):
            staying = still_growing[end + 1] - still_growing[start + 1]
            joint[end, 1] = _log_sum(joint[end, 1], entered[0, start] + staying + line[1, start, end])
            level = still_level[end + 1] - still_level[start + 1]
            joint[end, 2] = _log_sum(joint[end, 2], entered[1, start] + level + line[2, start, end])
    evidence = _log_sum(_log_sum(joint[last, 0], joint[last, 1]), joint[last, 2])
    # Of the sales from a period on, given that growth, or levelling, begins with it: from the last period backwards.
    grown, levelled = np.full(count, -np.inf), np.full(count, -np.inf)
    for start in range(count - 1, -1, -1):
        grown[start] = still_growing[count] - still_growing[start + 1] + line[1, start, last]
        levelled[start] = still_level[count] - still_level[start + 1] + line[2, start, last]
        began[1, start] = np.exp(entered[0, start] + grown[start] - evidence)
        began[2, start] = np.exp(entered[1, start] + levelled[start] - evidence)
        for end in range(start, last):
            growing = still_growing[end + 1] - still_growing[start + 1] + line[1, start, end]
            level = still_level[end + 1] - still_level[start + 1] + line[2, start, end]
            grown[start] = _log_sum(grown[start], growing + into_levelling[end + 1] + levelled[end + 1])
            levelled[start] = _log_sum(levelled[start], level + revived[end + 1] + grown[end + 1])
        first = _log_sum(entered[0, 0] + grown[0], entered[1, 0] + levelled[0])
        if start > 0:
            first = joint[start - 1, 0] + into_growth[start] + grown[start]
        began[0, start] = np.exp(first - evidence)
    return evidence


@njit(cache=True, nogil=True, error_model="numpy")
def _lines(
    log_sales: Floats,
    years: Floats,
    slope: Floats,
    slope_sd: Floats,
    step: Floats,
    step_sd: Floats,
    least_slope: Floats,
    noise: float,
) -> Floats:  # pragma: no cover (compiled)
    """Return the log probability of the sales from a period to another as one line of a regime; (3, n, n)."""
    count = len(log_sales)
    variance = noise * noise
    found = np.full((3, count, count), -np.inf)
    for regime in range(3):
        slope_variance = slope_sd[regime] ** 2
        before = _log_above(least_slope[regime], slope[regime], slope_sd[regime])
        for start in range(count):
            height, when, expected, step_variance = log_sales[0], years[0], 0.0, _ANYWHERE
            if start > 0:
                height, when, expected = log_sales[start - 1], years[start - 1], step[regime]
                # The sale that the line begins at is itself off its line.
                step_variance = variance + step_sd[regime] ** 2
            n, u1, u2, r0, r1, r2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for end in range(start, count):
                u = years[end] - when
                r = log_sales[end] - height - expected - slope[regime] * u
                n, u1, u2 = n + 1.0, u1 + u, u2 + u * u
                r0, r1, r2 = r0 + r, r1 + r * u, r2 + r * r
                a, b, c = 1.0 / step_variance + n / variance, u1 / variance, 1.0 / slope_variance + u2 / variance
                determinant = a * c - b * b
                explained = (c * r0 * r0 - 2.0 * b * r0 * r1 + a * r1 * r1) / (determinant * variance * variance)
                spread = n * np.log(2.0 * np.pi * variance) + np.log(step_variance * slope_variance * determinant)
                mean = slope[regime] + (a * r1 - b * r0) / (determinant * variance)
                fast = _log_above(least_slope[regime], mean, math.sqrt(a / determinant))
                found[regime, start, end] = -0.5 * (spread + r2 / variance - explained) + fast - before
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _walks(
    log_sales: Floats,
    years: Floats,
    slope: Floats,
    slope_sd: Floats,
    step: Floats,
    step_sd: Floats,
    least_slope: Floats,
    noise: float,
) -> Floats:  # pragma: no cover (compiled)
    """Return the same where sales wander: what counts is how they change from one period to the next."""
    count = len(log_sales)
    found = np.full((3, count, count), -np.inf)
    for regime in range(3):
        slope_variance = slope_sd[regime] ** 2
        before = _log_above(least_slope[regime], slope[regime], slope_sd[regime])
        for start in range(count):
            spread, g2, gr, r2 = 0.0, 0.0, 0.0, 0.0
            for end in range(start, count):
                if end == 0:
                    spread = np.log(2.0 * np.pi * _ANYWHERE)
                else:
                    gap = years[end] - years[end - 1]
                    r = log_sales[end] - log_sales[end - 1] - slope[regime] * gap
                    variance = noise * noise * gap
                    if end == start:
                        r -= step[regime]
                        variance += step_sd[regime] ** 2
                    spread += np.log(2.0 * np.pi * variance)
                    g2, gr, r2 = g2 + gap * gap / variance, gr + gap * r / variance, r2 + r * r / variance
                shrunk = 1.0 + slope_variance * g2
                explained = slope_variance * gr * gr / shrunk
                mean = slope[regime] + slope_variance * gr / shrunk
                fast = _log_above(least_slope[regime], mean, math.sqrt(slope_variance / shrunk))
                found[regime, start, end] = -0.5 * (spread + np.log(shrunk) + r2 - explained) + fast - before
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _log_sum(one: float, other: float) -> float:  # pragma: no cover (compiled)
    """Return log(exp(one) + exp(other))."""
    high, low = max(one, other), min(one, other)
    return high if low == -np.inf else high + np.log1p(np.exp(low - high))


@njit(cache=True, nogil=True, error_model="numpy")
def _log_above(least: float, mean: float, sd: float) -> float:  # pragma: no cover (compiled)
    """Return the log probability that a Gaussian lies above a bound."""
    if least == -np.inf:
        return 0.0
    return math.log(max(0.5 * math.erfc((least - mean) / (sd * math.sqrt(2.0))), 1e-300))
