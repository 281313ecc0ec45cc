"""What an allocation says to people: awards, near misses and practices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from majung.messages import Lang, text
from majung.money import format_date, parse_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from majung.cli.said.speaker import Said
    from majung.decision.awards import Allocation
    from majung.scenario import Scenario

__all__ = ["awards_said", "awards_table", "practices_table"]

_WIDE: Final = 110


def awards_said(allocation: Allocation, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of an allocation."""
    from majung.report.awards.sentences import headline, support
    from majung.report.wording import count, percent

    title = allocation.title.text(lang) or allocation.call
    yield text("cli.allocate.heading", lang, title=title, day=format_date(allocation.day, lang))
    if allocation.awards:
        yield awards_table(allocation, lang, width=width)
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


def awards_table(allocation: Allocation, lang: Lang, *, width: int) -> Table:
    """Return the awards as a table for a terminal; a narrow one leaves out instrument, quarter and score."""
    from rich.text import Text

    from majung.report.awards.words import exact, name_of, named, ratio, whole_amounts, worth_scale
    from majung.report.wording import interval_bounds, number

    unit = parse_unit(allocation.unit)
    currency = text(f"money.currency.{unit.currency}", lang)
    wide = width >= _WIDE
    found = allocation.awards
    scale = worth_scale((one.value.mean for one in found), allocation, lang)
    amounts = whole_amounts([one.amount for one in found], unit)
    shown = _table()
    shown.add_column(text("cli.allocate.column.firm", lang), overflow="fold")
    shown.add_column(text("cli.allocate.column.line", lang), overflow="fold")
    if wide:
        shown.add_column(text("cli.allocate.column.instrument", lang), overflow="fold")
        shown.add_column(text("cli.allocate.column.quarter", lang), no_wrap=True)
    shown.add_column(text("cli.allocate.column.amount", lang), justify="right", no_wrap=True)
    shown.add_column(text("cli.allocate.column.value", lang, unit=scale.label), justify="right")
    shown.add_column(text("cli.allocate.column.per", lang, currency=currency), justify="right", no_wrap=True)
    if wide:
        shown.add_column(text("cli.allocate.column.score", lang), justify="right", no_wrap=True)
    for one, money in zip(found, amounts, strict=True):
        mean, bounds = interval_bounds(one.value, lang, scale.factor)
        # A name with brackets is a name, not a style.
        cells = [Text(name_of(one.firm_name, one.firm, lang)), Text(name_of(one.technology_name, one.technology, lang))]
        if wide:
            cells += [Text(named("report.instrument", one.instrument, lang)), Text(one.quarter)]
        cells += [Text(exact(money, unit, lang)), Text(f"{mean} ({bounds})" if wide and bounds else mean)]
        cells.append(Text(number(ratio(one.value, one.amount).mean)))
        if wide:
            cells.append(Text(number(one.score, decimals=1) if math.isfinite(one.score) else ""))
        shown.add_row(*cells)
    return shown


def practices_table(allocation: Allocation, lang: Lang) -> Table:
    """Return the chosen awards beside other ways to choose, as a table for a terminal."""
    from rich.text import Text

    from majung.report.awards.words import sentence, worth_scale
    from majung.report.wording import NOTHING, interval

    values = (value for one in allocation.practices for value in (one.value.mean, one.difference.mean))
    scale = worth_scale([*values, allocation.portfolio_value.mean], allocation, lang)
    shown = _table()
    shown.add_column(text("cli.allocate.column.practice", lang), overflow="fold")
    for key in ("value", "difference"):
        shown.add_column(text(f"cli.allocate.column.{key}", lang, unit=scale.label), justify="right")
    chosen = text("report.awards.chosen", lang)
    shown.add_row(chosen, interval(allocation.portfolio_value, lang, scale.factor), NOTHING)
    for one in allocation.practices:
        cells = (interval(found, lang, scale.factor) for found in (one.value, one.difference))
        shown.add_row(Text(sentence(one.title.label(lang))), *cells)
    return shown


def _table() -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False)
