"""Strategies, values and findings of a search in words, as everything that shows one writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.decision.statistics import Interval
from majung.decision.worlds.measures import MEASURES
from majung.messages import Lang, catalogue, text
from majung.money import parse_unit
from majung.report.awards.words import sentence
from majung.report.outcomes import outcome_words
from majung.report.programme import mix_words, selection_words
from majung.report.wording import NOTHING, amount, count

if TYPE_CHECKING:
    from majung.decision.search.result import Contender, Found, Search
    from majung.scenario import Strategy

__all__ = [
    "RULES",
    "ahead_words",
    "best_own",
    "bounds",
    "budget_words",
    "contender_name",
    "finding",
    "gain_bounds",
    "headline",
    "made_words",
    "objective_name",
    "rivals",
    "strategy_words",
    "support",
    "value_bounds",
]

RULES: Final = ("expected", "regret", "risk")
"""By which one of the finalists is chosen."""
_BRIEF: Final = 2
_OF_COST: Final = ("gain_per_budget", "additionality")
"""Objectives that are sales by what they cost."""
_MOST_RIVALS: Final = 3


def objective_name(objective: str, lang: Lang) -> str:
    """Return what an objective is called; risk is the mean of the searched one in the worst worlds."""
    return text("report.search.risk", lang) if objective == "risk" else MEASURES[objective].label.text(lang)


def budget_words(found: Found, search: Search, lang: Lang) -> str:
    """Write the budget, in all."""
    return amount(found.budget, parse_unit(search.unit), lang)


def contender_name(one: Contender, lang: Lang) -> str:
    """Return what a finalist is called."""
    return one.strategy.title.text(lang) or one.id


def strategy_words(strategy: Strategy, unit: str, lang: Lang, *, brief: bool = False) -> str:
    """Say a strategy in a sentence or two: instruments, money and time, whom it chooses.

    Parameters
    ----------
    strategy : Strategy
    unit : str
        Of its money.
    lang : {"en", "ko"}
    brief : bool
        Whether to leave out by what the winners are chosen.
    """
    if not strategy.budget and not strategy.awards:
        return text("report.search.strategy.nothing", lang)
    if strategy.awards:
        return text("report.programme.awards", lang, count=len(strategy.awards))
    money = text(
        "report.search.strategy.money",
        lang,
        mix=sentence(mix_words(strategy, lang)),
        amount=amount(strategy.budget, parse_unit(unit), lang),
        quarters=count(strategy.quarters),
        first=count(strategy.start + 1),
    )
    said = [money, *selection_words(strategy, lang)]
    return ". ".join(said[:_BRIEF] if brief else said) + "."


def bounds(found: Interval, objective: str, search: Search, lang: Lang) -> tuple[str, str]:
    """Write an interval of an objective: its mean with its unit, and its bounds where there are any."""
    unit = MEASURES[search.objective if objective == "risk" else objective].unit
    mean, low, high = (outcome_words(value, unit, search.unit, lang) for value in (found.mean, found.low, found.high))
    return mean, "" if NOTHING in (low, high) else text("report.range", lang, low=low, high=high)


def value_bounds(one: Contender, search: Search, lang: Lang) -> tuple[str, str]:
    """Write a finalist's value in fresh worlds."""
    return bounds(one.value, search.objective, search, lang)


def ahead_words(found: Interval, search: Search, lang: Lang) -> str:
    """Write a difference of the objective in one piece, with its interval."""
    mean, within = bounds(found, search.objective, search, lang)
    return f"{mean} ({within})" if within else mean


def made_words(one: Contender, search: Search, lang: Lang) -> str:
    """Say what a finalist makes in fresh worlds: its mean and interval, and of what."""
    written, per = ahead_words(one.value, search, lang), f"report.study.per.{search.objective}"
    if per in catalogue(lang):
        return text("report.search.made.per", lang, value=written, unit=text(per, lang))
    return text("report.search.made.level", lang, value=written, objective=objective_name(search.objective, lang))


def _with_cost(said: str, one: Contender, search: Search, lang: Lang) -> str:
    """Add to what is said of a finalist that it makes less than it costs, where it does."""
    if search.objective not in _OF_COST or not one.value.mean < 1:
        return said
    key = "less" if one.value.high < 1 else "less_mean"
    return f"{said}. {text(f'report.search.made.{key}', lang)}"


