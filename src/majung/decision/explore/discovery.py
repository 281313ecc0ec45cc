"""Scenario discovery: in which futures something happens, as rules of few limits that can be said in words.

References
----------
Friedman, J. H. and Fisher, N. I. (1999). Bump hunting in high-dimensional data. Statistics and Computing 9(2).
Bryant, B. P. and Lempert, R. J. (2010). Thinking inside the box: a participatory, computer-assisted approach to
scenario discovery. Technological Forecasting and Social Change 77(1): coverage, density, one box after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc

from majung.decision.explore.cube import checked, in_unit_cube
from majung.decision.explore.peeling import HIGH, LOW, Search, find_rule, inside

if TYPE_CHECKING:
    from majung.decision.worlds.factors import Factor

__all__ = ["Box", "Limit", "discover"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_FOLDS: Final = 5
"""Of the cross-validation; free, as is usual."""
_LEVEL: Final = 0.01
"""Largest chance, at the base rate, of as many points of interest out of sample as a box that is reported holds;
free, and below one of twenty as folds that agree on luck are not independent."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A factor's limits in a rule.

    Parameters
    ----------
    name : str
        The factor's.
    low, high : float, optional
        Inclusive, in the factor's own unit; None where that end is not limited.
    """

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rule: all of its limits hold.

    Points that lie in an earlier box do not count in a later one.

    Parameters
    ----------
    limits : tuple of Limit
        One a factor, the most significant first.
    coverage : float
        Share of all points of interest that lie in the box.
    density : float
        Share of the box's points that are of interest.
    mass : float
        Share of all points that lie in the box.
    base_rate : float
        Share of all points that are of interest.
    coverage_cv, density_cv : float
        Coverage and density of boxes found without the points that they are measured on.
    p_values : tuple of float
        For each limit the chance of as many points of interest in the box at the density that it has without the limit,
        times the number of all factors, at most 1. That the limit was looked for is left out (quasi-p-value).
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    base_rate: float
    coverage_cv: float
    density_cv: float
    p_values: tuple[float, ...]


def discover(
    points: Floats, of_interest: ArrayLike, factors: Sequence[Factor], *, seed: int, boxes: int = 2
) -> tuple[Box, ...]:
    """Return the rules by which points are of interest, or nothing where no rule holds out of sample.

    Limits are peeled (Friedman and Fisher 1999), and tried in pairs, as peeling is blind to limits of which neither
    tells anything without the other. Of the boxes on the way that one is taken, and each limit is put there (pasting),
    where the likelihood ratio of two rates, inside and outside, to one is largest. Limits that are not significant are
    dropped, as are the weakest beyond four factors. The whole is repeated without each fifth of the points. The box is
    reported if those points, held out, are of interest more often in the boxes so found than in all; luck does so in
    one of a hundred cases. The next box is looked for among the points that are left.

    Parameters
    ----------
    points : (n, d) array
        In the factors' own units.
    of_interest : (n,) array of bool
    factors : sequence of d Factor
    seed : int
        Of the division into fifths.
    boxes : int
        At most.

    Returns
    -------
    tuple of Box
        In the order in which they were found.

    Raises
    ------
    ValueError
        When shapes do not agree, or a point or whether it is of interest is not known.
    """
    hits = _flags(of_interest)
    places = in_unit_cube(checked(points, hits, factors), factors)
    rng = np.random.default_rng(seed)
    left = np.ones(len(hits), dtype=bool)
    found: list[Box] = []
    while len(found) < boxes:
        limits, p_values = find_rule(places[left], hits[left], Search())
        if not np.isfinite(limits).any():
            break
        held, hits_held = _held_out(places[left], hits[left], rng)
        if float(bdtrc(hits_held - 1, held, hits.mean())) > _LEVEL:
            break
        covered = left & inside(places, limits)
        found.append(
            Box(
                limits=_in_own_units(limits, p_values, factors),
                coverage=float(hits[covered].sum() / hits.sum()),
                density=float(hits[covered].mean()),
                mass=float(covered.mean()),
                base_rate=float(hits.mean()),
                coverage_cv=float(hits_held / hits.sum()),
                density_cv=float(hits_held / held),
                p_values=tuple(sorted(p_values[np.isfinite(limits).any(axis=1)].tolist())),
            )
        )
        left &= ~covered
    return tuple(found)


def _flags(of_interest: ArrayLike) -> Flags:
    flags = np.asarray(of_interest)
    if not np.isin(flags, (0, 1)).all():
        raise ValueError("whether a point is of interest must be known: true or false")
    return flags.astype(bool)


def _held_out(points: Floats, hits: Flags, rng: np.random.Generator) -> tuple[int, int]:
    """Return how many points, and points of interest, lie in boxes that were found without them."""
    fold = np.empty(len(hits), dtype=np.intp)
    # Points of interest are dealt first, so that each fold has its share.
    order = rng.permutation(len(hits))
    fold[order[np.argsort(~hits[order], kind="stable")]] = np.arange(len(hits)) % _FOLDS
    held = hits_held = 0
    for one in range(_FOLDS):
        out = fold == one
        limits, _ = find_rule(points[~out], hits[~out], Search())
        if np.isfinite(limits).any():
            covered = inside(points[out], limits)
            held += int(covered.sum())
            hits_held += int(hits[out][covered].sum())
    return held, hits_held


def _in_own_units(limits: Floats, p_values: Floats, factors: Sequence[Factor]) -> tuple[Limit, ...]:
    """Return the limits (d, 2) as words say them, the most significant first."""

    def end(column: int, which: int) -> float | None:
        place = limits[column, which]
        return float(factors[column].at(place)) if np.isfinite(place) else None

    limited = np.flatnonzero(np.isfinite(limits).any(axis=1))
    columns = limited[np.argsort(p_values[limited], kind="stable")].tolist()
    return tuple(Limit(factors[column].name, end(column, LOW), end(column, HIGH)) for column in columns)
