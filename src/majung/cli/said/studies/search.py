"""What a search says to people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from majung.cli.said.studies.parts import plain_table
from majung.dims import INSTRUMENTS
from majung.messages import Lang, text
from majung.money import parse_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.table import Table

    from majung.cli.said.speaker import Said
    from majung.decision.search import Contender, Found, Search
    from majung.scenario import Scenario

__all__ = ["search_said", "search_table"]

_WIDE: Final = 110
_LEAST: Final = 0.005
"""Share of the money from which on an instrument is named."""


def search_said(search: Search, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of a search: the best strategy of each budget, and how it is to be read."""
    from majung.decision.worlds.measures import MEASURES
    from majung.report.wording import count

    yield text(
        "cli.search.heading",
        lang,
        title=search.scenario_title.text(lang) or search.scenario,
        objective=MEASURES[search.objective].label.text(lang),
        trials=count(sum(found.trials for found in search.budgets)),
        looks=count(sum(found.looks for found in search.budgets)),
    )
    yield search_table(search, lang, width=width)
    for found in search.budgets:
        yield text(
            "cli.search.best",
            lang,
            budget=_amount(found.budget, search, lang),
            figures=", ".join(_figures(found.winner, search, lang)),
        )
    yield text("cli.search.note", lang)


def search_table(search: Search, lang: Lang, *, width: int) -> Table:
    """Return the best strategy of each budget as a table for a terminal; a narrow one leaves out intervals."""
    from rich.text import Text

    from majung.report.wording import NOTHING, interval, number

    wide = width >= _WIDE
    written = interval if wide else lambda found, _: number(None if found is None else found.mean)
    shown = plain_table()
    shown.add_column(text("cli.search.column.budget", lang), justify="right", no_wrap=True)
    shown.add_column(text("cli.search.column.strategy", lang), overflow="fold")
    for key in ("fresh", "in_search", "gain"):
        if wide or key != "in_search":
            shown.add_column(text(f"cli.search.column.{key}", lang), justify="right", overflow="fold")
    shown.add_column(text("cli.search.column.regret", lang), overflow="fold")
    for found in search.budgets:
        cells = [_amount(found.budget, search, lang), _name(found.winner, lang), written(found.value, lang)]
        if wide:
            cells.append(written(found.in_search, lang))
        cells.append(NOTHING if found.gain is None else written(found.gain, lang))
        cells.append(_least_regret(found, lang))
        shown.add_row(*map(Text, cells))
    return shown


def _least_regret(found: Found, lang: Lang) -> str:
    """Return whom the rule of the least regret chooses, and the largest regret."""
    from majung.report.wording import number

    chosen = found.contender(found.choices["regret"])
    same = chosen.id == found.winner.id
    name = text("cli.search.same", lang) if same else _name(chosen, lang)
    return text("cli.search.regret", lang, name=name, most=number(chosen.regret.most))


def _name(contender: Contender, lang: Lang) -> str:
    """Return a strategy's name; what was found has none of its own."""
    if not contender.own:
        return text("cli.search.found", lang)
    return contender.strategy.title.text(lang) or contender.id


def _figures(contender: Contender, search: Search, lang: Lang) -> Iterator[str]:
    """Yield a strategy's key figures in words: what instruments, for how many, from when, how long."""
    from majung.report.wording import count, percent

    figures: Mapping[str, Any] = contender.figures
    for name in INSTRUMENTS:
        if figures[f"mix.{name}"] >= _LEAST:
            yield f"{text(f'report.instrument.{name}', lang)} {percent(figures[f'mix.{name}'])}"
    winners = int(figures["winners"])
    yield text("cli.search.winners", lang, count=count(winners)) if winners else text("cli.search.all", lang)
    yield text("cli.search.when", lang, start=int(figures["start"]) + 1, quarters=int(figures["quarters"]))
    yield text("cli.search.per_quarter", lang, amount=_amount(figures["per_quarter"], search, lang))
    if math.isfinite(figures["gets"]):
        yield text("cli.search.gets", lang, amount=_amount(figures["gets"], search, lang))
    if figures["small_firm_floor"] > 0:
        yield text("cli.search.floor", lang, share=percent(figures["small_firm_floor"]))


def _amount(value: float, search: Search, lang: Lang) -> str:
    from majung.report.wording import amount

    return amount(value, parse_unit(search.unit), lang)
