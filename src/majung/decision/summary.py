"""The comparison as a reader wants it: a summary of each strategy, and their ranking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from majung import dims
from majung.decision.outcomes import Outcomes, additionality, outcomes
from majung.decision.statistics import Interval, expected_regret, mean_interval, probability_best
from majung.decision.takeoffs import takeoff_quarters
from majung.ensemble import strategy_title
from majung.errors import MajungError
from majung.parameters import LocalText

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["StrategySummary", "ranking", "summarise"]

Floats = NDArray[np.float64]


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
        From `majung.compare`, or read back from a store.

    Raises
    ------
    MajungError
        When the baseline is not among its strategies.
    """
    parameters = json.loads(dataset.attrs["parameters"])
    confidence = parameters["confidence"]
    ids = [str(strategy) for strategy in dataset["strategy"].values]
    result = _outcomes(dataset, ids, parameters["marginal_cost_of_public_funds"])
    best, regret = probability_best(result.net_gain), expected_regret(result.net_gain)
    takeoff = takeoff_quarters(dataset)
    domestic = dataset["firm_class"].values != "foreign"
    summaries = []
    for row, strategy in enumerate(ids):
        of_strategy = dataset.isel(strategy=row)
        private = result.private_sales[row]
        summaries.append(
            StrategySummary(
                id=strategy,
                title=LocalText(ko=strategy_title(dataset, strategy, "ko"), en=strategy_title(dataset, strategy)),
                replications=int(np.isfinite(private).sum()),
                public_spent=_mean(result.spent[row]),
                returned=_mean(result.returned[row]),
                spent_by_instrument={name: _mean(_total(of_strategy[name])) for name in dims.INSTRUMENTS},
                spent_by_class={
                    name: _mean(_total(of_strategy[f"public_to_{name}"])) for name in dims.DOMESTIC_CLASSES
                },
                additionality=None if row == ids.index(_baseline(dataset)) else additionality(result, row, confidence),
                private_domestic_sales=mean_interval(private, confidence),
                difference=mean_interval(result.difference[row], confidence),
                net_gain=mean_interval(result.net_gain[row], confidence),
                probability_best=float(best[row]),
                expected_regret=float(regret[row]),
                sme_share=_mean(_ratio(_total(of_strategy["sme_sales"]), private)),
                domestic_share=_mean(1 - _ratio(_total(of_strategy["imports"]), _total(of_strategy["home_sales"]))),
                live_ventures=_mean(of_strategy["live_ventures"].values[:, -1].sum(axis=-1)),
                survival=_mean(of_strategy["survived"].values[domestic]),
                leader_changes=_mean(_leader_changes(of_strategy["leader"].values)),
                takeoff_quarter=takeoff[row],
            )
        )
    return tuple(summaries)


def ranking(dataset: xr.Dataset) -> pd.DataFrame:
    """Rank the strategies of a comparison by mean net gain, best first.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `majung.compare`, or read back from a store.

    Returns
    -------
    pandas.DataFrame
        One row a strategy, by id. Money is in the scenario's unit (``frame.attrs["unit"]``), rounded to whole units;
        `summarise` has the exact numbers. ``per_unit`` is private domestic sales created per unit of public money, with
        its interval ``low`` to ``high``.

    Raises
    ------
    MajungError
        When the baseline is not among its strategies.
    """
    rows = []
    for summary in sorted(summarise(dataset), key=lambda s: s.net_gain.mean, reverse=True):
        ratio = summary.additionality or Interval(np.nan, np.nan, np.nan)
        rows.append(
            {
                "strategy": summary.id,
                "spent": round(summary.public_spent),
                "created": round(summary.difference.mean),
                "per_unit": round(ratio.mean, 2),
                "low": round(ratio.low, 2),
                "high": round(ratio.high, 2),
                "net_gain": round(summary.net_gain.mean),
                "p_best": round(summary.probability_best, 2),
                "regret": round(summary.expected_regret),
            }
        )
    frame = _Ranking(pd.DataFrame(rows).set_index("strategy"))
    frame.attrs = {"unit": dataset.attrs["unit"], "run_id": dataset.attrs["run_id"]}
    return frame


class _Ranking(pd.DataFrame):
    """A table that prints whole: eight columns are few enough not to be left out in the middle."""

    def __repr__(self) -> str:
        return self.to_string()


def _baseline(dataset: xr.Dataset) -> str:
    return str(dataset.attrs["baseline"])


def _outcomes(dataset: xr.Dataset, ids: list[str], marginal_cost: float) -> Outcomes:
    if _baseline(dataset) not in ids:
        raise MajungError("decision.no_baseline", baseline=_baseline(dataset), strategies=ids)
    return outcomes(
        lambda name: np.asarray(dataset[name].transpose("strategy", "replication", ...).values),
        baseline=ids.index(_baseline(dataset)),
        marginal_cost=marginal_cost,
    )


def _leader_changes(leader: Floats) -> Floats:
    """Count the quarters whose leader is not that of the quarter before, over technologies; (n, T, K) -> (n,)."""
    changed = (leader[:, 1:] != leader[:, :-1]) & (leader[:, 1:] >= 0) & (leader[:, :-1] >= 0)
    return np.where(np.isfinite(leader).all(axis=(1, 2)), changed.sum(axis=(1, 2)), np.nan)


def _total(array: xr.DataArray) -> Floats:
    """Sum over all but replications, a failed one to NaN."""
    values = np.asarray(array.transpose("replication", ...).values)
    return np.asarray(values.reshape(values.shape[0], -1).sum(axis=1))


def _ratio(over: Floats, under: Floats) -> Floats:
    return np.divide(over, under, out=np.full_like(over, np.nan), where=under != 0)


def _mean(values: Floats) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if kept.size else float("nan")
