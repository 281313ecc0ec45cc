"""Single exchanges: no option that is chosen gives way to a better one, or to none, any more."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from scipy.sparse import csc_array

from majung.decision.portfolio.exact import broken
from majung.decision.portfolio.programme import FREE, Flags, Floats, Ints, Programme

__all__ = ["exchanged"]

_HAIR: Final = 1e-8
"""Share of a sum by which it may lie beyond a limit before it is looked at exactly."""
_NONE: Final = -1


def exchanged(given: Programme, chosen: Flags, *, reach: float = np.inf) -> Flags:
    """Return a choice, worth no less, that no exchange of one option betters.

    Out goes what adds nothing, in comes what adds something, and an option gives way to one that is worth more, or the
    same for less money, or is the same and comes before it. All of that where the rows allow it.

    Parameters
    ----------
    given : Programme
        In canonical form, which says what comes before what.
    chosen : (n,) array
        A choice that meets every row.
    reach : float
        Exchanges that add more are not looked for: an optimum leaves none but for what the solver cannot tell apart.
    """
    free = given.fixed == FREE
    pool = np.flatnonzero(free)
    # Whatever comes before an option here is preferred to it.
    pool = pool[np.lexsort((pool, given.money[pool], -given.values[pool]))]
    values = given.values[pool]
    own = np.full(given.size, len(pool))
    own[pool] = np.arange(len(pool))
    first = np.searchsorted(-values, -(values + reach), side="left")
    adding = (int(np.searchsorted(-values, -reach, side="left")), int((values > 0).sum()))
    desk = _Desk(given, chosen, pool)
    changed = True
    while changed:
        changed = False
        for option in np.flatnonzero(desk.chosen & free & (given.values <= 0)).tolist():
            changed |= desk.exchange(option, _NONE)
        while desk.better(_NONE, *adding):
            changed = True
        for option in np.flatnonzero(desk.chosen & free).tolist():
            changed |= desk.better(option, int(first[own[option]]), int(own[option]))
    return desk.chosen


class _Desk:
    """A choice, and what it uses."""

    def __init__(self, given: Programme, chosen: Flags, pool: Ints) -> None:
        self.chosen = chosen.copy()
        self._given, self._pool = given, pool
        columns = csc_array(given.matrix)
        self._ends, self._rows = columns.indptr.astype(np.int64), columns.indices.astype(np.int64)
        self._data = columns.data
        self._used = np.asarray(given.matrix @ chosen.astype(np.float64))
        self._taken = np.zeros(int(given.groups.max(initial=-1)) + 1, dtype=np.bool_)
        self._taken[given.groups[chosen]] = True

    def better(self, leaving: int, start: int, stop: int) -> bool:
        """Put the most preferred option that fits, of a part of the pool, in the place of another or of none."""
        g = self._given
        while start < stop:
            place = _fitting(
                *(self._ends, self._rows, self._data, self._used, g.low, g.high, g.groups),
                *(self._taken, self.chosen, self._pool, leaving, start, stop),
            )
            if place < 0:
                return False
            if self.exchange(leaving, int(self._pool[place])):
                return True
            start = place + 1
        return False

    def exchange(self, leaving: int, coming: int) -> bool:
        """Exchange two options, or one for none, where every row allows it, and return whether it does."""
        options = [option for option in (leaving, coming) if option != _NONE]
        rows = np.unique(np.concatenate([self._rows[self._ends[o] : self._ends[o + 1]] for o in options]))
        self.chosen[options] = ~self.chosen[options]
        if broken(self._given, self.chosen, rows.tolist()):
            self.chosen[options] = ~self.chosen[options]
            return False
        for option in options:
            part = slice(self._ends[option], self._ends[option + 1])
            self._used[self._rows[part]] += self._data[part] if self.chosen[option] else -self._data[part]
            self._taken[self._given.groups[option]] = self.chosen[option]
        if coming != _NONE:
            self._taken[self._given.groups[coming]] = True
        return True


@njit(cache=True, nogil=True)
def _fitting(
    ends: Ints,
    rows: Ints,
    data: Floats,
    used: Floats,
    low: Floats,
    high: Floats,
    groups: Ints,
    taken: Flags,
    chosen: Flags,
    pool: Ints,
    leaving: int,
    start: int,
    stop: int,
) -> int:  # pragma: no cover (compiled)
    """Return the first place in the pool of an option that fits where another, or none, leaves; -1 where none does."""
    own, short = -1, 0
    if leaving >= 0:
        own = groups[leaving]
        for entry in range(ends[leaving], ends[leaving + 1]):
            row = rows[entry]
            used[row] -= data[entry]
            hair = _HAIR * (1.0 + abs(used[row]))
            short += used[row] > high[row] + hair or used[row] < low[row] - hair
    found = -1
    for place in range(start, stop):
        option = pool[place]
        group = groups[option]
        if chosen[option] or (taken[group] and group != own):
            continue
        mended = 0
        fits = True
        for entry in range(ends[option], ends[option + 1]):
            row = rows[entry]
            after = used[row] + data[entry]
            hair = _HAIR * (1.0 + abs(after))
            if after > high[row] + hair or after < low[row] - hair:
                fits = False
                break
            hair = _HAIR * (1.0 + abs(used[row]))
            mended += used[row] > high[row] + hair or used[row] < low[row] - hair
        if fits and mended == short:
            found = place
            break
    if leaving >= 0:
        for entry in range(ends[leaving], ends[leaving + 1]):
            used[rows[entry]] += data[entry]
    return found
