"""When a curve is steepest, and how much of the potential has adopted by then."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion.kernel.batch import evaluate
from majung.evidence.diffusion.models import Model

__all__ = ["launch_times", "peak_times", "shares"]

Floats = NDArray[np.float64]
_FINE = 400
_ROUNDS = 3


def peak_times(model: Model, parameters: Floats, end: float) -> Floats:
    """Return when adoption per period is highest, counted from the origin.

    Bass: ln(q/p)/(p+q) after the launch, or the launch itself where q is below p. Where there is no closed form, the
    steepest place up to twenty lengths of the data is searched for. With a driver it is the peak in the driver's time.

    Parameters
    ----------
    model : Model
    parameters : (D, 1 + P) array
        In one scale of time; the potential first.
    end : float
        Where the data end, from the origin.

    Returns
    -------
    (D,) array
    """
    x = np.atleast_2d(parameters)
    with np.errstate(all="ignore"):
        if model.name in ("bass", "gbm"):
            return np.maximum(_rise(x), 0.0)
        if model.name == "bass-launch":
            return x[:, 3] - np.minimum(_rise(x), 0.0)
        if model.located:
            return np.array(x[:, 2])
        if model.name == "weibull":
            scale, shape = x[:, 1], x[:, 2]
            return np.where(shape > 1, scale * (1 - 1 / np.maximum(shape, 1.0)) ** (1 / shape), 0.0)
        if model.name == "gamma-gompertz":
            return _peak_of_bemmaor(x[:, 1], x[:, 2], x[:, 3])
    return _steepest(model, x, end)


def launch_times(model: Model, parameters: Floats) -> Floats:
    """Return when adoption began (D,): where it is a parameter, the peak less ln(q/p)/(p+q); otherwise NaN."""
    x = np.atleast_2d(parameters)
    if model.name != "bass-launch":
        return np.full(x.shape[0], np.nan)
    with np.errstate(all="ignore"):
        return np.asarray(x[:, 3] - _rise(x))


def _rise(x: Floats) -> Floats:
    p, q = x[:, 1], x[:, 2]
    return np.asarray(np.log(q / p) / (p + q))


def _peak_of_bemmaor(b: Floats, beta: Floats, alpha: Floats) -> Floats:
    """Solve for y = beta exp(-bt) where the density is stationary: B² y² + (2B - alpha A) y + A = 0."""
    A, B = 1 + alpha * beta, 1 - alpha
    middle = alpha * A - 2 * B
    y = 2 * A / (middle + np.sqrt(np.maximum(middle**2 - 4 * B**2 * A, 0.0)))
    return np.where(middle > 0, np.maximum(np.log(beta / y) / b, 0.0), 0.0)


def shares(model: Model, parameters: Floats, times: Floats, driver: Floats | None = None) -> Floats:
    """Return the share of the potential (D, T) that has adopted by times counted from the origin."""
    x = np.ascontiguousarray(np.atleast_2d(parameters), dtype=np.float64).copy()
    x[:, 0] = 1.0
    at = np.ascontiguousarray(times, dtype=np.float64)
    z = np.zeros(at.size) if driver is None else np.ascontiguousarray(driver, dtype=np.float64)
    out = np.empty((x.shape[0], at.size))
    none = np.empty((0, 0, 0))
    evaluate(model.kind, False, np.full(at.size, -np.inf), at, z, z, x, out, none)
    return out


def _steepest(model: Model, x: Floats, end: float) -> Floats:
    found = np.full(x.shape[0], np.nan)
    for row in range(x.shape[0]):
        if not np.isfinite(x[row]).all():
            continue
        low, high = 0.0, 20.0 * end
        for _ in range(_ROUNDS):
            moments = np.linspace(low, high, _FINE + 1)
            step = int(np.diff(shares(model, x[row], moments)[0]).argmax())
            low, high = moments[max(step - 1, 0)], moments[min(step + 2, _FINE)]
            found[row] = (moments[step] + moments[step + 1]) / 2
    return found
