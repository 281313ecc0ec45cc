"""What a search says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.cli.said.grid import Column, Grid, Side, within
from majung.messages import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from majung.cli.said.speaker import Said
    from majung.decision.search import Found, Search
    from majung.decision.statistics import Interval
    from majung.scenario import Scenario

__all__ = ["search_said", "search_table"]

_COLUMNS: Final[tuple[tuple[str, Side, int], ...]] = (
    ("budget", "right", 0),
    ("strategy", "left", 0),
    ("fresh", "right", 0),
    ("in_search", "right", 2),
    ("gain", "right", 0),
    ("regret", "left", 1),
)
"""Columns, and in which order they are left out where there is no room."""


def search_said(search: Search, scenario: Scenario, lang: Lang, width: int) -> Iterator[Said]:
    """Yield what is said of a search: the best strategy of each budget, what it is, and how sure that is."""
    from majung.report.search.words import budget_words, headline, strategy_words, support

    title = search.scenario_title.text(lang) or search.scenario
    yield text("cli.study_heading", lang, title=title, said=headline(search, lang))
    yield search_table(search, lang)
    for found in search.budgets:
        best = strategy_words(found.strategy, search.unit, lang)
        yield text("cli.search.best", lang, budget=budget_words(found, search, lang), strategy=best)
    yield from support(search, lang)


def search_table(search: Search, lang: Lang) -> Grid:
    """Return the best strategy of each budget as a table for a terminal; what it was in the search goes first."""
    from majung.report.search.words import bounds, budget_words, contender_name
    from majung.report.wording import NOTHING

    def written(value: Interval | None) -> Text:
        return within(NOTHING, "") if value is None else within(*bounds(value, search.objective, search, lang))

    shown = Grid([Column(key, text(f"cli.search.column.{key}", lang), side, lesser) for key, side, lesser in _COLUMNS])
    for found in search.budgets:
        shown.add(
            budget_words(found, search, lang),
            contender_name(found.winner, lang),
            *map(written, (found.value, found.in_search, found.gain)),
            _least_regret(found, search, lang),
        )
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
