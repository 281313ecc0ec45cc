"""Numbers as the report writes them: three significant digits, a real minus, an interval beside its mean."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from majung.messages import Lang, text
from majung.money import Unit, format_amount

__all__ = [
    "HUNDREDTHS",
    "NOTHING",
    "agreeing_decimals",
    "amount",
    "count",
    "interval",
    "interval_bounds",
    "number",
    "parameter",
    "percent",
    "tidy",
]

NOTHING: Final = "–"
HUNDREDTHS: Final = 2
"""Digits after the point that a ratio of money to money has at the least, as in the terminal."""
_MINUS: Final = "−"
_NBSP: Final = "\N{NO-BREAK SPACE}"
_DIGITS: Final = 3
_MOST_DECIMALS: Final = 6


def number(value: float | None, *, decimals: int | None = None) -> str:
    """Write a number with three significant digits: ``1.32``, ``12,300``, ``−0.045``; a dash for what is not finite.

    Parameters
    ----------
    decimals : int, optional
        Digits after the point, where several numbers should agree.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if decimals is None:
        decimals = _decimals(value)
    rounded = round(float(value), decimals)
    if not rounded:
        return "0"
    written = f"{abs(rounded):,.{max(decimals, 0)}f}"
    return f"{_MINUS}{written}" if rounded < 0 else written


def tidy(value: float) -> str:
    """Write a number that was set, not measured: ``0.1``, ``1.5``, ``5``; at most three significant digits."""
    written = number(value)
    return written.rstrip("0").removesuffix(".") if "." in written else written


def count(value: int) -> str:
    """Write a whole number: ``2,354``."""
    return f"{value:,}"


def percent(share: float | None) -> str:
    """Write a share as a percentage: ``34 %``, not to be broken; below one per cent with one digit after the point."""
    if share is None or not math.isfinite(share):
        return NOTHING
    hundredfold = 100 * share
    return f"{number(hundredfold, decimals=0 if hundredfold >= 9.95 or round(hundredfold, 1) == 0 else 1)}{_NBSP}%"


def agreeing_decimals(values: Iterable[float], widths: Iterable[float] = ()) -> int:
    """Return digits after the point for numbers that a reader adds up or takes from each other.

    They are those that give the largest number three significant digits, and one more where the smallest has fewer and
    its interval is narrow enough to bear it.

    Parameters
    ----------
    values : iterable of float
        The numbers; zeros and what is not finite do not count.
    widths : iterable of float
        Half-widths of their intervals.
    """
    digits = [_decimals(value) for value in values if math.isfinite(value) and round(value, _MOST_DECIMALS)]
    if not digits:
        return 0
    known = [_decimals(width) for width in widths if math.isfinite(width) and round(width, _MOST_DECIMALS)]
    return max(min(digits), min(max(digits), min(digits) + 1, min(known, default=_MOST_DECIMALS)))


def interval_bounds(
    found: Any, lang: Lang, factor: float = 1.0, *, decimals: int | None = None, least: int | None = None
) -> tuple[str, str]:
    """Write an interval's mean, and its bounds as ``9.1 to 12.3``; the bounds are empty where there are none.

    Parameters
    ----------
    found : Interval or None
        With ``mean``, ``low`` and ``high``.
    factor : float
        What the numbers are multiplied by.
    decimals : int, optional
        Digits after the point, where several intervals should agree; else three significant digits of the largest.
    least : int, optional
        The fewest digits after the point, where they are not given.
    """
    if found is None:
        return NOTHING, ""
    mean, low, high = (factor * float(value) for value in (found.mean, found.low, found.high))
    known = [value for value in (mean, low, high) if math.isfinite(value)]
    if len(known) < 3 or low == high:
        return number(mean, decimals=decimals), ""
    if decimals is None:
        decimals = _decimals(max(known, key=abs))
        decimals = decimals if least is None else max(decimals, least)
    written = [number(value, decimals=decimals) for value in (mean, low, high)]
    return written[0], text("report.range", lang, low=written[1], high=written[2])


def interval(found: Any, lang: Lang, factor: float = 1.0) -> str:
    """Write an interval in one piece: ``10.7 (9.1 to 12.3)``."""
    mean, bounds = interval_bounds(found, lang, factor)
    return f"{mean} ({bounds})" if bounds else mean


def amount(value: float, unit: Unit, lang: Lang) -> str:
    """Write an amount of money in words: ``KRW 1.23 billion``, ``12억 3,000만 원``."""
    if not math.isfinite(value):
        return NOTHING
    return format_amount(value, unit, lang, digits=_DIGITS).replace("-", _MINUS, 1).replace(" ", _NBSP)


def parameter(value: float) -> str:
    """Write a parameter's value as it was entered."""
    return f"{value:g}".replace("-", _MINUS)


def _decimals(value: float) -> int:
    if value == 0:
        return 0
    digits = _DIGITS - 1 - math.floor(math.log10(abs(value)))
    # 0.99996 has one digit more once it is rounded.
    return min(_DIGITS - 1 - math.floor(math.log10(abs(round(value, digits)))), _MOST_DECIMALS)
