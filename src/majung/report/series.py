"""What the report shows of a run: arrays of results made small, before any chart or table is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from majung.decision import Interval, StrategySummary
from majung.decision.outcomes import Outcomes
from majung.dims import DOMESTIC_CLASSES, INSTRUMENTS
from majung.ensemble import as_statistics
from majung.messages import Lang, text
from majung.money import Unit, parse_quarter, parse_unit

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["QUANTILES", "Results", "chain_order", "quarter_words"]

Floats: TypeAlias = NDArray[np.float64]
Fan: TypeAlias = Literal["sales", "difference", "ventures"]

QUANTILES: Final = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
CHAIN_KINDS: Final = {
    "final": "private_final_sales",
    "derived": "private_derived_sales",
    "induced": "induced_sales",
    "imports": "imports",
}
_ROUNDING: Final = 1e-9


class Results:
    """A run as the report reads it: strategies in the order of the ranking, technologies in the order of the chain.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `majung.compare`: statistics, or whole worlds, of which statistics are then made.
    scenario : majung.scenario.Scenario
        What was run.
    summaries : sequence of StrategySummary
        One for each strategy.
    """

    def __init__(self, dataset: xr.Dataset, scenario: Scenario, summaries: Iterable[StrategySummary]) -> None:
        self.dataset = as_statistics(dataset)
        # A world that failed under one strategy cannot be paired: it is compared under none, and counted.
        self.asked = int(self.dataset.attrs["replications"])
        self.replications = int(self.dataset.attrs["complete"])
        self.failed = self.asked - self.replications
        self.scenario = scenario
        self.baseline = str(self.dataset.attrs["baseline"])
        self.summaries: tuple[StrategySummary, ...] = tuple(sorted(summaries, key=_rank))
        self.strategies: tuple[str, ...] = tuple(summary.id for summary in self.summaries)
        known = [str(name) for name in self.dataset["technology"].values]
        self.technologies: tuple[str, ...] = tuple(name for name in chain_order(scenario) if name in known)
        self.quarters: tuple[str, ...] = tuple(str(quarter) for quarter in self.dataset["quarter"].values)

    @property
    def sampled(self) -> int:
        """How many worlds were kept whole: the first ones, of which quantiles are."""
        return self.dataset.sizes["sample"]

    @property
    def all_sampled(self) -> bool:
        """Whether every world was kept whole."""
        return self.sampled == self.asked

    @property
    def confidence(self) -> float:
        """The level of every interval."""
        return self.scenario.parameters.value("confidence")

    @property
    def unit(self) -> Unit:
        """The unit of every amount."""
        return parse_unit(self.scenario.unit)

    @property
    def others(self) -> tuple[StrategySummary, ...]:
        """Summaries of the strategies that are not hands-off, best first."""
        return tuple(summary for summary in self.summaries if summary.id != self.baseline)

    @property
    def leading(self) -> str:
        """The best strategy that is not hands-off; hands-off where there is no other."""
        return self.others[0].id if self.others else self.baseline

    @cached_property
    def years(self) -> Floats:
        """The middle of each quarter as a decimal year."""
        quarters = [parse_quarter(quarter) for quarter in self.quarters]
        return np.array([quarter.year + (quarter.number - 0.5) / 4 for quarter in quarters])

    def span(self, lang: Lang) -> str:
        """Return the first and the last quarter in words."""
        low, high = (quarter_words(self.quarters[at], lang) for at in (0, -1))
        return text("report.range", lang, low=low, high=high)

    def titles(self, lang: Lang) -> dict[str, str]:
        """Titles of the strategies by id."""
        return {summary.id: summary.title.text(lang) or summary.id for summary in self.summaries}

    def technology_titles(self, lang: Lang) -> dict[str, str]:
        """Names of the technologies by id."""
        table = self.scenario.technologies
        return names_of(table, lang)

    def array(self, name: str) -> xr.DataArray:
        """Return an array, strategies and technologies in the report's order; of one with variances, the means."""
        found = self.dataset[name].sel(strategy=list(self.strategies))
        if "statistic" in found.dims:
            found = found.sel(statistic="mean", drop=True)
        return found.sel(technology=list(self.technologies)) if "technology" in found.dims else found

    @cached_property
    def outcomes(self) -> Outcomes:
        """What the strategies came to; `row` says where."""
        return Outcomes.of(self.dataset)

    def row(self, strategy: str) -> int:
        """Return the row of a strategy in `outcomes`."""
        return [str(name) for name in self.dataset["strategy"].values].index(strategy)

    def fan(self, name: Fan) -> pd.DataFrame:
        """Return mean and quantiles over worlds of sales, differences of sales or live ventures.

        By (strategy, quarter). The quantiles are those of the worlds kept whole, and missing where there is one only.
        """
        return self._fans[name].copy()

    @cached_property
    def _fans(self) -> dict[Fan, pd.DataFrame]:
        sales = self.array("private_final_sales") + self.array("private_derived_sales")
        sample = self._sample("sample_sales")
        return {
            "sales": self._fan(sales.sum("technology"), sample),
            "difference": self._fan(
                self.array("sales_difference"), sample - sample[self.strategies.index(self.baseline)]
            ),
            "ventures": self._fan(self.array("live_ventures").sum("technology"), self._sample("sample_live_ventures")),
        }

    def _sample(self, name: str) -> Floats:
        """Return what worlds kept whole came to, those that failed under no strategy: (strategy, world, quarter)."""
        worlds = self.array(name).transpose("strategy", "sample", "quarter").values
        return np.asarray(worlds[:, np.isfinite(worlds).all(axis=(0, 2))])

    def _fan(self, means: xr.DataArray, worlds: Floats) -> pd.DataFrame:
        frame = self._rows("strategy", "quarter")
        frame["mean"] = means.transpose("strategy", "quarter").values.ravel()
        many = worlds.shape[1] > 1
        quantiles = np.quantile(worlds, list(QUANTILES.values()), axis=1) if many else [np.full(len(frame), np.nan)] * 5
        for name, found in zip(QUANTILES, quantiles, strict=True):
            frame[name] = found.ravel()
        return frame

    def programme(self) -> dict[str, tuple[float, float]]:
        """Return when each strategy pays, as decimal years; strategies without money are left out."""
        paid = self.array("budget").transpose("strategy", "quarter").values > 0
        spans = {}
        for name, active in zip(self.strategies, paid, strict=True):
            when = np.flatnonzero(active)
            if when.size:
                spans[name] = (float(self.years[when[0]]) - 0.125, float(self.years[when[-1]]) + 0.125)
        return spans

    def money_by_instrument(self) -> pd.DataFrame:
        """Return public money of all quarters by (strategy, instrument), what was returned among them."""
        totals = {name: self._total(self.array(name)) for name in (*INSTRUMENTS, "returned")}
        return self._long(totals, "instrument")

    def money_by_class(self) -> pd.DataFrame:
        """Return public money of all quarters by (strategy, size class)."""
        paid = {name: self._total(self.array(f"public_to_{name}")) for name in DOMESTIC_CLASSES}
        return self._long(paid, "size_class")

    def money_by_technology(self) -> pd.DataFrame:
        """Return public money of all quarters by (strategy, technology)."""
        paid = self._paid.sum("quarter").transpose("strategy", "technology").values
        return self._long(dict(zip(self.technologies, paid.T, strict=True)), "technology")

    def money_over_time(self) -> pd.DataFrame:
        """Return public money paid by (strategy, quarter, instrument)."""
        frames = []
        for name in INSTRUMENTS:
            frame = self._rows("strategy", "quarter")
            mean = self.array(name).sum("technology").transpose("strategy", "quarter")
            frames.append(frame.assign(instrument=name, amount=mean.values.ravel()))
        return pd.concat(frames, ignore_index=True)

    def raised(self) -> dict[str, tuple[float, Interval]]:
        """Return private money that small firms raised: its mean, and its paired difference against hands-off."""
        return {
            name: (
                self.outcomes.average(self.row(name), "private_raised"),
                self.outcomes.above_baseline(self.row(name), "private_raised"),
            )
            for name in self.strategies
        }

    def chain(self) -> pd.DataFrame:
        """Return mean sales by (strategy, technology, quarter), a column for each kind of `CHAIN_KINDS`."""
        return self._chain.copy()

    @cached_property
    def _chain(self) -> pd.DataFrame:
        frame = self._rows("strategy", "technology", "quarter")
        for kind, name in CHAIN_KINDS.items():
            mean = self.array(name).transpose("strategy", "technology", "quarter")
            frame[kind] = mean.values.ravel()
        return frame

    def chain_totals(self) -> pd.DataFrame:
        """Return `chain` summed over all quarters, by (strategy, technology)."""
        return self.chain().groupby(["strategy", "technology"], sort=False, as_index=False)[list(CHAIN_KINDS)].sum()

    def chain_difference(self) -> pd.DataFrame:
        """Return how far each kind of sales of all quarters lies above hands-off, by (strategy, technology)."""
        kinds = list(CHAIN_KINDS)
        totals = self.chain_totals()
        base = totals.loc[totals["strategy"] == self.baseline, kinds].to_numpy()
        gaps = totals[kinds].to_numpy().reshape(len(self.strategies), *base.shape) - base
        totals[kinds] = gaps.reshape(-1, len(kinds))
        return totals[totals["strategy"] != self.baseline].reset_index(drop=True)

    def survival_by_class(self) -> pd.DataFrame:
        """Return the share of the firms of the start that are alive at the end, by (strategy, size class)."""
        alive = self.array("survived").transpose("strategy", "firm").values
        classes = self.dataset["firm_class"].values
        present = [name for name in DOMESTIC_CLASSES if (classes == name).any()]
        return self._long({name: alive[:, classes == name].mean(axis=1) for name in present}, "size_class", "share")

    def turnover(self) -> pd.DataFrame:
        """Return by strategy how many firms entered and how many lines left, means over all quarters."""
        totals = {name: self._total(self.array(name)) for name in ("entries", "exits")}
        return pd.DataFrame({"strategy": self.strategies, **totals})

    def leaders(self) -> pd.DataFrame:
        """Return who leads a technology at the end, by (strategy, technology).

        `line` is the domestic line that leads in most worlds, empty for none; `share` the part of the worlds in which
        it does; `changes` how often the lead passes in a world.
        """
        ids = [str(line) for line in self.dataset["line"].values]
        of_line = self.dataset["line_technology"].values
        leads = self.array("leads_at_end").transpose("strategy", "line").values
        changes = self.array("leader_changes").transpose("strategy", "technology").values
        rows = []
        for row, name in enumerate(self.strategies):
            for column, technology in enumerate(self.technologies):
                here = np.flatnonzero(of_line == technology)
                shares = leads[row, here]
                nobody = 1.0 - shares.sum()
                top = int(shares.argmax()) if here.size else -1
                # Rounding leaves a little of one, which is not a lead of nobody's.
                if top >= 0 and shares[top] > nobody - _ROUNDING:
                    line, share = ids[here[top]], float(shares[top])
                else:
                    line, share = "", float(nobody)
                rows.append((name, technology, line, share, float(changes[row, column])))
        return pd.DataFrame(rows, columns=["strategy", "technology", "line", "share", "changes"])

    @cached_property
    def _paid(self) -> xr.DataArray:
        return sum((self.array(name) for name in INSTRUMENTS[1:]), self.array(INSTRUMENTS[0]))

    def _total(self, values: xr.DataArray) -> Floats:
        total = values.sum([dim for dim in ("quarter", "technology") if dim in values.dims])
        return np.asarray(total.transpose("strategy").values, dtype=np.float64)

    def _long(self, columns: Mapping[str, Floats], name: str, value: str = "amount") -> pd.DataFrame:
        frames = [
            pd.DataFrame({"strategy": self.strategies, name: key, value: column}) for key, column in columns.items()
        ]
        if not frames:
            return pd.DataFrame({"strategy": [], name: [], value: []})
        return pd.concat(frames, ignore_index=True)

    def _rows(self, *dims: str) -> pd.DataFrame:
        levels: dict[str, Sequence[str]] = {
            "strategy": self.strategies,
            "technology": self.technologies,
            "quarter": self.quarters,
        }
        frame = pd.MultiIndex.from_product([levels[dim] for dim in dims], names=dims).to_frame(index=False)
        frame["year"] = frame["quarter"].map(dict(zip(self.quarters, self.years, strict=True)))
        return frame


