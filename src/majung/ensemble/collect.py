"""The result as labelled arrays that say where they come from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from majung import dims
from majung.ensemble.design import BASELINE, BLOCK
from majung.ensemble.run import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from majung.ensemble.run import Ensemble, Floats
    from majung.messages import Lang
    from majung.scenario import Scenario

__all__ = ["collect", "result_hash", "strategy_title"]

_PARAMETERS = (
    "marginal_cost_of_public_funds", "confidence",
    "takeoff_growth_at_zero", "takeoff_growth_halving", "takeoff_growth_floor",
)  # fmt: skip


def collect(ensemble: Ensemble, **provenance: str | int | float) -> xr.Dataset:
    """Label an ensemble.

    Parameters
    ----------
    ensemble : Ensemble
    **provenance
        Further attributes of the dataset.

    Returns
    -------
    xarray.Dataset
        The arrays of `dims` with their units and names, ``status`` of each replication, labels as coordinates, and as
        attributes the run's identity, the parameters that weigh outcomes, and all that was given here.
    """
    design, scenario = ensemble.design, ensemble.design.scenario
    finished = (ensemble.status == Status.DONE.code).sum(axis=1)
    with np.errstate(invalid="ignore"):
        firm_means = ensemble.firms / finished[None, :, None]
    axes = ("strategy", "replication")
    variables: dict[str, xr.Variable] = {}
    for array, values in zip(dims.PATH_ARRAYS, ensemble.paths, strict=True):
        variables[array.name] = xr.Variable((*axes, *array.dims), values, _attributes(array, scenario))
    for array, values in zip(dims.ACCOUNT_ARRAYS, ensemble.accounts, strict=True):
        variables[array.name] = xr.Variable((*axes, *array.dims), values, _attributes(array, scenario))
    for array, values in zip(dims.FIRM_ARRAYS, firm_means, strict=True):
        variables[array.name] = xr.Variable(("strategy", *array.dims), values, _attributes(array, scenario))
    variables["status"] = xr.Variable(axes, ensemble.status, _status_attributes())
    dataset = xr.Dataset(variables, _coordinates(ensemble))
    dataset.attrs = {
        "title": scenario.title.text("en"),
        "title_ko": scenario.title.text("ko"),
        "run_id": design.run_id,
        "result_hash": result_hash(dataset),
        "majung_version": version("majung"),
        "scenario_id": scenario.id,
        "scenario_hash": scenario.hash,
        "parameters_hash": scenario.parameters.hash,
        "seed": design.seed,
        "baseline": BASELINE,
        "as_of": scenario.as_of.isoformat(),
        "currency": scenario.currency,
        "unit": scenario.unit,
        "strategies": _json({s.id: {"en": s.title.en, "ko": s.title.ko} for s in design.strategies}),
        "parameters": _json({name: scenario.parameters.value(name) for name in _PARAMETERS}),
        "calibration": _json([asdict(gap) for gap in ensemble.market.calibration]),
        "failed": int((ensemble.status != Status.DONE.code).sum()),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **provenance,
    }
    return dataset


def result_hash(dataset: xr.Dataset) -> str:
    """Return the SHA-256 of the results, independent of threads, time and the order of strategies.

    The hash of a strategy is over the hashes of its blocks, so that it can be formed while blocks come in, and then
    over the firms; strategies enter by the order of their ids.
    """
    by_replication = [
        dataset[array.name].transpose("strategy", "replication", *array.dims).values
        for array in (*dims.PATH_ARRAYS, *dims.ACCOUNT_ARRAYS)
    ]
    by_firm = [dataset[array.name].transpose("strategy", *array.dims).values for array in dims.FIRM_ARRAYS]
    ids = [str(strategy) for strategy in dataset["strategy"].values]
    total = hashlib.sha256()
    for strategy in sorted(ids):
        row = ids.index(strategy)
        of_strategy = hashlib.sha256()
        for first in range(0, dataset.sizes["replication"], BLOCK):
            block = hashlib.sha256()
            for values in by_replication:
                block.update(_bytes(values[row, first : first + BLOCK]))
            of_strategy.update(block.digest())
        for values in by_firm:
            of_strategy.update(_bytes(values[row]))
        total.update(strategy.encode() + of_strategy.digest())
    return total.hexdigest()


def strategy_title(dataset: xr.Dataset, strategy: str, lang: Lang = "en") -> str:
    """Return a strategy's title in a language; its other title or its id where there is none."""
    titles = json.loads(dataset.attrs["strategies"]).get(strategy, {})
    return str(titles.get(lang) or titles.get("en") or titles.get("ko") or strategy)


def _coordinates(ensemble: Ensemble) -> dict[str, xr.Variable]:
    design, scenario = ensemble.design, ensemble.design.scenario
    home = (scenario.segments.region == dims.REGIONS.index("home")).astype(float)
    meaning = {dimension.name: dimension for dimension in dims.DIMENSIONS}

    def labels(name: str, values: Iterable[object]) -> xr.Variable:
        attributes = {"long_name": meaning[name].meaning_en, "long_name_ko": meaning[name].meaning_ko}
        return xr.Variable((name,), np.array(list(values), dtype=object), attributes)

    def by_technology(values: Floats, units: str, long_name: str, long_name_ko: str) -> xr.Variable:
        return xr.Variable(
            ("technology",), values, {"units": units, "long_name": long_name, "long_name_ko": long_name_ko}
        )

    def at_home(values: Floats) -> Floats:
        technologies = len(scenario.technologies.id)
        return np.bincount(scenario.segments.technology, weights=values * home, minlength=technologies).astype(float)

    replications = np.arange(design.start, design.stop, dtype=np.int64)
    classes = np.array([dims.CLASSES[index] for index in scenario.firms.size_class], dtype=object)
    return {
        "strategy": labels("strategy", (strategy.id for strategy in design.strategies)),
        "replication": xr.Variable(("replication",), replications, {"long_name": meaning["replication"].meaning_en}),
        "quarter": labels("quarter", scenario.quarter_labels),
        "technology": labels("technology", scenario.technologies.id),
        "firm": labels("firm", scenario.firms.id),
        "firm_class": xr.Variable(
            ("firm",),
            classes,
            {"long_name": meaning["size_class"].meaning_en, "long_name_ko": meaning["size_class"].meaning_ko},
        ),
        "line": xr.Variable(
            ("line",),
            np.array(ensemble.market.lines, dtype=object),
            {"long_name": "line id, by the number in leader", "long_name_ko": "제품 (leader의 번호 순)"},
        ),
        "home_potential": by_technology(
            at_home(scenario.segments.potential), "adopters", "potential adopters at home", "국내 잠재 채택자"
        ),
        "home_adopters_at_start": by_technology(
            at_home(scenario.segments.adopters),
            "adopters",
            "adopters at home before the first quarter",
            "시작 전 국내 채택자",
        ),
        "growth_before_start": by_technology(
            np.asarray(scenario.technologies.growth),
            "1/year",
            "observed growth of the market in the year before the start",
            "시작 전 1년의 시장 성장률",
        ),
    }


def _attributes(array: dims.Array, scenario: Scenario) -> dict[str, str]:
    units = scenario.unit if array.unit == "money" else array.unit
    return {"units": units, "long_name": array.meaning_en, "long_name_ko": array.meaning_ko}


def _status_attributes() -> dict[str, Any]:
    return {
        "units": "1",
        "long_name": "what became of the replication",
        "long_name_ko": "반복의 상태",
        "flag_values": [status.code for status in Status],
        "flag_meanings": " ".join(status.name.lower() for status in Status),
    }


def _bytes(values: np.ndarray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
