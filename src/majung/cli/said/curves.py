"""What ``majung learning`` says: a table for people, a list of objects for machines."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from majung.cli.said.grid import Cell, Column, Grid, within
from majung.evidence.learning import scenario_rates
from majung.evidence.learning.curve import QUANTILES
from majung.messages import Lang, text

if TYPE_CHECKING:
    from majung.evidence.learning import Forecast, LearningCurve, Rate

__all__ = ["as_json", "curve_table"]

_COLUMNS: Final = (
    ("technology", 0),
    ("n", 2),
    ("doublings", 3),
    ("rate", 0),
    ("break", 0),
    ("around", 0),
    ("next", 1),
    ("time", 4),
)
"""Columns, and in which order they are left out where there is no room."""
_NOTHING: Final = "\N{EN DASH}"


def curve_table(curves: Iterable[LearningCurve], lang: Lang) -> Grid:
    """Return a line a technology."""
    shown = Grid(
        [
            Column(column, text(f"cli.learning.column.{column}", lang), "right" if place else "left", lesser)
            for place, (column, lesser) in enumerate(_COLUMNS)
        ]
    )
    for curve in curves:
        shown.add(*_cells(curve, lang))
    return shown


def _cells(curve: LearningCurve, lang: Lang) -> tuple[Cell, ...]:
    if curve.rate is None:
        return (curve.technology, str(len(curve)), *[_NOTHING] * (len(_COLUMNS) - 2))
    breaks, ahead, against = curve.breaks, curve.next_doubling(), curve.against_time
    rates = " \N{RIGHTWARDS ARROW} ".join(_percent(regime.rate.estimate) for regime in curve.regimes)
    years = ", ".join(str(regime.end.year) for regime in curve.regimes[:-1])
    return (
        curve.technology,
        str(len(curve)),
        f"{curve.doublings:.1f}",
        within(_percent(curve.rate.estimate), _range(curve.rate, lang)),
        _NOTHING if breaks is None else f"{100 * breaks.probability:.0f}\N{NO-BREAK SPACE}%",
        f"{rates} ({years})" if years else _NOTHING,
        _NOTHING if ahead is None else _cost(ahead, lang),
        _NOTHING if against is None else _odds(against.odds),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


def _range(rate: Rate, lang: Lang) -> str:
    low, high = (f"{100 * bound:.1f}".replace("-", "\N{MINUS SIGN}") for bound in (rate.low, rate.high))
    return text("report.range", lang, low=low, high=high)


def _cost(ahead: Forecast, lang: Lang) -> Cell:
    low, middle, high = (f"{ahead.cost[place, 0]:,.3g}" for place in (0, 2, 4))
    return within(middle, text("report.range", lang, low=low, high=high))


def _odds(odds: float) -> str:
    written = f"{odds:,.2g} : 1" if odds >= 1 else f"1 : {1 / odds:,.2g}"
    return written.replace(" ", "\N{NO-BREAK SPACE}")


def as_json(curves: Iterable[LearningCurve], lang: Lang) -> list[dict[str, Any]]:
    """Return the curves as the list that ``--json`` prints; a number that does not exist is null."""
    return [_nullable(_curve(curve, lang)) for curve in curves]


def _curve(curve: LearningCurve, lang: Lang) -> dict[str, Any]:
    breaks, ahead = curve.breaks, curve.next_doubling()
    return {
        "technology": curve.technology,
        "as_of": None if curve.as_of is None else curve.as_of.isoformat(),
        "n": len(curve),
        "doublings": curve.doublings,
        "level": curve.level,
        "rate": None if curve.rate is None else asdict(curve.rate),
        "learning_rate": scenario_rates([curve]).get(curve.technology),
        "alternatives": {name: asdict(rate) for name, rate in curve.alternatives.items()},
        "break_probability": None if breaks is None else breaks.probability,
        "breaks": []
        if breaks is None or not breaks.count
        else [
            {"date": str(curve.ends[one.place]), "low": str(curve.ends[one.low]), "high": str(curve.ends[one.high])}
            for one in breaks.likeliest
        ],
        "regimes": [
            {"start": one.start.isoformat(), "end": one.end.isoformat(), **asdict(one.rate)} for one in curve.regimes
        ],
        "against_time": None if curve.against_time is None else asdict(curve.against_time),
        "earlier_output": None if curve.earlier_output is None else asdict(curve.earlier_output),
        "next_doubling": None if ahead is None else _ahead(ahead),
        "reason": None if curve.reason is None else curve.reason.label(lang),
        "warnings": [warning.label(lang) for warning in curve.warnings],
    }


def _ahead(ahead: Forecast) -> dict[str, Any]:
    cost = {f"p{100 * p:02.0f}": float(value) for p, value in zip(QUANTILES, ahead.cost[:, 0], strict=True)}
    return {"date": str(ahead.ends[0]), "output": float(ahead.output[0]), **cost}


def _nullable(value: Any) -> Any:
    """Replace what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _nullable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_nullable(inner) for inner in value]
    return value
