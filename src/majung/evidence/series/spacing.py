"""How the ends of periods follow each other: yearly, quarterly, monthly, or at irregular days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from majung.evidence.series.periods import EPOCH, LAST_YEAR, Days, Grain, Period, day_number

__all__ = ["Frequency", "decimal_years", "first_start", "following_ends", "regular_ends"]

Frequency: TypeAlias = Literal["year", "quarter", "month", "irregular"]

_STEPS: Final[Mapping[Frequency, int]] = MappingProxyType({"year": 12, "quarter": 3, "month": 1})
# Mean length in days, and how far a business calendar of 52 or 53 weeks, or of 4-4-5 weeks, strays from it.
_LENGTHS: Final[tuple[tuple[Frequency, float, float], ...]] = (
    ("year", 365.2425, 10),
    ("quarter", 91.3106, 8),
    ("month", 30.4369, 5),
)


def regular_ends(ends: Days, grain: Grain) -> tuple[Frequency, Days, NDArray[np.intp]]:
    """Return how often there are periods, with those that are missing between the first and the last.

    Parameters
    ----------
    ends : array of int, shape (n,)
        Last days of the periods observed, rising.
    grain : str
        How the periods are written. Days are regular where no gap is far from a whole number of years, quarters or
        months and at least half of the gaps are one of them.

    Returns
    -------
    frequency : str
    every : array of int, shape (m,)
        Last days of all periods; the observed ones where irregular.
    places : array of int, shape (n,)
        Where the observed ones are among them.
    """
    frequency: Frequency
    if not len(ends):
        return ("irregular" if grain == "day" else grain), ends, np.zeros(0, np.intp)
    months = _months(ends)
    if grain != "day":
        return (grain, *_calendar(months, _STEPS[grain]))
    gaps = np.diff(months)
    if _are_month_ends(ends):
        for frequency, step in _STEPS.items():
            if not np.any(gaps % step) and _mostly_one(gaps // step):
                return (frequency, *_calendar(months, step))
        return "irregular", ends, np.arange(len(ends))
    days = np.diff(ends)
    for frequency, length, stray in _LENGTHS:
        count = np.rint(days / length).astype(np.int64)
        if _mostly_one(count) and np.all(np.abs(days - count * length) <= stray):
            places = np.concatenate([[0], np.cumsum(count)]).astype(np.intp)
            every = np.rint(np.interp(np.arange(places[-1] + 1), places, ends)).astype(np.int64)
            return frequency, every, places
    return "irregular", ends, np.arange(len(ends))


def first_start(ends: Days, frequency: Frequency) -> int | None:
    """Return the last day before the first period; None where one irregular day tells nothing of it."""
    if frequency == "irregular":
        return int(ends[0] - np.median(np.diff(ends))) if len(ends) > 1 else None
    if _are_month_ends(ends):
        return int(_month_ends(_months(ends[:1]) - _STEPS[frequency])[0])
    return int(ends[0] - round(next(length for name, length, _ in _LENGTHS if name == frequency)))


def following_ends(first: Period, frequency: str, count: int) -> list[Period] | None:
    """Return periods that follow each other, the first of them given.

    Parameters
    ----------
    first : Period
        One written as a day is taken as the end of the first period; where it ends a month, the others do too.
    frequency : str
        ``year``, ``quarter`` or ``month``.

    Returns
    -------
    list of Period or None
        None where they run past the years that can be written.
    """
    step = _STEPS[cast(Frequency, frequency)]
    if first.end.year + count * step / 12 > LAST_YEAR:
        return None
    end = np.array([day_number(first.end)])
    if _are_month_ends(end):
        ends = _month_ends(_months(end)[0] + step * np.arange(count))
    else:
        length = next(length for name, length, _ in _LENGTHS if name == frequency)
        ends = end[0] + np.rint(length * np.arange(count)).astype(np.int64)
    grain = first.grain if first.grain == frequency else "day"
    return [Period(date.fromordinal(day + EPOCH), grain) for day in ends.tolist()]


def decimal_years(ends: Days) -> NDArray[np.float64]:
    """Return days as decimal years at their close: 2019-12-31 is 2020.0."""
    year = ends.astype("datetime64[D]").astype("datetime64[Y]")
    first = year.astype("datetime64[D]").astype(np.int64)
    length = (year + 1).astype("datetime64[D]").astype(np.int64) - first
    return np.asarray(1970 + year.astype(np.int64) + (ends + 1 - first) / length, dtype=np.float64)


def _calendar(months: Days, step: int) -> tuple[Days, NDArray[np.intp]]:
    every = np.arange(months[0], months[-1] + 1, step)
    return _month_ends(every), ((months - months[0]) // step).astype(np.intp)


def _mostly_one(counts: Days) -> bool:
    return bool(len(counts) and counts.min() == 1 and np.mean(counts == 1) >= 0.5)


def _months(days: Days) -> Days:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _month_ends(months: Days) -> Days:
    return (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1


def _are_month_ends(days: Days) -> bool:
    return bool(np.array_equal(_month_ends(_months(days)), days))
