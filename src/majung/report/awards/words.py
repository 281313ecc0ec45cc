"""Amounts, names and intervals as everything that shows an allocation writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from majung.messages import Lang, Phrase, catalogue, text
from majung.money import Unit, format_amount, parse_quarter, parse_unit
from majung.report.figures.style import MoneyScale, money_scale
from majung.report.wording import NOTHING, amount, interval_bounds, number

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation, Place
    from majung.parameters import LocalText

__all__ = [
    "basic",
    "effect",
    "exact",
    "in_basic",
    "in_money",
    "joined",
    "money_bounds",
    "name_of",
    "named",
    "objective",
    "place_words",
    "purpose_name",
    "quarter_words",
    "ratio",
    "region_name",
    "said",
    "sentence",
    "short_of",
    "whole_amounts",
    "worth",
    "worth_bounds",
    "worth_scale",
]

_NBSP: Final = "\N{NO-BREAK SPACE}"
_CENT: Final = Decimal("0.01")
_COUNTED: Final = ("live_ventures",)
"""Objectives that are no money."""
_REGIONS: Final = (
    "seoul", "busan", "daegu", "incheon", "gwangju", "daejeon", "ulsan", "sejong", "gyeonggi", "gangwon", "chungbuk",
    "chungnam", "jeonbuk", "jeonnam", "gyeongbuk", "gyeongnam", "jeju",
)  # fmt: skip
"""Regions that have a name in both languages: the provinces of Korea."""
_PURPOSES: Final = ("pilot", "development", "scale-up")
"""Purposes that have one: those of the packaged examples."""


def named(prefix: str, name: str, lang: Lang) -> str:
    """Return what a name of the data is called, such as a size class; the name itself where nothing is known of it."""
    key = f"{prefix}.{name}"
    return text(key, lang) if key in catalogue(lang) else name


def region_name(region: str, lang: Lang) -> str:
    """Return what a region is called; what the table has, where it is none of Korea's provinces."""
    return text(f"report.awards.region.{region}", lang) if region in _REGIONS else region


def purpose_name(purpose: str, lang: Lang) -> str:
    """Return what a purpose is called; what the table has, where it is the applicant's own."""
    return text(f"report.awards.purpose.{purpose}", lang) if purpose in _PURPOSES else purpose


def quarter_words(quarter: str, lang: Lang) -> str:
    """Write a quarter: ``2024Q3``, ``2024년 3분기``."""
    return parse_quarter(quarter).label(lang)


def name_of(title: LocalText, id: str, lang: Lang) -> str:
    """Return a name, or the id of what has none."""
    return title.text(lang) or id


def said(words: Phrase | str, lang: Lang) -> str:
    """Return a phrase in one language; what is written is left as it is."""
    return words.label(lang) if isinstance(words, Phrase) else words


def sentence(words: str) -> str:
    """Begin a sentence with a capital."""
    return words[:1].upper() + words[1:]


def joined(words: Iterable[str]) -> str:
    """Return words one after another; a dash for none."""
    return ", ".join(words) or NOTHING


def place_words(place: Place, lang: Lang) -> str:
    """Write where a figure stands: ``applications.csv row 17``."""
    return f"{place.table} {text('where.row', lang, row=place.row)}"


def basic(unit: Unit) -> Unit:
    """Return the currency's own unit: won for a million won."""
    return Unit(unit.currency, 0)


def in_basic(value: float, unit: Unit) -> Decimal:
    """Return an amount in the currency's own unit, exactly as it is written in `unit`."""
    return Decimal(repr(float(value))) * unit.factor(basic(unit))


def whole_amounts(amounts: Sequence[float], unit: Unit) -> tuple[int, ...]:
    """Return amounts as whole won, or whole units of another currency, that add up to the rounded exact sum.

    Whole amounts stay as they are. Of others the largest remainders are rounded up (Hamilton's method).

    Parameters
    ----------
    amounts : sequence of float
        In `unit`, each finite.
    """
    # A float that was computed is off by some last digits: a hundredth of a won is more than these, and is no money.
    precise = [in_basic(value, unit).quantize(_CENT, rounding=ROUND_HALF_UP) for value in amounts]
    floors = [int(value.to_integral_value(rounding=ROUND_FLOOR)) for value in precise]
    missing = int(sum(precise, Decimal(0)).to_integral_value(rounding=ROUND_HALF_UP)) - sum(floors)
    order = sorted(range(len(precise)), key=lambda place: (floors[place] - precise[place], place))
    for place in order[:missing]:
        floors[place] += 1
    return tuple(floors)


def exact(won: int, unit: Unit, lang: Lang) -> str:
    """Write an amount of the currency's own unit to the last digit: ``3억 5,000만 원``."""
    return format_amount(Decimal(won), basic(unit), lang, digits="all").replace(" ", _NBSP)


def money_bounds(found: Any, unit: Unit, lang: Lang) -> tuple[str, str]:
    """Write an interval of money in words: its mean, and its bounds where there are any."""
    if not (math.isfinite(found.low) and math.isfinite(found.high)) or found.low == found.high:
        return amount(found.mean, unit, lang), ""
    low, high = (amount(bound, unit, lang) for bound in (found.low, found.high))
    return amount(found.mean, unit, lang), text("report.range", lang, low=low, high=high)


def in_money(allocation: Allocation) -> bool:
    """Return whether what awards are valued by is money."""
    return allocation.objective not in _COUNTED


def worth(value: float, allocation: Allocation, lang: Lang) -> str:
    """Write a value of the objective."""
    return amount(value, parse_unit(allocation.unit), lang) if in_money(allocation) else number(value)


def effect(value: float, allocation: Allocation, lang: Lang) -> str:
    """Say what awards do to the objective: that they create so much of it, or take so much away."""
    key = f"report.awards.effect.{'takes' if value < 0 else 'creates'}"
    return text(key, lang, value=worth(abs(value), allocation, lang), what=objective(allocation, lang))


def worth_bounds(found: Any, allocation: Allocation, lang: Lang) -> tuple[str, str]:
    """Write an interval of the objective: its mean, and its bounds where there are any."""
    if in_money(allocation):
        return money_bounds(found, parse_unit(allocation.unit), lang)
    return interval_bounds(found, lang)


def worth_scale(values: Iterable[float], allocation: Allocation, lang: Lang) -> MoneyScale:
    """Choose the unit in which values of the objective are written."""
    if in_money(allocation):
        return money_scale(values, parse_unit(allocation.unit), lang)
    return MoneyScale(1.0, objective(allocation, lang))


def objective(allocation: Allocation, lang: Lang) -> str:
    """Return what is counted as created."""
    return named("decision.awards.objective", allocation.objective, lang)


def ratio(found: Any, money: float) -> Any:
    """Return an interval per unit of money."""
    from majung.decision.statistics import Interval

    if not money > 0:
        return Interval(math.nan, math.nan, math.nan)
    return Interval(found.mean / money, found.low / money, found.high / money)


def short_of(amount_words: str, value: float, lang: Lang) -> str:
    """Write how much more budget would do; words for more than any."""
    return text("report.awards.no_budget", lang) if math.isinf(value) else amount_words
