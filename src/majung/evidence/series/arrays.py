"""Figures of one series from arrays and from pandas, checked as a table's are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import inf
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from majung.errors import InputError, Problem, not_a_choice
from majung.evidence.series.assembly import Defaults
from majung.evidence.series.checks import check_figures
from majung.evidence.series.figures import Figures, Place
from majung.evidence.series.kinds import Kind, kind_named, no_kind
from majung.evidence.series.periods import GRAINS, Days, Period, as_day, day_number, read_period
from majung.evidence.series.spacing import following_ends
from majung.messages import Phrase
from majung.tables.problems import Problems

__all__ = ["figures_of", "given_kind", "given_market"]

_EXPECTED: Final = Phrase("evidence.series.the_period")
_FREQUENCIES: Final = ("year", "quarter", "month")
_NOTHING: Final = Period(date(1970, 1, 1), "day")


def figures_of(
    values: ArrayLike | pd.Series[Any],
    *,
    name: str,
    label: str,
    ends: Iterable[Any] | None,
    start: Any,
    frequency: str | None,
    published: Iterable[Any] | None,
    driver: ArrayLike | None,
    source: str,
    defaults: Defaults,
) -> Figures:
    """Return figures of one series; the parameters are those of `Series.of`."""
    problems = Problems()
    if isinstance(values, pd.Series):
        if ends is None and start is None:
            ends = values.index
        values = np.asarray(values, dtype=object)
    numbers = _numbers(values, "values", problems)
    count = len(numbers)
    periods = _periods(count, ends, start, frequency, problems)
    known = _days(published, count, problems)
    drivers = np.full(count, np.nan) if driver is None else _numbers(driver, "driver", problems, count)
    problems.refuse([])
    days = np.array([day_number(period.end) for period in periods], dtype=np.int64)
    texts = np.full(count, "", dtype=object)
    figures = Figures(
        names=[name],
        series=np.zeros(count, np.int64),
        ends=days,
        published=np.where(known == _UNKNOWN, days, known),
        grain=np.array([GRAINS.index(period.grain) for period in periods], dtype=np.int8),
        values=numbers,
        driver=drivers,
        market=np.full(count, np.nan),
        kind=np.full(count, -1, np.int8),
        unit=texts,
        name=np.full(count, label, dtype=object),
        name_ko=texts,
        source=np.full(count, source, dtype=object),
        defaults=[defaults],
        place=Place(
            file=None,
            row=np.arange(1, count + 1),
            column=np.zeros(count, np.int64),
            headers=("values",),
            named={"date": "ends"},
        ),
    )
    check_figures(figures, problems)
    problems.refuse([])
    return figures


def given_kind(kind: str | None) -> Kind | None:
    """Return the kind that a caller names.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    if kind is None:
        return None
    known = kind_named(kind)
    if known is None:
        raise InputError([no_kind(kind)])
    return known


def given_market(market: float | None) -> float | None:
    """Return the market potential that a caller gives.

    Raises
    ------
    InputError
        When it is not above zero.
    """
    if market is not None and not 0 < market < inf:
        expected = Phrase("evidence.series.a_market")
        raise InputError([Problem(key="problem.unexpected", found=str(market), expected=expected)])
    return market


_UNKNOWN: Final = np.iinfo(np.int64).min


def _numbers(values: ArrayLike, column: str, problems: Problems, count: int | None = None) -> NDArray[np.float64]:
    raw = np.asarray(values, dtype=object)
    if raw.ndim != 1 or (count is not None and len(raw) != count):
        shape = Phrase("evidence.series.one_row") if count is None else Phrase("evidence.series.as_many", count=count)
        problems.add(Problem(key="problem.unexpected", column=column, found=str(raw.shape), expected=shape))
        return np.full(raw.size if count is None else count, np.nan)
    numbers = np.full(len(raw), np.nan)
    for i, value in enumerate(raw.tolist()):
        try:
            numbers[i] = np.nan if value is None or value is pd.NA or isinstance(value, str) else float(value)
            wrong = np.isinf(numbers[i]) or isinstance(value, str | bool)
        except (TypeError, ValueError):
            wrong = True
        if wrong:
            expected = Phrase("expected.number")
            problems.add(
                Problem(key="problem.unexpected", row=i + 1, column=column, found=str(value), expected=expected)
            )
            numbers[i] = np.nan
    return numbers


