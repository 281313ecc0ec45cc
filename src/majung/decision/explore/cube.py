"""Between the factors' own units and the unit cube."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from majung.decision.worlds.factors import Factor

__all__ = ["checked", "in_own_units", "in_unit_cube"]

Floats = NDArray[np.float64]


def in_own_units(places: Floats, factors: Sequence[Factor]) -> Floats:
    """Return the points (n, d) of the unit cube in the factors' own units."""
    return np.stack([factor.at(places[:, column]) for column, factor in enumerate(factors)], axis=1)


def in_unit_cube(points: Floats, factors: Sequence[Factor]) -> Floats:
    """Return the places in the unit cube of points (n, d) in the factors' own units."""
    return np.stack([factor.unit_of(points[:, column]) for column, factor in enumerate(factors)], axis=1)


def checked(points: Floats, results: NDArray[np.generic], factors: Sequence[Factor]) -> Floats:
    """Return points (n, d) as numbers.

    Raises
    ------
    ValueError
        When there are no factors, numbers of rows or columns do not agree, or a point is not finite.
    """
    points = np.asarray(points, dtype=np.float64)
    if not factors or points.ndim != 2 or points.shape[1] != len(factors) or results.shape != points.shape[:1]:
        raise ValueError(f"points {points.shape}, results {results.shape} and {len(factors)} factors do not agree")
    if not np.isfinite(points).all():
        raise ValueError("every point must be known")
    return points
