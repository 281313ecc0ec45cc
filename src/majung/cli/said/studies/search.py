"""What a search says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.cli.said.studies.parts import plain_table
from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from majung.cli.said.speaker import Said
    from majung.decision.search import Found, Search
    from majung.decision.statistics import Interval
    from majung.scenario import Scenario

__all__ = ["search_said", "search_table"]

_WIDE: Final = 110


def search_said(search: Search, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of a search: the best strategy of each budget, what it is, and how sure that is."""
    from majung.report.search.words import budget_words, headline, strategy_words, support

    title = search.scenario_title.text(lang) or search.scenario
    yield text("cli.study_heading", lang, title=title, said=headline(search, lang))
    yield search_table(search, lang, width=width)
    for found in search.budgets:
        best = strategy_words(found.strategy, search.unit, lang)
        yield text("cli.search.best", lang, budget=budget_words(found, search, lang), strategy=best)
    yield from support(search, lang)


def search_table(search: Search, lang: Lang, *, width: int) -> Table:
    """Return the best strategy of each budget as a table for a terminal; a narrow one leaves out intervals."""
    from rich.text import Text

    from majung.report.search.words import bounds, budget_words, contender_name
    from majung.report.wording import NOTHING

    wide = width >= _WIDE

    def written(value: Interval | None) -> str:
        if value is None:
            return NOTHING
        mean, within = bounds(value, search.objective, search, lang)
        return f"{mean} ({within})" if wide and within else mean

    shown = plain_table()
    shown.add_column(text("cli.search.column.budget", lang), justify="right", no_wrap=True)
    shown.add_column(text("cli.search.column.strategy", lang), overflow="fold")
    for key in ("fresh", *(("in_search",) if wide else ()), "gain"):
        shown.add_column(text(f"cli.search.column.{key}", lang), justify="right", overflow="fold")
    shown.add_column(text("cli.search.column.regret", lang), overflow="fold")
    for found in search.budgets:
        values = (found.value, *((found.in_search,) if wide else ()), found.gain)
        cells = [budget_words(found, search, lang), contender_name(found.winner, lang), *map(written, values)]
        shown.add_row(*map(Text, [*cells, _least_regret(found, search, lang)]))
    return shown


def _least_regret(found: Found, search: Search, lang: Lang) -> str:
    """Return whom the rule of the least regret chooses, and the largest regret."""
    from majung.decision.worlds.measures import MEASURES
    from majung.report.outcomes import outcome_words
    from majung.report.search.words import contender_name

    chosen = found.contender(found.choices["regret"])
    same = chosen.id == found.winner.id
    return text(
        "cli.search.regret",
        lang,
        name=text("cli.search.same", lang) if same else contender_name(chosen, lang),
        most=outcome_words(chosen.regret.most, MEASURES[search.objective].unit, search.unit, lang),
    )
