"""The tables of the report on a search, as rows of written cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from majung.decision.statistics import Interval
from majung.messages import Lang, text
from majung.report.page.cells import Block, Cell
from majung.report.search.words import (
    RULES,
    best_own,
    bounds,
    budget_words,
    contender_name,
    gain_bounds,
    objective_name,
    strategy_words,
    value_bounds,
)
from majung.report.wording import NOTHING, count, percent

if TYPE_CHECKING:
    from majung.decision.search.result import Contender, Found, Search

__all__ = ["budgets_block", "contenders_block", "effort_pairs", "objectives_block", "regrets_block"]


def budgets_block(search: Search, lang: Lang) -> Block:
    """Return for each budget the chosen strategy, what it makes in fresh worlds, and how far it is ahead."""
    rows = []
    for found in search.budgets:
        own = best_own(found)
        rows.append(
            [
                Cell(budget_words(found, search, lang)),
                Cell(strategy_words(found.strategy, search.unit, lang, brief=True), contender_name(found.winner, lang)),
                Cell(*value_bounds(found.winner, search, lang)),
                Cell(NOTHING) if own is None else Cell(value_bounds(own, search, lang)[0], contender_name(own, lang)),
                Cell(*gain_bounds(found, search, lang)),
            ]
        )
    head = [text(f"report.search.column.{name}", lang) for name in ("budget", "best", "value", "own", "gain")]
    values = {"objective": objective_name(search.objective, lang), "level": percent(search.confidence)}
    return Block(text("report.search.caption.budgets", lang, **values), head, rows, words=2)


def contenders_block(found: Found, search: Search, lang: Lang) -> Block:
    """Return all finalists: what they made in fresh worlds, against the chosen one, and where they were found."""
    ahead = found.differences(search.confidence)
    rows = [
        [
            Cell(f"{place}. {contender_name(one, lang)}", _marks(one, found, lang)),
            Cell(strategy_words(one.strategy, search.unit, lang)),
            Cell(*value_bounds(one, search, lang)),
            Cell(*bounds(ahead[one.id], search.objective, search, lang)) if one.id in ahead else Cell(NOTHING),
            Cell(*bounds(one.in_search, search.objective, search, lang)),
            Cell(_number(one.risk, search, lang)),
        ]
        for place, one in enumerate(found.contenders, 1)
    ]
    columns = ("finalist", "what", "fresh", "ahead", "in_search", "risk")
    head = [text(f"report.search.column.{name}", lang) for name in columns]
    values = {"objective": objective_name(search.objective, lang), "level": percent(search.confidence)}
    return Block(text("report.search.caption.contenders", lang, **values), head, rows, words=2)


def regrets_block(found: Found, search: Search, lang: Lang) -> Block:
    """Return by how much each finalist may be behind the best of a world, the smallest of the largest first."""
    order = {one.id: one for one in found.contenders}
    rows = [
        [
            Cell(contender_name(order[id], lang), _marks(order[id], found, lang)),
            Cell(_number(regret.most, search, lang)),
            Cell(_number(regret.mean, search, lang)),
            Cell(count(regret.worst_world)),
        ]
        for id, regret in found.regrets.items()
    ]
    head = [text(f"report.search.column.{name}", lang) for name in ("finalist", "most", "mean", "world")]
    return Block(text("report.search.caption.regrets", lang, worlds=count(found.worlds.report)), head, rows)


def objectives_block(found: Found, search: Search, lang: Lang) -> Block:
    """Return what each finalist made of all that was measured."""
    names = list(search.objectives)
    rows = [
        [
            Cell(f"{place}. {contender_name(one, lang)}", _marks(one, found, lang)),
            *(Cell(*bounds(one.objectives[name], name, search, lang)) for name in names if name in one.objectives),
        ]
        for place, one in enumerate(found.contenders, 1)
    ]
    head = [text("report.search.column.finalist", lang), *(objective_name(name, lang) for name in names)]
    return Block(text("report.search.caption.objectives", lang, level=percent(search.confidence)), head, rows)


def effort_pairs(found: Found, search: Search, lang: Lang) -> list[tuple[str, str]]:
    """Return how much was tried, and in how many worlds."""
    numbers = {
        "trials": found.trials,
        "pruned": found.pruned,
        "looks": found.looks,
        "failed": found.failed,
        "search": found.worlds.search,
        "choice": found.worlds.choice,
        "report": found.worlds.report,
    }
    chosen = [
        (text(f"report.search.choice.{rule}", lang), contender_name(found.contender(found.choices[rule]), lang))
        for rule in RULES
        if rule in found.choices
    ]
    curse = found.winner.in_search.mean - found.value.mean
    if math.isfinite(curse):
        words = bounds(Interval(curse, math.nan, math.nan), search.objective, search, lang)[0]
        chosen.append((text("report.search.effort.curse", lang), words))
    return [*chosen, *((text(f"report.search.effort.{name}", lang), count(value)) for name, value in numbers.items())]


def _marks(one: Contender, found: Found, lang: Lang) -> str:
    marks = [text(f"report.search.mark.{rule}", lang) for rule in RULES if found.choices.get(rule) == one.id]
    marks += [text("report.search.mark.own", lang)] if one.own else []
    marks += [text("report.search.mark.efficient", lang)] if one.efficient else []
    return ", ".join(marks)


def _number(value: float, search: Search, lang: Lang) -> str:
    return bounds(Interval(value, math.nan, math.nan), search.objective, search, lang)[0]
