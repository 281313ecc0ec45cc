"""Strategies, values and findings of a search in words, as everything that shows one writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from majung.decision.statistics import Interval
from majung.decision.worlds.measures import MEASURES
from majung.messages import Lang, text
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
    "best_own",
    "bounds",
    "budget_words",
    "contender_name",
    "finding",
    "gain_bounds",
    "headline",
    "objective_name",
    "strategy_words",
    "support",
    "value_bounds",
]

RULES: Final = ("expected", "regret", "risk")
"""By which one of the finalists is chosen."""
_BRIEF: Final = 2


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


def gain_bounds(found: Found, search: Search, lang: Lang) -> tuple[str, str]:
    """Write by how much the best beats the best of the scenario's own."""
    return (NOTHING, "") if found.gain is None else bounds(found.gain, search.objective, search, lang)


def best_own(found: Found) -> Contender | None:
    """Return the best of the scenario's own strategies, by the worlds of the choice."""
    return max((one for one in found.contenders if one.own), key=lambda one: one.choice, default=None)


def headline(search: Search, lang: Lang) -> str:
    """Return what the search found, in a sentence: of several budgets, which goes furthest."""
    objective = objective_name(search.objective, lang)
    if not search.budgets:
        return text("report.search.headline.nothing", lang)
    best = max(search.budgets, key=lambda found: found.value.mean)
    values = {"budget": budget_words(best, search, lang), "value": value_bounds(best.winner, search, lang)[0]}
    key = "one" if len(search.budgets) == 1 else "all"
    found = {} if key == "one" else {"count": count(len(search.budgets))}
    return text(f"report.search.headline.{key}", lang, objective=objective, **values, **found)


def support(search: Search, lang: Lang) -> list[str]:
    """Return how sure that is, and against what it is better."""
    better = sum(found.gain is not None and found.gain.low > 0 for found in search.budgets)
    own = sum(found.winner.own for found in search.budgets)
    unsure = sum(found.gain is not None and not found.gain.low > 0 for found in search.budgets)
    said = [text("report.search.support.fresh", lang)]
    for key, number in (("better", better), ("unsure", unsure), ("own", own)):
        if number:
            said.append(text(f"report.search.support.{key}", lang, count=count(number), all=count(len(search.budgets))))
    return said


def finding(found: Found, search: Search, lang: Lang) -> str:
    """Return what is best for a budget, and by how much, in a sentence."""
    mean, range_ = value_bounds(found.winner, search, lang)
    own = best_own(found)
    key = "own" if found.winner.own else "alone" if found.gain is None or own is None else "gain"
    values: dict[str, str] = {}
    if key == "gain" and own is not None:
        gain, gained = gain_bounds(found, search, lang)
        values = {"gain": f"{gain} ({gained})" if gained else gain, "rival": contender_name(own, lang)}
    return text(
        f"report.search.finding.{key}",
        lang,
        budget=budget_words(found, search, lang),
        name=contender_name(found.winner, lang),
        value=f"{mean} ({range_})" if range_ else mean,
        objective=objective_name(search.objective, lang),
        **values,
    )
