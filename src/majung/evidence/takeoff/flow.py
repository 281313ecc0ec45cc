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

PER_YEAR: Final = {"year": 1, "quarter": 4, "month": 12, "irregular": 1}
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
        In the period; of a level or a cumulative series what was added. NaN where a period is missing.
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
    reached: Floats | None
    market: float | None
    per_year: int
    from_launch: bool

    @classmethod
    def of(cls, series: Series) -> Flow:
        """Return the sales of a series as far as it is known.

        Irregular series are read off at yearly distances from their last day, on straight lines between what is known.
        """
        per_year = PER_YEAR[series.frequency]
        years, values = series.years, series.values
        launch = bool(values[0] == 0)
        if series.kind == "per_period":
            reached = None if series.market is None else np.cumsum(_bridged(values)) / series.market
            whole = cls(
                years=years, sold=values, reached=reached, market=series.market, per_year=per_year, from_launch=launch
            )
            return whole._launched()
        known = ~np.isnan(values)
        if series.frequency == "irregular":
            first, last = years[known][0], years[known][-1]
            years = last - np.arange(int(np.floor(last - first + 1e-6)), -1, -1.0)
            values = np.interp(years, series.years[known], series.values[known])
        added = np.diff(values)
        if series.kind == "level":
            top = np.nanmax(added, initial=0.0)
            added = np.where(np.isnan(added), np.nan, np.maximum(added, _LEAST * top))
            # Nothing had been bought while nothing was in use.
            added = np.where(values[1:] == 0, 0.0, added)
        reached = None if series.market is None else _bridged(values)[1:] / series.market
        whole = cls(
            years=years[1:], sold=added, reached=reached, market=series.market, per_year=per_year, from_launch=launch
        )
        return whole._launched()

    def _launched(self) -> Flow:
        """Leave out what lies before the first sale."""
        sold = np.flatnonzero(np.nan_to_num(self.sold) > 0)
        first = int(sold[0]) if len(sold) else len(self.sold)
        return replace(self._part(slice(first, None)), from_launch=self.from_launch or first > 0)

    @property
    def size(self) -> int:
        """Periods since the first sale."""
        return len(self.sold)

    def until(self, periods: int) -> Flow:
        """Return the first periods."""
        return self._part(slice(periods))

    def _part(self, part: slice) -> Flow:
        reached = None if self.reached is None else self.reached[part]
        return replace(self, years=self.years[part], sold=self.sold[part], reached=reached)

    @property
    def bridged(self) -> Floats:
        """Sales with what is missing put in between, at even growth; (n,)."""
        return _bridged(self.sold)

    @property
    def log_sales(self) -> Floats:
        """Natural logarithm of sales a year; a period without any counts as half of the smallest one that had some."""
        least = float(np.nanmin(np.where(self.sold > 0, self.sold, np.nan))) / 2
        return np.asarray(np.log(np.maximum(self.sold, least) * self.per_year))


def _bridged(values: Floats) -> Floats:
    known = ~np.isnan(values)
    if known.all() or not known.any():
        return values
    places = np.arange(len(values))
    if (values[known] > 0).all():
        return np.exp(np.interp(places, places[known], np.log(values[known])))
    return np.interp(places, places[known], values[known])
