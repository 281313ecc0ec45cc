"""A run as tidy tables: csv files that a spreadsheet opens as they are, and one workbook."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from majung.dims import ACCOUNT_ARRAYS, DIMENSIONS, FIRM_ARRAYS, PATH_ARRAYS
from majung.messages import Lang, text
from majung.report.drawing import write_whole
from majung.report.series import QUANTILES, Fan, Results
from majung.report.spreadsheets import csv
from majung.report.workbook import workbook

if TYPE_CHECKING:
    import xarray as xr

    from majung.decision import StrategySummary
    from majung.scenario import Scenario

__all__ = ["TABLES", "ColumnNote", "column_notes", "write_tables"]

WORKBOOK: Final = "majung.xlsx"
_INTERVALS: Final = ("additionality", "private_domestic_sales", "difference", "net_gain")
_BOUNDS: Final = ("mean", "low", "high")
_PATHS: Final = tuple(array for array in PATH_ARRAYS if array.name != "leader")
_OF_WORLDS: Final = (
    "private_domestic_sales", "public_spent", "returned", "private_raised", "exports", "imports", "entries", "exits",
    "live_ventures", "leader_changes", "sme_share", "domestic_share",
)  # fmt: skip
"""The outcomes that the table of worlds has; the result on disk has them all."""


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """What a column means.

    Parameters
    ----------
    unit : str
        ``money`` stands for the run's unit.
    """

    name: str
    unit: str
    en: str
    ko: str

    def text(self, lang: Lang) -> str:
        """Return the meaning in one language."""
        return self.ko if lang == "ko" else self.en


def write_tables(
    dataset: xr.Dataset,
    scenario: Scenario,
    summaries: Iterable[StrategySummary],
    out_dir: str | os.PathLike[str],
    *,
    lang: Lang = "en",
) -> dict[str, Path]:
    """Write a run's tables.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `majung.compare`.
    scenario : Scenario
        What was compared.
    summaries : iterable of StrategySummary
        From `majung.decision.summarise`.
    out_dir : path
        The folder; it is made where it is not there.
    lang : {"en", "ko"}
        The language of the workbook. The csv files are for machines, and alike in both.

    Returns
    -------
    dict
        The files by the name of their table, and the workbook as ``xlsx``. csv files are UTF-8 with a byte order mark,
        so that every spreadsheet reads Korean. Each file is either whole or not there.
    """
    results = Results(dataset, scenario, summaries)
    frames = {name: make(results) for name, make in TABLES.items()}
    notes = {note.name: note for note in column_notes()}
    frames["columns"] = _columns_table(results, frames, notes)
    folder = Path(out_dir)
    files = {}
    for name, frame in frames.items():
        files[name] = folder / f"{name}.csv"
        write_whole(files[name], csv(frame))
    files["xlsx"] = folder / WORKBOOK
    write_whole(files["xlsx"], workbook(results, frames, notes, lang))
    return files


def column_notes() -> tuple[ColumnNote, ...]:
    """Return what every column of every table means; a name means the same in all of them."""
    keys = [ColumnNote(d.name, "", d.meaning_en, d.meaning_ko) for d in DIMENSIONS]
    arrays = [ColumnNote(a.name, a.unit, a.meaning_en, a.meaning_ko) for a in (*_PATHS, *ACCOUNT_ARRAYS, *FIRM_ARRAYS)]
    own = [ColumnNote(name, unit, text(key, "en"), text(key, "ko")) for name, unit, key in _own_columns()]
    return (*keys, *arrays, *own)


def _own_columns() -> Iterable[tuple[str, str, str]]:
    for name, unit in _OWN.items():
        yield name, unit, f"report.sheet.column.{name}"
    for name in _INTERVALS:
        for bound in _BOUNDS:
            unit = "1" if name == "additionality" else "money"
            yield f"{name}_{bound}", unit, f"report.sheet.interval.{name}.{bound}"
    for name in ("private_domestic_sales", "difference"):
        for quantile in QUANTILES:
            yield f"{name}_{quantile}", "money", f"report.sheet.quantile.{name}.{quantile}"


def _strategies(results: Results) -> pd.DataFrame:
    rows = []
    for rank, found in enumerate(results.summaries, start=1):
        row: dict[str, object] = {
            "rank": rank,
            "strategy": found.id,
            "title_en": found.title.en,
            "title_ko": found.title.ko,
        }
        row |= {"worlds": found.replications, "public_spent": found.public_spent, "returned": found.returned}
        for name in _INTERVALS:
            interval = getattr(found, name)
            row |= {f"{name}_{bound}": np.nan if interval is None else getattr(interval, bound) for bound in _BOUNDS}
        for name in _SHARES:
            row[name] = getattr(found, name)
        rows.append(row)
    return pd.DataFrame(rows)


def _takeoff(results: Results) -> pd.DataFrame:
    rows = [
        (found.id, technology, found.takeoff_quarter.get(technology) or "")
        for found in results.summaries
        for technology in results.technologies
    ]
    return pd.DataFrame(rows, columns=["strategy", "technology", "takeoff_quarter"])


def _quarters(results: Results) -> pd.DataFrame:
    frames = []
    names: dict[Fan, str] = {"sales": "private_domestic_sales", "difference": "difference"}
    for key, name in names.items():
        fan = results.fan(key).set_index(["strategy", "quarter"])[["mean", *QUANTILES]]
        frames.append(fan.add_prefix(f"{name}_"))
    means = {a.name: results.array(a.name).transpose("strategy", "quarter").values.ravel() for a in ACCOUNT_ARRAYS}
    return pd.concat(frames, axis=1).assign(**means).reset_index()


def _technologies(results: Results) -> pd.DataFrame:
    axes = ("strategy", "quarter", "technology")
    levels = [results.strategies, results.quarters, results.technologies]
    frame = pd.MultiIndex.from_product(levels, names=axes).to_frame(index=False)
    means = {a.name: results.array(a.name).transpose(*axes).values.ravel() for a in _PATHS}
    return frame.assign(**means)


def _public_money(results: Results) -> pd.DataFrame:
    parts = (
        ("instrument", results.money_by_instrument()),
        ("size_class", results.money_by_class()),
        ("technology", results.money_by_technology()),
    )
    frames = [frame.rename(columns={name: "part"}).assign(split=name) for name, frame in parts]
    return pd.concat(frames, ignore_index=True)[["strategy", "split", "part", "amount"]]


def _worlds(results: Results) -> pd.DataFrame:
    sample = results.array("sample_outcomes").transpose("strategy", "sample", "outcome")
    levels = [results.strategies, sample["sample"].values]
    frame = pd.MultiIndex.from_product(levels, names=("strategy", "replication")).to_frame(index=False)
    found = {name: sample.sel(outcome=name).values for name in _OF_WORLDS}
    sales = found["private_domestic_sales"]
    found["difference"] = sales - sales[results.strategies.index(results.baseline)]
    return frame.assign(**{name: values.ravel() for name, values in found.items()})


def _firms(results: Results) -> pd.DataFrame:
    firms = [str(firm) for firm in results.dataset["firm"].values]
    frame = pd.MultiIndex.from_product([results.strategies, firms], names=("strategy", "firm")).to_frame(index=False)
    frame["size_class"] = np.tile(results.dataset["firm_class"].values, len(results.strategies))
    means = {a.name: results.array(a.name).transpose("strategy", "firm").values.ravel() for a in FIRM_ARRAYS}
    return frame.assign(**means)


def _parameters(results: Results) -> pd.DataFrame:
    rows = [
        (
            name,
            found.symbol,
            value,
            low,
            high,
            found.unit,
            found.label.en,
            found.label.ko,
            found.source or "",
            found.status,
        )
        for found in results.scenario.parameters.values()
        for name, (value, (low, high)) in found.cells().items()
    ]
    columns = ["parameter", "symbol", "value", "low", "high", "unit", "label_en", "label_ko", "source", "status"]
    return pd.DataFrame(rows, columns=columns)


_SHARES: Final = (
    "probability_best", "expected_regret", "sme_share", "domestic_share", "live_ventures", "survival", "leader_changes",
)  # fmt: skip

TABLES: Final[Mapping[str, Callable[[Results], pd.DataFrame]]] = MappingProxyType(
    {
        "strategies": _strategies,
        "takeoff": _takeoff,
        "quarters": _quarters,
        "quarters_by_technology": _technologies,
        "public_money": _public_money,
        "worlds": _worlds,
        "firms": _firms,
        "parameters": _parameters,
    }
)
"""What makes each table, by its name."""

_OWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "rank": "1",
        "title_en": "",
        "title_ko": "",
        "worlds": "1",
        "public_spent": "money",
        "probability_best": "1",
        "expected_regret": "money",
        "sme_share": "1",
        "domestic_share": "1",
        "survival": "1",
        "leader_changes": "1",
        "takeoff_quarter": "",
        "private_domestic_sales": "money",
        "difference": "money",
        "split": "",
        "part": "",
        "amount": "money",
        "parameter": "",
        "symbol": "",
        "value": "",
        "low": "",
        "high": "",
        "unit": "",
        "label_en": "",
        "label_ko": "",
        "source": "",
        "status": "",
        "table": "",
        "column": "",
        "meaning_en": "",
        "meaning_ko": "",
    }
)


def _columns_table(
    results: Results, frames: Mapping[str, pd.DataFrame], notes: Mapping[str, ColumnNote]
) -> pd.DataFrame:
    own = ["table", "column", "unit", "meaning_en", "meaning_ko"]
    rows = []
    for table, names in {**{table: list(frame.columns) for table, frame in frames.items()}, "columns": own}.items():
        for name in map(str, names):
            note = notes[name]
            unit = str(results.unit) if note.unit == "money" else note.unit
            rows.append((table, name, unit, note.en, note.ko))
    return pd.DataFrame(rows, columns=own)
