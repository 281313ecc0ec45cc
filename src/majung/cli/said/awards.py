"""What an allocation says to people: awards, near misses and practices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from majung.cli.said.grid import Column, Grid, Side, within
from majung.messages import Lang, text
from majung.money import format_date, parse_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from majung.cli.said.speaker import Said
    from majung.decision.awards import Allocation
    from majung.decision.statistics import Interval
    from majung.scenario import Scenario

__all__ = ["awards_said", "awards_table", "practices_table"]

_COLUMNS: Final[tuple[tuple[str, Side, int], ...]] = (
    ("firm", "left", 0),
    ("line", "left", 0),
    ("instrument", "left", 2),
    ("quarter", "left", 1),
    ("amount", "right", 0),
    ("value", "right", 0),
    ("per", "right", 3),
    ("score", "right", 4),
)
"""Columns, and in which order they are left out where there is no room."""


def awards_said(allocation: Allocation, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of an allocation."""
    from majung.report.awards.sentences import headline, support
    from majung.report.wording import count, percent

    title = allocation.title.text(lang) or allocation.call
    yield text("cli.allocate.heading", lang, title=title, day=format_date(allocation.day, lang))
    if allocation.awards:
        yield awards_table(allocation, lang)
    refused = {one.application for one in allocation.ineligible if not one.document}
    yield text(
        "cli.allocate.counts",
        lang,
        applications=count(allocation.applications),
        awards=count(len(allocation.awards)),
        near=count(len(allocation.near_misses)),
        ineligible=count(len(refused)),
        documents=count(allocation.documents),
    )
    yield headline(allocation, lang) + "."
    yield from support(allocation, lang, percent(scenario.parameters.value("confidence")))
    if allocation.awards and allocation.practices:
        yield practices_table(allocation, lang)


def awards_table(allocation: Allocation, lang: Lang) -> Grid:
    """Return the awards as a table for a terminal; score, instrument and quarter go first where there is no room."""
    from majung.report.awards.words import exact, name_of, named, ratio, whole_amounts, worth_scale
    from majung.report.wording import interval_bounds, number

    unit = parse_unit(allocation.unit)
    found = allocation.awards
    scale = worth_scale((one.value.mean for one in found), allocation, lang)
    values = {"unit": scale.label, "currency": text(f"money.currency.{unit.currency}", lang)}
    shown = Grid(
        [
            Column(key, text(f"cli.allocate.column.{key}", lang, **values), side, lesser)
            for key, side, lesser in _COLUMNS
        ]
    )
    for one, money in zip(found, whole_amounts([one.amount for one in found], unit), strict=True):
        shown.add(
            name_of(one.firm_name, one.firm, lang),
            name_of(one.technology_name, one.technology, lang),
            named("report.instrument", one.instrument, lang),
            one.quarter,
            exact(money, unit, lang),
            within(*interval_bounds(one.value, lang, scale.factor)),
            number(ratio(one.value, one.amount).mean),
            number(one.score, decimals=1) if math.isfinite(one.score) else "",
        )
    return shown


def practices_table(allocation: Allocation, lang: Lang) -> Grid:
    """Return the chosen awards beside other ways to choose, as a table for a terminal."""
    from majung.report.awards.words import sentence, worth_scale
    from majung.report.wording import NOTHING, interval_bounds

    values = (value for one in allocation.practices for value in (one.value.mean, one.difference.mean))
    scale = worth_scale([*values, allocation.portfolio_value.mean], allocation, lang)

    def worth(found: Interval) -> Text:
        return within(*interval_bounds(found, lang, scale.factor))

    shown = Grid(
        [
            Column("practice", text("cli.allocate.column.practice", lang)),
            *(
                Column(key, text(f"cli.allocate.column.{key}", lang, unit=scale.label), "right")
                for key in ("value", "difference")
            ),
        ]
    )
    shown.add(text("report.awards.chosen", lang), worth(allocation.portfolio_value), NOTHING)
    for one in allocation.practices:
        shown.add(sentence(one.title.label(lang)), worth(one.value), worth(one.difference))
    return shown
