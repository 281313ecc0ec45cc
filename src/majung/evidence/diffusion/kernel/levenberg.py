"""Levenberg-Marquardt with bounds, on what is left when the market potential has been eliminated.

Every mean is the potential times a share of it, so that for given other parameters the best potential has a closed
form (Golub and Pereyra 1973). What is left has one parameter fewer, no scale, and much rounder contours.
"""

from __future__ import annotations

import math

import numpy as np

from majung.evidence.diffusion.kernel.caching import inner, working
from majung.evidence.diffusion.kernel.curves import PLACES, bass_density
from majung.evidence.diffusion.kernel.shapes import curve
from majung.evidence.diffusion.kernel.types import Flags, Vector

CONVERGED, OUT_OF_ITERATIONS, STALLED = range(3)
_ORTHOGONAL = 1e-9
"""Greatest cosine between the residuals and a column of the Jacobian at a minimum."""
_NEARLY = 1e-5
"""The same where rounding lets no step reduce the sum of squares any more."""
_STEP = 1e-11
_EXACT = 1e-26
"""Sum of squared residuals over that of the values below which a fit is exact."""


@inner
def share_of(
    kind: int, dense: bool, start: float, end: float, z0: float, z1: float, x: Vector, g: Vector, h: Vector
) -> float:
    """Return the share adopted in an interval and fill its gradient; a start of -inf makes it the share by its end."""
    if dense:
        return bass_density(end, x, g)
    share = curve(kind, end, z1, x, g)
    if start > -math.inf:
        share -= curve(kind, start, z0, x, h)
        for j in range(PLACES):
            g[j] -= h[j]
    return share


@inner
def natural(theta: Vector, logs: Flags, x: Vector) -> None:
    """Fill the parameters in their natural scale."""
    for j in range(theta.size):
        x[j] = math.exp(theta[j]) if logs[j] else theta[j]


@inner
def project(
    kind: int, dense: bool, starts: Vector, ends: Vector, z0: Vector, z1: Vector, y: Vector,
    theta: Vector, logs: Flags, m_low: float, m_high: float, x: Vector, basis: Vector, slopes: Vector,
    g: Vector, h: Vector,
) -> tuple[float, float, bool]:  # fmt: skip
    """Fill shares and their slopes; return the best potential, its sum of squares, and whether it is at a bound."""
    natural(theta, logs, x)
    squares, product = 0.0, 0.0
    passed, at, driven = 0.0, math.nan, math.nan
    for i in range(y.size):
        if dense:
            share = bass_density(ends[i], x, g)
        else:
            reached = curve(kind, ends[i], z1[i], x, g)
            if starts[i] == -math.inf:
                share = reached
            else:
                # most intervals begin where the one before them ends: that share is known
                if starts[i] != at or z0[i] != driven:
                    passed = curve(kind, starts[i], z0[i], x, h)
                share = reached - passed
        between = not dense and starts[i] > -math.inf
        basis[i] = share
        squares += share * share
        product += share * y[i]
        for j in range(theta.size):
            slope = g[j] - h[j] if between else g[j]
            slopes[i, j] = slope * x[j] if logs[j] else slope
            h[j] = g[j]
        if not dense:
            passed, at, driven = reached, ends[i], z1[i]
    m = product / squares if squares > 0.0 else m_low
    bound = not (m_low < m < m_high)
    m = min(max(m, m_low), m_high)
    rss = 0.0
    for i in range(y.size):
        rest = y[i] - m * basis[i]
        rss += rest * rest
    return m, rss if math.isfinite(rss) else math.inf, bound


@inner
def normal_equations(
    y: Vector, m: float, bound: bool, basis: Vector, slopes: Vector, matrix: Vector, gradient: Vector
) -> None:
    """Fill J'J and J'r of the residuals after the potential has been eliminated."""
    count = gradient.size
    squares = 0.0
    for i in range(y.size):
        squares += basis[i] * basis[i]
    for j in range(count):
        gradient[j] = 0.0
        for k in range(count):
            matrix[j, k] = 0.0
        # how the best potential moves with parameter j
        moves = 0.0
        if not bound and squares > 0.0:
            for i in range(y.size):
                moves += slopes[i, j] * (y[i] - 2.0 * m * basis[i])
            moves /= squares
        for i in range(y.size):
            slopes[i, j] = -(m * slopes[i, j] + moves * basis[i])
    for i in range(y.size):
        rest = y[i] - m * basis[i]
        for j in range(count):
            gradient[j] += slopes[i, j] * rest
            for k in range(j + 1):
                matrix[j, k] += slopes[i, j] * slopes[i, k]
    for j in range(count):
        for k in range(j):
            matrix[k, j] = matrix[j, k]


