"""Starting values: a grid over steepness and time of the peak, in which every other parameter has a few values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion.models import Model

__all__ = ["grid", "shocked", "to_search"]

Floats = NDArray[np.float64]

STEEPNESS: Final = (1.5, 3.0, 6.0, 12.0, 24.0, 48.0)
"""q (or b) times the length of the data."""
PEAKS: Final = (0.1, 0.35, 0.6, 0.85, 1.2, 2.0)
"""Time of the peak over the length of the data."""
_COARSE: Final = ((4.0, 8.0, 16.0, 32.0), (0.35, 0.6, 0.85, 1.2))
_BEGINNINGS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_SIZES: Final = (-0.3, -0.05, 0.05, 0.4)


def grid(model: Model, beginning: float, end: float) -> Floats:
    """Return the grid of starting values.

    Parameters
    ----------
    model : Model
    beginning, end : float
        First and last moment, counted from the origin in mean intervals.

    Returns
    -------
    (G, P) array
        Natural scale, the potential left out.
    """
    length = max(end - beginning, 1.0)
    rows: list[tuple[float, ...]] = []
    if model.name in ("logistic", "gompertz"):
        rows = [(steep / length, beginning + peak * length) for steep, peak in product(STEEPNESS, PEAKS)]
    elif model.name == "weibull":
        rows = [(peak * end, shape) for shape, peak in product((0.8, 1.5, 3.0, 6.0, 12.0), (*PEAKS, 4.0))]
    elif model.name == "bass-launch":
        # p from a launch at the beginning of the data to one long before
        rows = [
            (float(np.clip(q * np.exp(-q * max(peak * length, 0.0) - early), 1e-9, 0.5)), q, beginning + peak * length)
            for q, peak, early in product([steep / length for steep in STEEPNESS], PEAKS, (0.0, 2.0))
        ]
    elif model.name == "bass":
        rows = list(_bass(STEEPNESS, PEAKS, end))
    elif model.name == "gbm":
        betas = (-0.5, -0.1, 0.0, 0.1, 0.5)
        rows = [(*pair, beta * length) for pair in _bass(STEEPNESS, PEAKS, end) for beta in betas]
    elif model.name == "gamma-gompertz":
        pairs = _bass(STEEPNESS, PEAKS, end)
        rows = [(p + q, q / p, alpha) for p, q in pairs for alpha in (0.3, 1.0, 3.0)]
    elif model.name == "ggm":
        slow = [(0.3 / end, 0.3 / end), (0.02 / end, 6.0 / end), (2.0 / end, 2.0 / end), (0.001 / end, 12.0 / end)]
        rows = [(*pair, *known) for pair in _bass(*_COARSE, end) for known in slow]
    else:
        rows = [tuple(row) for pair in _bass((12.0,), (0.6,), end) for row in shocked(model, np.array(pair), end)]
    return np.array(rows, dtype=np.float64)


def to_search(model: Model, natural: Floats) -> Floats:
    """Return parameters (..., P) in the scale in which they are searched."""
    found = np.array(natural, dtype=np.float64)
    for place, parameter in enumerate(model.parameters):
        if parameter.positive:
            found[..., place] = np.log(found[..., place])
    return found


def _bass(steepness: Sequence[float], peaks: Sequence[float], end: float) -> list[tuple[float, float]]:
    """Return pairs p, q whose peak is about where it is wanted: ln(q/p)/(p+q)."""
    pairs = []
    for steep, peak in product(steepness, peaks):
        q = steep / end
        pairs.append((float(np.clip(q * np.exp(-steep * peak), 1e-9, 0.5)), q))
    return pairs


def shocked(model: Model, bass: Floats, end: float) -> Floats:
    """Return starting values (G, P) of a model with a shock, about Bass's curve without one.

    Parameters
    ----------
    bass : (2,) array
        p and q of that curve, in mean intervals.
    end : float
        Where the data end, from the origin.
    """
    third = (1.0 / end, 3.0 / end, 10.0 / end) if model.name == "gbm-exponential" else (0.1 * end, 0.2 * end, 0.4 * end)
    shocks = [(begin * end, other, size) for begin in _BEGINNINGS for other in third for size in _SIZES]
    return np.array([(*bass, *shock) for shock in shocks], dtype=np.float64)
