"""The comparison as a reader wants it: a summary of each strategy, and their ranking."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from majung import dims
from majung.decision.outcomes import Outcomes
from majung.decision.statistics import Interval
from majung.decision.takeoffs import takeoff_quarters
from majung.ensemble import as_statistics, strategy_title
from majung.parameters import LocalText

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["StrategySummary", "ranking", "summarise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategySummary:
    """What a strategy came to, over the replications that did not fail. Money is in the scenario's unit, undiscounted.

    Parameters
    ----------
    public_spent, returned : float
        Mean public money paid out, and mean budget that could not be spent.
    spent_by_instrument, spent_by_class : mapping
        The money paid out, by instrument and by size class.
    additionality : Interval or None
        Private domestic sales created per unit of public money spent: ratio of means; None where nothing was spent.
    private_domestic_sales, difference, net_gain : Interval
        See `majung.decision.Outcomes`.
    probability_best, expected_regret : float
        By net gain, among all strategies of the comparison with the baseline.
    sme_share : float
        Sales of small firms as a share of private domestic sales.
    domestic_share : float
        Share of the home market that is not imported.
    live_ventures : float
        Lines of small firms alive at the end.
    survival : float
        Share of the domestic firms of the start that are alive at the end.
    leader_changes : float
        Quarters in which another domestic line takes the lead of its technology, summed over technologies.
    takeoff_quarter : mapping
        By technology: see `majung.decision.takeoffs`; None where fewer than half of the replications take off.
    """

    id: str
    title: LocalText
    replications: int
    public_spent: float
    returned: float
    spent_by_instrument: Mapping[str, float]
    spent_by_class: Mapping[str, float]
    additionality: Interval | None
    private_domestic_sales: Interval
    difference: Interval
    net_gain: Interval
    probability_best: float
    expected_regret: float
    sme_share: float
    domestic_share: float
    live_ventures: float
    survival: float
    leader_changes: float
    takeoff_quarter: Mapping[str, str | None]


def summarise(dataset: xr.Dataset) -> tuple[StrategySummary, ...]:
    """Summarise a comparison, the strategies in the order of the dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `majung.compare`, statistics or whole worlds, or read back from a store.

    Raises
    ------
    MajungError
        When it holds whole worlds, but not the baseline's.
    """
    statistics = as_statistics(dataset)
    found = Outcomes.of(statistics)
    return tuple(
        _summary(statistics, found, row, taken_off) for row, taken_off in enumerate(takeoff_quarters(statistics))
    )


def ranking(dataset: xr.Dataset) -> pd.DataFrame:
    """Rank the strategies of a comparison by mean net gain, best first.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `majung.compare`, statistics or whole worlds, or read back from a store.

    Returns
    -------
    pandas.DataFrame
        One row a strategy, by id. Money is in the scenario's unit (``frame.attrs["unit"]``), rounded to whole units;
        `summarise` has the exact numbers. ``per_unit`` is private domestic sales created per unit of public money, with
        its interval ``low`` to ``high``.

    Raises
    ------
    MajungError
        When it holds whole worlds, but not the baseline's.
    """
    rows = []
    for summary in sorted(summarise(dataset), key=_place):
        ratio = summary.additionality or Interval(np.nan, np.nan, np.nan)
        rows.append(
            {
                "strategy": summary.id,
                "spent": _whole(summary.public_spent),
                "created": _whole(summary.difference.mean),
                "per_unit": round(ratio.mean, 2),
                "low": round(ratio.low, 2),
                "high": round(ratio.high, 2),
                "net_gain": _whole(summary.net_gain.mean),
                "p_best": round(summary.probability_best, 2),
                "regret": _whole(summary.expected_regret),
            }
        )
    frame = _Ranking(pd.DataFrame(rows).set_index("strategy"))
    frame.attrs = {"unit": dataset.attrs["unit"], "run_id": dataset.attrs["run_id"]}
    return frame


def _place(summary: StrategySummary) -> tuple[bool, float]:
    """Return what orders by net gain, best first; a strategy of which nothing is known comes last."""
    gain = summary.net_gain.mean
    return (True, 0.0) if math.isnan(gain) else (False, -gain)


def _whole(amount: float) -> float:
    return round(amount) if math.isfinite(amount) else math.nan


class _Ranking(pd.DataFrame):
    """A table that prints whole: eight columns are few enough not to be left out in the middle."""

    def __repr__(self) -> str:
        return self.to_string()


def _summary(
    statistics: xr.Dataset, found: Outcomes, row: int, takeoff_quarter: Mapping[str, str | None]
) -> StrategySummary:
    of_strategy = statistics.isel(strategy=row)
    strategy = str(of_strategy["strategy"].values)
    domestic = np.isin(statistics["firm_class"].values, dims.DOMESTIC_CLASSES)

    def average(outcome: str) -> float:
        return found.average(row, outcome)

    return StrategySummary(
        id=strategy,
        title=LocalText(ko=strategy_title(statistics, strategy, "ko"), en=strategy_title(statistics, strategy)),
        replications=int(found.worlds[row]),
        public_spent=average("public_spent"),
        returned=average("returned"),
        spent_by_instrument={name: average(name) for name in dims.INSTRUMENTS},
        spent_by_class={name: average(f"public_to_{name}") for name in dims.DOMESTIC_CLASSES},
        additionality=found.additionality(row),
        private_domestic_sales=found.level(row, "private_domestic_sales"),
        difference=found.above_baseline(row, "private_domestic_sales"),
        net_gain=found.net_gain(row),
        probability_best=float(of_strategy["probability_best"]),
        expected_regret=float(of_strategy["expected_regret"]),
        sme_share=average("sme_share"),
        domestic_share=average("domestic_share"),
        live_ventures=average("live_ventures"),
        survival=float(of_strategy["survived"].values[domestic].mean()) if domestic.any() else np.nan,
        leader_changes=average("leader_changes"),
        takeoff_quarter=takeoff_quarter,
    )
