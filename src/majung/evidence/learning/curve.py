"""One technology's learning curve: what is known of its learning rate, and what it says of cost to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from majung.evidence.learning.inference.against_time import AgainstTime
from majung.evidence.learning.inference.breaks import Breaks
from majung.evidence.learning.inference.forecast import cost_ahead
from majung.evidence.learning.inference.slope import Mixture
from majung.messages import Phrase

__all__ = ["QUANTILES", "EarlierOutput", "Forecast", "LearningCurve", "Rate", "Regime", "learning_rate"]

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_YEAR: Final = 365.2425


@dataclass(frozen=True, slots=True)
class Rate:
    """A learning rate: the share by which unit cost falls when cumulative output doubles, 1 − 2^−b.

    Parameters
    ----------
    estimate : float
        It is as likely above as below.
    low, high : float
        Between which it lies with the curve's probability.
    """

    estimate: float
    low: float
    high: float

    @classmethod
    def of(cls, exponent: Mixture, level: float) -> Rate:
        """Return the rate that an exponent means."""
        low, middle, high = (learning_rate(exponent.quantile(p)) for p in ((1 - level) / 2, 0.5, (1 + level) / 2))
        return cls(float(middle), float(low), float(high))


@dataclass(frozen=True, slots=True)
class Regime:
    """A stretch between breaks with its own rate; both ends are days of observations."""

    start: date
    end: date
    rate: Rate


@dataclass(frozen=True, slots=True)
class EarlierOutput:
    """What was made before the first observation, where it had to be estimated.

    Parameters
    ----------
    amount : float
        In the unit of output: what growth at the observed mean rate since ever would have made.
    rate_if_half, rate_if_double : float
        The learning rate if it was half or twice as much.
    """

    amount: float
    rate_if_half: float
    rate_if_double: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Unit cost to come.

    Parameters
    ----------
    ends : (h,) array of days
    output : (h,) array
        Cumulative output that is supposed.
    cost : (len(QUANTILES), h) array
        Quantiles of unit cost.
    """

    ends: Days
    output: Floats
    cost: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LearningCurve:
    """A technology's unit cost against its cumulative output, and what follows.

    Parameters
    ----------
    technology : str
    as_of : date or None
        Nothing is in it that was not known then; None where all is.
    ends : (n,) array of days
        The last day of each period.
    cost, output : (n,) array
        Unit cost and cumulative output, in `cost_unit` and `output_unit`.
    level : float
        Probability of the intervals.
    rate : Rate or None
        None where nothing can be said; `reason` says why.
    alternatives : mapping
        What other estimators give: ``levels`` (regression in levels with robust errors) and ``differences``.
    doublings : float
        How many times output doubled from the first observation to the last.
    breaks : Breaks or None
        None where the curve is too short to look for them.
    regimes : tuple of Regime
        The stretches between the likeliest breaks, where breaks are more probable than none.
    against_time : AgainstTime or None
    earlier_output : EarlierOutput or None
        Where output before the first observation was estimated.
    warnings : tuple of Phrase
    """

    technology: str
    as_of: date | None
    ends: Days
    cost: Floats
    output: Floats
    cost_unit: str
    output_unit: str
    level: float
    rate: Rate | None
    alternatives: Mapping[str, Rate] = field(default_factory=dict)
    doublings: float = 0.0
    breaks: Breaks | None = None
    regimes: tuple[Regime, ...] = ()
    against_time: AgainstTime | None = None
    earlier_output: EarlierOutput | None = None
    reason: Phrase | None = None
    warnings: tuple[Phrase, ...] = ()

    def __len__(self) -> int:
        return len(self.cost)

    @property
    def years(self) -> Floats:
        """Ends of the periods as decimal years, (n,)."""
        return decimal_years(self.ends)

    def forecast(self, output: ArrayLike, ends: ArrayLike) -> Forecast:
        """Forecast unit cost for supposed output.

        Parameters
        ----------
        output : (h,) array
            Cumulative output, in `output_unit`; not below the last observation's.
        ends : (h,) array of days
            When it is reached; after the last observation.

        Raises
        ------
        ValueError
            When the curve has no rate, or output or days do not lie ahead.
        """
        supposed = np.atleast_1d(np.asarray(output, dtype=np.float64))
        days = np.atleast_1d(np.asarray(ends, dtype="datetime64[D]"))
        if self.rate is None:
            raise ValueError(f"{self.technology}: {self.reason}")
        if supposed.shape != days.shape or not (supposed >= self.output[-1]).all() or not (days > self.ends[-1]).all():
            raise ValueError("forecasts need output of at least the last observation, on days after it, one for each")
        years = self.years
        typical = float(np.median(np.diff(years)))
        ahead = cost_ahead(
            np.log(self.output),
            np.log(self.cost),
            np.diff(years) / typical,
            np.log(supposed / self.output[-1]),
            (decimal_years(days) - years[-1]) / typical,
        )
        return Forecast(days, supposed, np.exp(np.array([ahead.quantile(p) for p in QUANTILES])))

    def next_doubling(self) -> Forecast | None:
        """Forecast unit cost at twice the output, if output grows as it did over the last five observations.

        None where output did not grow over them, or the curve has no rate.
        """
        years = self.years
        if self.rate is None:
            return None
        before = max(len(self) - 6, 0)
        growth = np.log(self.output[-1] / self.output[before]) / (years[-1] - years[before])
        days = np.log(2) / growth * _YEAR if growth > 0 else np.inf
        if not days < 200 * _YEAR:
            return None
        return self.forecast(2 * self.output[-1], self.ends[-1] + np.timedelta64(max(round(days), 1), "D"))


def learning_rate(exponent: ArrayLike) -> Floats:
    """Return the fall of cost at a doubling of output, 1 − 2^−b, for an exponent b."""
    return np.asarray(-np.expm1(-np.log(2) * np.asarray(exponent, dtype=np.float64)))


def decimal_years(ends: Days) -> Floats:
    """Return days as decimal years, their differences in years of 365.2425 days."""
    return np.asarray(1970 + ends.astype("datetime64[D]").astype(np.float64) / _YEAR)
