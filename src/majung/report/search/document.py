"""The report on a search: one HTML file that opens without a network and scripts, and its pictures beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from majung.messages import Lang, text
from majung.money import format_date, parse_unit
from majung.report.search.blocks import (
    budgets_block,
    contenders_block,
    effort_pairs,
    objectives_block,
    regrets_block,
)
from majung.report.search.charts import CHARTS, budgets_chart
from majung.report.search.words import budget_words, finding, headline, objective_name, rivals, strategy_words, support
from majung.report.study import Chart, Item, Section, Study, write_study
from majung.report.wording import count, percent

if TYPE_CHECKING:
    from majung.decision.search.result import Found, Search
    from majung.ensemble import Progress
    from majung.scenario import Scenario

__all__ = ["identity", "render"]

_BUDGETS: Final = "budgets"
_STEPS: Final = ("space", "search", "finalists", "fresh", "failed")
_TERMS: Final = ("worlds", "fresh", "curse", "regret", "risk", "efficient")
_FIT: Final = ("start", "limits", "trade")
_UNFIT: Final = ("best", "firms", "alone", "forecast")


def render(
    search: Search,
    scenario: Scenario,
    *,
    lang: Lang = "en",
    out: str | os.PathLike[str],
    pictures: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Write the report on a search.

    Parameters
    ----------
    search : Search
        From `majung.search`.
    scenario : Scenario
        That was searched.
    lang : {"en", "ko"}
        The language of every word that is not a name.
    out : path
        The HTML file. Folders on the way are made.
    pictures : bool
        Whether to write every chart as SVG and PNG too, into a folder ``figures`` beside it.
    progress : callable, optional
        Called with how many pictures are done after each.

    Returns
    -------
    Path
        The HTML file, which is either whole or not there. The same search is the same bytes.
    """
    target = Path(out)
    title = search.scenario_title.text(lang) or search.scenario
    charts: dict[str, Chart] = {_BUDGETS: partial(budgets_chart, search, lang)}
    labels = {_BUDGETS: _say("label.budgets", lang, told=headline(search, lang))}
    for place, found in enumerate(search.budgets, 1):
        for key, chart in CHARTS.items():
            charts[f"{_key(place)}-{key}"] = partial(chart, found, search, lang)
            labels[f"{_key(place)}-{key}"] = _say(f"label.{key}", lang, told=finding(found, search, lang))
    study = Study(
        kind="search",
        title=title,
        over=_say("over", lang, title=title, day=format_date(scenario.as_of, lang)),
        headline=headline(search, lang),
        support=support(search, lang),
        lead=[Item("table", budgets_block(search, lang)), Item("figure", _BUDGETS)],
        real=scenario.real.text(lang),
        reconstructed=scenario.reconstructed.text(lang),
        facts=_facts(search, lang),
        sections=[
            *(_section(place, found, search, lang) for place, found in enumerate(search.budgets, 1)),
            Section("how", text("report.study.how", lang), [Item("list", _steps(search, lang))]),
        ],
        terms=[(_say(f"term.{key}.name", lang), _say(f"term.{key}.meaning", lang)) for key in _TERMS],
        fit=[_say(f"fit.{key}", lang) for key in _FIT],
        unfit=[_say(f"unfit.{key}", lang) for key in _UNFIT],
        identity=identity(search, lang),
        run_id=search.run_id,
    )
    write_study(target, study, charts, labels, lang, pictures=pictures, progress=progress)
    return target


def identity(search: Search, lang: Lang) -> list[tuple[str, str]]:
    """Return what identifies the search: names and values."""
    return [
        (text("report.identity.run_id", lang), search.run_id),
        (text("report.identity.majung_version", lang), version("majung")),
        (text("report.identity.scenario_id", lang), search.scenario),
        (text("report.identity.result_hash", lang), search.result_hash),
        (_say("identity.objective", lang), f"{objective_name(search.objective, lang)} ({search.objective})"),
        (text("report.identity.seed", lang), str(search.seed)),
        (text("report.study.replications", lang), count(search.replications)),
        (text("report.study.simulated", lang), count(sum(found.looks for found in search.budgets))),
        (text("report.study.confidence", lang), percent(search.confidence)),
        (text("report.identity.unit", lang), parse_unit(search.unit).label(lang)),
    ]


def _key(place: int) -> str:
    return f"budget-{place}"


def _say(key: str, lang: Lang, **values: object) -> str:
    return text(f"report.search.{key}", lang, **values)


def _facts(search: Search, lang: Lang) -> list[tuple[str, str]]:
    facts = {
        "budgets": count(len(search.budgets)),
        "tried": count(sum(found.trials for found in search.budgets)),
        "looks": count(sum(found.looks for found in search.budgets)),
        "replications": count(search.replications),
        "run": search.run_id[:12],
    }
    return [(text(f"report.study.fact.{key}", lang), value) for key, value in facts.items()]


def _section(place: int, found: Found, search: Search, lang: Lang) -> Section:
    key = _key(place)
    return Section(
        key,
        budget_words(found, search, lang),
        [
            Item("finding", finding(found, search, lang)),
            *(Item("text", sentence) for sentence in rivals(found, search, lang)),
            Item("text", strategy_words(found.strategy, search.unit, lang)),
            Item("figure", f"{key}-curse"),
            Item("table", contenders_block(found, search, lang), _say("all_finalists", lang)),
            Item("figure", f"{key}-pareto"),
            Item("table", objectives_block(found, search, lang), _say("all_objectives", lang)),
            Item("figure", f"{key}-regrets"),
            Item("table", regrets_block(found, search, lang), _say("all_regrets", lang)),
            Item("pairs", effort_pairs(found, search, lang)),
        ],
    )


def _steps(search: Search, lang: Lang) -> list[str]:
    values = {"replications": count(search.replications), "objective": objective_name(search.objective, lang)}
    return [_say(f"how.{key}", lang, **values) for key in _STEPS]
