"""The report on an exploration: one HTML file that opens without a network and scripts, and its pictures beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from majung.messages import Lang, text
from majung.money import format_date, parse_unit
from majung.report.explore.blocks import factors_found_block
from majung.report.explore.charts import CHARTS
from majung.report.explore.sentences import (
    MOST_NAMED,
    headline,
    ordered,
    outcome_name,
    rule_sentences,
    strategy_name,
    support,
    told_apart,
)
from majung.report.factors import factors_block
from majung.report.study import Item, Section, Study, write_study
from majung.report.wording import count, percent

if TYPE_CHECKING:
    from majung.decision.explore.result import Exploration
    from majung.ensemble import Progress
    from majung.scenario import Scenario

__all__ = ["identity", "render"]

_MOST_LEADING: Final = 8
_STEPS: Final = ("worlds", "driver", "screening", "variance", "rules", "failed")
_TERMS: Final = ("worlds", "driver", "screening", "variance", "rule")
_FIT: Final = ("measure", "doubt", "ask")
_UNFIT: Final = ("cause", "weights", "alone", "forecast")


def render(
    found: Exploration,
    scenario: Scenario,
    *,
    lang: Lang = "en",
    out: str | os.PathLike[str],
    pictures: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Write the report on an exploration.

    Parameters
    ----------
    found : Exploration
        From `majung.explore`.
    scenario : Scenario
        That was explored.
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
        The HTML file, which is either whole or not there. The same exploration is the same bytes.
    """
    target = Path(out)
    title = found.title.text(lang) or found.scenario
    study = Study(
        kind="explore",
        title=title,
        over=text("report.explore.over", lang, title=title, day=format_date(found.day, lang)),
        headline=headline(found, lang),
        support=support(found, lang),
        lead=[Item("table", factors_found_block(found, _leading(found), lang))],
        real=scenario.real.text(lang),
        reconstructed=scenario.reconstructed.text(lang),
        facts=_facts(found, lang),
        sections=_sections(found, lang),
        terms=[(_say(f"term.{key}.name", lang), _say(f"term.{key}.meaning", lang)) for key in _TERMS],
        fit=[_say(f"fit.{key}", lang) for key in _FIT],
        unfit=[_say(f"unfit.{key}", lang) for key in _UNFIT],
        identity=identity(found, lang),
        run_id=found.run_id,
    )
    charts = {key: partial(chart, found, lang) for key, chart in CHARTS.items()}
    labels = {key: _label(key, found, lang) for key in CHARTS}
    write_study(target, study, charts, labels, lang, pictures=pictures, progress=progress)
    return target


def identity(found: Exploration, lang: Lang) -> list[tuple[str, str]]:
    """Return what identifies the exploration: names and values."""
    return [
        (text("report.identity.run_id", lang), found.run_id),
        (text("report.identity.majung_version", lang), version("majung")),
        (text("report.identity.scenario_id", lang), found.scenario),
        (text("report.identity.result_hash", lang), found.result_hash),
        (_say("identity.outcome", lang), f"{outcome_name(found, lang)} ({found.outcome})"),
        (_say("identity.strategy", lang), f"{strategy_name(found, lang)} ({found.strategy})"),
        (text("report.identity.seed", lang), str(found.seed)),
        (text("report.study.worlds", lang), count(len(found.values))),
        (text("report.study.replications", lang), count(found.replications)),
        (text("report.study.simulated", lang), count(found.simulated)),
        (text("report.study.confidence", lang), percent(found.confidence)),
        (text("report.identity.unit", lang), parse_unit(found.unit).label(lang)),
    ]


def _leading(found: Exploration) -> list[str]:
    """Return the factors of the first table: the first ones, and those that the headline names."""
    named = told_apart(found)[:MOST_NAMED]
    return [name for place, name in enumerate(ordered(found)) if place < _MOST_LEADING or name in named]


def _say(key: str, lang: Lang, **values: object) -> str:
    return text(f"report.explore.{key}", lang, **values)


def _facts(found: Exploration, lang: Lang) -> list[tuple[str, str]]:
    facts = {
        "worlds": count(len(found.values)),
        "factors": count(len(found.factors)),
        "replications": count(found.replications),
        "run": found.run_id[:12],
    }
    return [(text(f"report.study.fact.{key}", lang), value) for key, value in facts.items()]


def _sections(found: Exploration, lang: Lang) -> list[Section]:
    screening, shares = found.screening, found.decomposition
    used = {"used": count(screening.used), "dropped": count(screening.dropped)}
    variance = (
        [Item("notice", _say("variance_none", lang))]
        if shares is None
        else [
            Item("text", _say("variance_text", lang, used=count(shares.used), dropped=count(shares.dropped))),
            Item("figure", "variance"),
        ]
    )
    every = factors_found_block(found, ordered(found), lang)
    values = {"worlds": count(len(found.values)), "factors": count(len(found.factors))}
    steps = [_say(f"how.{key}", lang, replications=count(found.replications), **values) for key in _STEPS]
    return [
        Section("spread", _say("topic.spread", lang), [Item("figure", "spread")]),
        Section(
            "drivers",
            _say("topic.drivers", lang),
            [
                Item("text", _say("drivers_text", lang)),
                Item("figure", "drivers"),
                Item("table", every, _say("all_factors", lang)),
            ],
        ),
        *(
            Section(
                side,
                _say(f"topic.{side}", lang),
                [*(Item("text", said) for said in rule_sentences(found, side, lang)), Item("figure", side)],
            )
            for side in ("high", "low")
        ),
        Section("variance", _say("topic.variance", lang), variance),
        Section(
            "screening",
            _say("topic.screening", lang),
            [Item("text", _say("screening_text", lang, **used)), Item("figure", "screening")],
        ),
        Section(
            "how",
            text("report.study.how", lang),
            [Item("list", steps), Item("table", factors_block(found.factors, lang), text("report.factors.all", lang))],
        ),
    ]


def _label(key: str, found: Exploration, lang: Lang) -> str:
    """Return what a screen reader says of a chart: what it shows, and what there is to see."""
    told = {
        "high": " ".join(rule_sentences(found, "high", lang)),
        "low": " ".join(rule_sentences(found, "low", lang)),
        "spread": support(found, lang)[0],
    }.get(key, headline(found, lang))
    return _say(f"label.{key}", lang, told=told)
