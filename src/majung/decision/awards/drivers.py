"""What makes an award worth what it is: the firm and its market as they are, and what the award does to both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.result import Drivers
from majung.decision.statistics import mean_interval
from majung.market.lower import lower

if TYPE_CHECKING:
    from majung.decision.awards.sets import Effect
    from majung.scenario import Scenario

__all__ = ["Standing", "drivers_of", "standing"]

Floats = NDArray[np.float64]

_QUARTERS: Final = 4.0
_HALF: Final = 0.5


class Standing(NamedTuple):
    """The scenario's lines as an evaluation in the first quarter would see them: (L,) arrays in [0, 1].

    The criteria are those of docs/model.md, Support, without the evaluation's error.
    """

    quality: Floats
    reputation: Floats
    need: Floats
    focus: Floats
    traction: Floats
    opening: Floats
    crowding_out: Floats
    """Of the firm's class."""
    growth: Floats
    """Of the technology's market in the year before."""


def standing(scenario: Scenario) -> Standing:
    """Return what drives the value of an award to each of the scenario's lines."""
    low = lower(scenario)
    world, place = low.world, {name: row for row, name in enumerate(low.line_ids)}
    rows = np.array([place[str(name)] for name in scenario.lines.id], dtype=np.int64)
    lines, firms, technologies = world.lines, world.firms, world.technologies
    firm, k = lines.firm[rows], lines.technology[rows]
    money = np.maximum(firms.cash[firm], 0.0) + _QUARTERS * firms.legacy_profit[firm]
    year = _QUARTERS * (firms.overhead[firm] + world.rates.research_share * firms.sales[firm])
    private, derived = lines.private_sales[rows], lines.derived_sales[rows]
    sells = private > 0
    return Standing(
        quality=np.minimum(1.0, lines.quality[rows] / technologies.frontier[k]),
        reputation=lines.reputation[rows],
        need=1.0 / (1.0 + money / (year + technologies.research_cost[k])),
        focus=1.0 / firms.lines[firm],
        traction=private / (private + technologies.reference_contract[k]),
        opening=1.0 - np.divide(derived, private, out=np.zeros(rows.size), where=sells),
        crowding_out=world.rates.crowding_out[firms.size_class[firm]],
        growth=np.asarray(scenario.technologies.growth, dtype=np.float64)[k],
    )


def drivers_of(
    scenario: Scenario, seen: Standing, line: int, effect: Effect, takeoff: NDArray[np.int16], confidence: float
) -> Drivers:
    """Return the drivers of an award to a line.

    Parameters
    ----------
    scenario : Scenario
    seen : Standing
    line : int
        Row in the scenario's lines.
    effect : Effect
        Of the award alone.
    takeoff : (n, K) array
        Quarter of take-off without it; -1 for none.
    confidence : float
    """
    return Drivers(
        takeoff=_takeoff(scenario, takeoff[:, int(scenario.lines.technology[line])]),
        **{name: float(getattr(seen, name)[line]) for name in Standing._fields},
        own=mean_interval(effect.own[0], confidence),
        others=mean_interval(effect.sales - effect.own[0], confidence),
        paid=mean_interval(effect.paid[0], confidence),
        survival=mean_interval(effect.survived[0], confidence),
    )


def _takeoff(scenario: Scenario, quarters: NDArray[np.int16]) -> str | None:
    """Return the quarter by which half of the worlds have taken off."""
    done = np.sort(quarters[quarters >= 0]).astype(np.int64)
    needed = int(np.ceil(_HALF * quarters.size))
    return scenario.quarter_labels[done[needed - 1]] if 0 < needed <= done.size else None
