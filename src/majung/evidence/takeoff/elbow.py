"""The elbow of a fitted curve: where the rise of sales itself rises fastest."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion.models import Model
from majung.evidence.diffusion.peaks import launch_times, peak_times, shares

__all__ = ["elbow_times"]

Floats: TypeAlias = NDArray[np.float64]

_LOGISTIC: Final = 5 + 2 * np.sqrt(6)
"""Odds against adoption at the elbow of a logistic curve: its third derivative of sales is zero there."""
_GOMPERTZ: Final = float(np.roots([1.0, -6.0, 7.0, -1.0]).real.max())
"""-ln of the share that has adopted at the elbow of a Gompertz curve, for the same reason."""
_LOGISTIC_RATE: Final = 2 + np.sqrt(3)
_GOMPERTZ_RATE: Final = (3 + np.sqrt(5)) / 2
"""The same where the curve is of sales themselves."""
_FINE: Final = 400


def elbow_times(model: Model, parameters: Floats, end: float, *, rate: bool = False) -> Floats:
    """Return when the second difference of sales is greatest before their peak, counted from the origin.

    A curve whose sales bend at once has its elbow at its launch.

    Parameters
    ----------
    model : Model
    parameters : (D, 1 + P) array
        The potential first.
    end : float
        Where the data end, from the origin.
    rate : bool
        Whether the curve is of sales themselves, such as a share of what is sold; otherwise sales are its slope.

    Returns
    -------
    (D,) array
        NaN where parameters are.

    References
    ----------
    Golder, P. N. and Tellis, G. J. (1997). Will it ever fly? Marketing Science 16: take-off is the elbow of the curve.
    """
    x = np.atleast_2d(parameters)
    logistic, gompertz = (_LOGISTIC_RATE, _GOMPERTZ_RATE) if rate else (_LOGISTIC, _GOMPERTZ)
    with np.errstate(all="ignore"):
        if model.name in ("bass", "bass-launch", "gbm"):
            p, q = x[:, 1], x[:, 2]
            since_launch: Floats = np.maximum(np.log(q / p / logistic) / (p + q), 0.0)
            return since_launch + launch_times(model, x) if model.name == "bass-launch" else since_launch
        if model.name == "logistic":
            return np.array(x[:, 2] - np.log(logistic) / x[:, 1])
        if model.name == "gompertz":
            return np.array(x[:, 2] - np.log(gompertz) / x[:, 1])
    return np.array(
        [_sharpest(model, row, peak, 2 if rate else 3) for row, peak in zip(x, peak_times(model, x, end), strict=True)]
    )


def _sharpest(model: Model, row: Floats, peak: float, order: int) -> float:
    if not (np.isfinite(row).all() and np.isfinite(peak)):
        return float("nan")
    if peak <= 0:
        return 0.0
    moments = np.linspace(0.0, peak, _FINE + 1)
    bend = np.diff(shares(model, row, moments)[0], n=order)
    # A difference of that order lies in the middle of as many intervals.
    return float(moments[int(bend.argmax())] + order / 2 * peak / _FINE)
