"""Dates and quarters."""

from __future__ import annotations

import calendar
import operator
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, SupportsIndex

from majung.errors import InputError
from majung.messages import Lang, Phrase
from majung.money._reading import folded, is_blank, refuse_unread

_DATE: Final = re.compile(
    r"""([0-9]{4}) (?: -([0-9]{1,2})- | /([0-9]{1,2})/ | \.\s*([0-9]{1,2})\.\s* | 년\s*([0-9]{1,2})월\s* )
        ([0-9]{1,2}) [.일]?""",
    re.VERBOSE,
)
_COMPACT_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_QUARTER: Final = re.compile(
    r"""([0-9]{4})\s* (?: [-/]?\s*Q([1-4]) | [년/]?\s*([1-4])분기 )
      | Q([1-4])[\s/-]*([0-9]{4})
      | ([1-4])Q\s*([0-9]{4})""",
    re.VERBOSE | re.IGNORECASE,
)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """A quarter of a year. Adding a whole number counts quarters; the difference of two is their distance.

    Parameters
    ----------
    year : int
        Of the Gregorian calendar.
    number : int
        1 to 4.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (date.min.year <= self.year <= date.max.year and 1 <= self.number <= 4):
            raise ValueError(f"not a quarter: {self.year!r}, {self.number!r}")

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter that a day is in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        month = 3 * self.number
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    def label(self, lang: Lang = "en") -> str:
        """Return ``2024Q2`` or ``2024년 2분기``."""
        return f"{self.year}년 {self.number}분기" if lang == "ko" else str(self)

    def __add__(self, quarters: SupportsIndex) -> Quarter:
        year, number = divmod(4 * self.year + self.number - 1 + operator.index(quarters), 4)
        return Quarter(year, number + 1)

    def __sub__(self, other: Quarter) -> int:
        if not isinstance(other, Quarter):
            return NotImplemented
        return 4 * (self.year - other.year) + self.number - other.number

    def __str__(self) -> str:
        return f"{self.year:04d}Q{self.number}"


def parse_date(value: str | int | date | None) -> date:
    """Read a date: ``2024-04-29``, ``2024.4.29.``, ``2024/04/29``, ``2024년 4월 29일``, 20240429, or a date.

    Raises
    ------
    InputError
        When it is not one, or when the day could be read as the month.
    """
    if is_blank(value):
        refuse_unread(value, Phrase("expected.date"))
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    plain = folded(str(value))
    match = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    try:
        if match is not None:
            year, month, day = (int(group) for group in match.groups() if group is not None)
            return date(year, month, day)
    except ValueError:
        pass
    refuse_unread(value, Phrase("expected.date"))


def format_date(day: date, lang: Lang = "en") -> str:
    """Write a date out: ``29 April 2024`` or ``2024년 4월 29일``."""
    if lang == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def parse_quarter(value: str | date | Quarter | None) -> Quarter:
    """Read a quarter: ``2024Q2``, ``2024-Q2``, ``Q2 2024``, ``2Q 2024``, ``2024년 2분기``, or a date in it.

    Raises
    ------
    InputError
        When it is neither a quarter nor a date.
    """
    if isinstance(value, Quarter):
        return value
    expected = Phrase("expected.quarter")
    if isinstance(value, str) and (match := _QUARTER.fullmatch(folded(value))):
        year = int(match[1] or match[5] or match[7])
        if year < date.min.year:
            refuse_unread(value, expected)
        return Quarter(year, int(match[2] or match[3] or match[4] or match[6]))
    try:
        return Quarter.of(parse_date(value))
    except InputError:
        refuse_unread(value, expected)
