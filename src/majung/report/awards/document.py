"""The report on awards: one HTML file that opens without a network and without scripts, and its pictures beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from majung.messages import Lang, text
from majung.money import format_date, parse_unit
from majung.report.awards import blocks
from majung.report.awards.charts import CHARTS
from majung.report.awards.entries import awards_listed, near_misses_listed
from majung.report.awards.quality import noise_of, quality_of
from majung.report.awards.sentences import findings, headline, support
from majung.report.awards.words import objective
from majung.report.drawing import at_both_widths, write_page
from majung.report.figures.panels import Specification
from majung.report.wording import amount, count, percent

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation
    from majung.ensemble import Progress
    from majung.scenario import Scenario

__all__ = ["MOST_ENTRIES", "MOST_ROWS", "identity", "render"]

MOST_ENTRIES: Final = 30
"""Near misses of which the page says all; of the others a row of a folded table."""
MOST_ROWS: Final = 12
"""Rows of a table of applications that are not folded away."""
_TERMS: Final = (
    "value", "interval", "near", "eligible", "rules", "price", "practices", "gap", "interaction", "drivers", "noise",
)  # fmt: skip


def render(
    allocation: Allocation,
    scenario: Scenario,
    *,
    lang: Lang = "en",
    out: str | os.PathLike[str],
    pictures: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Write the report on an allocation.

    Parameters
    ----------
    allocation : Allocation
        From `majung.allocate`.
    scenario : Scenario
        Of which it is.
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
        The HTML file, which is either whole or not there. The same allocation is the same bytes: how long it took is
        not on the page.
    """
    from majung.ensemble import Progress

    target = Path(out)
    level = percent(scenario.parameters.value("confidence"))
    charts = at_both_widths({key: partial(_drawn, key, allocation, lang, level) for key in CHARTS})
    counted = None if progress is None else lambda done, total: progress(Progress(done, total))
    labels = {key: text(f"report.awards.label.{key}", lang) for key in charts}
    content = _content(allocation, scenario, lang, level, charts)
    write_page(target, "awards.html.j2", content, charts, labels, pictures=pictures, counted=counted)
    return target


def identity(allocation: Allocation, lang: Lang) -> list[tuple[str, str]]:
    """Return what identifies the allocation: names and values."""
    unit = parse_unit(allocation.unit)
    return [
        (text("report.identity.run_id", lang), allocation.run_id),
        (text("report.identity.majung_version", lang), version("majung")),
        (text("report.identity.scenario_id", lang), allocation.scenario),
        (text("report.awards.identity.call", lang), allocation.call),
        (text("report.awards.identity.day", lang), format_date(allocation.day, lang)),
        (text("report.identity.result_hash", lang), allocation.result_hash),
        (text("report.identity.seed", lang), str(allocation.seed)),
        (text("report.awards.identity.budget", lang), amount(allocation.budget, unit, lang)),
        (text("report.awards.identity.objective", lang), objective(allocation, lang)),
        (text("report.awards.identity.discount", lang), percent(allocation.discount)),
        (text("report.identity.quarters", lang), count(allocation.horizon)),
        (text("report.identity.unit", lang), unit.label(lang)),
    ]


def _drawn(key: str, allocation: Allocation, lang: Lang, level: str, width: int) -> Specification | None:
    return CHARTS[key](allocation, lang, width, level)


def _content(
    allocation: Allocation, scenario: Scenario, lang: Lang, level: str, charts: Collection[str]
) -> dict[str, Any]:
    """Return all that the page says beside its pictures, whose names are `charts`."""

    def say(key: str, **values: object) -> str:
        key = f"report.awards.page.{key}"
        return text(key, lang, **values)

    near, refused = allocation.near_misses, [one for one in allocation.ineligible if not one.document]
    waiting = [one for one in allocation.ineligible if one.document]
    return {
        "lang": lang,
        "say": say,
        "page": lambda key: text(f"report.page.{key}", lang),
        "title": allocation.title.text(lang) or allocation.call,
        "scenario": allocation.scenario_title.text(lang) or allocation.scenario,
        "day": format_date(allocation.day, lang),
        "headline": headline(allocation, lang),
        "support": support(allocation, lang, level),
        "real": scenario.real.text(lang),
        "reconstructed": scenario.reconstructed.text(lang),
        "facts": _facts(allocation, lang),
        "charts": charts,
        "finding": findings(allocation, lang, level),
        "awards": awards_listed(allocation, lang),
        "near": near_misses_listed(allocation, lang, MOST_ENTRIES),
        "near_rest": blocks.near_block(near[MOST_ENTRIES:], allocation, lang) if near[MOST_ENTRIES:] else None,
        "refusals": blocks.refusals_block(allocation, lang) if refused else None,
        "ineligible": _folded("ineligible", refused, allocation, lang),
        "documents": _folded("documents", waiting, allocation, lang),
        "rules": blocks.rules_block(allocation, lang),
        "practices": blocks.practices_block(allocation, lang, level) if allocation.practices else None,
        "noise": noise_of(allocation, lang, level),
        "quality": quality_of(allocation, lang, level),
        "worlds": blocks.worlds_block(allocation, lang) if allocation.worlds else None,
        "terms": _TERMS,
        "identity": identity(allocation, lang),
        "rerun": f"majung rerun {allocation.run_id}",
    }


def _folded(key: str, found: Any, allocation: Allocation, lang: Lang) -> list[Any]:
    """Return the first rows of a table of applications, and the rest of it, which is folded away."""
    return [
        blocks.refusal_block(key, part, allocation, lang) for part in (found[:MOST_ROWS], found[MOST_ROWS:]) if part
    ]


def _facts(allocation: Allocation, lang: Lang) -> list[tuple[str, str]]:
    unit = parse_unit(allocation.unit)
    found = (
        ("budget", amount(allocation.budget, unit, lang)),
        ("spent", amount(allocation.spent, unit, lang)),
        ("applications", count(allocation.applications)),
        ("eligible", count(allocation.eligible)),
        ("documents", count(allocation.documents)),
        ("awards", count(len(allocation.awards))),
        ("rules", count(len(allocation.rules))),
        ("run", allocation.run_id[:12]),
    )
    return [(text(f"report.awards.fact.{key}", lang), value) for key, value in found]
