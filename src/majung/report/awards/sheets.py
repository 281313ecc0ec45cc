"""An allocation as tidy tables: the columns of each, and how a spreadsheet shows them."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from majung.decision.statistics import Interval
from majung.messages import Lang, text
from majung.money import Unit, parse_unit
from majung.report.awards.words import (
    in_basic,
    in_money,
    name_of,
    named,
    place_words,
    purpose_name,
    ratio,
    region_name,
    said,
    sentence,
    whole_amounts,
)
from majung.report.sheets import Cells, Column, Kind, Sheet

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation

__all__ = ["SHEETS", "sheets", "spent_whole"]


def sheets(allocation: Allocation, lang: Lang) -> tuple[Sheet, ...]:
    """Return the tables of an allocation, texts in one language."""
    return tuple(
        Sheet(name, tuple(Column(column, kind) for column, kind in columns), rows(allocation, lang))
        for name, (columns, rows) in SHEETS.items()
    )


def spent_whole(allocation: Allocation) -> int:
    """Return what the awards add up to, in whole won.

    Raises
    ------
    ValueError
        When that is not what the allocation says was spent: there is a mistake in majung.
    """
    unit = parse_unit(allocation.unit)
    total = sum(whole_amounts([one.amount for one in allocation.awards], unit))
    said_so = in_basic(allocation.spent, unit)
    # Half a won of rounding, and the last digits of a sum of floats.
    if abs(total - said_so) > 1 + abs(said_so) / 10**12:
        raise ValueError(f"the awards add up to {total}, but {said_so} is said to be spent")
    return total


_CONSIDERED: Final[tuple[tuple[str, Kind], ...]] = (
    ("score", "number"), ("rank", "count"), ("value_mean", "money"), ("value_low", "money"), ("value_high", "money"),
    ("value_per_unit", "number"), ("worlds", "count"),
)  # fmt: skip
_WHO: Final[tuple[tuple[str, Kind], ...]] = (
    ("application", "text"), ("firm", "text"), ("firm_name", "text"), ("line", "text"), ("technology", "text"),
    ("instrument", "text"), ("amount", "money"),
)  # fmt: skip
_WHAT: Final[tuple[tuple[str, Kind], ...]] = (
    ("rules", "text"), ("size_class", "text"), ("region", "text"), ("purpose", "text"), ("places", "text"),
)  # fmt: skip


def _awards(allocation: Allocation, lang: Lang) -> list[Cells]:
    unit = parse_unit(allocation.unit)
    won = whole_amounts([one.amount for one in allocation.awards], unit)
    return [
        [
            *_who(one, money, lang),
            _won(one.asked, unit),
            one.quarter,
            sentence(said(one.reason, lang)),
            *_considered(one, allocation, lang),
            *_what(one, lang),
        ]
        for one, money in zip(allocation.awards, won, strict=True)
    ]


def _near_misses(allocation: Allocation, lang: Lang) -> list[Cells]:
    unit = parse_unit(allocation.unit)
    return [
        [
            *_who(one, _won(one.amount, unit), lang),
            one.quarter,
            sentence(said(one.change, lang)),
            _worth(one.short, allocation),
            _won(one.extra, unit),
            *_considered(one, allocation, lang),
            *_what(one, lang),
        ]
        for one in allocation.near_misses
    ]


def _ineligible(allocation: Allocation, lang: Lang) -> list[Cells]:
    return [
        [
            one.application,
            one.firm,
            name_of(one.firm_name, one.firm, lang),
            text(f"report.awards.sheet.{'needs_document' if one.document else 'not_eligible'}", lang),
            one.rule,
            one.clause,
            said(one.found, lang),
            said(one.required, lang),
            one.source,
            _places(one, lang),
        ]
        for one in allocation.ineligible
    ]


def _rules(allocation: Allocation, lang: Lang) -> list[Cells]:
    unit = parse_unit(allocation.unit)

    def counted(value: float, measure: str) -> float | int | None:
        return _won(value, unit) if measure == "money" else _finite(value)

    def price(value: float, measure: str) -> float | int | None:
        return _finite(value) if measure == "money" or not in_money(allocation) else _won(value, unit)

    return [
        [
            one.id,
            name_of(one.title, one.id, lang),
            one.clause,
            one.source,
            named("report.status", one.status, lang),
            one.effective,
            _yes(one.in_force, lang),
            named("report.awards.sheet.measure", one.measure, lang),
            counted(one.limit, one.measure),
            counted(one.used, one.measure),
            _yes(one.binding, lang),
            price(one.price, one.measure),
            one.refused,
        ]
        for one in allocation.rules
    ]


def _practices(allocation: Allocation, lang: Lang) -> list[Cells]:
    unit = parse_unit(allocation.unit)
    chosen = text("report.awards.chosen", lang)
    first = ["", chosen, len(allocation.awards), spent_whole(allocation)]
    first += [*_bounds(allocation.portfolio_value, allocation), None, None, None, ""]
    return [
        first,
        *(
            [
                one.id,
                sentence(one.title.label(lang)),
                _finite(one.awards),
                _won(one.spent, unit),
                *_bounds(one.value, allocation),
                *_bounds(one.difference, allocation),
                ", ".join(one.unmet),
            ]
            for one in allocation.practices
        ),
    ]


SHEETS: Final = MappingProxyType[str, tuple[tuple[tuple[str, Kind], ...], Callable[["Allocation", Lang], list[Cells]]]](
    {
        "awards": (
            (*_WHO, ("asked", "money"), ("quarter", "text"), ("reason", "long"), *_CONSIDERED, *_WHAT),
            _awards,
        ),
        "near_misses": (
            (*_WHO, ("quarter", "text"), ("change", "long"), ("short", "money"), ("extra", "money"),
             *_CONSIDERED, *_WHAT),
            _near_misses,
        ),
        "ineligible": (
            (("application", "text"), ("firm", "text"), ("firm_name", "text"), ("status", "text"), ("rule", "text"),
             ("clause", "text"), ("found", "long"), ("required", "long"), ("source", "text"), ("places", "text")),
            _ineligible,
        ),
        "rules": (
            (("rule", "text"), ("title", "text"), ("clause", "text"), ("source", "text"), ("verified", "text"),
             ("effective", "day"), ("in_force", "text"), ("measure", "text"), ("limit", "number"), ("used", "number"),
             ("binding", "text"), ("price", "number"), ("refused", "count")),
            _rules,
        ),
        "practices": (
            (("practice", "text"), ("title", "text"), ("awards", "number"), ("spent", "money"), ("value_mean", "money"),
             ("value_low", "money"), ("value_high", "money"), ("difference_mean", "money"), ("difference_low", "money"),
             ("difference_high", "money"), ("unmet", "text")),
            _practices,
        ),
    }
)  # fmt: skip
"""The columns of each table, and what makes its rows."""


def _who(one: Any, money: int | None, lang: Lang) -> Cells:
    return [
        one.application,
        one.firm,
        name_of(one.firm_name, one.firm, lang),
        one.line,
        name_of(one.technology_name, one.technology, lang),
        named("report.instrument", one.instrument, lang),
        money,
    ]


def _considered(one: Any, allocation: Allocation, lang: Lang) -> Cells:
    per = ratio(one.value, one.amount).mean if in_money(allocation) else math.nan
    return [_finite(one.score), one.rank, *_bounds(one.value, allocation), _finite(per), one.worlds]


def _what(one: Any, lang: Lang) -> Cells:
    return [
        ", ".join(one.rules),
        named("report.class", one.size_class, lang),
        region_name(one.region, lang),
        purpose_name(one.purpose, lang),
        _places(one, lang),
    ]


def _places(one: Any, lang: Lang) -> str:
    return ", ".join(place_words(place, lang) for place in one.places)


def _bounds(found: Interval, allocation: Allocation) -> Cells:
    return [_worth(value, allocation) for value in (found.mean, found.low, found.high)]


def _worth(value: float, allocation: Allocation) -> float | int | None:
    return _won(value, parse_unit(allocation.unit)) if in_money(allocation) else _finite(value)


def _won(value: float, unit: Unit) -> int | None:
    return round(in_basic(value, unit)) if math.isfinite(value) else None


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _yes(true: bool, lang: Lang) -> str:
    return text(f"report.awards.sheet.{'yes' if true else 'no'}", lang)
