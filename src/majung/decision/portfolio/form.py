"""One canonical form of a programme, whatever order its options and rows came in, and scaled for the solver.

The solver is deterministic, so what is chosen depends on the order of options only where options are alike in
everything; the caller's ranks, or else the order given, tell those apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
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
    alike = _told_apart(_alike(given.order, -given.values, given.money), given, columns)
    company = _company(alike, given.groups)
    origin = np.lexsort((np.arange(given.size), company, alike))
    first = np.full(int(given.groups.max(initial=-1)) + 1, given.size)
    np.minimum.at(first, given.groups[origin], np.arange(given.size))
    numbers = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    groups = numbers[given.groups[origin]]
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


def _alike(*keys: Floats | Ints) -> Ints:
    """Return the rank of each place by some keys, the first first; equals share a rank."""
    order = np.lexsort(keys[::-1])
    new = np.zeros(len(order), dtype=np.bool_)
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.cumsum(new)
    return ranks


def _told_apart(ranks: Ints, given: Programme, columns: csc_array) -> Ints:
    """Return the ranks of options after what they use, what is fixed and their values by world told equals apart."""
    for key in _finer_keys(given, columns):
        equals = np.flatnonzero(np.bincount(ranks, minlength=1)[ranks] > 1)
        if not len(equals):
            break
        finer = np.zeros(len(ranks), dtype=np.int64)
        finer[equals] = _alike(key(equals))
        ranks = _alike(ranks, finer)
    return ranks


def _finer_keys(given: Programme, columns: csc_array) -> Iterator[Callable[[Ints], Floats | Ints]]:
    """Yield what tells options apart beside their value and money, of some options at a time."""
    ends = columns.indptr
    for depth in range(int(np.diff(ends).max(initial=0))):

        def entry(array: NDArray[Any], absent: float, options: Ints, depth: int = depth) -> NDArray[Any]:
            there = ends[options] + depth < ends[options + 1]
            return np.where(there, array[np.where(there, ends[options] + depth, 0)], absent)

        yield partial(entry, columns.data, 0.0)
        yield partial(entry, columns.indices, -1)
    yield partial(np.take, given.fixed)
    for world in given.scenarios:
        yield partial(np.take, world)


def _company(ranks: Ints, groups: Ints) -> Ints:
    """Return the rank of each option's group by what else is in it, where that tells equals apart; else -1."""
    company = np.full(len(ranks), -1)
    equals = np.bincount(ranks, minlength=1)[ranks] > 1
    shared = np.bincount(groups, minlength=1)[groups] > 1
    wanted = np.zeros(int(groups.max(initial=-1)) + 1, dtype=np.bool_)
    wanted[groups[equals & shared]] = True
    places = np.flatnonzero(wanted[groups])
    members: dict[int, list[int]] = {}
    for group, rank in zip(groups[places].tolist(), ranks[places].tolist(), strict=True):
        members.setdefault(group, []).append(rank)
    signature = {group: sorted(found) for group, found in members.items()}
    place = {group: rank for rank, group in enumerate(sorted(signature, key=lambda group: signature[group]))}
    company[places] = [place[group] for group in groups[places].tolist()]
    return company


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
