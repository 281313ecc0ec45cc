"""When technologies take off in simulated worlds.

The detector needs two years of sales. Those before the start are not simulated; they are continued backwards from the
first quarter at the growth that was observed. A market that takes off there had taken off when the scenario begins, and
its take-off is given as the first quarter.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung.evidence.takeoff import NEVER, takeoff_period

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["takeoff_quarters"]

Floats = NDArray[np.float64]

_BEFORE: Final = 8


def takeoff_quarters(dataset: xr.Dataset) -> list[dict[str, str | None]]:
    """Return, for each strategy, the quarter by which half of the replications have taken off, by technology.

    Adoption at home is looked at: sales are new adopters, penetration is adopters over potential.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `majung.compare`.

    Returns
    -------
    list of dict
        Labels such as ``2026Q1``; None where fewer than half take off.
    """
    parameters = json.loads(dataset.attrs["parameters"])
    adopters = dataset["adopters"].transpose("strategy", "replication", "technology", "quarter").values
    at_start = np.broadcast_to(dataset["home_adopters_at_start"].values[:, None], (*adopters.shape[:-1], 1))
    growth = dataset["growth_before_start"].values[:, None]
    new, reached = _with_years_before(np.diff(adopters, axis=-1, prepend=at_start), at_start, growth)
    potential = dataset["home_potential"].values[:, None]
    periods = takeoff_period(
        new,
        np.divide(reached, potential, out=np.zeros_like(reached), where=potential > 0),
        growth_at_zero=parameters["takeoff_growth_at_zero"],
        growth_halving=parameters["takeoff_growth_halving"],
        growth_floor=parameters["takeoff_growth_floor"],
    )
    periods = np.where(periods == NEVER, NEVER, np.maximum(periods - _BEFORE, 0))
    finite = np.isfinite(adopters).all(axis=(2, 3))
    quarters, technologies = dataset["quarter"].values, dataset["technology"].values
    return [
        {
            str(technology): _by_half(periods[row, finite[row], column], quarters)
            for column, technology in enumerate(technologies)
        }
        for row in range(adopters.shape[0])
    ]


def _with_years_before(new: Floats, at_start: Floats, growth: Floats) -> tuple[Floats, Floats]:
    """Return new and all adopters with the quarters before the start; (..., T) -> (..., 8 + T)."""
    distance = np.arange(_BEFORE, 0, -1)
    earlier = new[..., :1] * (1 + growth) ** (-distance / 4)
    # What the backward continuation cannot place was there from the beginning, or is more than there was.
    reached = np.maximum(at_start - np.cumsum(earlier[..., ::-1], axis=-1)[..., ::-1] + earlier, 0.0)
    return np.concatenate([earlier, new], axis=-1), np.concatenate(
        [reached, at_start + np.cumsum(new, axis=-1)], axis=-1
    )


def _by_half(periods: NDArray[np.int64], quarters: NDArray[np.object_]) -> str | None:
    """Return the first quarter by which at least half of the replications have taken off."""
    if periods.size == 0:
        return None
    ordered = np.sort(np.where(periods == NEVER, len(quarters), periods))
    median = int(ordered[(periods.size - 1) // 2])
    return str(quarters[median]) if median < len(quarters) else None
