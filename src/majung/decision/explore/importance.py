"""What an outcome hangs on, from any sample of runs: the PAWN index.

References
----------
Pianosi, F. and Wagener, T. (2015). A simple and efficient method for global sensitivity analysis based on cumulative
distribution functions. Environmental Modelling & Software 67.
Pianosi, F. and Wagener, T. (2018). Distribution-based sensitivity analysis from a generic input-output sample.
Environmental Modelling & Software 108: slices of a given sample, bootstrap, dummy factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.explore.cube import checked

if TYPE_CHECKING:
    from majung.decision.worlds.factors import Factor

__all__ = ["FEWEST_TO_EXPLAIN", "Driver", "importance"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

_SLICES: Final = 10
"""Of a factor's range, each with as many points; free, as in Pianosi and Wagener's examples."""
_LEAST_SLICES: Final = 3
_LEAST_IN_SLICE: Final = 20
"""Points; free. Fewer points make fewer slices."""
FEWEST_TO_EXPLAIN: Final = _LEAST_SLICES * _LEAST_IN_SLICE
"""Values below which nothing is said."""
_DUMMIES: Final = 200
"""Dummies drawn a factor: ten lie above the threshold at a level of 0.95."""
_CELLS: Final = 2_000_000
"""Of an array that is worked on at a time."""


@dataclass(frozen=True, slots=True)
class Driver:
    """How much an outcome hangs on a factor.

    Parameters
    ----------
    parameter : str
        The factor's name.
    index : float
        Mean, over slices of the factor's range, of the Kolmogorov-Smirnov distance between the outcome's distribution
        in the slice and in all. 0: nothing; 1: everything. Luck alone makes it positive.
    low, high : float
        Interval of the index.
    threshold : float
        What luck alone makes it at most, in all factors together, at the level asked for.
    """

    parameter: str
    index: float
    low: float
    high: float
    threshold: float

    @property
    def matters(self) -> bool:
        """Whether the index is above what luck makes of a factor that does nothing."""
        return self.index > self.threshold


def importance(
    points: Floats,
    values: Floats,
    factors: Sequence[Factor],
    *,
    seed: int,
    resamples: int = 200,
    level: float = 0.95,
) -> tuple[Driver, ...]:
    """Return how much an outcome hangs on each factor, most first.

    The interval is the spread of a bootstrap over points around the index, with the slices held: resampled points
    repeat, which makes the distances themselves too large. The threshold is the index of dummies, the outcome put in
    random orders, that all factors together stay under with the chance `level` if none does anything.

    Parameters
    ----------
    points : (n, d) array
        In the factors' own units; any sample that covers their ranges.
    values : (n,) array
        The outcome; NaN where the run failed, which leaves the point out.
    factors : sequence of d Factor
    seed : int
    resamples : int
        Of the bootstrap.
    level : float
        Of the intervals, and of the threshold.

    Returns
    -------
    tuple of d Driver
        All factors; those that luck explains say so.

    Raises
    ------
    ValueError
        When shapes do not agree, a point is not finite, or fewer than 60 values are left.
    """
    values = np.asarray(values, dtype=np.float64)
    points = checked(points, values, factors)
    finite = np.isfinite(values)
    points, values = points[finite], values[finite]
    n, d = points.shape
    slices = min(_SLICES, n // _LEAST_IN_SLICE)
    if slices < _LEAST_SLICES:
        raise ValueError(f"{n} values are too few: {FEWEST_TO_EXPLAIN} are needed")
    for_ties, for_dummies, for_points = np.random.default_rng(seed).spawn(3)

    # As in SALib a slice holds its lower end and not its upper one, so that the largest point stands in none.
    slice_of_rank = np.arange(n) * slices // (n - 1)
    starts = np.flatnonzero(np.diff(slice_of_rank, prepend=-1))[:-1]
    ranks = np.empty((d, n), dtype=np.intp)
    np.put_along_axis(ranks, np.lexsort((for_ties.random((d, n)), points.T)), np.arange(n)[None], axis=1)
    place = np.empty(n, dtype=np.intp)
    place[np.argsort(values, kind="stable")] = np.arange(n)
    members = np.argsort(slice_of_rank[ranks] * n + place, axis=1)[:, :-1]

    even = np.ones((1, n))
    index = _mean_distances(even, values, members, starts)
    dummies = _dummies(for_dummies, values, slice_of_rank, starts, _DUMMIES * d)
    threshold = float(np.quantile(dummies, level ** (1 / d)))
    weights = for_points.multinomial(n, np.full(n, 1 / n), size=resamples).astype(np.float64)
    drivers = []
    for column, factor in enumerate(factors):
        resampled = _mean_distances(weights, values, members[[column]], starts)
        below, middle, above = np.quantile(resampled, [(1 - level) / 2, 0.5, (1 + level) / 2])
        centre = float(index[column])
        low, high = max(0.0, centre - float(middle - below)), min(1.0, centre + float(above - middle))
        drivers.append(Driver(factor.name, centre, low, high, threshold))
    return tuple(sorted(drivers, key=lambda driver: -driver.index))


def _dummies(rng: np.random.Generator, values: Floats, slice_of_rank: Places, starts: Places, count: int) -> Floats:
    """Return the indices of so many factors that do nothing."""
    n = len(values)
    ordered = np.sort(values)
    found = []
    for first in range(0, count, max(_CELLS // n, 1)):
        rows = min(count - first, max(_CELLS // n, 1))
        places = rng.permuted(np.tile(np.arange(n), (rows, 1)), axis=1)
        members = np.sort(slice_of_rank * n + places, axis=1)[:, :-1] % n
        found.append(_mean_distances(np.ones((1, n)), ordered, members, starts))
    return np.concatenate(found)


def _mean_distances(weights: Floats, values: Floats, members: Places, starts: Places) -> Floats:
    """Return mean Kolmogorov-Smirnov distances of slices from all points.

    The distance is reached at a member: at its value, or just below.

    Parameters
    ----------
    weights : (r, n) array
        How often each point counts.
    values : (n,) array
    members : (r, m) array
        Points by slice, in each slice by value; r is 1 where one of the two is for all.
    starts : (s,) array
        Where the slices start in `members`.
    """
    at, below = _distribution(weights, values)
    rows = np.arange(len(weights))[:, None]
    own = weights[rows, members]
    sums = np.cumsum(own, axis=1)
    sizes = np.diff(np.append(starts, members.shape[1]))
    totals = np.add.reduceat(own, starts, axis=1)
    earlier = np.repeat(sums[:, starts] - own[:, starts], sizes, axis=1)
    scale = np.repeat(np.maximum(totals, 1.0), sizes, axis=1)
    over = (sums - earlier) / scale - at[rows, members]
    under = below[rows, members] - (sums - own - earlier) / scale
    distances = np.maximum.reduceat(np.maximum(over, under), starts, axis=1)
    return np.asarray(distances.mean(axis=1))


def _distribution(weights: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return the shares of points, by weight (r, n), at or below each value (n,), and below it."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    sums = np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights[:, order], axis=1)], axis=1)
    sums /= sums[:, -1:]
    return (
        sums[:, np.searchsorted(ordered, values, side="right")],
        sums[:, np.searchsorted(ordered, values, side="left")],
    )
