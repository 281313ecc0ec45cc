"""The stage of a market from its growth regimes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from majung.evidence.takeoff.changepoint import Regimes
from majung.evidence.takeoff.rules import Detector
from majung.evidence.takeoff.verdict import STAGES, Stage

__all__ = ["certain_stage", "most_likely", "stage_probabilities"]


def stage_probabilities(
    found: Regimes, years: NDArray[np.float64], taken_off: float, detector: Detector
) -> Mapping[Stage, float]:
    """Return the probability of each stage at the last sale.

    Whether sales have taken off is taken from all rules together; how a take-off that has happened is split into
    stages, from the regimes: growth that began within the last year is take-off, levelling that began within the last
    five is slowdown, and before that maturity.

    Parameters
    ----------
    found : Regimes
        Of periods that end in ``years``.
    years : (n,) array
        Ends of the periods.
    taken_off : float
        Probability that sales have taken off.
    detector : Detector

    References
    ----------
    Golder, P. N. and Tellis, G. J. (2004). Growing, growing, gone. Marketing Science 23: stages and their lengths.
    """
    ago = years[-1] - years
    # The first period stands for all that was before it.
    recent = (ago < detector.takeoff_stage_years) & (np.arange(len(years)) > 0)
    slowing = (ago < detector.slowdown_years) & (np.arange(len(years)) > 0)
    parts = {
        "takeoff": found.growing_since[recent].sum(),
        "growth": found.growing_since[~recent].sum(),
        "slowdown": found.levelling_since[slowing].sum(),
        "maturity": found.levelling_since[~slowing].sum(),
    }
    whole = sum(parts.values())
    share = {name: float(part / whole) if whole > 0 else 1 / len(parts) for name, part in parts.items()}
    shares = {"before_launch": 0.0, "introduction": 1 - taken_off} | {n: taken_off * s for n, s in share.items()}
    return MappingProxyType({stage: shares[stage] for stage in STAGES})


def certain_stage(stage: Stage) -> Mapping[Stage, float]:
    """Return the probabilities where there is no doubt."""
    return MappingProxyType({name: float(name == stage) for name in STAGES})


def most_likely(probabilities: Mapping[Stage, float]) -> Stage:
    """Return the stage to name: whether sales have taken off is settled first, then how far they have come."""
    before, after = STAGES[:2], STAGES[2:]
    taken_off = sum(probabilities[stage] for stage in after) > sum(probabilities[stage] for stage in before)
    return max(after if taken_off else before, key=lambda stage: probabilities[stage])
