"""Whether a choice meets every row exactly, and what forbids it, and all like it, where it does not.

The solver works to a tolerance: what it calls feasible may exceed a limit by a millionth. Sums are exact here, and a
limit holds if it does but for the last digit to which its numbers can be written. A choice that fails is cut off by a
cover inequality, which no choice that meets all rows violates; so no optimum is lost, as one would be by tightening.

References
----------
Balas, E. (1975). Facets of the knapsack polytope. Mathematical Programming 8: covers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from majung.decision.portfolio.programme import Flags, Floats, Ints, Programme

__all__ = ["Cut", "broken", "cover", "meets", "no_good", "total"]

_EPSILON: Final = float(np.finfo(np.float64).eps)


class Cut(NamedTuple):
    """Not all of `inside` may be chosen while none of `outside` is."""

    inside: Ints
    outside: Ints


def total(values: Floats, chosen: Flags) -> float:
    """Return the exact sum of the values of what is chosen, rounded once."""
    return math.fsum(values[chosen].tolist())


def meets(given: Programme, chosen: Flags) -> bool:
    """Return whether a choice meets every row, every group and what is fixed."""
    most = np.bincount(given.groups[chosen]).max(initial=0)
    fixed = (given.fixed < 0) | (given.fixed == chosen)
    return bool(most <= 1 and fixed.all()) and not broken(given, chosen)


def broken(given: Programme, chosen: Flags, rows: Sequence[int] | None = None) -> list[tuple[int, int]]:
    """Return the rows, of some or all, that a choice breaks: with 1 if it is above its high, -1 if below its low."""
    found = []
    for row in range(len(given.rules)) if rows is None else rows:
        columns, data = _row(given, row)
        used = data[chosen[columns]]
        for side, limit in ((1, given.high[row]), (-1, given.low[row])):
            if math.isfinite(limit) and _above(side * used, side * limit):
                found.append((row, side))
    return found


def cover(given: Programme, chosen: Flags, row: int, side: int) -> Cut:
    """Return a smallest part, by deletion, of a choice that by itself breaks a row that the choice breaks."""
    columns, data = _row(given, row)
    limit = side * (given.high[row] if side > 0 else given.low[row])
    data = side * data
    adds = np.flatnonzero(chosen[columns] & (data > 0))
    relief = data[chosen[columns] & (data < 0)]
    kept = dict.fromkeys(adds[np.argsort(data[adds], kind="stable")].tolist())
    for place in list(kept):
        rest = [data[other] for other in kept if other != place]
        if not _above(np.concatenate([rest, relief]), limit):
            break
        del kept[place]
    outside = columns[~chosen[columns] & (data < 0)]
    return Cut(inside=columns[list(kept)].astype(np.int64), outside=outside.astype(np.int64))


def no_good(chosen: Flags) -> Cut:
    """Return the cut that forbids one choice and nothing else."""
    return Cut(inside=np.flatnonzero(chosen), outside=np.flatnonzero(~chosen))


def _row(given: Programme, row: int) -> tuple[Ints, Floats]:
    start, stop = given.matrix.indptr[row : row + 2]
    return given.matrix.indices[start:stop].astype(np.int64), np.asarray(given.matrix.data[start:stop])


def _above(used: Floats, limit: float) -> bool:
    """Return whether numbers add up to more than a limit, by more than the last digit of what was added."""
    slack = _EPSILON * (math.fsum(np.abs(used).tolist()) + abs(limit))
    return math.fsum([*used.tolist(), -limit]) > slack
