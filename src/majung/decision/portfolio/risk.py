"""How much the worst worlds count when a portfolio is chosen.

References
----------
Rockafellar, R. T. and Uryasev, S. (2000). Optimization of conditional value-at-risk. Journal of Risk 2(3), eq. 17.
Luedtke, J. and Ahmed, S. (2008). A sample approximation approach for optimization with probabilistic constraints.
SIAM Journal on Optimization 19(2): a chance constraint over sampled worlds as a mixed-integer programme.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

import numpy as np

from majung.decision.portfolio.programme import Flags, Floats
from majung.errors import InputError, Problem, not_a_choice

__all__ = ["Measure", "Risk", "RiskLike", "failures_allowed", "tail_mean", "worlds_met"]

Measure = Literal["none", "cvar", "chance"]


class RiskLike(Protocol):
    """What `Risk` says, as another object may say it; see there."""

    @property
    def measure(self) -> Measure:
        """``none``, ``cvar`` or ``chance``."""

    @property
    def level(self) -> float:
        """Share of the worlds."""

    @property
    def weight(self) -> float:
        """Of the worst worlds."""

    @property
    def target(self) -> float:
        """Least total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What is asked of the worst worlds.

    Parameters
    ----------
    measure : {"none", "cvar", "chance"}
        ``cvar``: the objective is ``(1 - weight) * mean + weight * (mean of the worst worlds)``. ``chance``: the total
        is at least `target` in all but a share `level` of the worlds.
    level : float
        Share of the worlds that are the worst ones, or in which the target may be missed; alpha. Between 0 and 1;
        ``cvar`` needs more than 0.
    weight : float
        Of the worst worlds, 0 to 1; of ``cvar`` only.
    target : float
        Least total, in the unit of the values; of ``chance`` only.

    Raises
    ------
    InputError
        With everything that makes no sense.
    """

    measure: Measure = "none"
    level: float = 0.1
    weight: float = 0.5
    target: float = 0.0

    @classmethod
    def of(cls, other: RiskLike | None) -> Risk:
        """Return the same, checked; no risk is looked at where there is none."""
        if other is None:
            return cls()
        return cls(measure=other.measure, level=other.level, weight=other.weight, target=other.target)

    def __post_init__(self) -> None:
        problems = []
        if self.measure not in get_args(Measure):
            problems.append(not_a_choice(str(self.measure), get_args(Measure), "a measure of risk"))
        if not 0 <= self.level < 1 or (self.measure == "cvar" and self.level == 0):
            problems.append(Problem(key="decision.portfolio.risk_level", found=f"{self.level:g}"))
        if not 0 <= self.weight <= 1:
            problems.append(Problem(key="decision.portfolio.risk_weight", found=f"{self.weight:g}"))
        if not math.isfinite(self.target):
            problems.append(Problem(key="decision.portfolio.risk_target", found=f"{self.target:g}"))
        if problems:
            raise InputError(problems)


def tail_mean(totals: Floats, level: float) -> float:
    """Return the mean of the worst worlds, conditional value-at-risk.

    Parameters
    ----------
    totals : (S,) array
        Total by world.
    level : float
        Share of the worlds that counts; a world may count in part.
    """
    worst = np.sort(totals)
    share = level * len(worst)
    weights = np.clip(share - np.arange(len(worst)), 0.0, 1.0)
    return math.fsum((worst * weights).tolist()) / share


def failures_allowed(worlds: int, level: float) -> int:
    """Return in how many worlds a target may be missed: a share `level` of them, rounded down."""
    return math.floor(level * worlds + 1e-9)


def worlds_met(scenarios: Floats, chosen: Flags, target: float) -> Flags:
    """Return in which of S worlds the total of what is chosen is at least the target, but for rounding.

    Parameters
    ----------
    scenarios : (S, n) array
    chosen : (n,) array
    target : float
    """
    part = scenarios[:, chosen]
    totals = np.array([math.fsum(world) for world in part.tolist()])
    slack = np.finfo(np.float64).eps * (np.abs(part).sum(axis=1) + abs(target))
    return np.asarray(totals >= target - slack)
