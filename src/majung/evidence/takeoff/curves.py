"""Diffusion curves fitted to observed series, on an axis of years from the beginning of their data."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion import MODELS, Comparison, Fan, Fit, Observations, compare_many, fit, forecast
from majung.evidence.takeoff.elbow import elbow_times
from majung.evidence.takeoff.verdict import When

if TYPE_CHECKING:
    from majung.evidence.series import Series

__all__ = ["MODELS_FITTED", "Axis", "Curves", "day_of", "elbow", "fit_curves", "when"]

Floats: TypeAlias = NDArray[np.float64]

MODELS_FITTED: Final = ("bass", "bass-launch", "gbm", "gompertz", "logistic", "gamma-gompertz", "weibull")
"""What is fitted unless other models are asked for."""
_TAILS: Final = (0.025, 0.975)
_AHEAD_YEARS: Final = 3
_LAST_YEAR: Final = date.max.year


@dataclass(frozen=True, slots=True)
class Axis:
    """A series as curves are fitted to it, and the year in which its axis has its zero."""

    observed: Observations
    zero: float

    @classmethod
    def of(cls, series: Series) -> Axis:
        """Place the zero where the data begin: with the launch, where they begin with it.

        Of what is counted per period that is the start of the first period that has any; of levels and totals it is
        the last day on which there were none, or the first that is known.
        """
        years, values = series.years, series.values
        driver = None if series.driver is None else np.asarray(series.driver, dtype=np.float64)
        some = np.flatnonzero(np.nan_to_num(values) > 0)
        first = int(some[0]) if len(some) else 0
        if driver is not None and not (np.isfinite(driver) & (driver > 0)).all():
            driver = None
        if series.kind == "per_period" and not series.is_rate:
            starts = _starts(series)[first:]
            zero = float(starts[0])
            seen = Observations.of(
                values[first:],
                starts=starts - zero,
                ends=years[first:] - zero,
                driver=None if driver is None else driver[first:],
            )
            return cls(seen, zero)
        begin = max(first - 1, 0)
        zero = float(years[begin])
        if series.kind == "level" or series.is_rate:
            known = first if first > 0 else 0
            seen = Observations.of(
                values[known:], ends=years[known:] - zero, level=True, driver=None if driver is None else driver[known:]
            )
            return cls(seen, zero)
        there = np.flatnonzero(~np.isnan(values[begin:])) + begin
        ends = years[there]
        seen = Observations.of(
            np.diff(values[there]),
            starts=ends[:-1] - zero,
            ends=ends[1:] - zero,
            before=None if values[there[0]] <= 0 else float(values[there[0]]),
            driver=None if driver is None else driver[there[1:]],
        )
        return cls(seen, zero)


@dataclass(frozen=True, slots=True)
class Curves:
    """All curves of one series, the one to go by, and what follows from that one."""

    fits: tuple[Fit, ...]
    best: Fit | None
    zero: float
    fan: Fan | None


def fit_curves(
    series: Sequence[Series],
    *,
    models: Sequence[str] = MODELS_FITTED,
    bootstrap: int,
    seed: int,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Curves]:
    """Fit every model to every series, all series of a model at once.

    Of series per period Bass's density at the end of each period and the regression of 1969 are fitted too, because
    published figures are of one or the other; they are never the ones to go by.
    """
    axes = [Axis.of(one) for one in series]
    compared = compare_many(
        [axis.observed for axis in axes],
        models,
        market=[None if one.market is None else (None, one.market) for one in series],
        draws=bootstrap,
        seed=seed,
        threads=threads,
        progress=progress,
        cancelled=cancelled,
    )
    return [_curves(*parts, seed) for parts in zip(series, axes, compared, strict=True)]


def when(estimate: tuple[float, float, float], zero: float) -> When:
    """Turn a moment of the axis, with its interval, into days."""
    moment, low, high = (day_of(zero + part) for part in estimate)
    return When(date=moment, low=low, high=high)


def elbow(found: Fit, zero: float, *, rate: bool = False) -> When:
    """Return the elbow of a fitted curve with the interval of its draws.

    `rate` is whether what was fitted is sales themselves, and not what they add up to.
    """
    end = float(found.observed.ends[-1])
    model = MODELS[found.model]
    moment = float(elbow_times(model, found.vector[None, :], end, rate=rate)[0])
    low = high = float("nan")
    if len(found.draws):
        moments = elbow_times(model, found.draws, end, rate=rate)
        if np.isfinite(moments).any():
            low, high = (float(part) for part in np.nanquantile(moments, _TAILS))
    return when((moment, low, high), zero)


def day_of(year: float) -> date | None:
    """Return the day that a decimal year closes: 2020.0 is 31 December 2019; None where a calendar has no such day."""
    if not np.isfinite(year) or not 2 <= year < _LAST_YEAR:
        return None
    whole = int(np.floor(year))
    days = round((year - whole) * (366 if calendar.isleap(whole) else 365))
    return date.fromordinal(date(whole, 1, 1).toordinal() + days - 1)


def _curves(series: Series, axis: Axis, compared: Comparison, seed: int) -> Curves:
    fits = list(compared.fits)
    if series.kind == "per_period" and fits and not series.is_rate:
        seen, market = axis.observed, None if series.market is None else (None, series.market)
        fits += [fit(seen, "bass", estimator, market=market) for estimator in ("nls", "ols")]
    fan = None
    if compared.best is not None:
        step = {"year": 1.0, "quarter": 0.25, "month": 1 / 12}.get(series.frequency, compared.best.observed.unit)
        count = max(2, min(round(_AHEAD_YEARS / step), 36))
        ends = axis.observed.ends[-1] + step * np.arange(1.0, count + 1)
        days = np.array([day_of(axis.zero + end) for end in ends], dtype="datetime64[D]")
        total = series.kind == "cumulative"
        # Totals are what is shown: all that will have been added since the last day comes on top of what is there.
        starts = np.full(count, axis.observed.ends[-1]) if total else None
        fan = forecast(compared.best, starts=starts, ends=ends, dates=days, seed=seed)
        if fan is not None and total:
            fan = replace(fan, values=fan.values + np.nanmax(series.values))
    return Curves(tuple(fits), compared.best, axis.zero, fan)


def _starts(series: Series) -> Floats:
    """Return the beginning of each period in years; the first is as long as the second."""
    years = series.years
    first = years[0] - (years[1] - years[0] if len(years) > 1 else 1.0)
    return np.concatenate([[first], years[:-1]])
