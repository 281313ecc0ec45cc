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
_DOUBT: Final = 1e-11
"""Share of all that a row could come to by which a sum that is kept up to date may be wrong."""
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
    # Whatever comes before an option in this order is preferred to it.
    order = np.lexsort((np.arange(given.size), given.money, -given.values))
    desk = _Desk(given.of_options(order), chosen[order])
    free, values = given.fixed[order] == FREE, given.values[order]
    first = np.searchsorted(-values, -(values + reach), side="left")
    adding = (int(np.searchsorted(-values, -reach, side="left")), int((values > 0).sum()))
    changed = True
    while changed:
        changed = False
        for option in np.flatnonzero(desk.chosen & free & (values <= 0)).tolist():
            changed |= desk.exchange(option, _NONE)
        while desk.better(_NONE, *adding):
            changed = True
        for option in np.flatnonzero(desk.chosen & free).tolist():
            changed |= desk.better(option, int(first[option]), option)
    best = np.empty_like(chosen)
    best[order] = desk.chosen
    return best


class _Desk:
    """A choice, and what it uses; options in the order in which they are preferred."""

    def __init__(self, given: Programme, chosen: Flags) -> None:
        self.chosen = chosen.copy()
        self._given, self._free = given, given.fixed == FREE
        columns = csc_array(given.matrix)
        self._ends, self._rows = columns.indptr.astype(np.int64), columns.indices.astype(np.int64)
        self._data = columns.data
        # By so little sums that are kept up to date may be wrong, and not by more.
        size = abs(given.matrix).sum(axis=1) + np.where(np.isfinite(given.high), np.abs(given.high), 0.0)
        self._doubt = _DOUBT * (size + np.where(np.isfinite(given.low), np.abs(given.low), 0.0))
        self._used = np.asarray(given.matrix @ chosen.astype(np.float64))
        self._taken = np.zeros(int(given.groups.max(initial=-1)) + 1, dtype=np.bool_)
        self._taken[given.groups[chosen]] = True

    def better(self, leaving: int, start: int, stop: int) -> bool:
        """Put the most preferred option that fits, of those from one to another, in the place of a third or of none."""
        g = self._given
        while start < stop:
            place: int = _fitting(
                *(self._ends, self._rows, self._data, self._used, g.low, g.high, g.groups),
                *(self._taken, self.chosen, self._free, leaving, start, stop),
            )
            if place < 0:
                return False
            if self.exchange(leaving, place):
                return True
            start = place + 1
        return False

    def exchange(self, leaving: int, coming: int) -> bool:
        """Exchange two options, or one for none, where every row allows it, and return whether it does."""
        options = [option for option in (leaving, coming) if option != _NONE]
        self.chosen[options] = ~self.chosen[options]
        if self._breaks(options):
            self.chosen[options] = ~self.chosen[options]
            return False
        for option in options:
            part = slice(self._ends[option], self._ends[option + 1])
            self._used[self._rows[part]] += self._data[part] if self.chosen[option] else -self._data[part]
            self._taken[self._given.groups[option]] = self.chosen[option]
        if coming != _NONE:
            self._taken[self._given.groups[coming]] = True
        return True

    def _breaks(self, options: list[int]) -> bool:
        """Whether a row is broken once these have changed sides; only what is close is looked at exactly."""
        g = self._given
        after: dict[int, float] = {}
        for option in options:
            sign = 1.0 if self.chosen[option] else -1.0
            part = slice(self._ends[option], self._ends[option + 1])
            for row, use in zip(self._rows[part].tolist(), self._data[part].tolist(), strict=True):
                after[row] = after.get(row, self._used[row]) + sign * use
        close = []
        for row, used in after.items():
            doubt = self._doubt[row]
            if used > g.high[row] + doubt or used < g.low[row] - doubt:
                return True
            if used > g.high[row] - doubt or used < g.low[row] + doubt:
                close.append(row)
        return bool(close) and bool(broken(g, self.chosen, close))


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
    free: Flags,
    leaving: int,
    start: int,
    stop: int,
) -> int:  # pragma: no cover (compiled)
    """Return the first option that fits where another, or none, leaves; -1 where none does."""
    own, short = -1, 0
    if leaving >= 0:
        own = groups[leaving]
        for entry in range(ends[leaving], ends[leaving + 1]):
            row = rows[entry]
            used[row] -= data[entry]
            hair = _HAIR * (1.0 + abs(used[row]))
            short += used[row] > high[row] + hair or used[row] < low[row] - hair
    found = -1
    for option in range(start, stop):
        group = groups[option]
        if chosen[option] or not free[option] or (taken[group] and group != own):
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
            found = option
            break
    if leaving >= 0:
        for entry in range(ends[leaving], ends[leaving + 1]):
            used[rows[entry]] += data[entry]
    return found
