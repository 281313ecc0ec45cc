"""Fit many series one after another without going back to Python, and evaluate curves."""

from __future__ import annotations

import math

import numpy as np

from majung.evidence.diffusion.kernel.caching import kept, working
from majung.evidence.diffusion.kernel.curves import PLACES
from majung.evidence.diffusion.kernel.levenberg import CONVERGED, STALLED, minimise, project, share_of
from majung.evidence.diffusion.kernel.shapes import EXPONENTIAL, RECTANGULAR
from majung.evidence.diffusion.kernel.types import Flags, Index, Vector

_NEAR_BOUND = 1e-7
_FAR_OUT = 0.05
"""Share of the potential's upper bound from which a search that did not converge is tried at the bound."""
_AS_GOOD = 1.0 + 1e-4
"""How much greater the sum of squares may be there."""
_DEPENDENT = 1e-13
"""Squared sine between a column of the Jacobian and those before it below which they depend on each other."""


@working
def inverse(matrix: Vector, count: int, out: Vector) -> bool:
    """Invert a positive matrix after scaling its diagonal to one; False where its columns depend on each other."""
    scale, factor = np.empty(count), np.empty((count, count))
    for j in range(count):
        if not matrix[j, j] > 0.0:
            return False
        scale[j] = 1.0 / math.sqrt(matrix[j, j])
    for j in range(count):
        for k in range(j + 1):
            total = matrix[j, k] * scale[j] * scale[k]
            for n in range(k):
                total -= factor[j, n] * factor[k, n]
            if j == k:
                if not total > _DEPENDENT:
                    return False
                factor[j, j] = math.sqrt(total)
            else:
                factor[j, k] = total / factor[k, k]
    column = np.empty(count)
    for c in range(count):
        for j in range(count):
            total = 1.0 if j == c else 0.0
            for n in range(j):
                total -= factor[j, n] * column[n]
            column[j] = total / factor[j, j]
        for j in range(count - 1, -1, -1):
            total = column[j]
            for n in range(j + 1, count):
                total -= factor[n, j] * column[n]
            column[j] = total / factor[j, j]
        for j in range(count):
            out[j, c] = column[j] * scale[j] * scale[c]
    return True


@working
def errors(
    kind: int, dense: bool, starts: Vector, ends: Vector, z0: Vector, z1: Vector, m: float, x: Vector,
    pinned: Flags, rss: float, se: Vector, leverage: Vector,
) -> bool:  # fmt: skip
    """Fill standard errors (NaN where a parameter is at its bound) and leverages; False where they do not exist."""
    count, n = pinned.size, ends.size
    columns = np.empty(count, np.int64)
    free = 0
    for j in range(count):
        se[j] = math.nan
        if not pinned[j]:
            columns[free] = j
            free += 1
    g, h = np.empty(PLACES), np.empty(PLACES)
    rows = np.empty((n, count))
    matrix, covariance = np.empty((count, count)), np.empty((count, count))
    for c in range(count):
        for d in range(count):
            matrix[c, d] = 0.0
    for i in range(n):
        leverage[i] = 0.0
        share = share_of(kind, dense, starts[i], ends[i], z0[i], z1[i], x, g, h)
        for c in range(free):
            rows[i, c] = share if columns[c] == 0 else m * g[columns[c] - 1]
            for d in range(c + 1):
                matrix[c, d] += rows[i, c] * rows[i, d]
    for c in range(free):
        for d in range(c):
            matrix[d, c] = matrix[c, d]
    if free == 0 or not inverse(matrix, free, covariance):
        return free == 0
    for i in range(n):
        for c in range(free):
            for d in range(free):
                leverage[i] += rows[i, c] * covariance[c, d] * rows[i, d]
    if n > free:
        for c in range(free):
            se[columns[c]] = math.sqrt(rss / (n - free) * covariance[c, c])
    return True


@working
def best_guesses(
    kind: int, dense: bool, starts: Vector, ends: Vector, z0: Vector, z1: Vector, y: Vector,
    guesses: Vector, extra: Vector, logs: Flags, low: Vector, high: Vector, m_low: float, m_high: float,
    x: Vector, basis: Vector, slopes: Vector, chosen: Vector,
) -> int:  # fmt: skip
    """Fill the rows of ``chosen`` with the guesses of least squares, best first; say how many there are."""
    g, h, trial = np.empty(PLACES), np.empty(PLACES), np.empty(low.size)
    held = np.empty(chosen.shape[0])
    for place in range(held.size):
        held[place] = math.inf
    found = 0
    for n in range(guesses.shape[0] + 1):
        row = extra if n == guesses.shape[0] else guesses[n]
        if math.isnan(row[0]):
            continue
        for j in range(low.size):
            trial[j] = min(max(row[j], low[j]), high[j])
        _, rss, _ = project(kind, dense, starts, ends, z0, z1, y, trial, logs, m_low, m_high, x, basis, slopes, g, h)
        if not rss < held[-1]:
            continue
        place = held.size - 1
        while place > 0 and rss < held[place - 1]:
            held[place] = held[place - 1]
            for j in range(low.size):
                chosen[place, j] = chosen[place - 1, j]
            place -= 1
        held[place] = rss
        for j in range(low.size):
            chosen[place, j] = trial[j]
        found = min(found + 1, held.size)
    return found


