"""The report on take-off: one HTML file that answers for every series, and its pictures beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from majung.errors import InputError, Problem
from majung.messages import Lang, text
from majung.money import format_date
from majung.report.drawing import NARROW_WIDTH, WIDE_WIDTH, Counted, write_page
from majung.report.figures.panels import Specification
from majung.report.takeoff.blocks import fits_block, rules_block, summary_block
from majung.report.takeoff.charts import series_chart
from majung.report.takeoff.overview import overview_chart, ranked
from majung.report.takeoff.replayed import hindsight_block, replay_block, replay_chart
from majung.report.takeoff.sentences import finding, headline, support
from majung.report.takeoff.shown import Shown
from majung.report.takeoff.words import sentence, title
from majung.report.wording import count

if TYPE_CHECKING:
    from majung.evidence.series import Series
    from majung.evidence.takeoff import Step, Takeoff

__all__ = ["MOST_SHOWN", "render"]

MOST_SHOWN: Final = 60
"""Series that get a section with pictures; of the others the table at the top tells."""

_OVERVIEW: Final = "overview"
_TERMS: Final = (*("odds", "interval", "stage", "rules", "false_alarm", "delay", "potential", "fits", "fan", "later"),)


def render(
    verdicts: Sequence[Takeoff],
    *,
    later: Mapping[str, Series] | None = None,
    replays: Mapping[str, Sequence[Step]] | None = None,
    lang: Lang = "en",
    out: str | os.PathLike[str],
    pictures: bool = True,
    identity: Mapping[str, str] | None = None,
    counted: Counted | None = None,
) -> Path:
    """Write the report on some series.

    Parameters
    ----------
    verdicts : sequence of Takeoff
        At least one; from `majung.takeoff`.
    later : mapping, optional
        By id, the same series with all that is known by now: what came after the day is drawn in grey.
    replays : mapping, optional
        By id, from `majung.evidence.takeoff.replay`: what each rule would have said.
    lang : {"en", "ko"}
        The language of every word that is not a name.
    out : path
        The HTML file. Folders on the way are made.
    pictures : bool
        Whether to write every chart as SVG and PNG too, into a folder ``figures`` beside it.
    identity : mapping, optional
        What else identifies the verdicts, name by value, such as the file that they were read from.
    counted : callable, optional
        Called with how many pictures are done, and of how many.

    Returns
    -------
    Path
        The HTML file, which is either whole or not there.

    Raises
    ------
    InputError
        When there is no verdict.
    """
    if not verdicts:
        raise InputError([Problem(key="report.takeoff.nothing")])
    found = [
        Shown(
            key=f"series-{place}",
            verdict=verdict,
            later=(later or {}).get(verdict.series.id),
            replay=(replays or {}).get(verdict.series.id, ()),
        )
        for place, verdict in enumerate(verdicts, 1)
    ]
    detailed = ranked(found)[:MOST_SHOWN]
    charts = _charts(found, detailed, lang)
    target = Path(out)
    content = _content(found, detailed, lang, charts, identity or {})
    write_page(
        target, "takeoff.html.j2", content, charts, _labels(charts, detailed, lang), pictures=pictures, counted=counted
    )
    return target


def _charts(
    found: Sequence[Shown], detailed: Sequence[Shown], lang: Lang
) -> dict[str, tuple[Specification, Specification]]:
    made: dict[str, tuple[Specification | None, ...]] = {
        _OVERVIEW: tuple(overview_chart(found, lang, width) for width in (WIDE_WIDTH, NARROW_WIDTH))
    }
    for shown in detailed:
        if len(shown.known()) or len(shown.not_known()):
            made[shown.key] = tuple(series_chart(shown, lang, width) for width in (WIDE_WIDTH, NARROW_WIDTH))
        made[f"{shown.key}-replay"] = tuple(replay_chart(shown, lang, width) for width in (WIDE_WIDTH, NARROW_WIDTH))
    return {key: (wide, narrow) for key, (wide, narrow) in made.items() if wide is not None and narrow is not None}


def _labels(charts: Mapping[str, Any], detailed: Sequence[Shown], lang: Lang) -> dict[str, str]:
    labels = {_OVERVIEW: text("report.takeoff.label.overview", lang)}
    for shown in detailed:
        name = title(shown.verdict, lang)
        labels[shown.key] = text("report.takeoff.label.series", lang, name=name)
        labels[f"{shown.key}-replay"] = text("report.takeoff.label.replay", lang, name=name)
    return {key: labels[key] for key in charts}


def _content(
    found: Sequence[Shown],
    detailed: Sequence[Shown],
    lang: Lang,
    charts: Mapping[str, Any],
    identity: Mapping[str, str],
) -> dict[str, Any]:
    """Return all that the page says beside its pictures."""

    def say(key: str, **values: object) -> str:
        return text(f"report.takeoff.page.{key}", lang, **values)

    days = sorted({shown.verdict.as_of for shown in found})
    left_out = len(found) - len(detailed)
    facts = {
        "series": count(len(found)),
        "values": count(sum(len(shown.known()) for shown in found)),
        "as_of": format_date(days[-1], lang),
    }
    return {
        "lang": lang,
        "say": say,
        "as_of": format_date(days[-1], lang),
        "headline": headline(found, lang),
        "support": support(found, lang),
        "facts": [(text(f"report.takeoff.fact.{key}", lang), value) for key, value in facts.items()],
        "summary": summary_block(found, lang),
        "overview": _OVERVIEW if _OVERVIEW in charts else None,
        "sections": [_section(shown, lang, charts) for shown in detailed],
        "left_out": say("left_out", count=count(left_out), shown=count(len(detailed))) if left_out else "",
        "terms": _TERMS,
        "identity": [(text("report.identity.majung_version", lang), version("majung")), *identity.items()],
    }


def _section(shown: Shown, lang: Lang, charts: Mapping[str, Any]) -> dict[str, Any]:
    verdict = shown.verdict
    replay = f"{shown.key}-replay"
    reason = [] if verdict.reason is None else [sentence(verdict.reason.label(lang))]
    warnings = [sentence(phrase.label(lang)) for phrase in (*verdict.warnings, *verdict.series.notes)]
    return {
        "key": shown.key,
        "topic": title(verdict, lang),
        "finding": sentence(finding(verdict, lang)),
        "reason": reason,
        "notices": list(dict.fromkeys(warnings)),
        "source": verdict.series.source,
        "figure": shown.key if shown.key in charts else None,
        "rules": rules_block(verdict, lang) if verdict.rules and verdict.reason is None else None,
        "fits": fits_block(verdict, lang) if verdict.fits else None,
        "replay": replay if replay in charts else None,
        "hindsight": hindsight_block(shown, lang) if shown.replay else None,
        "periods": replay_block(shown, lang) if shown.replay else None,
    }
