"""One canonical form of a programme, whatever order its options and rows came in, and scaled for the solver.

The solver is deterministic, so what is chosen depends on the order of options only where options are alike in
everything; the caller's ranks, or else the order given, tell those apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.sparse import csc_array, csr_array, diags_array

from majung.decision.portfolio.programme import Floats, Ints, Programme

__all__ = ["Scaled", "canonical", "row_unit", "row_units", "scaled", "unit"]

_WHOLE: Final = 2.0**20
"""Whole numbers up to this size stay whole: the solver rounds its bounds where all coefficients are."""
_LARGEST: Final = 2.0**10
"""Else the largest coefficient of a row, or value, lies between half of this and this."""
_LAST_DIGITS: Final = 4 * np.finfo(np.float64).eps


def canonical(given: Programme) -> tuple[Programme, Ints]:
    """Return the programme with its rows and options sorted by what they are, and where each option came from.

    Parameters
    ----------
    given : Programme

    Returns
    -------
    Programme
        Options by `order`, then by value, the dearest last, then by what they use and by what else is in their group.
    (n,) array
        Position in `given` of each option of it.
    """
    rows = sorted(range(len(given.rules)), key=lambda row: _row_key(given, row))
    matrix = csr_array(given.matrix[np.array(rows, dtype=np.int64)])
    columns = csc_array(matrix)
    columns.sort_indices()
    keys = [_option_key(given, columns, option) for option in range(given.size)]
    company: dict[int, list[tuple[object, ...]]] = {}
    for option, key in enumerate(keys):
        company.setdefault(int(given.groups[option]), []).append(key)
    signature = {group: sorted(members) for group, members in company.items() if len(members) > 1}
    rank = {group: place for place, group in enumerate(sorted(signature, key=lambda group: signature[group]))}
    places = sorted(range(given.size), key=lambda option: (keys[option], rank.get(int(given.groups[option]), -1)))
    origin = np.array(places, dtype=np.int64)
    first = {group: place for place, group in reversed(list(enumerate(given.groups[origin].tolist())))}
    numbers = {group: place for place, group in enumerate(sorted(first, key=lambda group: first[group]))}
    groups = np.array([numbers[group] for group in given.groups[origin].tolist()], dtype=np.int64)
    return replace(
        given,
        values=given.values[origin],
        groups=groups,
        matrix=csr_array(matrix[:, origin]),
        low=given.low[rows],
        high=given.high[rows],
        rules=tuple(given.rules[row] for row in rows),
        money=given.money[origin],
        fixed=given.fixed[origin],
        scenarios=given.scenarios[:, origin],
        order=given.order[origin],
    ), origin


def _row_key(given: Programme, row: int) -> tuple[object, ...]:
    start, stop = given.matrix.indptr[row : row + 2]
    return given.rules[row], given.low[row], given.high[row], np.sort(given.matrix.data[start:stop]).tobytes()


def _option_key(given: Programme, columns: csc_array, option: int) -> tuple[object, ...]:
    start, stop = columns.indptr[option : option + 2]
    return (
        given.order[option],
        -given.values[option],
        given.money[option],
        columns.data[start:stop].tolist(),
        columns.indices[start:stop].tolist(),
        given.fixed[option],
        given.scenarios[:, option].tolist(),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scaled:
    """Rows as the solver gets them: coefficients of like size, whole where they can be."""

    matrix: csr_array
    low: Floats
    high: Floats


def scaled(given: Programme) -> Scaled:
    """Return the rows that limit anything, each divided by its unit; limits of whole rows are rounded inwards."""
    kept = np.flatnonzero(np.isfinite(given.low) | np.isfinite(given.high))
    matrix = given.matrix[kept]
    units = np.empty(len(kept))
    low, high = given.low[kept].copy(), given.high[kept].copy()
    for row in range(len(kept)):
        data = matrix.data[matrix.indptr[row] : matrix.indptr[row + 1]]
        units[row], whole = unit(data)
        low[row], high[row] = low[row] / units[row], high[row] / units[row]
        if whole:
            # A limit that was reckoned, such as 0.1 * 30, may lie a last digit off the whole number it stands for.
            low[row] = np.ceil(low[row] - _LAST_DIGITS * abs(low[row]))
            high[row] = np.floor(high[row] + _LAST_DIGITS * abs(high[row]))
    return Scaled(matrix=csr_array(diags_array(1.0 / units) @ matrix), low=low, high=high)


def row_unit(data: Floats) -> float:
    """Return the power of two that brings the largest of some numbers near a thousand; 1 where all are zero."""
    largest = float(np.abs(data).max(initial=0.0))
    return math.ldexp(1.0, math.frexp(largest)[1]) / _LARGEST if largest > 0 else 1.0


def row_units(given: Programme) -> Floats:
    """Return `row_unit` of each row."""
    largest = np.zeros(len(given.rules))
    rows = np.repeat(np.arange(len(largest)), np.diff(given.matrix.indptr))
    np.maximum.at(largest, rows, np.abs(given.matrix.data))
    return np.where(largest > 0, np.ldexp(1.0, np.frexp(largest)[1]) / _LARGEST, 1.0)


def unit(data: Floats) -> tuple[float, bool]:
    """Return what numbers are best counted in, and whether all of them are whole then.

    Whole numbers that have a common divisor are counted in it, if they are small enough then. All others are in a
    power of two, so that dividing by it loses nothing.
    """
    if len(data) and (data == np.round(data)).all() and np.abs(data).max() < 2.0**53:
        divisor = int(np.gcd.reduce(np.abs(data).astype(np.int64))) or 1
        if np.abs(data).max() / divisor <= _WHOLE:
            return float(divisor), True
    return row_unit(data), False
