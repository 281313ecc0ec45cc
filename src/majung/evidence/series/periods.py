"""Periods as people write them: a year, a quarter, a month or a day, each standing for its last day."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from majung.errors import InputError
from majung.messages import Lang
from majung.money import Quarter, format_date, parse_date, parse_quarter

__all__ = [
    "EPOCH",
    "FIRST_YEAR",
    "GRAINS",
    "LAST_YEAR",
    "Days",
    "Grain",
    "Period",
    "as_day",
    "day_number",
    "read_period",
]

Grain: TypeAlias = Literal["year", "quarter", "month", "day"]
GRAINS: Final[tuple[Grain, ...]] = get_args(Grain)
Days: TypeAlias = NDArray[np.int64]
"""Days since 1970-01-01."""

EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST_YEAR: Final = 1000
LAST_YEAR: Final = 2999
_YEAR: Final = re.compile(r"([12][0-9]{3})(?:\.0)?\s*년?")
_QUARTER_OF_FOUR: Final = re.compile(r"([12][0-9]{3})[\s.]+([1-4])/4(?:\s*분기)?")
_MONTH: Final = re.compile(
    r"""([12][0-9]{3}) (?: [-/]([0-9]{1,2}) | \.([0-9]{2})\.? | \.\s+([0-9]{1,2})\.? | 년\s*([0-9]{1,2})월
        | \s*M([0-9]{1,2}) | ([0-9]{2}) )""",
    re.VERBOSE | re.IGNORECASE,
)
_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_MONTH: Final = re.compile(r"(?:([a-z]{3,9})\.?[\s-]+([12][0-9]{3})|([12][0-9]{3})[\s-]+([a-z]{3,9})\.?)")
_FULL_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_CLOCK: Final = re.compile(r"(?<=[0-9])[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$")


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A period by its last day.

    Parameters
    ----------
    end : date
        The last day.
    grain : str
        How it was written: as a year, a quarter, a month or a day.
    """

    end: date
    grain: Grain

    def label(self, lang: Lang = "en") -> str:
        """Return the period as it is written: ``2019``, ``2019Q3``, ``March 2019``, ``29 April 2024``."""
        if self.grain == "year":
            return f"{self.end.year}년" if lang == "ko" else str(self.end.year)
        if self.grain == "quarter":
            return Quarter.of(self.end).label(lang)
        if self.grain == "month":
            return format_date(self.end, lang).rsplit(" ", 1)[0] if lang == "ko" else _after_day(self.end)
        return format_date(self.end, lang)

    def __str__(self) -> str:
        return self.label("en")


def read_period(written: str) -> Period | None:
    """Read a period.

    Parameters
    ----------
    written : str
        Such as ``2019``, ``2019Q3``, ``2019년 3분기``, ``2019 3/4``, ``2019-03``, ``2019년 3월``, ``Mar 2019``,
        ``2019-03-31`` or ``2019-03-31 00:00:00``.

    Returns
    -------
    Period or None
        None where it is no period.
    """
    plain = " ".join(unicodedata.normalize("NFKC", written).split())
    if match := _YEAR.fullmatch(plain):
        return Period(date(int(match[1]), 12, 31), "year")
    if match := _QUARTER_OF_FOUR.fullmatch(plain):
        return Period(Quarter(int(match[1]), int(match[2])).last_day, "quarter")
    if match := _MONTH.fullmatch(plain):
        year, month = (int(group) for group in match.groups() if group is not None)
        return _month(year, month)
    if match := _ENGLISH_MONTH.fullmatch(plain.lower()):
        return _month(int(match[2] or match[3]), _month_named(match[1] or match[4]))
    try:
        if "q" in plain.lower() or "분기" in plain:
            quarter = parse_quarter(plain)
            return Period(quarter.last_day, "quarter") if FIRST_YEAR <= quarter.year <= LAST_YEAR else None
        day = parse_date(_CLOCK.sub("", plain))
    except InputError:
        return None
    return Period(day, "day") if FIRST_YEAR <= day.year <= LAST_YEAR else None


def as_day(day: date | str) -> date:
    """Return a day that may be written out.

    Raises
    ------
    InputError
        When it is not a day.
    """
    return parse_date(day)


def day_number(day: date) -> int:
    """Return a day as days since 1970-01-01."""
    return day.toordinal() - EPOCH


def _month(year: int, month: int) -> Period | None:
    return Period(date(year, month, monthrange(year, month)[1]), "month") if 1 <= month <= 12 else None


def _month_named(name: str) -> int:
    known = (*_NAMES, *_FULL_NAMES)
    return known.index(name) % 12 + 1 if name in known else 0


def _after_day(day: date) -> str:
    return format_date(day).split(" ", 1)[1]
