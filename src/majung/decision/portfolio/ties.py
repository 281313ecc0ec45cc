"""Which of options that are worth the same, or as good as the same, is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from scipy.sparse import csc_array

from majung.decision.portfolio.exact import meets
from majung.decision.portfolio.programme import FREE, Flags, Ints, Programme

__all__ = ["settled"]

_RESOLUTION: Final = 1e-8
"""Share of the largest value below which the solver may not tell two values apart."""
_MOST: Final = 4096
"""How many options at most are tried in the place of one."""
_AT_ONCE: Final = 2**20
"""Numbers held at once while they are."""


def settled(given: Programme, chosen: Flags) -> Flags:
    """Return a choice, worth no less, that no exchange of one option betters.

    Out goes what adds nothing, in comes what adds a little that the solver may not have seen, and an option gives way
    to one that is worth more, or the same for less money, or is the same and comes before it. All of that where the
    rows allow it. What is within the solver's resolution only is looked at: more than that an optimum leaves to nobody.

    Parameters
    ----------
    given : Programme
        In canonical form, which says what comes before what.
    chosen : (n,) array
        A choice that meets every row.
    """
    reach = _RESOLUTION * float(np.abs(given.values).max(initial=0.0))
    columns = csc_array(given.matrix)
    best = chosen.copy()
    changed = True
    while changed:
        changed = False
        for option in np.flatnonzero(best & (given.fixed == FREE) & (given.values <= 0)).tolist():
            changed |= _try(given, best, [option], [])
        for option in np.flatnonzero(
            ~best & (given.fixed == FREE) & (given.values > 0) & (given.values <= reach)
        ).tolist():
            changed |= _try(given, best, [], [option])
        for option in np.flatnonzero(best & (given.fixed == FREE)).tolist():
            others = _better(given, best, option, reach)
            changed |= any(
                _try(given, best, [option], [other]) for other in _fitting(given, columns, best, option, others)
            )
    return best


def _better(given: Programme, best: Flags, option: int, reach: float) -> Ints:
    """Return what is preferred to a chosen option and free to take its place, the most preferred first."""
    value, money = given.values[option], given.money[option]
    place = np.arange(given.size)
    same = given.values == value
    preferred = (given.values > value) & (given.values <= value + reach)
    preferred |= same & (given.money < money)
    preferred |= same & (given.money == money) & (place < option)
    taken = np.zeros(int(given.groups.max(initial=-1)) + 1, dtype=np.bool_)
    taken[given.groups[best]] = True
    taken[given.groups[option]] = False
    found = np.flatnonzero(preferred & ~best & (given.fixed == FREE) & ~taken[given.groups])
    order = np.lexsort((found, given.money[found], -given.values[found]))
    return found[order][:_MOST]


def _fitting(given: Programme, columns: csc_array, best: Flags, option: int, others: Ints) -> Iterator[int]:
    """Yield the options that fit in the place of another, as far as sums that are not exact can tell."""
    step = max(_AT_ONCE // max(len(given.rules), 1), 1)
    rest = columns @ best - columns[:, [option]].toarray()[:, 0] if len(others) else np.zeros(0)
    for start in range(0, len(others), step):
        part = others[start : start + step]
        sums = rest[:, None] + columns[:, part].toarray()
        slack = _RESOLUTION * (1.0 + np.abs(sums))
        fits = (sums >= given.low[:, None] - slack) & (sums <= given.high[:, None] + slack)
        yield from part[fits.all(axis=0)].tolist()


def _try(given: Programme, best: Flags, leaving: list[int], coming: list[int]) -> bool:
    """Exchange options where every row allows it, and return whether it does."""
    best[leaving], best[coming] = False, True
    if meets(given, best):
        return True
    best[leaving], best[coming] = True, False
    return False
