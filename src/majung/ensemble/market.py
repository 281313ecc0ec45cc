"""A scenario's market as the ensemble uses it: what runs a block, and what the arrays' rows are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from majung import dims
from majung.market import kernel
from majung.market.lower import lower, policy

if TYPE_CHECKING:
    from majung.market.kernel import Block
    from majung.scenario import Scenario, Strategy

__all__ = ["CalibrationGap", "Market", "Simulate", "lowered"]

_TOLERANCE: Final = 0.005
"""Part of the observed sales below which a difference is not reported."""


class Simulate(Protocol):
    """What runs a block: the kernel on lowered arrays, or a stand-in of a test."""

    def __call__(self, strategy: int, seed: int, first: int, count: int) -> Block:
        """Simulate some replications of a strategy, given by its row in the design."""


@dataclass(frozen=True, slots=True)
class CalibrationGap:
    """A technology and region whose first quarter does not meet the observed sales; money per quarter."""

    technology: str
    region: str
    observed: float
    difference: float


@dataclass(frozen=True, slots=True)
class Market:
    """A lowered market.

    Parameters
    ----------
    simulate : Simulate
    lines : tuple of str
        Ids of the world's lines, entry slots included: what the array ``leader`` counts.
    calibration : tuple of CalibrationGap
        Where the model's first quarter differs from what was observed.
    """

    simulate: Simulate
    lines: tuple[str, ...]
    calibration: tuple[CalibrationGap, ...] = ()


def lowered(scenario: Scenario, strategies: Sequence[Strategy]) -> Market:
    """Lower a scenario and its strategies to the arrays of the compiled kernel."""
    low = lower(scenario)
    policies = [policy(scenario, strategy) for strategy in strategies]

    def simulate(strategy: int, seed: int, first: int, count: int) -> Block:
        return kernel.simulate(low.world, policies[strategy], seed, first, count)

    observed, difference = low.calibration.observed, low.calibration.modelled - low.calibration.observed
    gaps = tuple(
        CalibrationGap(
            str(scenario.technologies.id[k]), dims.REGIONS[r], float(observed[k, r]), float(difference[k, r])
        )
        for k, r in np.argwhere(np.abs(difference) > _TOLERANCE * np.abs(observed))
    )
    return Market(simulate, low.line_ids, gaps)
