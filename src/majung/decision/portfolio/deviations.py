"""Proof by enumeration: every choice that could still beat the best one known, where those are few enough.

Prices of the rows split a choice's value: with prices y >= 0 and reduced values d = v - yA, it is
``y b + sum(max(d, 0)) - (|d| of each option that is not as the sign of its d says) - y (b - A x)``. The last two cannot
add anything, so a better choice deviates from the signs by options whose |d| add up to no more than the gap between
the first two and the best value known. Such sets are listed in order, each in a few nanoseconds. Where rows are few
that is far faster than branching, which solves a linear programme for each node.

References
----------
Balas, E. and Zemel, E. (1980). An algorithm for large zero-one knapsack problems. Operations Research 28: the core.
Boussier, S., Vasquez, M., Vimont, Y., Hanafi, S. and Michelon, P. (2010). A multi-level search strategy for the 0-1
multidimensional knapsack problem. Discrete Applied Mathematics 158: enumeration by reduced costs.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from numba import njit
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from majung.decision.portfolio.programme import Flags, Floats, Ints

__all__ = ["proven_best"]

_MOST_WORK: Final = 5e10
"""Sets times rows; what would take more is left to branching. Most sets are ruled out together with others: work of a
billion took some two seconds when measured."""
_MOST_NUMBERS: Final = 2e7
"""Options times rows that are held at once."""
_AT_ONCE: Final = 20_000_000
"""Sets between two looks at the clock."""
_BINS: Final = 2000
_CLOSE: Final = 1e-9
"""Share of a row's or the values' size within which sums are not trusted to say which is larger."""


def proven_best(
    gain: Floats,
    matrix: csr_array,
    low: Floats,
    high: Floats,
    bounds: tuple[Floats, Floats],
    known: Flags,
    deadline: float,
) -> Flags | None:
    """Return the best choice, or None where there are too many sets to list or the time is up.

    Parameters
    ----------
    gain : (n,) array
        Values.
    matrix : (R, n) sparse array
        Rows, groups among them.
    low, high : (R,) array
        Their limits.
    bounds : pair of (n,) arrays
        Zero or one: the least and the most of each option.
    known : (n,) array
        A choice that meets all rows: the better it is, the fewer sets there are.
    deadline : float
        By `time.perf_counter`.
    """
    above, below = np.flatnonzero(np.isfinite(high)), np.flatnonzero(np.isfinite(low))
    rows = csr_array(vstack([matrix[above], -matrix[below]]))
    limits = np.concatenate([high[above], -low[below]])
    price = _row_prices(gain, rows, limits, bounds)
    if price is None:
        return None
    distance = gain - rows.T @ price
    free = bounds[0] < bounds[1]
    start = np.where(free, distance > 0, bounds[0] > 0.5)
    ceiling = float(price @ limits + distance[start].sum())
    whole = bool((gain == np.round(gain)).all())
    # Listed is what is better by one unit of whole values, or by any that can be told.
    step = 1.0 - 1e-6 if whole else -_CLOSE * float(np.abs(gain).max(initial=0.0))
    best = float(gain[known].sum())
    order = np.flatnonzero(free & (np.abs(distance) <= ceiling - best - step + 1e-6))
    order = order[np.argsort(-np.abs(distance[order]), kind="stable")]
    if len(order) * len(limits) > _MOST_NUMBERS:
        return None
    if _sets(np.abs(distance[order]), ceiling - best - step) * len(limits) > _MOST_WORK:
        return None
    change = rows[:, order].toarray().T * np.where(start[order], -1.0, 1.0)[:, None]
    spread = np.asarray(abs(rows).sum(axis=1)).ravel() + np.abs(limits)
    search = _Search(
        cost=np.abs(distance[order]),
        gain=gain[order] * np.where(start[order], -1.0, 1.0),
        change=np.ascontiguousarray(change),
        price=price,
        limits=limits,
        hair=np.where(_whole(rows, limits), 0.25, _CLOSE * spread),
        room=ceiling - step,
    )
    search.begin(np.asarray(rows @ start.astype(np.float64)), float(gain[start].sum()), best)
    while search.more(_AT_ONCE):
        if time.perf_counter() > deadline:
            return None
    if search.found is None:
        return known
    chosen = start.copy()
    deviating = order[search.found]
    chosen[deviating] = ~chosen[deviating]
    return np.asarray(chosen, dtype=np.bool_)


class _Search:
    """A listing of sets that can be broken off and gone on with; options of the largest cost come first."""

    def __init__(
        self, cost: Floats, gain: Floats, change: Floats, price: Floats, limits: Floats, hair: Floats, room: float
    ) -> None:
        none = np.zeros((1, len(limits)))
        relief = np.concatenate([np.cumsum(np.maximum(-change, 0.0)[::-1], axis=0)[::-1], none])
        more = np.concatenate([np.cumsum(np.maximum(change, 0.0)[::-1], axis=0)[::-1], none])
        self._fixed = (cost, gain, change, relief, more, price, limits, hair, room)
        self._place = np.zeros(len(cost) + 2, dtype=np.int64)
        self._spent, self._worth = np.zeros(len(cost) + 2), np.zeros(len(cost) + 2)
        self._set = np.zeros(len(cost) + 1, dtype=np.int64)
        self._used = np.zeros(len(limits))
        self._state, self._best = np.array([0, -1], dtype=np.int64), np.zeros(1)

    def begin(self, used: Floats, worth: float, best: float) -> None:
        """Begin with no deviation: what is used then, what it is worth, and the best value known."""
        limits, hair = self._fixed[6], self._fixed[7]
        self._used[:], self._worth[:], self._best[0] = used, worth, best
        if worth > best and not (used > limits + hair).any():
            self._best[0], self._state[1] = worth, 0

    @property
    def found(self) -> Ints | None:
        """The set that is better than what was known; None where there is none."""
        size = int(self._state[1])
        return None if size < 0 else self._set[:size]

    def more(self, sets: int) -> bool:
        """List so many more, and return whether any are left."""
        own = (self._used, self._place, self._spent, self._worth, self._set, self._state, self._best)
        return bool(_list(*self._fixed, *own, sets))


@njit(cache=True, nogil=True, error_model="numpy")
def _list(
    cost: Floats,
    gain: Floats,
    change: Floats,
    relief: Floats,
    more: Floats,
    price: Floats,
    limits: Floats,
    hair: Floats,
    room: float,
    used: Floats,
    place: Ints,
    spent: Floats,
    worth: Floats,
    best_set: Ints,
    state: Ints,
    best: Floats,
    sets: int,
) -> bool:  # pragma: no cover (compiled)
    """Go on with the listing; `state` is the depth, and the size of the best set or -1.

    `relief` and `more` are what the options from one on could take off each row's use, or add to it, at most.
    """
    depth, count, rows = state[0], len(cost), len(limits)
    for _ in range(sets):
        left = room - best[0] - spent[depth]
        option = place[depth]
        while option < count and cost[option] > left:
            option += 1
        going = option < count
        if going:
            unused = 0.0
            for row in range(rows):
                spare = limits[row] - used[row]
                if spare + relief[option, row] < -hair[row]:
                    going = False
                    break
                unused += price[row] * max(spare - more[option, row], 0.0)
            going = going and unused <= left
        if not going:
            if depth == 0:
                return False
            depth -= 1
            option = place[depth]
            for row in range(rows):
                used[row] -= change[option, row]
            place[depth] = option + 1
            continue
        place[depth] = option
        fits = True
        for row in range(rows):
            used[row] += change[option, row]
            fits = fits and used[row] <= limits[row] + hair[row]
        spent[depth + 1] = spent[depth] + cost[option]
        worth[depth + 1] = worth[depth] + gain[option]
        depth += 1
        place[depth] = option + 1
        if fits and worth[depth] > best[0]:
            best[0] = worth[depth]
            state[1] = depth
            best_set[:depth] = place[:depth]
    state[0] = depth
    return True


def _row_prices(gain: Floats, rows: csr_array, limits: Floats, bounds: tuple[Floats, Floats]) -> Floats | None:
    """Return what the linear relaxation says a unit of each row is worth: zero or more."""
    found = linprog(  # type: ignore[call-overload]
        -gain, A_ub=rows, b_ub=limits, bounds=np.column_stack(bounds), method="highs"
    )
    return np.maximum(-found.ineqlin.marginals, 0.0) if found.status == 0 else None


def _sets(cost: Floats, budget: float) -> float:
    """Return about how many sets of options have costs that add up to no more than a budget."""
    if budget <= 0 or len(cost) == 0:
        return 1.0
    counts = np.zeros(_BINS + 1)
    counts[0] = 1.0
    for width in np.round(cost / budget * _BINS).astype(np.int64).tolist():
        if width <= _BINS:
            counts[width:] += counts[: len(counts) - width].copy()
    return float(counts.sum())


def _whole(rows: csr_array, limits: Floats) -> Flags:
    """Return which rows have whole coefficients and limits, so that their sums are exact."""
    found = limits == np.round(limits)
    data = rows.data != np.round(rows.data)
    found[np.repeat(np.arange(len(limits)), np.diff(rows.indptr))[data]] = False
    return np.asarray(found)
