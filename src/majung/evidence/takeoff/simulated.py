"""Whether and when a market took off, read from its sales and its penetration."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["NEVER", "required_growth", "simulated_takeoff", "takeoff_period"]

NEVER = -1
"""The period of a take-off that did not happen."""
_BEFORE: Final = 8
"""Quarters that the detector needs before the first one that it can see a take-off in."""


def takeoff_period(
    sales: ArrayLike,
    penetration: ArrayLike,
    *,
    growth_at_zero: float,
    growth_halving: float,
    growth_floor: float,
    periods_per_year: int = 4,
) -> NDArray[np.int64]:
    """Find the first period in which sales grow over a year by more than their base requires.

    Sales of the last four quarters are held against those of the four before, so that neither seasons nor one noisy
    quarter make a take-off; it cannot be seen before two years of sales are there.

    Parameters
    ----------
    sales : (..., T) array
        Sales per period, in units; not negative. NaN where a series is missing.
    penetration : (..., T) array
        Share of the potential market reached at the end of each period, between 0 and 1.
    growth_at_zero, growth_halving, growth_floor : float
        See `required_growth`.
    periods_per_year : int
        4 for quarters.

    Returns
    -------
    (...) array of int
        The period, counted from 0; `NEVER` where there is none.

    References
    ----------
    Golder, P. N. and Tellis, G. J. (1997). Will it ever fly? Marketing Science 16, the threshold rule.
    """
    sold = np.asarray(sales, dtype=np.float64)
    reached = np.asarray(penetration, dtype=np.float64)
    if sold.shape != reached.shape:
        raise ValueError(f"sales are {sold.shape} and penetration is {reached.shape}; they must be alike")
    periods = sold.shape[-1]
    if periods < 2 * periods_per_year:
        return np.full(sold.shape[:-1], NEVER, dtype=np.int64)
    total = np.concatenate([np.zeros((*sold.shape[:-1], 1)), np.cumsum(sold, axis=-1)], axis=-1)
    yearly = total[..., periods_per_year:] - total[..., :-periods_per_year]
    earlier, later = yearly[..., :-periods_per_year], yearly[..., periods_per_year:]
    base = reached[..., periods_per_year - 1 : periods - periods_per_year]
    required = required_growth(base, growth_at_zero, growth_halving, growth_floor)
    over = (earlier > 0) & (later - earlier > required * earlier)
    first = over.argmax(axis=-1) + 2 * periods_per_year - 1
    return np.where(over.any(axis=-1), first, NEVER).astype(np.int64)


def required_growth(
    penetration: ArrayLike, growth_at_zero: float, growth_halving: float, growth_floor: float
) -> NDArray[np.float64]:
    """Return the growth over a year that counts as a take-off, given the penetration at the start of that year.

    Parameters
    ----------
    penetration : array
        Between 0 and 1.
    growth_at_zero : float
        What a market that has hardly any buyers needs: 4 is 400 %.
    growth_halving : float
        The penetration at which half of that is enough; a quarter at twice that, and so on.
    growth_floor : float
        Less is never enough, however large the market: a market that stands still has not taken off.
    """
    falling = growth_at_zero * np.exp2(-np.asarray(penetration, dtype=np.float64) / growth_halving)
    return np.maximum(falling, growth_floor)


def simulated_takeoff(
    adopters: NDArray[np.float64],
    at_start: NDArray[np.float64],
    potential: NDArray[np.float64],
    growth: NDArray[np.float64],
    *,
    growth_at_zero: float,
    growth_halving: float,
    growth_floor: float,
) -> NDArray[np.int64]:
    """Find when technologies take off in simulated worlds.

    The detector needs two years of sales. Those before the start are not simulated; they are continued backwards from
    the first quarter at the growth that was observed. A market that takes off there had taken off when the simulation
    begins, and its take-off is given as the first quarter. Sales are new adopters, penetration is adopters over
    potential.

    Parameters
    ----------
    adopters : (..., K, T) array
        At the end of each quarter. NaN where a series is missing.
    at_start, potential : (K,) array
        Adopters before the first quarter, and all that there can be.
    growth : (K,) array
        Of the market in the year before the start.
    growth_at_zero, growth_halving, growth_floor : float
        See `required_growth`.

    Returns
    -------
    (..., K) array of int
        The quarter, counted from 0; `NEVER` where there is none.
    """
    before = np.broadcast_to(at_start[:, None], (*adopters.shape[:-1], 1))
    new = np.diff(adopters, axis=-1, prepend=before)
    distance = np.arange(_BEFORE, 0, -1)
    earlier = new[..., :1] * (1 + growth[:, None]) ** (-distance / 4)
    # What the backward continuation cannot place was there from the beginning, or is more than there was.
    reached = np.maximum(before - np.cumsum(earlier[..., ::-1], axis=-1)[..., ::-1] + earlier, 0.0)
    reached = np.concatenate([reached, before + np.cumsum(new, axis=-1)], axis=-1)
    periods = takeoff_period(
        np.concatenate([earlier, new], axis=-1),
        np.divide(reached, potential[:, None], out=np.zeros_like(reached), where=potential[:, None] > 0),
        growth_at_zero=growth_at_zero,
        growth_halving=growth_halving,
        growth_floor=growth_floor,
    )
    return np.where(periods == NEVER, NEVER, np.maximum(periods - _BEFORE, 0))
