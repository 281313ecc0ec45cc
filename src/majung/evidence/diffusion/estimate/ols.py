"""The regression of Bass (1969), with its traps said rather than hidden."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from majung.evidence.diffusion.estimate.many import CONFIDENCE
from majung.evidence.diffusion.judge.said import FAR
from majung.evidence.diffusion.models import MODELS
from majung.evidence.diffusion.observations import Observations
from majung.evidence.diffusion.peaks import peak_times, shares
from majung.evidence.diffusion.result import Fit, aicc
from majung.messages import Phrase

__all__ = ["fit_ols", "regression"]

Floats = NDArray[np.float64]
_NAMES: Final = MODELS["bass"].names
_COEFFICIENTS: Final = 3


def regression(values: Floats) -> tuple[Floats, Floats, float]:
    """Regress adoptions on what had been adopted before them: n(t) = a + b N(t-1) + c N(t-1)² (Bass 1969, eq. 9).

    Parameters
    ----------
    values : (n,) array
        Adoptions per period from the launch on; at least four.

    Returns
    -------
    coefficients : (3,) array
        a, b, c.
    covariance : (3, 3) array
    rss : float
    """
    before = np.concatenate([[0.0], np.cumsum(values)[:-1]])
    scale = max(float(before.max()), 1e-300)
    design = np.vander(before / scale, _COEFFICIENTS, increasing=True)
    solution, *_ = np.linalg.lstsq(design, values, rcond=None)
    rss = float(((values - design @ solution) ** 2).sum())
    per_scale = scale ** -np.arange(_COEFFICIENTS, dtype=np.float64)
    inverse = np.linalg.pinv(design.T @ design)
    variance = rss / (values.size - _COEFFICIENTS)
    return solution * per_scale, variance * inverse * np.outer(per_scale, per_scale), rss


def fit_ols(observed: Observations, *, origin: float = 0.0, confidence: float = CONFIDENCE) -> Fit:
    """Fit Bass's curve by the regression: p = a/m, q = -cm, m = (-b - √(b² - 4ac)) / 2c.

    Standard errors are by the delta method. ``rss`` is of the regression, whose predictions know what had been sold
    before; ``aicc`` is of the curve, so that it can be held against other fits. A negative p, complex roots and a c
    that is not negative are warnings; estimates are then left as they come out, NaN where there are none.

    Parameters
    ----------
    observed : Observations
        Every period from the launch on.
    origin : float
    confidence : float
    """
    n, values = observed.size, observed.values
    if not (values > 0).any():
        return _without(observed, origin, Phrase("evidence.fit.nothing"))
    if n <= _COEFFICIENTS:
        return _without(observed, origin, Phrase("evidence.fit.few", n=n, needed=_COEFFICIENTS + 1))
    steps = np.diff(observed.ends)
    whole = np.allclose(steps, observed.unit, rtol=0.05) and np.allclose(observed.starts[1:], observed.ends[:-1])
    if not whole:
        return _without(observed, origin, Phrase("evidence.fit.ols_gaps"))
    (a, b, c), covariance, rss = regression(values)
    found: list[Phrase] = []
    if c >= 0:
        found.append(Phrase("evidence.fit.ols_not_concave", c=c))
    inside = b * b - 4 * a * c
    if inside < 0:
        return _without(observed, origin, Phrase("evidence.fit.ols_complex"), *found, rss=rss)
    if c == 0:
        return _without(observed, origin, *found, rss=rss)
    root = math.sqrt(inside)
    m = (-b - root) / (2 * c)
    p, q = a / m, -c * m
    if p < 0:
        found.append(Phrase("evidence.fit.ols_negative_p", p=p))
    elif m > 0 and q > 0 and math.log(max(q / p, 1e-300)) / (p + q) > n:
        found.append(Phrase("evidence.fit.before_peak"))
    if m > FAR * observed.greatest:
        found.append(Phrase("evidence.fit.far", times=m / observed.greatest))
    of_m = np.array([1.0, m, m * m]) / root if root > 0 else np.full(_COEFFICIENTS, np.nan)
    of_p = np.array([1.0, 0.0, 0.0]) / m - a / m**2 * of_m
    of_q = np.array([0.0, 0.0, -m]) - c * of_m
    # the regression counts time in periods
    rate = 1.0 / observed.unit
    estimates = np.array([m, p * rate, q * rate])
    slopes = np.vstack([of_m, of_p * rate, of_q * rate])
    se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slopes, covariance, slopes), 0.0))
    return _made(observed, origin, estimates, se, rss, tuple(found), confidence)


def _made(
    observed: Observations,
    origin: float,
    estimates: Floats,
    se: Floats,
    rss: float,
    warnings: tuple[Phrase, ...],
    confidence: float,
) -> Fit:
    n = observed.size
    half = float(stats.t.ppf(0.5 + confidence / 2, n - _COEFFICIENTS)) * se
    meant = bool((estimates > 0).all())
    end = float(observed.ends[-1]) - origin
    peak = float(peak_times(MODELS["bass"], estimates, end)[0]) + origin if meant else math.nan
    criterion = math.inf
    if meant:
        edges = np.concatenate([observed.starts[:1], observed.ends]) - origin
        curve = estimates[0] * np.diff(shares(MODELS["bass"], estimates, edges)[0])
        criterion = aicc(float(((observed.values - curve) ** 2).sum()), n, _COEFFICIENTS)
    return Fit(
        model="bass",
        estimator="ols",
        parameters=_named(estimates),
        se=_named(se),
        low=_named(estimates - half),
        high=_named(estimates + half),
        interval="asymptotic",
        rss=rss,
        n=n,
        k=_COEFFICIENTS,
        aicc=criterion,
        converged=meant,
        at_bound=(),
        warnings=warnings,
        peak=(peak, math.nan, math.nan),
        potential=(float(estimates[0]), float(estimates[0] - half[0]), float(estimates[0] + half[0])),
        origin=origin,
        observed=observed,
        confidence=confidence,
    )


def _without(observed: Observations, origin: float, *warnings: Phrase, rss: float = math.nan) -> Fit:
    nothing = np.full(len(_NAMES), np.nan)
    nowhere = (math.nan, math.nan, math.nan)
    return Fit(
        model="bass",
        estimator="ols",
        parameters=_named(nothing),
        se=_named(nothing),
        low=_named(nothing),
        high=_named(nothing),
        interval="asymptotic",
        rss=rss,
        n=observed.size,
        k=_COEFFICIENTS,
        aicc=math.inf,
        converged=False,
        at_bound=(),
        warnings=warnings,
        peak=nowhere,
        potential=nowhere,
        origin=origin,
        observed=observed,
    )


def _named(values: Floats) -> dict[str, float]:
    return dict(zip(_NAMES, values.tolist(), strict=True))
