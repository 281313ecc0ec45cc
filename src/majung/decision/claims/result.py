"""What a test of claims came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from majung.decision.claims.model import Claim
    from majung.decision.explore.discovery import Box
    from majung.decision.explore.importance import Driver
    from majung.decision.worlds.factors import Factor
    from majung.errors import Problem
    from majung.parameters import LocalText

__all__ = ["ClaimTest", "Claims", "Effect", "Verdict", "WorldCounts"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Verdict(Enum):
    """What is said of a claim; the value is the word of the interface."""

    HOLDS = "holds"
    MIXED = "mixed"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect over the worlds that answer.

    Parameters
    ----------
    mean, low, high : float
        Mean with its confidence interval, over the first replications of each world.
    median, p05, p95 : float
        Quantiles of the worlds' effects.
    central : float
        In the scenario as it stands; NaN where that says nothing.
    """

    mean: float
    low: float
    high: float
    median: float
    p05: float
    p95: float
    central: float


@dataclass(frozen=True, slots=True)
class WorldCounts:
    """What became of the worlds: they add up.

    Parameters
    ----------
    answered : int
        Worlds that speak for or against the claim.
    outside : int
        Worlds that do not meet the claim's condition.
    undefined : int
        Worlds in which the effect is no number, such as money per unit of nothing spent; all worlds that would answer
        where what is contrasted did exactly the same in each.
    failed : int
        Worlds that could not be simulated: masked, never filled in.
    sure_for, sure_against : int
        Of those that answer: worlds in which the effect is told from the smallest that matters in spite of luck, at a
        false discovery rate (Benjamini and Hochberg 1995) of one less the confidence.
    """

    answered: int
    outside: int
    undefined: int
    failed: int
    sure_for: int
    sure_against: int


@dataclass(frozen=True)
class ClaimTest:
    """A claim and what the worlds say of it.

    Parameters
    ----------
    claim : Claim
    verdict : Verdict
        See `majung.decision.claims.verdict`.
    share : float
        Share of the worlds that answer in which the claim holds; NaN where none does.
    share_low, share_high : float
        Its simultaneous interval: over all claims of the run together.
    effect : Effect
    counts : WorldCounts
    effects, errors : (W,) array
        Effect in each world and its standard error by luck (jackknife); NaN where the world does not answer.
    replications : (W,) array
        That all arms finished in each world.
    holds : (W,) array
        Whether the claim holds in each world; False where it does not answer.
    noise : float
        Part of the variance of the worlds' effects that is luck within a world.
    arms : mapping of str to (W,) array
        The claim's outcome of each arm in each world.
    flips : tuple of Box
        Where the claim turns: boxes of worlds in which the rarer answer is common.
    flips_to : bool
        Whether the claim holds in these boxes (True) or fails in them.
    drivers : tuple of Driver
        What moves the effect, strongest first.
    """

    claim: Claim
    verdict: Verdict
    share: float
    share_low: float
    share_high: float
    effect: Effect
    counts: WorldCounts
    effects: Floats
    errors: Floats
    replications: NDArray[np.int64]
    holds: Flags
    noise: float
    arms: Mapping[str, Floats]
    flips: tuple[Box, ...] = ()
    flips_to: bool = False
    drivers: tuple[Driver, ...] = ()

    @property
    def answers(self) -> Flags:
        """Which worlds answer, (W,)."""
        return np.isfinite(self.effects)

    @property
    def mean_replications(self) -> float:
        """Replications of a world that answers, on average; NaN where none does."""
        return float(self.replications[self.answers].mean()) if self.answers.any() else np.nan


@dataclass(frozen=True)
class Claims:
    """All claims of a run.

    Parameters
    ----------
    run_id, result_hash : str
    scenario : str
    title : LocalText
    day : date
        As of which the scenario is.
    unit : str
        Of money.
    seed, worlds : int
    replications, max_replications : int
        Of each arm in each world; and of one that is not told apart by then.
    factors : tuple of d Factor
        What was varied.
    points : (W, d) array
        The worlds.
    tests : tuple of ClaimTest
    verdicts : int
        That could be given: of each claim, each time that its worlds were looked at. Intervals of shares hold for all.
    not_asked : mapping of str to tuple of Problem
        Claims that do not fit the scenario, and why.
    confidence : float
        Of every interval.
    most : float
        The share of worlds above which a claim holds, and below one less which it fails.
    simulated : int
        Strategies x worlds that were simulated.
    seconds : mapping
        By stage.
    """

    run_id: str
    result_hash: str
    scenario: str
    title: LocalText
    day: date
    unit: str
    seed: int
    worlds: int
    replications: int
    max_replications: int
    factors: tuple[Factor, ...]
    points: Floats
    tests: tuple[ClaimTest, ...]
    verdicts: int
    not_asked: Mapping[str, tuple[Problem, ...]]
    confidence: float
    most: float
    simulated: int
    seconds: Mapping[str, float]

    def __getitem__(self, claim: str) -> ClaimTest:
        for test in self.tests:
            if test.claim.id == claim:
                return test
        raise KeyError(claim)