def quarter_words(quarter: str, lang: Lang) -> str:
    """Write a quarter of the results in words: ``2024Q2``, ``2024년 2분기``."""
    return parse_quarter(quarter).label(lang)


def names_of(table: Any, lang: Lang) -> dict[str, str]:
    """Return the names of a table's rows by id: in `lang`, else in the other language, else the id."""
    first, second = (table.name_ko, table.name_en) if lang == "ko" else (table.name_en, table.name_ko)
    return {str(key): str(a or b or key) for key, a, b in zip(table.id, first, second, strict=True)}


def chain_order(scenario: Any) -> list[str]:
    """Return technology ids from the users of inputs to their makers; those of one step in the scenario's order."""
    ids = [str(name) for name in scenario.technologies.id]
    makers = [set[int]() for _ in ids]
    for user, maker in zip(scenario.inputs.technology, scenario.inputs.input, strict=True):
        makers[int(user)].add(int(maker))
    left = list(range(len(ids)))
    order: list[int] = []
    while left:
        free = [k for k in left if not any(k in makers[user] for user in left if user != k)] or left
        order.append(free[0])
        left.remove(free[0])
    return [ids[k] for k in order]


def _rank(summary: Any) -> tuple[bool, float]:
    gain = float(summary.net_gain.mean)
    return (math.isnan(gain), -gain if not math.isnan(gain) else 0.0)
