"""The learning curves of a table: cost against cumulative output, which is added up where it is given by period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from majung.evidence.learning.curve import LearningCurve
from majung.evidence.learning.estimate import LEVEL, learning_curve, with_earlier
from majung.evidence.learning.reading import Costs, read_costs
from majung.evidence.series.periods import EPOCH, Period, as_day
from majung.evidence.series.spacing import regular_ends
from majung.messages import Phrase

__all__ = ["learning_curves"]

Floats = NDArray[np.float64]


def learning_curves(
    table: str | Path | pd.DataFrame, as_of: date | str | None = None, *, level: float = LEVEL
) -> list[LearningCurve]:
    """Estimate the learning rate of every technology of a table.

    Parameters
    ----------
    table : path or DataFrame
        A csv, xlsx or parquet file with the columns ``date``, ``cost`` (of a unit, net of inflation) and
        ``cumulative_output``, or ``output`` by period instead; if need be ``id``, ``earlier_output`` (made before the
        first period) and ``published``.
    as_of : date or str, optional
        Nothing that became known later is used. A row that does not say when is known from the end of its period.
    level : float
        Probability of the intervals.

    Returns
    -------
    list of LearningCurve
        In the order of the table, each with a rate or with the reason why there is none.

    Raises
    ------
    InputError
        With everything that is wrong, by row and column.
    """
    day = None if as_of is None else as_day(as_of)
    return [_curve(costs, day, level) for costs in read_costs(table, day)]


def _curve(costs: Costs, as_of: date | None, level: float) -> LearningCurve:
    if np.isfinite(costs.output).any():
        return _from_output(costs, as_of, level)
    keep = np.isfinite(costs.cost) & np.isfinite(costs.cumulative)
    return _estimated(costs, keep, costs.cumulative, as_of, level, costs.notes)


def _from_output(costs: Costs, as_of: date | None, level: float) -> LearningCurve:
    """Add output up, from what was made before the first period on."""
    _, every, places = regular_ends(costs.ends, costs.grain)
    made = np.full(len(every), np.nan)
    made[places] = costs.output
    filled = np.flatnonzero(np.isfinite(made))
    notes = list(costs.notes)
    for gap in np.flatnonzero(np.isnan(made[filled[0] : filled[-1]])) + filled[0]:
        # A run of missing periods is said once, where it begins.
        if np.isfinite(made[gap - 1]):
            notes.append(Phrase("evidence.learning.output_gap", date=_period(every[gap], costs)))
    made[filled[0] : filled[-1]] = np.interp(np.arange(filled[0], filled[-1]), filled, made[filled])
    earlier, growth = costs.earlier, np.nan
    if np.isnan(earlier):
        earlier, growth = _made_before(made[filled[0] : filled[-1] + 1])
    total = np.full(len(every), np.nan)
    total[filled[0] : filled[-1] + 1] = np.cumsum(made[filled[0] : filled[-1] + 1])
    cumulative = (total + earlier)[places]
    keep = np.isfinite(costs.cost) & np.isfinite(total[places]) & ~(cumulative <= 0)
    if np.isnan(earlier):
        curve = _estimated(costs, np.zeros_like(keep), cumulative, as_of, level, notes)
        return replace(curve, reason=Phrase("evidence.learning.no_earlier"))
    curve = _estimated(costs, keep, cumulative, as_of, level, notes)
    if np.isnan(growth):
        return curve
    ours = curve.output
    found = with_earlier(curve.cost, np.diff(ours, prepend=earlier), earlier, curve.ends, curve)
    if found is None:
        return curve
    said = Phrase(
        "evidence.learning.earlier_output",
        amount=f"{earlier:,.4g}",
        growth=f"{100 * growth:.1f}",
        half=f"{100 * found.rate_if_half:.1f}",
        double=f"{100 * found.rate_if_double:.1f}",
    )
    return replace(curve, earlier_output=found, warnings=(said, *curve.warnings))


def _made_before(made: Floats) -> tuple[float, float]:
    """Return what was made before the first period if output had always grown as it did, and that growth; or NaN."""
    if len(made) < 2 or not made[-1] > made[0] > 0:
        return np.nan, np.nan
    growth = float(np.expm1(np.log(made[-1] / made[0]) / (len(made) - 1)))
    return float(made[0]) / growth, growth


def _estimated(
    costs: Costs,
    keep: NDArray[np.bool_],
    cumulative: Floats,
    as_of: date | None,
    level: float,
    notes: tuple[Phrase, ...] | list[Phrase],
) -> LearningCurve:
    return learning_curve(
        costs.cost[keep],
        cumulative[keep],
        costs.ends[keep].astype("datetime64[D]"),
        technology=costs.technology,
        as_of=as_of,
        cost_unit=costs.cost_unit,
        output_unit=costs.output_unit,
        level=level,
        notes=notes,
    )


def _period(end: np.int64, costs: Costs) -> Period:
    return Period(date.fromordinal(int(end) + EPOCH), costs.grain)
