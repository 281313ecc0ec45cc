"""What makes an award worth what it is: the firm and its market as they are, and what the award does to both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.decision.awards.result import Drivers
from majung.decision.statistics import Interval, mean_interval
from majung.market.lower import lower

if TYPE_CHECKING:
    from majung.ensemble import BlockResult
    from majung.scenario import Scenario

__all__ = ["Standing", "drivers_of", "standing"]

Floats = NDArray[np.float64]

_FIRM: Final = {array.name: row for row, array in enumerate(dims.FIRM_ARRAYS)}
_SALES: Final = {array.name: column for column, array in enumerate(dims.OUTCOMES)}["private_domestic_sales"]
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
    scenario: Scenario,
    seen: Standing,
    line: int,
    without: Sequence[BlockResult],
    given: Sequence[BlockResult],
    confidence: float,
) -> Drivers:
    """Return the drivers of an award to a line.

    Intervals are by batch means, a block of worlds being a batch.

    Parameters
    ----------
    scenario : Scenario
    seen : Standing
    line : int
        Row in the scenario's lines.
    without, given : sequence of BlockResult
        The same worlds without and with the award.
    confidence : float
    """
    firm, k = int(scenario.lines.firm[line]), int(scenario.lines.technology[line])
    pairs = list(zip(without, given, strict=True))
    own = np.array([_of_firm(after, before, "total_private_sales", firm) for before, after in pairs])
    total = np.array([_total(after) - _total(before) for before, after in pairs])

    def interval(name: str) -> Interval:
        found = np.array([_of_firm(after, before, name, firm) for before, after in pairs])
        return mean_interval(found, confidence)

    return Drivers(
        takeoff=_takeoff(scenario, without, k),
        **{name: float(getattr(seen, name)[line]) for name in Standing._fields},
        own=mean_interval(own, confidence),
        others=mean_interval(total - own, confidence),
        paid=interval("public_received"),
        survival=interval("survived"),
    )


def _of_firm(after: BlockResult, before: BlockResult, name: str, firm: int) -> float:
    row = _FIRM[name]
    return float(after.firms[row, firm] / after.finite.sum() - before.firms[row, firm] / before.finite.sum())


def _total(block: BlockResult) -> float:
    return float(np.nanmean(block.outcomes[:, _SALES]))


def _takeoff(scenario: Scenario, blocks: Sequence[BlockResult], k: int) -> str | None:
    """Return the quarter by which half of the worlds have taken off."""
    quarters = np.concatenate([block.takeoff[block.finite, k] for block in blocks]).astype(np.int64)
    done = np.sort(quarters[quarters >= 0])
    needed = int(np.ceil(_HALF * quarters.size))
    return scenario.quarter_labels[done[needed - 1]] if 0 < needed <= done.size else None
