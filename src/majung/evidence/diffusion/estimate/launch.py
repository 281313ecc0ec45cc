"""When the launch was, where only sales per period are known and the data begin after it.

What is left of Bass's curve after its beginning is another Bass curve: from a share F0 on, p' = p + qF0,
q' = q(1 - F0), m' = m(1 - F0) (Jiang, Bass and Bass 2006). Sales alone therefore give p', q' and m' but not F0; it
takes what had been sold before, or, as here, a range for p.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion.models import MODELS
from majung.evidence.diffusion.peaks import launch_times, peak_times
from majung.evidence.diffusion.result import Fit, Interval
from majung.messages import Phrase

__all__ = ["P_RANGE", "before_the_data"]

Floats = NDArray[np.float64]
P_RANGE: Final = (0.0003, 0.03)
"""Means of p a year over developing countries and over all applications (Chandrasekaran and Tellis 2007; Sultan, Farley
and Lehmann 1990)."""
_STEPS: Final = 41


def before_the_data(truncated: Fit, p_range: tuple[float, float]) -> Fit:
    """Carry a Bass fit of data that begin after the launch back to the launch.

    Parameters
    ----------
    truncated : Fit
        ``bass``, counted from the first moment of the data; p', q', m'.
    p_range : (low, high)
        Where p may lie, per unit of time. The estimate has the middle of the range on a log scale; intervals run over
        all of it, and over the draws of the bootstrap.
    """
    names = MODELS["bass-launch"].names
    low, high = p_range
    if not truncated.usable or truncated.parameters["p"] <= low:
        nothing = dict.fromkeys(names, math.nan)
        said = () if not truncated.usable else (Phrase("evidence.fit.no_launch"),)
        return replace(
            truncated,
            model="bass-launch",
            parameters=nothing,
            se=nothing,
            low=nothing,
            high=nothing,
            converged=False,
            at_bound=(),
            warnings=(*truncated.warnings, *said),
            peak=(math.nan,) * 3,
            potential=(math.nan,) * 3,
            draws=np.empty((0, len(names))),
        )
    top = min(high, truncated.parameters["p"])
    estimate = _carried(truncated.vector[None, :], np.array([math.sqrt(low * top)]), truncated.origin)[0]
    drawn = truncated.draws if len(truncated.draws) else truncated.vector[None, :]
    rows = drawn[drawn[:, 1] > low]
    place = np.linspace(0.0, 1.0, _STEPS)
    spread = [
        _carried(np.repeat(row[None, :], _STEPS, axis=0), low * (min(high, row[1]) / low) ** place, truncated.origin)
        for row in rows
    ]
    cloud = np.concatenate(spread) if spread else estimate[None, :]
    tail = (1 - truncated.confidence) / 2 if len(truncated.draws) else 0.0
    ends = np.quantile(cloud, [tail, 1 - tail], axis=0)
    model = MODELS["bass-launch"]
    return replace(
        truncated,
        model="bass-launch",
        parameters=_named(names, estimate),
        se=dict.fromkeys(names, math.nan),
        low=_named(names, ends[0]),
        high=_named(names, ends[1]),
        at_bound=(),
        warnings=(*truncated.warnings, Phrase("evidence.fit.launch_range", low=low, high=high)),
        peak=_spread(peak_times(model, estimate, 1.0), peak_times(model, cloud, 1.0), tail),
        potential=(float(estimate[0]), float(ends[0][0]), float(ends[1][0])),
        launch=_spread(launch_times(model, estimate), launch_times(model, cloud), tail),
        origin=0.0,
        draws=_one_a_draw(truncated, p_range),
    )


def _carried(rows: Floats, p: Floats, first: float) -> Floats:
    """Return m, p, q and the peak (D, 4) from m', p', q' (D, 3) and p: F0/(1-F0) = (p'-p)/q'."""
    m1, p1, q1 = rows.T
    odds = (p1 - p) / q1
    peak = first + np.log(q1 / p1) / (p1 + q1)
    return np.column_stack([m1 * (1 + odds), p, q1 * (1 + odds), peak])


def _spread(estimate: Floats, cloud: Floats, tail: float) -> Interval:
    low, high = np.quantile(cloud, [tail, 1 - tail])
    return float(estimate[0]), float(low), float(high)


def _one_a_draw(truncated: Fit, p_range: tuple[float, float]) -> Floats:
    """Give each draw a p of its own, spread evenly over the range on a log scale."""
    rows = truncated.draws
    if not len(rows):
        return np.empty((0, 4))
    rows = rows[rows[:, 1] > p_range[0]]
    place = (np.arange(len(rows)) * 0.6180339887498949) % 1.0
    return _carried(rows, p_range[0] * (np.minimum(p_range[1], rows[:, 1]) / p_range[0]) ** place, truncated.origin)


def _named(names: tuple[str, ...], values: Floats) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))
