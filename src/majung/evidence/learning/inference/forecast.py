"""What a learning curve says of cost to come, if output grows as one supposes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from majung.evidence.learning.inference.shocks import ECHOES, whitened
from majung.evidence.learning.inference.slope import Mixture, exponent

__all__ = ["cost_ahead"]

Floats = NDArray[np.float64]


def cost_ahead(log_output: Floats, log_cost: Floats, gaps: Floats, output_growth: Floats, ahead: Floats) -> Mixture:
    """Forecast log cost.

    What is uncertain is the exponent, the shocks to come, and how much of the last shock echoes on; for an echo of 0
    the variance is that of Lafond et al. (2018): σ² (k + (Δx)² / Σ Δx²).

    Parameters
    ----------
    log_output, log_cost : (n,) array
    gaps : (n − 1,) array
        Time between observations, in typical periods.
    output_growth : (h,) array
        Log of supposed cumulative output over the last one.
    ahead : (h,) array
        Time after the last observation, in typical periods; positive.

    Returns
    -------
    Mixture
        Of log cost, (h,).
    """
    echo = np.array(ECHOES)
    slope = exponent(log_output, log_cost, gaps)
    x, log_variances = whitened(np.diff(log_output), gaps)
    y, _ = whitened(np.diff(log_cost), gaps)
    left = y + slope.centres[:, None] * x
    last = np.exp(log_variances[:, -1])
    within = np.minimum(1.0, ahead)
    # Of the shocks to come only the first echo is of what is known.
    carried = (echo[:, None] * np.minimum(within, min(1.0, float(gaps[-1])))) / np.sqrt(last)[:, None]
    ahead_variance = ahead * (1 + echo[:, None]) ** 2 - 2 * echo[:, None] * within - carried**2
    lever = -output_growth + carried * x[:, -1:]
    centres = log_cost[-1] - slope.centres[:, None] * output_growth + carried * left[:, -1:]
    unit = slope.scales**2 * (x * x).sum(-1)
    scales = np.sqrt(unit[:, None] * (ahead_variance + lever**2 / (x * x).sum(-1)[:, None]))
    return Mixture(np.broadcast_to(slope.weights[:, None], centres.shape), centres, scales, slope.freedom)