def gain_bounds(found: Found, search: Search, lang: Lang) -> tuple[str, str]:
    """Write by how much the chosen one beats the one of the scenario's own that would have been chosen."""
    return (NOTHING, "") if found.gain is None else bounds(found.gain, search.objective, search, lang)


def best_own(found: Found) -> Contender | None:
    """Return the one of the scenario's own strategies that would have been chosen, by the worlds of the choice."""
    return max((one for one in found.contenders if one.own), key=lambda one: one.choice, default=None)


def headline(search: Search, lang: Lang) -> str:
    """Return what the search found, in a sentence: of several budgets, which goes furthest, where that can be told."""
    if not search.budgets:
        return text("report.search.headline.nothing", lang)
    first = search.furthest
    values = {"budget": budget_words(first, search, lang), "made": made_words(first.winner, search, lang)}
    if not search.leads:
        return _with_cost(text("report.search.headline.one", lang, **values), first.winner, search, lang)
    sure = all(lead.low > 0 for _, lead in search.leads)
    key = "furthest" if f"report.study.per.{search.objective}" in catalogue(lang) else "most"
    of = {"count": count(len(search.budgets))}
    said = text(f"report.search.headline.{key}{'' if sure else '_unsure'}", lang, **values, **of)
    return _with_cost(said, first.winner, search, lang)


def support(search: Search, lang: Lang) -> list[str]:
    """Return how sure that is, against what it is better, and what does better in fresh worlds than what was chosen."""
    better = sum(found.gain is not None and found.gain.low > 0 for found in search.budgets)
    own = sum(found.winner.own for found in search.budgets)
    unsure = sum(found.gain is not None and not found.gain.low > 0 for found in search.budgets)
    said = [text("report.search.support.fresh", lang)]
    for second, lead in search.leads[:1] if search.budgets else ():
        names = {"first": budget_words(search.furthest, search, lang), "second": budget_words(second, search, lang)}
        said.append(text("report.search.support.lead", lang, **names, difference=ahead_words(lead, search, lang)))
    for key, number in (("better", better), ("unsure", unsure), ("own", own)):
        if number:
            said.append(text(f"report.search.support.{key}", lang, count=count(number), all=count(len(search.budgets))))
    return [*said, *(sentence for found in search.budgets for sentence in rivals(found, search, lang))]


def rivals(found: Found, search: Search, lang: Lang) -> list[str]:
    """Return which finalists do better than the chosen one in fresh worlds, by how much, and whether that is sure."""
    better = found.better(search.confidence)
    sides = {
        "sure": [pair for pair in better if pair[1].low > 0],
        "unsure": [pair for pair in better if not pair[1].low > 0],
    }
    said = []
    for side, pairs in sides.items():
        named = [
            text("report.search.rivals.one", lang, name=contender_name(one, lang),
                 difference=ahead_words(ahead, search, lang))
            for one, ahead in pairs[:_MOST_RIVALS]
        ]  # fmt: skip
        if not named:
            continue
        names, more = "; ".join(named), len(pairs) - len(named)
        if more:
            names = text("report.search.rivals.more", lang, names=names, count=count(more))
        values = {"budget": budget_words(found, search, lang), "name": contender_name(found.winner, lang)}
        said.append(text(f"report.search.rivals.{side}", lang, **values, rivals=names))
    return said


def finding(found: Found, search: Search, lang: Lang) -> str:
    """Return what was chosen for a budget, and by how much it is ahead, in a sentence."""
    own = best_own(found)
    key = "own" if found.winner.own else "alone" if found.gain is None or own is None else "gain"
    values: dict[str, str] = {}
    if key == "gain" and own is not None and found.gain is not None:
        values = {"gain": ahead_words(found.gain, search, lang), "rival": contender_name(own, lang)}
    said = text(
        f"report.search.finding.{key}",
        lang,
        budget=budget_words(found, search, lang),
        name=contender_name(found.winner, lang),
        made=made_words(found.winner, search, lang),
        **values,
    )
    return _with_cost(said, found.winner, search, lang)
