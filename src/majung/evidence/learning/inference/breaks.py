"""Whether a learning curve bends: none, one or two changes of the exponent, when, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from majung.evidence.learning.inference.regressors import Products

__all__ = ["LEAST", "Break", "Breaks", "find_breaks"]

Floats = NDArray[np.float64]

LEAST: Final = 4
"""Differences that a stretch between breaks must have, to be told from a few odd years."""
_PRIOR: Final = (4 / 7, 2 / 7, 1 / 7)
"""Of none, one, two breaks: each further one is half as likely. It is free; `Breaks.evidence` does without it."""


@dataclass(frozen=True, slots=True)
class Break:
    """One break: the observation at which the exponent changes, with the earliest and latest likely one."""

    place: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Breaks:
    """What is known of the breaks of a curve.

    Parameters
    ----------
    probabilities : tuple of 3 floats
        Of none, one and two breaks.
    evidence : tuple of 2 floats
        How many times more likely the costs are with one break than with none, and with two than with one.
    likeliest : tuple of Break
        The likeliest breaks if there are as many as is most probable; where none is most probable, of one break.
    """

    probabilities: tuple[float, float, float]
    evidence: tuple[float, float]
    likeliest: tuple[Break, ...]

    @property
    def probability(self) -> float:
        """That there is a break."""
        return 1 - self.probabilities[0]

    @property
    def count(self) -> int:
        """The most probable number of breaks."""
        return int(np.argmax(self.probabilities))


def find_breaks(log_output: Floats, log_cost: Floats, gaps: Floats) -> Breaks | None:
    """Look for changes of the learning exponent.

    Every date that leaves `LEAST` differences on each side is as likely as another. A cost does not jump at a break; a
    jump is a shock that lasts.

    Parameters
    ----------
    log_output, log_cost : (n,) array
    gaps : (n − 1,) array
        Time between observations, in typical periods.

    Returns
    -------
    Breaks or None
        None where the curve is too short to look.
    """
    x, m = np.diff(log_output), len(log_output) - 1
    starts = np.arange(LEAST, m - LEAST + 1)
    if not len(starts):
        return None
    later = np.arange(m) >= starts[:, None]
    regressors = np.vstack([x[None], np.where(later, x, 0.0)])
    products = Products(np.diff(log_cost), regressors, gaps, common=0)
    singles = products.one(np.arange(1, len(starts) + 1))
    first, second = np.nonzero(starts[None, :] - starts[:, None] >= LEAST)
    pairs = products.two(first + 1, second + 1) if len(first) else np.full(1, -np.inf)
    logs = np.array([products.none(), _average(singles), _average(pairs)])
    prior = np.array(_PRIOR)
    weights = np.exp(logs - logs.max()) * prior
    probabilities = weights / weights.sum()
    likeliest: tuple[Break, ...] = (_spread(starts, singles),)
    if int(np.argmax(probabilities)) == 2:
        likeliest = (_spread(starts[first], pairs), _spread(starts[second], pairs))
    none, one, two = (float(p) for p in probabilities)
    ratios = (float(np.exp(min(logs[1] - logs[0], 700.0))), float(np.exp(min(logs[2] - logs[1], 700.0))))
    return Breaks((none, one, two), ratios, likeliest)


def _average(logs: Floats) -> float:
    return float(logsumexp(logs) - np.log(len(logs)))


def _spread(places: NDArray[np.intp], logs: Floats) -> Break:
    """Return the likeliest place, and those between which nine in ten of the weight lies."""
    weights = np.exp(logs - logs.max())
    by_place = np.bincount(places, weights)
    share = np.cumsum(by_place) / by_place.sum()
    low, high = (int(np.searchsorted(share, p)) for p in (0.05, 0.95))
    return Break(int(np.argmax(by_place)), low, high)
