"""Curves of cumulative adoption that follow from a hazard of Bass, with their gradients.

Every function takes a time and the parameters ``x`` in their natural scale, fills ``g`` with the derivative of the
share by each parameter and ``g[DENSITY]`` with that by time, and returns the share of the potential that has adopted.
Before the launch, at times of zero or less, the share is zero.
"""

from __future__ import annotations

import math

from majung.evidence.diffusion.kernel.caching import inner
from majung.evidence.diffusion.kernel.types import Vector

PLACES = 10
"""Length of a gradient: more than any model has parameters, with the density in the last place."""
DENSITY = 9


@inner
def clear(g: Vector) -> float:
    """Fill a gradient with zeros; the share there."""
    for j in range(PLACES):
        g[j] = 0.0
    return 0.0


@inner
def bass(t: float, x: Vector, g: Vector, first: int) -> float:
    """Bass (1969): x = p, q at ``first`` and after it."""
    if t <= 0.0:
        g[first] = 0.0
        g[first + 1] = 0.0
        g[DENSITY] = 0.0
        return 0.0
    p, q = x[first], x[first + 1]
    e = math.exp(-(p + q) * t)
    rest = 1.0 - e if e < 0.5 else -math.expm1(-(p + q) * t)
    ratio = q / p
    below = 1.0 + ratio * e
    square = below * below
    along = (1.0 + ratio) * t * e / square
    across = rest * e / square
    g[first] = along + across * ratio / p
    g[first + 1] = along - across / p
    g[DENSITY] = (p + q) * (1.0 + ratio) * e / square
    share: float = rest / below
    return share


@inner
def bass_launched(t: float, x: Vector, g: Vector) -> float:
    """Bass whose launch is unknown: x = p, q, peak. The time since launch is t - peak + ln(q/p)/(p+q).

    Around its peak the curve hardly depends on p where p is small; its launch does. So p alone is what data may fail to
    determine.
    """
    p, q = x[0], x[1]
    rate = p + q
    rise = math.log(q / p) / rate
    share = bass(t - x[2] + rise, x, g, 0)
    density = g[DENSITY]
    g[0] -= density * (1.0 / p + rise) / rate
    g[1] += density * (1.0 / q - rise) / rate
    g[2] = -density
    return share


@inner
def bass_density(t: float, x: Vector, g: Vector) -> float:
    """Density of adoption after Bass (1969) and its gradient: (p+q)²/p e / (1 + q/p e)², e = exp(-(p+q)t)."""
    p, q = x[0], x[1]
    e = math.exp(-(p + q) * t)
    ratio = q / p
    below = 1.0 + ratio * e
    density: float = (p + q) * (1.0 + ratio) * e / (below * below)
    g[0] = density * (2.0 / (p + q) - 1.0 / p - t + 2.0 * ratio * e * (1.0 / p + t) / below)
    g[1] = density * (2.0 / (p + q) - t - 2.0 * e * (1.0 / p - ratio * t) / below)
    return density


@inner
def bass_driven(t: float, z: float, x: Vector, g: Vector) -> float:
    """Generalised Bass (Bass, Krishnan and Jain 1994): x = p, q, beta; z is ln of the driver over its first value."""
    share = bass(t + x[2] * z, x, g, 0)
    g[2] = g[DENSITY] * z
    return share


@inner
def bass_exponential_shock(t: float, x: Vector, g: Vector) -> float:
    """Bass with speed 1 + c exp(-b(t-a)) from a on (Guidolin and Guseo 2014): x = p, q, a, b, c."""
    since = t - x[2]
    if since <= 0.0:
        share = bass(t, x, g, 0)
        g[2] = 0.0
        g[3] = 0.0
        g[4] = 0.0
        return share
    b, c = x[3], x[4]
    faded = math.exp(-b * since)
    gone = -math.expm1(-b * since) / b
    share = bass(t + c * gone, x, g, 0)
    density = g[DENSITY]
    g[2] = -density * c * faded
    g[3] = density * c * (since * faded - gone) / b
    g[4] = density * gone
    g[DENSITY] = density * (1.0 + c * faded)
    return share


@inner
def bass_rectangular_shock(t: float, x: Vector, g: Vector) -> float:
    """Bass with speed 1 + c between a and a + w (Guidolin and Guseo 2014): x = p, q, a, w, c."""
    a, w, c = x[2], x[3], x[4]
    inside = min(max(t - a, 0.0), w)
    share = bass(t + c * inside, x, g, 0)
    density = g[DENSITY]
    g[2] = -density * c if a < t < a + w else 0.0
    g[3] = density * c if t >= a + w else 0.0
    g[4] = density * inside
    g[DENSITY] = density * (1.0 + c) if a < t < a + w else density
    return share


@inner
def growing_potential(t: float, x: Vector, g: Vector) -> float:
    """Potential that itself diffuses (Guseo and Guidolin 2009): sqrt(Bass of c) times Bass of s; x = ps, qs, pc, qc."""
    if t <= 0.0:
        return clear(g)
    known = bass(t, x, g, 2)
    known_density = g[DENSITY]
    root = math.sqrt(known)
    adopted = bass(t, x, g, 0)
    g[0] *= root
    g[1] *= root
    slope = adopted / (2.0 * root) if root > 0.0 else 0.0
    g[2] *= slope
    g[3] *= slope
    g[DENSITY] = g[DENSITY] * root + slope * known_density
    return root * adopted


@inner
def gamma_shifted_gompertz(t: float, x: Vector, g: Vector) -> float:
    """Bemmaor (1994): (1 - e) / (1 + beta e)^alpha, e = exp(-bt); x = b, beta, alpha. With alpha 1 it is Bass's."""
    if t <= 0.0:
        return clear(g)
    b, beta, alpha = x[0], x[1], x[2]
    e = math.exp(-b * t)
    rest = -math.expm1(-b * t)
    below = 1.0 + beta * e
    logged = math.log1p(beta * e)
    power = math.exp(-alpha * logged)
    share = rest * power
    inner_slope = e * power * (1.0 + alpha * beta * rest / below)
    g[0] = t * inner_slope
    g[1] = -alpha * share * e / below
    g[2] = -share * logged
    g[DENSITY] = b * inner_slope
    return share
