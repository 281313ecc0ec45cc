"""Estimate a learning curve, and say what a reader should know of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from majung.evidence.learning.curve import EarlierOutput, LearningCurve, Rate, Regime, decimal_years, learning_rate
from majung.evidence.learning.inference.against_time import AgainstTime, against_time
from majung.evidence.learning.inference.breaks import Breaks, find_breaks
from majung.evidence.learning.inference.slope import by_differences, by_levels, exponent
from majung.messages import Phrase

__all__ = ["LEAST", "LEVEL", "learning_curve"]

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

LEVEL: Final = 0.9
LEAST: Final = 4
"""Observations below which nothing is said."""

_FEW: Final = 8
_SURE: Final = 0.75
"""Probability of a break from which it is told."""
_ALIKE: Final = 3.0
"""Odds of output against time within which the two cannot be told apart."""
_ONE_STEP: Final = 0.5
"""Share of what is known of the exponent that comes from one step, from which that is told."""


def learning_curve(
    cost: ArrayLike,
    output: ArrayLike,
    ends: ArrayLike,
    *,
    technology: str = "",
    as_of: date | None = None,
    cost_unit: str = "",
    output_unit: str = "",
    level: float = LEVEL,
    notes: Sequence[Phrase] = (),
) -> LearningCurve:
    """Estimate the learning rate of one technology.

    Parameters
    ----------
    cost : (n,) array
        Unit cost, above 0, net of inflation.
    output : (n,) array
        Cumulative output, above 0; must not fall.
    ends : (n,) array of days
        The last day of each period, rising.
    level : float
        Probability of the intervals.
    notes : sequence of Phrase
        What reading has to say; it goes before the warnings.

    Returns
    -------
    LearningCurve
        With a rate, or with the reason why there is none.

    Raises
    ------
    ValueError
        When arrays are not alike, not finite, not positive, or do not rise where they must.
    """
    costs, outputs = (np.asarray(given, dtype=np.float64) for given in (cost, output))
    days = np.asarray(ends, dtype="datetime64[D]")
    _check(costs, outputs, days)
    head = {
        "technology": technology, "as_of": as_of, "ends": days, "cost": costs, "output": outputs,
        "cost_unit": cost_unit, "output_unit": output_unit, "level": level,
    }  # fmt: skip
    doublings = float(np.log2(outputs[-1] / outputs[0])) if len(outputs) else 0.0
    reason = _reason(costs, outputs)
    if reason is not None:
        return LearningCurve(**head, rate=None, doublings=doublings, reason=reason, warnings=tuple(notes))  # type: ignore[arg-type]
    x, y, years = np.log(outputs), np.log(costs), decimal_years(days)
    gaps = np.diff(years) / np.median(np.diff(years))
    rate = Rate.of(exponent(x, y, gaps), level)
    breaks = find_breaks(x, y, gaps)
    regimes = _regimes(x, y, gaps, days, breaks, level)
    against = against_time(x, y, years, level)
    return LearningCurve(
        **head,  # type: ignore[arg-type]
        rate=rate,
        alternatives={
            "levels": Rate.of(by_levels(x, y), level),
            "differences": Rate.of(by_differences(x, y), level),
        },
        doublings=doublings,
        breaks=breaks,
        regimes=regimes,
        against_time=against,
        warnings=(*notes, *_warnings(rate, doublings, x, days, breaks, regimes, against)),
    )


def with_earlier(cost: Floats, made: Floats, earlier: float, ends: Days, curve: LearningCurve) -> EarlierOutput | None:
    """Say how much the rate hangs on an estimate of what was made before the first observation.

    Parameters
    ----------
    made : (n,) array
        Output of each period, the first one included.
    earlier : float
        What was made before.
    curve : LearningCurve
        What came of it.
    """
    if curve.rate is None:
        return None
    years = decimal_years(ends)
    gaps = np.diff(years) / np.median(np.diff(years))
    rates = [
        float(learning_rate(exponent(np.log(earlier * share + np.cumsum(made)), np.log(cost), gaps).quantile(0.5)))
        for share in (0.5, 2.0)
    ]
    return EarlierOutput(earlier, *rates)


def _check(cost: Floats, output: Floats, ends: Days) -> None:
    if not cost.shape == output.shape == ends.shape or cost.ndim != 1:
        raise ValueError(f"cost is {cost.shape}, output {output.shape}, ends {ends.shape}; they must be alike")
    if not (np.isfinite(cost) & (cost > 0) & np.isfinite(output) & (output > 0)).all():
        raise ValueError("cost and cumulative output must be finite and above 0")
    if (np.diff(output) < 0).any() or (np.diff(ends) <= np.timedelta64(0)).any():
        raise ValueError("cumulative output must not fall, and days must rise")


def _reason(cost: Floats, output: Floats) -> Phrase | None:
    """Say why there is nothing to estimate, if so."""
    if len(cost) < LEAST:
        return Phrase("evidence.learning.too_few", count=len(cost), least=LEAST)
    if not output[-1] > output[0]:
        return Phrase("evidence.learning.no_output")
    if np.ptp(cost) == 0:
        return Phrase("evidence.learning.constant_cost", cost=f"{cost[0]:,.6g}")
    return None


def _regimes(x: Floats, y: Floats, gaps: Floats, ends: Days, breaks: Breaks | None, level: float) -> tuple[Regime, ...]:
    if breaks is None or not breaks.count:
        return ()
    places = [0, *(found.place for found in breaks.likeliest), len(x) - 1]
    regimes = []
    for first, last in pairwise(places):
        part = slice(first, last + 1)
        if np.ptp(x[part]) > 0 and last - first >= 2:
            rate = Rate.of(exponent(x[part], y[part], gaps[first:last]), level)
            regimes.append(Regime(ends[first].item(), ends[last].item(), rate))
    return tuple(regimes)


def _warnings(
    rate: Rate,
    doublings: float,
    x: Floats,
    ends: Days,
    breaks: Breaks | None,
    regimes: tuple[Regime, ...],
    against: AgainstTime,
) -> list[Phrase]:
    said = []
    if len(x) < _FEW:
        said.append(Phrase("evidence.learning.few", count=len(x)))
    if doublings < 1:
        said.append(Phrase("evidence.learning.little_growth", doublings=f"{doublings:.2f}"))
    if rate.high < 0:
        said.append(Phrase("evidence.learning.cost_rises"))
    elif rate.low < 0:
        said.append(Phrase("evidence.learning.may_be_zero"))
    steps = np.diff(x) ** 2
    biggest = int(np.argmax(steps))
    if steps[biggest] > _ONE_STEP * steps.sum():
        share = f"{100 * steps[biggest] / steps.sum():.0f}"
        start, end = ends[biggest].item(), ends[biggest + 1].item()
        said.append(Phrase("evidence.learning.one_step", share=share, start=start.isoformat(), end=end.isoformat()))
    if breaks is not None and breaks.probability >= _SURE and regimes:
        dates = ", ".join(regime.end.isoformat() for regime in regimes[:-1])
        rates = ", ".join(f"{100 * regime.rate.estimate:.1f}" for regime in regimes)
        probability = f"{100 * breaks.probability:.0f}"
        said.append(Phrase("evidence.learning.breaks", dates=dates, rates=rates, probability=probability))
    correlation = f"{against.correlation:.3f}"
    if against.odds < 1 / _ALIKE:
        said.append(Phrase("evidence.learning.time_explains", odds=f"{1 / against.odds:,.3g}", correlation=correlation))
    elif against.odds < _ALIKE:
        said.append(Phrase("evidence.learning.time_alike", correlation=correlation))
    return said