@kept
def fit_batch(
    begin: int, stop: int, kind: int, dense: bool,
    starts: Vector, ends: Vector, z0: Vector, z1: Vector, first: Index, count: Index, values: Vector, place: Index,
    guesses: Vector, which: Index, extra: Vector, logs: Flags, low: Vector, high: Vector, m_low: Vector, m_high: Vector,
    tries: int, most: int, with_errors: bool,
    parameters: Vector, se: Vector, rss: Vector, status: Index, pinned: Flags, regular: Flags,
    fitted: Vector, leverage: Vector,
) -> None:  # fmt: skip
    """Fit problems ``begin`` to ``stop``.

    Problem k has ``count[k]`` observations: intervals from ``first[k]`` on, values from ``place[k]`` on. Its starting
    values are ``guesses[which[k]]`` and ``extra[k]`` (NaN: none); the ``tries`` best of them are followed. ``low`` and
    ``high`` are (K, P); parameters (K, 1 + P) begin with the potential.
    """
    params = logs.size
    theta, best, x = np.empty(params), np.empty(params), np.empty(params)
    g, h, chosen = np.empty(PLACES), np.empty(PLACES), np.empty((tries, params))
    low_held, high_held = np.empty(params), np.empty(params)
    for k in range(begin, stop):
        n, a, b = count[k], first[k], place[k]
        s, e, u, v, y = starts[a : a + n], ends[a : a + n], z0[a : a + n], z1[a : a + n], values[b : b + n]
        basis, slopes = np.empty(n), np.empty((n, params))
        found = best_guesses(
            kind, dense, s, e, u, v, y, guesses[which[k]], extra[k], logs, low[k], high[k], m_low[k], m_high[k],
            x, basis, slopes, chosen,
        )  # fmt: skip
        rss[k] = math.inf
        status[k] = STALLED
        for j in range(params):
            best[j] = low[k, j]
        floor, potential = m_low[k], 0.0
        for number in range(found + 1):
            last = number == found
            # data that set no upper bound to the potential let the search creep towards its bound: it is put there
            if last and (status[k] == CONVERGED or potential < _FAR_OUT * m_high[k]):
                continue
            for j in range(params):
                theta[j] = best[j] if last else chosen[number, j]
            least = m_high[k] if last else m_low[k]
            m, squares, _, ended, _ = minimise(
                kind, dense, s, e, u, v, y, theta, logs, low[k], high[k], least, m_high[k], most, x, basis, slopes
            )
            # another minimum must be better by more than rounding, so that the order of starts decides nothing
            better = squares < rss[k] * (1.0 - 1e-9) or (squares <= rss[k] and ended < status[k])
            if better or (last and ended == CONVERGED and squares <= rss[k] * _AS_GOOD):
                rss[k], status[k], floor, potential = squares, ended, least, m
                for j in range(params):
                    best[j] = theta[j]
        if status[k] != CONVERGED and EXPONENTIAL <= kind <= RECTANGULAR:
            # where a shock begins or ends at an observation the sum of squares has a kink: it is a minimum if it is one
            # along all other parameters
            for j in range(params):
                held = j == 2 or (j == 3 and kind == RECTANGULAR)
                theta[j] = best[j]
                low_held[j] = best[j] if held else low[k, j]
                high_held[j] = best[j] if held else high[k, j]
            _, squares, _, ended, _ = minimise(
                kind, dense, s, e, u, v, y, theta, logs, low_held, high_held, floor, m_high[k], most, x, basis, slopes
            )
            if ended == CONVERGED and squares <= rss[k] * (1.0 + 1e-9):
                status[k] = ended
                for j in range(params):
                    best[j] = theta[j]
        m, rss[k], bound = project(kind, dense, s, e, u, v, y, best, logs, floor, m_high[k], x, basis, slopes, g, h)
        parameters[k, 0] = m
        pinned[k, 0] = bound
        for j in range(params):
            parameters[k, j + 1] = x[j]
            pinned[k, j + 1] = best[j] <= low[k, j] + _NEAR_BOUND or best[j] >= high[k, j] - _NEAR_BOUND
        for i in range(n):
            fitted[b + i] = m * basis[i]
        if with_errors:
            regular[k] = errors(kind, dense, s, e, u, v, m, x, pinned[k], rss[k], se[k], leverage[b : b + n])


@kept
def evaluate(
    kind: int, dense: bool, starts: Vector, ends: Vector, z0: Vector, z1: Vector, parameters: Vector,
    out: Vector, slopes: Vector,
) -> None:  # fmt: skip
    """Fill means (D, n) for rows of parameters (D, 1 + P), and slopes where they are (D, n, 1 + P)."""
    g, h = np.empty(PLACES), np.empty(PLACES)
    for d in range(parameters.shape[0]):
        x = parameters[d, 1:]
        for i in range(ends.size):
            share = share_of(kind, dense, starts[i], ends[i], z0[i], z1[i], x, g, h)
            out[d, i] = parameters[d, 0] * share
            if slopes.shape[0] > 0:
                slopes[d, i, 0] = share
                for j in range(x.size):
                    slopes[d, i, j + 1] = parameters[d, 0] * g[j]


__all__ = ["evaluate", "fit_batch"]
