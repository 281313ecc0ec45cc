"""Choosing among finalists by a matrix of what each came to in each world."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["RULES", "TAIL", "choices", "regrets", "tail_mean", "undominated"]

Floats = NDArray[np.float64]

TAIL: Final = 0.1
"""Part of the worlds that are the worst ones."""
RULES: Final = ("expected", "regret", "risk")
"""How to choose: the largest mean, the smallest of the largest regrets, the largest mean of the worst worlds."""


def tail_mean(values: Floats) -> float:
    """Return the mean of the worst tenth of worlds, one at least.

    Conditional value at risk of equally likely worlds (Rockafellar and Uryasev 2000), at whole worlds.

    Parameters
    ----------
    values : (worlds,) array
    """
    worst = max(1, int(np.ceil(TAIL * values.size - 1e-9)))
    return float(np.partition(values, worst - 1)[:worst].mean())


def regrets(values: Floats) -> Floats:
    """Return by how much the best finalist of each world beats each (Savage 1951), (finalists, worlds).

    Parameters
    ----------
    values : (finalists, worlds) array
    """
    return np.asarray(values.max(axis=0) - values)


def choices(values: Floats) -> dict[str, int]:
    """Return the finalist that each of `RULES` chooses; the first of several that are alike.

    Parameters
    ----------
    values : (finalists, worlds) array
        Complete: no world that failed under any.
    """
    return {
        "expected": int(values.mean(axis=1).argmax()),
        "regret": int(regrets(values).max(axis=1).argmin()),
        "risk": int(np.argmax([tail_mean(row) for row in values])),
    }


def undominated(table: Floats, count: int | None = None) -> list[int]:
    """Return the rows that no row beats: none is as good in every column and better in one.

    Where they are more than `count`, the best of each column come first, and then those that are farthest from all
    taken so far (each column measured by its range), so that the trade-off is covered.

    Parameters
    ----------
    table : (n, columns) array
        More is better. Rows with a NaN are no candidates.
    count : int, optional
    """
    rows = np.flatnonzero(~np.isnan(table).any(axis=1))
    found = table[rows]
    as_good = (found[:, np.newaxis] >= found).all(axis=2)
    better = (found[:, np.newaxis] > found).any(axis=2)
    kept = rows[~(as_good & better).any(axis=0)]
    if count is None or kept.size <= count:
        return [int(row) for row in kept]
    return sorted(int(kept[place]) for place in _spread_out(table[kept], count))


def _spread_out(table: Floats, count: int) -> list[int]:
    width = np.ptp(table, axis=0)
    scaled = table / np.where(width > 0, width, 1.0)
    taken = list(dict.fromkeys(int(place) for place in table.argmax(axis=0)))[:count]
    while len(taken) < count:
        far = np.abs(scaled[:, np.newaxis] - scaled[taken]).max(axis=2).min(axis=1)
        taken.append(int(far.argmax()))
    return taken