def _periods(
    count: int, ends: Iterable[Any] | None, start: Any, frequency: str | None, problems: Problems
) -> Sequence[Period]:
    """Return the periods of so many values; where something is wrong, that is noted and they stand for nothing."""
    if (ends is None) == (start is None):
        problems.add(Problem(key="evidence.series.dates_needed", column="ends"))
        return [_NOTHING] * count
    return _following(start, frequency, count, problems) if ends is None else _given(ends, count, problems)


def _following(start: Any, frequency: str | None, count: int, problems: Problems) -> Sequence[Period]:
    first = _period(start)
    periods: Sequence[Period] | None = None
    if frequency is not None and frequency not in _FREQUENCIES:
        expected = Phrase("evidence.series.the_frequency")
        problems.add(not_a_choice(frequency, _FREQUENCIES, expected, column="frequency"))
    elif first is not None and first.grain == "day" and frequency is None:
        problems.add(Problem(key="evidence.series.frequency_needed", column="frequency"))
    else:
        periods = None if first is None else following_ends(first, frequency or first.grain, count)
        if periods is None:
            problems.add(Problem(key="problem.unexpected", column="start", found=str(start), expected=_EXPECTED))
    return [_NOTHING] * count if periods is None else periods


def _given(ends: Iterable[Any], count: int, problems: Problems) -> Sequence[Period]:
    written = list(ends)
    periods = _pandas_periods(ends) or [_period(end) for end in written]
    if len(periods) != count:
        expected = Phrase("evidence.series.as_many", count=count)
        problems.add(Problem(key="problem.unexpected", column="ends", found=str(len(periods)), expected=expected))
        return [_NOTHING] * count
    for i, period in enumerate(periods):
        if period is None:
            found = str(written[i])
            problems.add(Problem(key="problem.unexpected", row=i + 1, column="ends", found=found, expected=_EXPECTED))
    return [period or _NOTHING for period in periods]


def _period(written: Any) -> Period | None:
    if isinstance(written, pd.Period):
        grain = {"Y": "year", "A": "year", "Q": "quarter", "M": "month"}.get(written.freqstr[0], "day")
        end = written.end_time.date()
        # A financial year or quarter is known by its last day, as it is in a table.
        calendar = grain == "month" or end.month == 12 or (grain == "quarter" and end.month % 3 == 0)
        return Period(end, grain if calendar else "day")  # type: ignore[arg-type]
    if isinstance(written, np.datetime64):
        return read_period(str(written))
    if written is pd.NaT:
        return None
    if isinstance(written, datetime):
        return Period(written.date(), "day")
    if isinstance(written, date):
        return Period(written, "day")
    if isinstance(written, float) and not written.is_integer():
        return None
    return None if written is None else read_period(str(written))


def _pandas_periods(ends: Any) -> list[Period | None] | None:
    """Return periods of an index that says that its days begin them, None of anything else."""
    if not isinstance(ends, pd.DatetimeIndex) or ends.freq is None:
        return None
    name = ends.freq.freqstr.split("-")[0]
    if name not in ("MS", "QS", "YS", "AS"):
        return None
    months = {"M": 1, "Q": 3}.get(name[0], 12)
    last = ends + pd.DateOffset(months=months) - pd.Timedelta(days=1)
    periods = last.to_period({1: "M", 3: "Q", 12: "Y"}[months])
    calendar = (periods.end_time.normalize() == last).all()
    return [_period(period) for period in periods] if calendar else [Period(day.date(), "day") for day in last]


def _days(written: Iterable[Any] | None, count: int, problems: Problems) -> Days:
    days = np.full(count, _UNKNOWN, dtype=np.int64)
    if written is None:
        return days
    given = list(written)
    if len(given) != count:
        expected = Phrase("evidence.series.as_many", count=count)
        problems.add(Problem(key="problem.unexpected", column="published", found=str(len(given)), expected=expected))
        return days
    for i, day in enumerate(given):
        if day is None or day is pd.NaT or (isinstance(day, float) and np.isnan(day)):
            continue
        try:
            if isinstance(day, np.datetime64):
                day = day.astype("datetime64[D]").item()
            days[i] = day_number(as_day(day))
        except InputError as error:
            problems.extend(problem.at(row=i + 1, column="published") for problem in error.problems)
    return days
