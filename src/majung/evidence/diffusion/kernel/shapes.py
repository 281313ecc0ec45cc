"""Curves of cumulative adoption without a hazard of Bass, and the choice among all curves."""

from __future__ import annotations

import math

from majung.evidence.diffusion.kernel.caching import inner
from majung.evidence.diffusion.kernel.curves import (
    DENSITY,
    bass,
    bass_driven,
    bass_exponential_shock,
    bass_launched,
    bass_rectangular_shock,
    clear,
    gamma_shifted_gompertz,
    growing_potential,
)
from majung.evidence.diffusion.kernel.types import Vector

BASS, DRIVEN, GOMPERTZ, LOGISTIC, BEMMAOR, WEIBULL, GROWING, EXPONENTIAL, RECTANGULAR, LAUNCHED = range(10)


@inner
def logistic(t: float, x: Vector, g: Vector) -> float:
    """Logistic: 1 / (1 + exp(-b(t - peak))); x = b, peak."""
    b, since = x[0], t - x[1]
    if b * since >= 0.0:
        e = math.exp(-b * since)
        share = 1.0 / (1.0 + e)
        spread = e / ((1.0 + e) * (1.0 + e))
    else:
        e = math.exp(b * since)
        share = e / (1.0 + e)
        spread = e / ((1.0 + e) * (1.0 + e))
    g[0] = since * spread
    g[1] = -b * spread
    g[DENSITY] = b * spread
    return share


@inner
def gompertz(t: float, x: Vector, g: Vector) -> float:
    """Gompertz: exp(-exp(-b(t - peak))); x = b, peak."""
    b, since = x[0], t - x[1]
    # exp(-exp(7)) is zero in float64, and exp(709) is the last that is finite
    e = math.exp(min(-b * since, 7.0))
    share = math.exp(-e)
    spread = share * e
    g[0] = since * spread
    g[1] = -b * spread
    g[DENSITY] = b * spread
    return share


@inner
def weibull(t: float, x: Vector, g: Vector) -> float:
    """Weibull: 1 - exp(-(t/scale)^shape); x = scale, shape."""
    if t <= 0.0:
        return clear(g)
    scale, shape = x[0], x[1]
    logged = math.log(t / scale)
    power = math.exp(min(shape * logged, 700.0))
    spread = power * math.exp(-power)
    g[0] = -spread * shape / scale
    g[1] = spread * logged
    g[DENSITY] = spread * shape / t
    return -math.expm1(-power)


@inner
def curve(kind: int, t: float, z: float, x: Vector, g: Vector) -> float:
    """Return the share at a time, by the number of the curve; see `curves`."""
    if kind == BASS:
        return bass(t, x, g, 0)
    if kind == DRIVEN:
        return bass_driven(t, z, x, g)
    if kind == GOMPERTZ:
        return gompertz(t, x, g)
    if kind == LOGISTIC:
        return logistic(t, x, g)
    if kind == BEMMAOR:
        return gamma_shifted_gompertz(t, x, g)
    if kind == WEIBULL:
        return weibull(t, x, g)
    if kind == GROWING:
        return growing_potential(t, x, g)
    if kind == EXPONENTIAL:
        return bass_exponential_shock(t, x, g)
    if kind == RECTANGULAR:
        return bass_rectangular_shock(t, x, g)
    return bass_launched(t, x, g)
