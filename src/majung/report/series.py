"""What the report shows of a run: arrays of results made small, before any chart or table is drawn."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from majung.decision import Interval, StrategySummary
from majung.decision.statistics import mean_interval
from majung.dims import CLASSES, INSTRUMENTS
from majung.messages import Lang
from majung.money import Unit, parse_unit

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["QUANTILES", "Results", "chain_order"]

Floats: TypeAlias = NDArray[np.float64]
Fan: TypeAlias = Literal["sales", "difference", "ventures"]

QUANTILES: Final = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
CHAIN_KINDS: Final = {
    "final": "private_final_sales",
    "derived": "private_derived_sales",
    "induced": "induced_sales",
    "imports": "imports",
}
_QUARTER: Final = re.compile(r"(\d{4})Q([1-4])")


class Results:
    """A run as the report reads it: strategies in the order of the ranking, technologies in the order of the chain.

    Parameters
    ----------
    dataset : xarray.Dataset
        The result arrays of `majung.dims`.
    scenario : majung.scenario.Scenario
        What was run.
    summaries : sequence of StrategySummary
        One for each strategy.
    """

    def __init__(self, dataset: xr.Dataset, scenario: Scenario, summaries: Iterable[StrategySummary]) -> None:
        # A world that failed under one strategy cannot be paired: it is left out under all, and counted.
        sales = dataset["private_final_sales"].transpose("replication", "strategy", "quarter", "technology").values
        whole = np.isfinite(sales).all(axis=(1, 2, 3))
        self.asked: int = dataset.sizes["replication"]
        self.failed = int((~whole).sum())
        self.dataset = dataset.isel(replication=np.flatnonzero(whole)) if self.failed else dataset
        self.scenario = scenario
        self.baseline: str = str(dataset.attrs.get("baseline", "hands-off"))
        self.summaries: tuple[StrategySummary, ...] = tuple(sorted(summaries, key=_rank))
        self.strategies: tuple[str, ...] = tuple(summary.id for summary in self.summaries)
        known = [str(name) for name in dataset["technology"].values]
        self.technologies: tuple[str, ...] = tuple(name for name in chain_order(scenario) if name in known)
        self.quarters: tuple[str, ...] = tuple(str(quarter) for quarter in dataset["quarter"].values)
        self.replications: int = self.dataset.sizes["replication"]

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
        matches = [_QUARTER.fullmatch(quarter) for quarter in self.quarters]
        return np.array(
            [int(match[1]) + (int(match[2]) - 0.5) / 4 if match else float(step) for step, match in enumerate(matches)]
        )

    def titles(self, lang: Lang) -> dict[str, str]:
        """Titles of the strategies by id."""
        return {summary.id: summary.title.text(lang) or summary.id for summary in self.summaries}

    def technology_titles(self, lang: Lang) -> dict[str, str]:
        """Names of the technologies by id."""
        table = self.scenario.technologies
        return names_of(table, lang)

    def array(self, name: str) -> xr.DataArray:
        """Return a result array, strategies and technologies in the report's order."""
        found = self.dataset[name].sel(strategy=list(self.strategies))
        return found.sel(technology=list(self.technologies)) if "technology" in found.dims else found

    @cached_property
    def sales(self) -> xr.DataArray:
        """Private domestic sales by (strategy, replication, quarter)."""
        return self.array("private_final_sales").sum("technology") + self.array("private_derived_sales").sum(
            "technology"
        )

    @cached_property
    def difference(self) -> xr.DataArray:
        """Paired difference of `sales` against hands-off by (strategy, replication, quarter)."""
        return self.sales - self.sales.sel(strategy=self.baseline, drop=True)

    @cached_property
    def ventures(self) -> xr.DataArray:
        """Live lines of small firms by (strategy, replication, quarter)."""
        return self.array("live_ventures").sum("technology")

    def fan(self, name: Fan) -> pd.DataFrame:
        """Return mean and quantiles over replications of `sales`, `difference` or `ventures`, by (strategy, quarter).

        The quantiles are missing where there is one replication only.
        """
        return self._fans[name].copy()

    @cached_property
    def _fans(self) -> dict[Fan, pd.DataFrame]:
        return {
            "sales": self._fan(self.sales),
            "difference": self._fan(self.difference),
            "ventures": self._fan(self.ventures),
        }

    def _fan(self, values: xr.DataArray) -> pd.DataFrame:
        worlds = values.transpose("strategy", "replication", "quarter").values
        frame = self._rows("strategy", "quarter")
        frame["mean"] = worlds.mean(axis=1).ravel()
        many = self.replications > 1
        quantiles = np.quantile(worlds, list(QUANTILES.values()), axis=1) if many else [np.full(len(frame), np.nan)] * 5
        for name, found in zip(QUANTILES, quantiles, strict=True):
            frame[name] = found.ravel()
        return frame

    def programme(self) -> dict[str, tuple[float, float]]:
        """Return when each strategy pays, as decimal years; strategies without money are left out."""
        paid = self.array("budget").mean("replication").transpose("strategy", "quarter").values > 0
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
        paid = {name: self._total(self.array(f"public_to_{name}")) for name in CLASSES if name != "foreign"}
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
            mean = self.array(name).sum("technology").mean("replication").transpose("strategy", "quarter")
            frames.append(frame.assign(instrument=name, amount=mean.values.ravel()))
        return pd.concat(frames, ignore_index=True)

    def raised(self) -> dict[str, tuple[float, Interval]]:
        """Return private money that small firms raised: its mean, and its paired difference against hands-off."""
        worlds = self.array("private_raised").sum(("technology", "quarter")).transpose("strategy", "replication").values
        base = worlds[self.strategies.index(self.baseline)]
        return {
            name: (float(raised.mean()), mean_interval(raised - base, self.confidence))
            for name, raised in zip(self.strategies, worlds, strict=True)
        }

    def chain(self) -> pd.DataFrame:
        """Return mean sales by (strategy, technology, quarter), a column for each kind of `CHAIN_KINDS`."""
        return self._chain.copy()

    @cached_property
    def _chain(self) -> pd.DataFrame:
        frame = self._rows("strategy", "technology", "quarter")
        for kind, name in CHAIN_KINDS.items():
            mean = self.array(name).mean("replication").transpose("strategy", "technology", "quarter")
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
        present = [name for name in CLASSES if name != "foreign" and (classes == name).any()]
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
        rows = []
        ids = [str(line) for line in self.dataset["line"].values]
        for name in self.strategies:
            lines = self.array("leader").sel(strategy=name).transpose("technology", "replication", "quarter").values
            for technology, leader in zip(self.technologies, lines, strict=True):
                found, counts = np.unique(leader[:, -1], return_counts=True)
                top = int(counts.argmax())
                line = ids[int(found[top])] if found[top] >= 0 else ""
                both = (leader[:, 1:] >= 0) & (leader[:, :-1] >= 0)
                changes = float(((leader[:, 1:] != leader[:, :-1]) & both).sum(axis=1).mean())
                rows.append((name, technology, line, float(counts[top]) / self.replications, changes))
        return pd.DataFrame(rows, columns=["strategy", "technology", "line", "share", "changes"])

    @cached_property
    def _paid(self) -> xr.DataArray:
        return sum(
            (self.array(name).mean("replication") for name in INSTRUMENTS[1:]),
            self.array(INSTRUMENTS[0]).mean("replication"),
        )

    def _total(self, values: xr.DataArray) -> Floats:
        total = values.sum([dim for dim in ("quarter", "technology") if dim in values.dims])
        return np.asarray(total.mean("replication").transpose("strategy").values, dtype=np.float64)

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
