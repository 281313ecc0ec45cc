"""The patient rule induction method on the unit cube: a box in which hits are frequent.

References
----------
Friedman, J. H. and Fisher, N. I. (1999). Bump hunting in high-dimensional data. Statistics and Computing 9(2): peeling
and pasting.
Bryant, B. P. and Lempert, R. J. (2010). Thinking inside the box: a participatory, computer-assisted approach to
scenario discovery. Technological Forecasting and Social Change 77(1): the quasi-p-value of a limit.
Kulldorff, M. (1997). A spatial scan statistic. Communications in Statistics: Theory and Methods 26(6): the likelihood
ratio of two rates, inside and outside, to one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc, xlogy

__all__ = ["Search", "find_rule", "inside", "scan_statistic"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOW, HIGH = 0, 1


@dataclass(frozen=True, slots=True)
class Search:
    """How a box is looked for; the numbers are free, within what Friedman and Fisher advise.

    Parameters
    ----------
    peel : float
        Share of the box's points that one step takes off.
    least_points : int
        No box holds fewer.
    level : float
        Largest quasi-p-value, times the number of all factors, of a limit that is kept.
    most_factors : int
        That a box may limit, so that it can be put in words.
    grid : tuple of float
        Shares of the box's points at which limits in pairs are tried.
    """

    peel: float = 0.05
    least_points: int = 15
    level: float = 0.05
    most_factors: int = 4
    grid: tuple[float, ...] = (0.15, 0.3, 0.5, 0.7, 0.85)


def inside(points: Floats, limits: Floats) -> Flags:
    """Return which points (n, d) are within the limits (d, 2), lower and upper, infinite where there is none."""
    limited = np.flatnonzero(np.isfinite(limits).any(axis=1))
    part = points[:, limited]
    return np.asarray(((part >= limits[limited, LOW]) & (part <= limits[limited, HIGH])).all(axis=1))


def scan_statistic(hits_inside: ArrayLike, n_inside: ArrayLike, hits: float, n: float) -> Floats:
    """Return the log likelihood ratio of two rates, inside and outside, to one; 0 where the rate inside is lower.

    A box is chosen by it: under a rule with errors it is largest, but for luck, at the rule's own limits, whatever the
    base rate is. The harmonic mean of coverage and density would take in all points where the base rate is high, and
    density alone ever smaller boxes.

    Parameters
    ----------
    hits_inside, n_inside : array
        Points of interest and all points in a box.
    hits, n : float
        The same in all.
    """
    hits_inside, n_inside = np.asarray(hits_inside, dtype=np.float64), np.asarray(n_inside, dtype=np.float64)
    hits_outside, n_outside = hits - hits_inside, n - n_inside
    ratio = _likelihood(hits_inside, n_inside) + _likelihood(hits_outside, n_outside)
    ratio -= _likelihood(np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64))
    return np.where(hits_inside * n_outside > hits_outside * n_inside, ratio, 0.0)


def find_rule(points: Floats, hits: Flags, search: Search) -> tuple[Floats, Floats]:
    """Return the limits of the box that tells most about which points are hits.

    From all points, and again from the box found until nothing is gained, limits are peeled and tried in pairs; each is
    moved to its best place, those that luck drew are dropped, and the better of the two boxes is kept.

    Parameters
    ----------
    points : (n, d) array
        In the unit cube.
    hits : (n,) array
        Points of interest.
    search : Search

    Returns
    -------
    limits : (d, 2) array
        Lower and upper; infinite where there is none. All are infinite where no limit is significant.
    p_values : (d,) array
        Of each factor's limits together, times the number of all factors, at most 1; 1 where there is none.
    """
    limits, best = np.tile([-np.inf, np.inf], (points.shape[1], 1)), 0.0
    moves = (_peeled, _paired) if hits.any() and not hits.all() else ()
    while moves:
        boxes = [_pruned(points, hits, move(points, hits, limits, search), search) for move in moves]
        gained = [_statistic(points, hits, box) for box in boxes]
        if max(gained) <= best * (1 + 1e-9):
            break
        limits, best = boxes[int(np.argmax(gained))], max(gained)
    factors, p_values = _by_factor(points, hits, limits)
    adjusted = np.ones(len(limits))
    adjusted[factors] = np.minimum(len(limits) * p_values, 1.0)
    return limits, adjusted


def _likelihood(hits: Floats, n: Floats) -> Floats:
    """Return the log likelihood of n trials with these hits at their own rate."""
    misses = n - hits
    return np.asarray(xlogy(hits, hits) + xlogy(misses, misses) - xlogy(n, n))


def _statistic(points: Floats, hits: Flags, limits: Floats) -> float:
    held = inside(points, limits)
    return float(scan_statistic(hits[held].sum(), held.sum(), hits.sum(), len(hits)))


def _peeled(points: Floats, hits: Flags, limits: Floats, search: Search) -> Floats:
    """Return the box on the peeling trajectory with the largest scan statistic.

    A step takes off, at one end of one factor, the share `peel` of the points that leaves the highest density.
    """
    limits, best, chosen = limits.copy(), -math.inf, limits
    held = inside(points, limits)
    index = np.flatnonzero(held)
    order = index[np.argsort(points[index], axis=0, kind="stable")].T
    ordered = np.take_along_axis(points.T, order, axis=1)
    yes = hits[order]
    while True:
        n = order.shape[1]
        gained = float(scan_statistic(yes[0].sum(), n, hits.sum(), len(hits)))
        if gained > best:
            best, chosen = gained, limits.copy()
        step = math.ceil(search.peel * n)
        if n - step < search.least_points:
            return chosen
        cut = _best_cut(ordered, yes, step, search.least_points)
        if cut is None:
            return chosen
        factor, end, count = cut
        row = ordered[factor]
        edge = count if end == LOW else n - count
        limits[factor, end] = (row[edge - 1] + row[edge]) / 2
        held[order[factor, :count] if end == LOW else order[factor, n - count :]] = False
        keep = held[order]
        shape = (len(order), n - count)
        order, ordered, yes = order[keep].reshape(shape), ordered[keep].reshape(shape), yes[keep].reshape(shape)


def _best_cut(ordered: Floats, yes: Flags, step: int, least: int) -> tuple[int, int, int] | None:
    """Return the factor, the end and the number of points of the best peel; equal values go together.

    Parameters
    ----------
    ordered : (d, n) array
        The box's points by factor, ascending.
    yes : (d, n) array
        Whether they are hits, in that order.
    step : int
        Points to take off.
    least : int
        Points to leave.
    """
    n = ordered.shape[1]
    off = (ordered <= ordered[:, [step - 1]], ordered >= ordered[:, [n - step]])
    counts = np.stack([end.sum(axis=1) for end in off])
    taken = np.stack([(end & yes).sum(axis=1) for end in off])
    left = n - counts
    density = np.where(left >= least, (yes[0].sum() - taken) / np.maximum(left, 1), -np.inf)
    end, factor = np.unravel_index(int(density.argmax()), density.shape)
    return (int(factor), int(end), int(counts[end, factor])) if left[end, factor] >= least else None


def _paired(points: Floats, hits: Flags, limits: Floats, search: Search) -> Floats:
    """Return the box with the one or two further limits, of those on a grid, that tell most.

    Peeling, one end at a time, does not see limits of which neither tells anything without the other. All pairs are
    tried; Pearson's statistic stands in for the likelihood ratio, as it is quick.
    """
    held = inside(points, limits)
    part, yes = points[held], hits[held]
    cuts = np.quantile(part, search.grid, axis=0)
    flags = np.concatenate([part[:, None] >= cuts, part[:, None] <= cuts], axis=1).reshape(len(part), -1)
    flags = np.concatenate([flags, np.ones((len(part), 1), dtype=bool)], axis=1).astype(np.float32)
    n_inside = flags.T @ flags
    hits_inside = flags[yes].T @ flags[yes]
    share, rate = np.float32(1 / len(hits)), np.float32(hits.mean())
    excess = np.maximum(hits_inside - rate * n_inside, 0)
    fits = (n_inside >= search.least_points) & (n_inside < len(hits))
    gained = np.divide(excess**2, n_inside * (1 - share * n_inside), out=np.zeros_like(excess), where=fits)
    further = limits.copy()
    for column in np.unravel_index(int(gained.argmax()), gained.shape):
        if column < flags.shape[1] - 1:
            end, cut, factor = np.unravel_index(int(column), (2, *cuts.shape))
            tighter = np.fmax if end == LOW else np.fmin
            further[factor, end] = tighter(further[factor, end], cuts[cut, factor])
    return further


def _settled(points: Floats, hits: Flags, limits: Floats, search: Search) -> Floats:
    """Return the box with each limit moved, out or in, to where the scan statistic is largest, until none moves.

    Pasting by single points.
    """
    limits = limits.copy()
    ends = np.argwhere(np.isfinite(limits))
    broken = _broken(points, limits, ends)
    best, before = _statistic(points, hits, limits), -math.inf
    while best > before:
        before = best
        for column, (factor, end) in enumerate(ends):
            held = np.flatnonzero(broken.sum(axis=1) == broken[:, column])
            sign = 1.0 if end == HIGH else -1.0
            limit, gained = _best_limit(sign * points[held, factor], hits[held], hits, search.least_points)
            if gained > best * (1 + 1e-9):
                limits[factor, end], best = sign * limit, gained
                broken[:, [column]] = _broken(points, limits, ends[[column]])
    return limits


def _best_limit(values: Floats, hits_held: Flags, hits: Flags, least: int) -> tuple[float, float]:
    """Return the upper limit with the largest scan statistic, infinite where none is best, and that statistic.

    Parameters
    ----------
    values : (m,) array
        Of the points that all other limits hold.
    hits_held : (m,) array
        Which of them are hits.
    hits : (n,) array
        Which of all points are hits.
    least : int
        Points to hold.
    """
    order = np.argsort(values, kind="stable")
    values, counts = values[order], np.arange(1.0, len(values) + 1)
    gained = scan_statistic(np.cumsum(hits_held[order]).astype(float), counts, float(hits.sum()), float(len(hits)))
    gained[:-1][values[1:] == values[:-1]] = -np.inf
    gained[: least - 1] = -np.inf
    last = len(values) - 1 - int(gained[::-1].argmax())
    limit = math.inf if last + 1 == len(values) else float(values[last] + values[last + 1]) / 2
    return limit, float(gained[last])


def _pruned(points: Floats, hits: Flags, limits: Floats, search: Search) -> Floats:
    """Return the box, settled, without limits that luck explains.

    They are dropped a quarter at a time, the least significant first.
    """
    limits = _settled(points, hits, limits, search)
    while len(ends := np.argwhere(np.isfinite(limits))):
        p_values = _quasi_p(hits, _broken(points, limits, ends))
        factors, by_factor = _by_factor(points, hits, limits)
        if lucky := int((p_values * len(limits) > search.level).sum()):
            for factor, end in ends[np.argsort(p_values)[-math.ceil(lucky / 4) :]]:
                limits[factor, end] = np.inf if end == HIGH else -np.inf
        elif len(factors) > search.most_factors:
            limits[factors[by_factor.argmax()]] = -np.inf, np.inf
        else:
            break
        limits = _settled(points, hits, limits, search)
    return limits


def _by_factor(points: Floats, hits: Flags, limits: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the factors that are limited, and the quasi-p-value of each one's limits together."""
    factors = np.flatnonzero(np.isfinite(limits).any(axis=1))
    part, low, high = points[:, factors], limits[factors, LOW], limits[factors, HIGH]
    return factors, _quasi_p(hits, (part < low) | (part > high))


def _broken(points: Floats, limits: Floats, ends: NDArray[np.intp]) -> Flags:
    """Return which limits, given as m (factor, end), each point breaks, (n, m)."""
    factor, end = ends.T
    part, limit = points[:, factor], limits[factor, end]
    return np.asarray(np.where(end == LOW, part < limit, part > limit))


def _quasi_p(hits: Flags, broken: Flags) -> Floats:
    """Return for each limit the chance of as many hits in the box, at the density that it has without that limit.

    Bryant and Lempert's quasi-p-value; it leaves out that the limit was looked for.

    Parameters
    ----------
    hits : (n,) array
    broken : (n, m) array
        Which limits each point breaks.
    """
    count = broken.sum(axis=1)
    wider = count[:, None] == broken
    return np.asarray(
        bdtrc(hits[count == 0].sum() - 1.0, (count == 0).sum(), hits.astype(float) @ wider / wider.sum(axis=0))
    )
