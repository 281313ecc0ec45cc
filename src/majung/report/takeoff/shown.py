"""What is drawn of one verdict, on an axis of decimal years at whose whole numbers years end."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from majung.evidence.takeoff.curves import Axis

if TYPE_CHECKING:
    from majung.evidence.series import Series
    from majung.evidence.takeoff import Step, Takeoff

__all__ = ["QUANTILES", "Shown", "Span", "year_of"]

QUANTILES: Final = ("p05", "p25", "p50", "p75", "p95")


class Span(NamedTuple):
    """A stretch of the axis."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One verdict, with what only a picture needs.

    Parameters
    ----------
    key : str
        Of its section and of the files of its pictures.
    verdict : Takeoff
    later : Series or None
        The same series with what became known after the day.
    replay : sequence of Step
        What each rule said whenever something became known.
    """

    key: str
    verdict: Takeoff
    later: Series | None = None
    replay: Sequence[Step] = ()

    @property
    def as_of(self) -> float:
        """The day on the axis."""
        return year_of(self.verdict.as_of)

    def known(self) -> pd.DataFrame:
        """Return the values that were known: ``year``, ``value``."""
        return _points(self.verdict.series)

    def not_known(self) -> pd.DataFrame:
        """Return the values that became known, or were revised, after the day."""
        if self.later is None:
            return _points(self.verdict.series).iloc[:0]
        known = dict(zip(*(column.tolist() for _, column in self.known().items()), strict=True))
        found = _points(self.later)
        fresh = [known.get(year) != value for year, value in zip(found["year"], found["value"], strict=True)]
        return pd.DataFrame(found.loc[np.array(fresh, dtype=bool)])

    def fan(self) -> pd.DataFrame:
        """Return the forecast: ``year`` and `QUANTILES`; no rows where there is none."""
        fan = self.verdict.forecast
        if fan is None:
            return pd.DataFrame(columns=["year", *QUANTILES], dtype=float)
        frame = pd.DataFrame(np.asarray(fan.values), columns=list(QUANTILES))
        frame.insert(0, "year", np.asarray(fan.times) if fan.dates is None else _years(fan.dates))
        return frame

    def fitted(self) -> pd.DataFrame:
        """Return the best curve where there are data: ``year``, ``value``; no rows where there is none."""
        series = self.verdict.series
        fit = next((fit for fit in self.verdict.fits if fit.model == self.verdict.best_model), None)
        if fit is None or not fit.usable:
            return pd.DataFrame(columns=["year", "value"], dtype=float)
        values = np.asarray(fit.fitted(), dtype=float)
        if series.kind == "cumulative":
            values = _totals(values, np.isneginf(fit.observed.starts))
        frame = pd.DataFrame({"year": Axis.of(series).zero + fit.observed.ends, "value": values})
        return frame.dropna()

    def takeoff(self) -> float | None:
        """Return when sales took off by the rule that was asked for; None where they have not, or before the data."""
        reading = self.verdict.takeoff
        return None if reading.date is None or reading.before_data else year_of(reading.date)

    def takeoff_span(self, axis: Span) -> Span | None:
        """Return the interval of the take-off as far as the axis shows it; None where the rule has none."""
        reading = self.verdict.takeoff
        if reading.before_data or (reading.low is None and reading.high is None):
            return None
        low = axis.low if reading.low is None else max(year_of(reading.low), axis.low)
        high = axis.high if reading.high is None else min(year_of(reading.high), axis.high)
        return Span(low, high) if low < high else None

    def axis(self) -> Span:
        """Return the stretch of time that the picture shows."""
        frames = (self.known(), self.not_known(), self.fan())
        years = [self.as_of, *(float(year) for frame in frames for year in frame["year"])]
        low, high = min(years), max(years)
        room = max(0.02 * (high - low), 0.05)
        return Span(low - room, high + room)


def year_of(day: date) -> float:
    """Return a day as a decimal year: 31 December 1999 is 2000.0, the end of that year."""
    return day.year + day.timetuple().tm_yday / (366 if calendar.isleap(day.year) else 365)


def _points(series: Series) -> pd.DataFrame:
    values = np.asarray(series.values, dtype=float)
    frame = pd.DataFrame({"year": _years(series.ends), "value": values})
    return pd.DataFrame(frame.loc[np.isfinite(values)]).reset_index(drop=True)


def _totals(values: NDArray[np.float64], totals: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the total at each end, of values of which some are totals and the others come on top of what was there."""
    reached, found = 0.0, np.empty_like(values)
    for place, (value, whole) in enumerate(zip(values.tolist(), totals.tolist(), strict=True)):
        reached = value if whole else reached + value
        found[place] = reached
    return found


def _years(days: Iterable[object]) -> list[float]:
    return [year_of(day) for day in pd.DatetimeIndex(np.asarray(days, dtype="datetime64[D]")).date]
