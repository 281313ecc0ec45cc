"""The report on claims: one HTML file that opens without a network and without scripts, and its pictures beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from majung.messages import Lang, text
from majung.money import format_date, parse_unit
from majung.report.claims.blocks import counts_pairs, drivers_block, not_asked_block, verdicts_block
from majung.report.claims.charts import CHARTS
from majung.report.claims.sentences import finding, flip_sentences, headline, support
from majung.report.claims.words import MARKS, OUTCOMES, luck_words, reach_words, said_of, verdict_words
from majung.report.factors import factors_block
from majung.report.study import Chart, Item, Section, Study, write_study
from majung.report.wording import count, percent

if TYPE_CHECKING:
    from majung.decision.claims.result import Claims, ClaimTest
    from majung.ensemble import Progress
    from majung.scenario import Scenario

__all__ = ["identity", "render"]

_TERMS: Final = ("worlds", "share", "smallest", "flip", "driver", "noise", "sure")
_FIT: Final = ("refute", "flip", "ask", "check")
_UNFIT: Final = ("true", "weights", "alone", "forecast", "welfare")


def render(
    claims: Claims,
    scenario: Scenario,
    *,
    lang: Lang = "en",
    out: str | os.PathLike[str],
    pictures: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Write the report on a test of claims.

    Parameters
    ----------
    claims : Claims
        From `majung.claims`.
    scenario : Scenario
        To which they were put.
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
        The HTML file, which is either whole or not there. The same test is the same bytes: how long it took is not on
        the page.
    """
    target = Path(out)
    charts: dict[str, Chart] = {}
    labels: dict[str, str] = {}
    for place, test in enumerate(claims.tests, 1):
        for key, chart in CHARTS.items():
            name = f"{_key(place)}-{key}"
            charts[name] = partial(chart, test, claims, lang)
            labels[name] = _label(key, test, claims, lang)
    study = Study(
        kind="claims",
        title=claims.title.text(lang) or claims.scenario,
        over=text(
            "report.claims.over",
            lang,
            title=claims.title.text(lang) or claims.scenario,
            day=format_date(claims.day, lang),
        ),
        headline=headline(claims, lang),
        support=support(claims, lang),
        lead=[Item("table", verdicts_block(claims, lang))],
        real=scenario.real.text(lang),
        reconstructed=scenario.reconstructed.text(lang),
        facts=_facts(claims, lang),
        sections=[
            *(_section(place, test, claims, lang) for place, test in enumerate(claims.tests, 1)),
            _how(claims, lang),
        ],
        terms=[(_say(f"term.{key}.name", lang), _say(f"term.{key}.meaning", lang)) for key in _TERMS],
        fit=[_say(f"fit.{key}", lang) for key in _FIT],
        unfit=[_say(f"unfit.{key}", lang) for key in _UNFIT],
        identity=identity(claims, lang),
        run_id=claims.run_id,
    )
    write_study(target, study, charts, labels, lang, pictures=pictures, progress=progress)
    return target


def identity(claims: Claims, lang: Lang) -> list[tuple[str, str]]:
    """Return what identifies the test: names and values."""
    return [
        (text("report.identity.run_id", lang), claims.run_id),
        (text("report.identity.majung_version", lang), version("majung")),
        (text("report.identity.scenario_id", lang), claims.scenario),
        (text("report.identity.result_hash", lang), claims.result_hash),
        (text("report.identity.seed", lang), str(claims.seed)),
        (text("report.study.worlds", lang), count(claims.worlds)),
        (text("report.study.replications", lang), luck_words(claims)),
        (text("report.study.simulated", lang), count(claims.simulated)),
        (text("report.study.confidence", lang), percent(claims.confidence)),
        (text("report.study.most", lang), percent(claims.most)),
        (text("report.identity.unit", lang), parse_unit(claims.unit).label(lang)),
    ]


def _key(place: int) -> str:
    return f"claim-{place}"


def _say(key: str, lang: Lang, **values: object) -> str:
    return text(f"report.claims.{key}", lang, **values)


def _facts(claims: Claims, lang: Lang) -> list[tuple[str, str]]:
    found: Mapping[str, str] = {
        "claims": count(len(claims.tests)),
        "worlds": count(claims.worlds),
        "factors": count(len(claims.factors)),
        "replications": luck_words(claims),
        "run": claims.run_id[:12],
    }
    return [(text(f"report.study.fact.{key}", lang), value) for key, value in found.items()]


def _section(place: int, test: ClaimTest, claims: Claims, lang: Lang) -> Section:
    claim = test.claim
    words = [(key, one.text(lang)) for key, one in (("question", claim.question), ("note", claim.note))]
    source = "" if claim.source in ("", "free") else claim.source
    threshold = _say("threshold", lang, reach=reach_words(claim, claims.unit, lang))
    origin = _say("threshold_source", lang, source=source) if source else _say("threshold_free", lang)
    items = [
        Item("finding", claim.sentence.text(lang)),
        Item("text", finding(test, claims, lang)),
        *(Item("text", found) for found in flip_sentences(test, claims, lang)),
        *(Item("text", _say(key, lang, words=found)) for key, found in words if found),
        Item("text", f"{threshold} {origin}"),
        *(Item("figure", f"{_key(place)}-{key}") for key in CHARTS),
        Item("pairs", counts_pairs(test, claims, lang)),
    ]
    if test.drivers:
        items.append(Item("table", drivers_block(test, claims, lang), _say("all_drivers", lang)))
    return Section(_key(place), f"{claim.id} {verdict_words(test, lang)}", items)


def _how(claims: Claims, lang: Lang) -> Section:
    values = {
        "worlds": count(claims.worlds),
        "factors": count(len(claims.factors)),
        "replications": luck_words(claims),
        "most": percent(claims.most),
        "less": percent(1 - claims.most),
        "level": percent(claims.confidence),
        "claims": count(len(claims.tests)),
        "verdicts": count(claims.verdicts),
        "least": count(claims.replications),
    }
    marks = {word: MARKS[word] for word in OUTCOMES}
    again = ("again",) if claims.max_replications > claims.replications else ()
    said = ("worlds", "world", *again, "verdict", "many", "turn", "failed")
    steps = [_say(f"how.{key}", lang, **(values | marks)) for key in said]
    items = [Item("list", steps)]
    if claims.not_asked:
        items.append(Item("table", not_asked_block(claims, lang)))
    items.append(Item("table", factors_block(claims.factors, lang), text("report.factors.all", lang)))
    return Section("how", text("report.study.how", lang), items)


def _label(key: str, test: ClaimTest, claims: Claims, lang: Lang) -> str:
    """Return what a screen reader says of a chart: what it shows, and what there is to see."""
    told = finding(test, claims, lang) if key == "effects" else " ".join(flip_sentences(test, claims, lang))
    return _say(f"label.{key}", lang, claim=test.claim.id, verdict=_say(f"verdict.{said_of(test)}", lang), told=told)
