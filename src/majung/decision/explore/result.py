"""What an exploration came to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from majung.decision.explore.discovery import Box
    from majung.decision.explore.importance import Driver
    from majung.decision.explore.sensitivity import Decomposition, Screening
    from majung.decision.worlds.factors import Factor
    from majung.parameters import LocalText

__all__ = ["Exploration", "Quantiles"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The outcome over plausible worlds; `central` in the scenario as it stands, with its interval by luck."""

    central: float
    median: float
    p05: float
    p25: float
    p75: float
    p95: float
    central_low: float = math.nan
    central_high: float = math.nan


@dataclass(frozen=True)
class Exploration:
    """What an outcome of a strategy hangs on.

    Parameters
    ----------
    run_id, result_hash : str
    scenario : str
    title : LocalText
    day : date
        As of which the scenario is.
    unit : str
        Of money.
    outcome : str
        One of `majung.decision.worlds.measures.MEASURES`.
    strategy : str
    strategy_title : LocalText
    chosen : bool
        Whether majung chose the strategy: that with the largest outcome in the scenario as it stands.
    seed, replications : int
    factors : tuple of d Factor
        What was varied.
    quantiles : Quantiles
    screening : Screening
        Elementary effects of all factors (Morris).
    decomposition : Decomposition or None
        Shares of variance (Sobol) of the factors with the largest ones, the others as the scenario has them; None where
        the outcome does not vary or too many runs failed.
    points : (W, d) array
        Plausible worlds.
    values : (W,) array
        The outcome there; NaN where the world failed or has none.
    drivers : tuple of Driver
        What the outcome hangs on over all plausible worlds (PAWN), most first.
    high, low : tuple of Box
        Where the best and the worst quarter of the worlds are.
    failed : int
        Of these worlds: masked, never filled in.
    confidence : float
        Of every interval.
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
    outcome: str
    strategy: str
    strategy_title: LocalText
    chosen: bool
    seed: int
    replications: int
    factors: tuple[Factor, ...]
    quantiles: Quantiles
    screening: Screening
    decomposition: Decomposition | None
    points: Floats
    values: Floats
    drivers: tuple[Driver, ...]
    high: tuple[Box, ...]
    low: tuple[Box, ...]
    failed: int
    confidence: float
    simulated: int
    seconds: Mapping[str, float]
