"""What must be said of a fit before anybody uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion.judge.residuals import autocorrelation
from majung.evidence.diffusion.models import Model
from majung.evidence.diffusion.observations import Observations
from majung.evidence.diffusion.peaks import shares
from majung.messages import Phrase

__all__ = ["FAR", "Facts", "warnings_of"]

Floats = NDArray[np.float64]

FAR: Final = 10.0
"""A potential of more than so many times what has been seen rests on the curve alone."""
_OVER: Final = 1.05
_BIASED: Final = ("bass", "bass-launch", "gbm")
_STEP: Final = 1.1
_RAISES: Final = {"m": 1.05, "q": 0.90, "p": 1.15}
"""What 10 % more of observed penetration did to estimates in twelve series (Van den Bulte and Lilien 1997)."""
_MOST_STEPS: Final = 8.0


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of a fit when its warnings are written.

    Parameters
    ----------
    parameters : (1 + P,) array
    at_bound : (1 + P,) array of bool
    k : int
        Parameters estimated.
    peak, end : float
        Time of the peak, and the end of the data, from the origin.
    residuals : (n,) array
    unbounded : float
        Share of the bootstrap's draws whose potential is at the bound of the search.
    """

    model: Model
    observed: Observations
    parameters: Floats
    at_bound: NDArray[np.bool_]
    k: int
    usable: bool
    converged: bool
    regular: bool
    peak: float
    end: float
    residuals: Floats
    unbounded: float = 0.0


def warnings_of(facts: Facts) -> tuple[Phrase, ...]:
    """Return everything that is wrong with a fit, the worst first."""
    seen = facts.observed
    if not (seen.values > 0).any():
        return (Phrase("evidence.fit.nothing"),)
    if not facts.usable:
        return (Phrase("evidence.fit.few", n=int(np.count_nonzero(seen.values)), needed=facts.k + 1),)
    found = []
    if not facts.converged:
        found.append(Phrase("evidence.fit.not_converged"))
    names = [name for name, bound in zip(facts.model.names, facts.at_bound, strict=True) if bound]
    if names:
        found.append(Phrase("evidence.fit.at_bound", names=names))
    if not facts.regular:
        found.append(Phrase("evidence.fit.singular"))
    if seen.size < facts.k + 2:
        found.append(Phrase("evidence.fit.tight", n=seen.size, k=facts.k))
    found += _of_the_potential(facts)
    found += _of_the_end(facts)
    correlation = autocorrelation(facts.residuals)
    if facts.residuals.size >= 8 and correlation > 1.96 / np.sqrt(facts.residuals.size):
        found.append(Phrase("evidence.fit.autocorrelated", correlation=correlation))
    if facts.model.driven and _runs_backwards(facts):
        found.append(Phrase("evidence.fit.backwards"))
    return tuple(found)


def _of_the_potential(facts: Facts) -> list[Phrase]:
    m, greatest = float(facts.parameters[0]), facts.observed.greatest
    if facts.at_bound[0]:
        return []
    if facts.unbounded > 0.025:
        return [Phrase("evidence.fit.unbounded", share=facts.unbounded)]
    if m > FAR * greatest:
        return [Phrase("evidence.fit.far", times=m / greatest)]
    if greatest > _OVER * m:
        return [Phrase("evidence.fit.below", potential=m, seen=greatest)]
    return []


def _of_the_end(facts: Facts) -> list[Phrase]:
    """Say that the data end before the peak, and by how much estimates are then off by published figures."""
    if not facts.peak > facts.end:
        return []
    if facts.model.name not in _BIASED:
        return [Phrase("evidence.fit.before_peak")]
    reached, at_peak = shares(facts.model, facts.parameters, np.array([facts.end, facts.peak]))[0]
    steps = float(np.log(at_peak / reached) / np.log(_STEP)) if 0 < reached < at_peak else np.inf
    if steps > _MOST_STEPS:
        return [Phrase("evidence.fit.before_peak_early", share=float(reached))]
    return [
        Phrase(
            "evidence.fit.before_peak_by",
            m=_RAISES["m"] ** steps - 1,
            q=1 - _RAISES["q"] ** steps,
            p=_RAISES["p"] ** steps - 1,
        )
    ]


def _runs_backwards(facts: Facts) -> bool:
    seen = facts.observed
    moved = seen.ends - seen.starts + facts.parameters[3] * (seen.driver1 - seen.driver0)
    return bool((moved[np.isfinite(moved)] < 0).any())
