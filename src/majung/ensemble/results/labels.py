"""What stands beside the numbers of a result: its labels, its units, and where it comes from."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xarray as xr

from majung import dims
from majung.ensemble.design import BASELINE
from majung.ensemble.reduce.block import Status, founding_lines, home_totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from majung.ensemble.design import Design
    from majung.ensemble.work.market import Market
    from majung.messages import Lang
    from majung.scenario import Scenario

__all__ = [
    "attributes_of",
    "coordinates_of",
    "identity_of",
    "line_technology",
    "meaning_of",
    "status_attributes",
    "strategy_title",
]

_PARAMETERS: Final = (
    "marginal_cost_of_public_funds", "confidence",
    "takeoff_growth_at_zero", "takeoff_growth_halving", "takeoff_growth_floor",
)  # fmt: skip


def strategy_title(dataset: xr.Dataset, strategy: str, lang: Lang = "en") -> str:
    """Return a strategy's title in a language; its other title or its id where there is none."""
    titles = json.loads(dataset.attrs["strategies"]).get(strategy, {})
    return str(titles.get(lang) or titles.get("en") or titles.get("ko") or strategy)


def coordinates_of(design: Design, market: Market) -> dict[str, xr.Variable]:
    """Return the coordinates that every result of a design has."""
    scenario = design.scenario

    def labels(name: str, values: Iterable[object]) -> xr.Variable:
        return xr.Variable((name,), np.array(list(values), dtype=object), meaning_of(name))

    def by_technology(values: NDArray[Any], units: str, long_name: str, long_name_ko: str) -> xr.Variable:
        return xr.Variable(
            ("technology",), values, {"units": units, "long_name": long_name, "long_name_ko": long_name_ko}
        )

    classes = np.array([dims.CLASSES[index] for index in scenario.firms.size_class], dtype=object)
    return {
        "strategy": labels("strategy", (strategy.id for strategy in design.strategies)),
        "quarter": labels("quarter", scenario.quarter_labels),
        "technology": labels("technology", scenario.technologies.id),
        "firm": labels("firm", scenario.firms.id),
        "firm_class": xr.Variable(("firm",), classes, meaning_of("size_class")),
        "line": xr.Variable(
            ("line",),
            np.array(market.lines, dtype=object),
            {"long_name": "line id, by the number in leader", "long_name_ko": "제품 (leader의 번호 순)"},
        ),
        "line_technology": line_technology(_technologies_of_lines(scenario, len(market.lines))),
        "home_potential": by_technology(
            home_totals(scenario, scenario.segments.potential),
            "adopters",
            "potential adopters at home",
            "국내 잠재 채택자",
        ),
        "home_adopters_at_start": by_technology(
            home_totals(scenario, scenario.segments.adopters),
            "adopters",
            "adopters at home before the first quarter",
            "시작 전 국내 채택자",
        ),
        "founding_lines_at_start": by_technology(
            founding_lines(scenario),
            "lines",
            "lines of small firms before the first quarter",
            "시작 전 중소·벤처의 제품 수",
        ),
        "growth_before_start": by_technology(
            np.asarray(scenario.technologies.growth),
            "1/year",
            "observed growth of the market in the year before the start",
            "시작 전 1년의 시장 성장률",
        ),
    }


def _technologies_of_lines(scenario: Scenario, lines: int) -> NDArray[np.object_]:
    """Return the technology of each line of the world, where entry slots follow the lines of their technology."""
    ids = np.asarray(scenario.technologies.id, dtype=object)
    own = np.bincount(np.asarray(scenario.lines.technology, dtype=np.int64), minlength=len(ids))
    found = np.repeat(ids, own + np.asarray(scenario.technologies.entry_slots, dtype=np.int64))
    return found if len(found) == lines else np.full(lines, "", dtype=object)


def line_technology(values: NDArray[np.object_]) -> xr.Variable:
    """Label the technology of each line."""
    return xr.Variable(("line",), values, {"long_name": "technology of the line", "long_name_ko": "제품의 기술"})


def identity_of(design: Design, market: Market, replications: int, failed: int) -> dict[str, Any]:
    """Return what says where a result comes from, and the parameters that weigh outcomes."""
    scenario = design.scenario
    return {
        "title": scenario.title.text("en"),
        "title_ko": scenario.title.text("ko"),
        "run_id": design.run_id,
        "majung_version": version("majung"),
        "scenario_id": scenario.id,
        "scenario_hash": scenario.hash,
        "parameters_hash": scenario.parameters.hash,
        "seed": design.seed,
        "replications": replications,
        "block": design.block,
        "baseline": BASELINE,
        "as_of": scenario.as_of.isoformat(),
        "currency": scenario.currency,
        "unit": scenario.unit,
        "strategies": _json({s.id: {"en": s.title.en, "ko": s.title.ko} for s in design.strategies}),
        "parameters": _json({name: scenario.parameters.value(name) for name in _PARAMETERS}),
        "calibration": _json([asdict(gap) for gap in market.calibration]),
        "failed": failed,
    }


def attributes_of(array: dims.Array, units: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of an array of `dims`; `units` says what stands for ``money``."""
    unit = units.get(array.unit, array.unit)
    return {"units": unit, "long_name": array.meaning_en, "long_name_ko": array.meaning_ko}


def meaning_of(name: str) -> dict[str, str]:
    """Return the attributes of the coordinate of a dimension."""
    found = next(dimension for dimension in dims.DIMENSIONS if dimension.name == name)
    return {"long_name": found.meaning_en, "long_name_ko": found.meaning_ko}


def status_attributes() -> dict[str, Any]:
    """Return the attributes of ``status``."""
    return {
        "units": "1",
        "long_name": "what became of the replication",
        "long_name_ko": "반복의 상태",
        "flag_values": [status.code for status in Status],
        "flag_meanings": " ".join(status.name.lower() for status in Status),
    }


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)
