"""Sales per period on an even grid, whatever a series counts: what the rules of take-off read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from majung.evidence.series import Series

__all__ = ["PER_YEAR", "Flow"]

Floats: TypeAlias = NDArray[np.float64]

PER_YEAR: Final = {"year": 1, "quarter": 4, "month": 12}
_GAPS: Final = ((12, 0.13), (4, 0.4))
"""Periods a year for irregular days whose median distance, in years, is at most this."""
_OFTEN: Final = 0.2
_NEARLY: Final = 1e-6
_LEAST: Final = 0.01
"""Share of the greatest sale below which the sales of a level, which may fall, are not told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Sales per period.

    Parameters
    ----------
    years : (n,) array
        The end of each period, in years.
    sold : (n,) array
        In the period; of a level or a total what was added, evenly over periods in which it is not known. NaN where the
        sales of a period are missing.
    measured : (n,) array of bool
        Whether something is known of the end of the period.
    reached : (n,) array or None
        Share of the market at the end of the period; None where the market is not known.
    market : float or None
        All that there can be, in the unit of ``sold``.
    per_year : int
        Periods of a year.
    from_launch : bool
        Whether the first sale is there: the series begins with zeros.
    """

    years: Floats
    sold: Floats
    measured: NDArray[np.bool_]
    reached: Floats | None
    market: float | None
    per_year: int
    from_launch: bool

    @classmethod
    def of(cls, series: Series, market: float | None = None) -> Flow:
        """Return the sales of a series as far as it is known.

        Irregular series are read off at even distances from their last day, on straight lines between what is known; so
        are totals and levels whose periods often have nothing in them, a year apart.

        Parameters
        ----------
        series : Series
        market : float, optional
            That of the series where left out.
        """
        market = series.market if market is None else market
        launch, per_year = bool(series.values[0] == 0), _per_year(series)
        if series.is_rate:
            years, rates, measured = _totals(series, per_year)
            sold, reached = rates / per_year, rates
        elif series.kind == "per_period":
            years, sold, measured = series.years, series.values, ~np.isnan(series.values)
            reached = np.cumsum(_bridged(sold))
        else:
            years, reached, measured = _totals(series, per_year)
            sold, reached, years, measured = np.diff(reached), reached[1:], years[1:], measured[1:]
            if series.kind == "level":
                # Of what had been added at most by then, so that nothing that comes later tells of what was.
                least = _LEAST * np.maximum.accumulate(np.maximum(sold, 0.0))
                # Nothing has been bought while nothing is in use.
                sold = np.where(reached > 0, np.maximum(sold, least), 0.0)
        some = np.flatnonzero(np.nan_to_num(sold) > 0)
        first = int(some[0]) if len(some) else len(sold)
        return cls(
            years=years[first:],
            sold=sold[first:],
            measured=measured[first:],
            reached=None if market is None else reached[first:] / market,
            market=None if series.is_rate else market,
            per_year=per_year,
            from_launch=launch or first > 0,
        )

    @property
    def size(self) -> int:
        """Periods since the first sale."""
        return len(self.sold)

    def until(self, periods: int) -> Flow:
        """Return the first periods."""
        part = slice(periods)
        reached = None if self.reached is None else self.reached[part]
        return replace(
            self, years=self.years[part], sold=self.sold[part], measured=self.measured[part], reached=reached
        )

    @property
    def bridged(self) -> Floats:
        """Sales with what is missing put in between, at even growth; (n,)."""
        return _bridged(self.sold)

    @property
    def log_sales(self) -> Floats:
        """Natural logarithm of sales a year; a period without any counts as half of the smallest one that had some."""
        least = float(np.nanmin(np.where(self.sold > 0, self.sold, np.nan))) / 2
        return np.asarray(np.log(np.maximum(self.sold, least) * self.per_year))


def _per_year(series: Series) -> int:
    """Return how many periods a year is read in: years, where finer ones would often have nothing in them."""
    known = ~np.isnan(series.values)
    moments, values = series.years[known], series.values[known]
    if series.frequency == "irregular":
        gap = float(np.median(np.diff(moments))) if len(moments) > 1 else 1.0
        finest = next((count for count, longest in _GAPS if gap <= longest), 1)
    else:
        finest = PER_YEAR[series.frequency]
    if series.kind in ("level", "cumulative") and len(moments) > 1:
        since = int(np.argmax(values > 0))
        empty = float(np.mean(np.diff(values[since:]) <= 0)) if len(values) - since > 1 else 0.0
        return 1 if empty > _OFTEN else finest
    return finest


def _totals(series: Series, per_year: int) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the ends of periods in years, totals or levels by then, and which of them are known."""
    known = ~np.isnan(series.values)
    moments, values = series.years[known], series.values[known]
    if PER_YEAR.get(series.frequency) == per_year:
        return series.years, np.interp(series.years, moments, values), known
    count = int(np.floor((moments[-1] - moments[0]) * per_year + _NEARLY))
    years = moments[-1] - np.arange(count, -1, -1.0) / per_year
    cell = np.floor((moments[-1] - moments) * per_year + _NEARLY).astype(int)
    return years, np.interp(years, moments, values), np.isin(np.arange(count, -1, -1), cell)


def _bridged(values: Floats) -> Floats:
    known = ~np.isnan(values)
    if known.all() or not known.any():
        return values
    places = np.arange(len(values))
    if (values[known] > 0).all():
        return np.exp(np.interp(places, places[known], np.log(values[known])))
    return np.interp(places, places[known], values[known])