@inner
def damped_step(matrix: Vector, gradient: Vector, free: Flags, damping: float, lower: Vector, step: Vector) -> bool:
    """Solve (A + damping diag A) step = -gradient over the free parameters by Cholesky; say whether it went."""
    count = gradient.size
    for j in range(count):
        for k in range(j + 1):
            total = matrix[j, k] if free[j] and free[k] else 0.0
            if j == k:
                total = total * (1.0 + damping) if free[j] and total > 0.0 else 1.0
            for n in range(k):
                total -= lower[j, n] * lower[k, n]
            if j == k:
                if not total > 0.0:
                    return False
                lower[j, j] = math.sqrt(total)
            else:
                lower[j, k] = total / lower[k, k]
    for j in range(count):
        total = -gradient[j] if free[j] else 0.0
        for n in range(j):
            total -= lower[j, n] * step[n]
        step[j] = total / lower[j, j]
    for j in range(count - 1, -1, -1):
        total = step[j]
        for n in range(j + 1, count):
            total -= lower[n, j] * step[n]
        step[j] = total / lower[j, j]
    return True


@inner
def steepness(matrix: Vector, gradient: Vector, free: Flags, rss: float) -> float:
    """Return the greatest cosine between the residuals and a free column of the Jacobian."""
    worst = 0.0
    for j in range(gradient.size):
        if free[j] and matrix[j, j] > 0.0:
            worst = max(worst, abs(gradient[j]) / math.sqrt(matrix[j, j] * rss))
    return worst


@working
def minimise(
    kind: int, dense: bool, starts: Vector, ends: Vector, z0: Vector, z1: Vector, y: Vector,
    theta: Vector, logs: Flags, low: Vector, high: Vector, m_low: float, m_high: float, most: int,
    x: Vector, basis: Vector, slopes: Vector,
) -> tuple[float, float, bool, int, int]:  # fmt: skip
    """Move ``theta`` to a minimum; return potential, sum of squares, whether it is bound, status and iterations."""
    count = theta.size
    g, h = np.empty(PLACES), np.empty(PLACES)
    matrix, factor = np.empty((count, count)), np.empty((count, count))
    gradient, step, trial, free = np.empty(count), np.empty(count), np.empty(count), np.empty(count, np.bool_)
    scale = 0.0
    for i in range(y.size):
        scale += y[i] * y[i]
    m, rss, bound = project(kind, dense, starts, ends, z0, z1, y, theta, logs, m_low, m_high, x, basis, slopes, g, h)
    normal_equations(y, m, bound, basis, slopes, matrix, gradient)
    damping, growth = 1e-3, 2.0
    for iteration in range(most):
        for j in range(count):
            free[j] = not ((theta[j] <= low[j] and gradient[j] >= 0.0) or (theta[j] >= high[j] and gradient[j] <= 0.0))
        if rss <= _EXACT * scale or steepness(matrix, gradient, free, rss) <= _ORTHOGONAL:
            return m, rss, bound, CONVERGED, iteration
        went = damped_step(matrix, gradient, free, damping, factor, step)
        size = 0.0
        for j in range(count):
            trial[j] = theta[j]
            if went:
                trial[j] = min(max(theta[j] + step[j], low[j]), high[j])
            size = max(size, abs(trial[j] - theta[j]) / max(1.0, abs(theta[j])))
        if went:
            m_new, rss_new, bound_new = project(
                kind, dense, starts, ends, z0, z1, y, trial, logs, m_low, m_high, x, basis, slopes, g, h
            )
            if rss_new < rss:
                expected = 0.0
                for j in range(count):
                    moved = trial[j] - theta[j]
                    expected -= 2.0 * gradient[j] * moved
                    for k in range(count):
                        expected -= moved * matrix[j, k] * (trial[k] - theta[k])
                gain = (rss - rss_new) / expected if expected > 0.0 else 0.0
                damping = max(damping * max(1.0 / 3.0, 1.0 - (2.0 * gain - 1.0) ** 3), 1e-12)
                growth = 2.0
                for j in range(count):
                    theta[j] = trial[j]
                m, rss, bound = m_new, rss_new, bound_new
                normal_equations(y, m, bound, basis, slopes, matrix, gradient)
                continue
        if (size <= _STEP and went) or damping > 1e12:
            near = steepness(matrix, gradient, free, rss) <= _NEARLY
            return m, rss, bound, CONVERGED if near else STALLED, iteration
        damping *= growth
        growth = min(2.0 * growth, 1e3)
    return m, rss, bound, OUT_OF_ITERATIONS, most
