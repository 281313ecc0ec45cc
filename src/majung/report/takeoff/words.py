"""Days, odds and intervals as the report on take-off writes them: a day is written as the period that it ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from majung.messages import Lang, text
from majung.money import Quarter, format_date
from majung.report.wording import NOTHING, number, percent

if TYPE_CHECKING:
    from majung.evidence.series import Series
    from majung.evidence.takeoff import RuleReading, Takeoff

__all__ = [
    "between",
    "figure",
    "grain_of",
    "joined",
    "moment",
    "odds",
    "period",
    "reach",
    "sentence",
    "spread",
    "takeoff_words",
    "title",
    "within",
    "years_of",
]

_NBSP: Final = "\N{NO-BREAK SPACE}"
_SURE: Final = 0.995
_LEAST: Final = 1e-4
_MOST: Final = 1e7
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ENDS: Final[Mapping[str, Callable[[date], bool]]] = MappingProxyType(
    {
        "year": lambda day: (day.month, day.day) == (12, 31),
        "quarter": lambda day: day == Quarter.of(day).last_day,
        "month": lambda day: (day + timedelta(days=1)).day == 1,
    }
)


def title(verdict: Takeoff, lang: Lang) -> str:
    """Return what a reader knows the series by."""
    return verdict.series.label(lang)


def grain_of(series: Series, days: Iterable[date] | None = None) -> str:
    """Return as what days are written: the year, quarter or month that each ends, or ``day`` where one ends none.

    Parameters
    ----------
    days : iterable of date, optional
        Of which to tell; the ends of the series' periods where left out.
    """
    if days is not None:
        ends_one = _ENDS.get(series.frequency)
        return series.frequency if ends_one is not None and all(map(ends_one, days)) else "day"
    ends = series.ends.astype(object).tolist()
    # Yearly figures of some years only are irregular, and years and quarters of firms end in any month.
    own = "year" if series.frequency == "irregular" else series.frequency
    return next((grain for grain in (own, "month") if ends and all(map(_ENDS[grain], ends))), "day")


def period(day: date | None, grain: str, lang: Lang) -> str:
    """Write the period that a day lies in: ``1983``, ``2023Q3``, ``March 2019``, or the day itself."""
    if day is None:
        return NOTHING
    if grain == "year":
        return text("report.takeoff.year", lang, year=day.year)
    if grain == "quarter":
        return Quarter.of(day).label(lang)
    written = format_date(day, lang)
    if grain == "month":
        return written.rsplit(" ", 1)[0] if lang == "ko" else written.split(" ", 1)[1]
    return written


def within(day: date | None, grain: str, lang: Lang) -> str:
    """Write the period that a day ends, in a sentence: also one that is no year, quarter or month."""
    written = period(day, grain, lang)
    return text("report.takeoff.period_to", lang, day=written) if grain == "day" and day is not None else written


def years_of(number_of: float | None, lang: Lang) -> str:
    """Write a time in years; a dash where there is none."""
    if number_of is None or not math.isfinite(number_of):
        return NOTHING
    return text("report.takeoff.years", lang, years=number(number_of, decimals=1))


def moment(day: date | None, grain: str, lang: Lang) -> str:
    """Write a moment of a curve, which is never known to the day."""
    return period(day, "month" if grain == "day" else grain, lang)


def odds(probability: float | None) -> str:
    """Write a probability; never as certain, which no data make it."""
    if probability is None or not math.isfinite(probability):
        return NOTHING
    if probability > _SURE:
        return f">{_NBSP}99{_NBSP}%"
    if probability < 1 - _SURE:
        return f"<{_NBSP}1{_NBSP}%"
    return percent(probability)


def between(low: date | None, high: date | None, grain: str, lang: Lang) -> str:
    """Write an interval of days; empty where there is none."""
    ends = period(low, grain, lang), period(high, grain, lang)
    if low is None and high is None:
        return ""
    if low is None:
        return text("report.takeoff.until", lang, high=ends[1])
    if high is None:
        return text("report.takeoff.since", lang, low=ends[0])
    return ends[0] if ends[0] == ends[1] else text("report.range", lang, low=ends[0], high=ends[1])


def takeoff_words(reading: RuleReading, grain: str, lang: Lang) -> tuple[str, str]:
    """Write when a rule sees the take-off, and its interval; a dash where it sees none."""
    if reading.date is None:
        return NOTHING, between(reading.low, reading.high, grain, lang)
    day = period(reading.date, grain, lang)
    if reading.before_data:
        return text("report.takeoff.by", lang, day=day), ""
    return day, between(reading.low, reading.high, grain, lang)


def figure(value: float | None) -> str:
    """Write a number of any size in three digits: ``0.638``, ``4.40 × 10⁻⁵``."""
    if value is None or not math.isfinite(value) or value == 0 or _LEAST <= abs(value) < _MOST:
        return number(value)
    digits, power = f"{value:.2e}".split("e")
    return f"{number(float(digits), decimals=2)}{_NBSP}×{_NBSP}10{str(int(power)).translate(_RAISED)}"


def sentence(words: str) -> str:
    """Begin a sentence with a capital."""
    return words[:1].upper() + words[1:]


def spread(estimate: float | None, low: float | None, high: float | None, lang: Lang) -> tuple[str, str]:
    """Write an estimate, and its interval where it has one."""
    return figure(estimate), reach(low, high, lang)


def reach(low: float | None, high: float | None, lang: Lang) -> str:
    """Write an interval of numbers; an end that is not finite is said to be open."""
    low, high = (end if end is not None and math.isfinite(end) else None for end in (low, high))
    if low is None and high is None:
        return ""
    if high is None:
        return text("report.takeoff.since", lang, low=figure(low))
    if low is None:
        return text("report.takeoff.until", lang, high=figure(high))
    return text("report.range", lang, low=figure(low), high=figure(high))


def joined(names: Sequence[Any], lang: Lang, most: int = 6) -> str:
    """Write names one after another; how many more there are where they are many."""
    shown = ", ".join(map(str, names[:most]))
    if len(names) > most:
        return text("report.takeoff.and_more", lang, names=shown, count=len(names) - most)
    return shown
