"""The report: one HTML file that opens anywhere, without a network and without scripts, and its pictures beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from majung.ensemble import Progress
from majung.messages import Lang, text
from majung.money import format_date
from majung.report.drawing import at_both_widths, write_page
from majung.report.figures import bars, lines
from majung.report.figures.panels import Specification
from majung.report.page import assumptions
from majung.report.page.sections import sections
from majung.report.page.sentences import headline
from majung.report.series import Results
from majung.report.wording import count

if TYPE_CHECKING:
    import xarray as xr

    from majung.decision import StrategySummary
    from majung.scenario import Scenario

__all__ = ["FIGURES", "identity", "render"]

Chart: TypeAlias = Callable[[Results, Lang, int], Specification | None]

FIGURES: Final[Mapping[str, Chart]] = MappingProxyType(
    {
        "net_gain": bars.net_gain,
        "sales": lines.sales_fans,
        "difference": lines.difference_fans,
        "money_by_instrument": bars.money_by_instrument,
        "money_over_time": lines.money_over_time,
        "private_raised": bars.private_raised,
        "money_by_class": bars.money_by_class,
        "money_by_technology": bars.money_by_technology,
        "ventures": lines.venture_fans,
        "chain": lines.chain_flows,
        "chain_difference": bars.chain_difference,
    }
)
"""The charts of the report by the name of their files, in their order."""

_IDENTITY: Final = (
    "run_id",
    "majung_version",
    "scenario_id",
    "scenario_hash",
    "parameters_hash",
    "result_hash",
    "seed",
    "precision_asked",
    "precision_reached",
)


def render(
    dataset: xr.Dataset,
    scenario: Scenario,
    summaries: Iterable[StrategySummary],
    *,
    lang: Lang = "en",
    out: str | os.PathLike[str],
    pictures: bool = True,
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Write the report of a run.

    Parameters
    ----------
    dataset : xarray.Dataset
        From `majung.compare`.
    scenario : Scenario
        What was compared.
    summaries : iterable of StrategySummary
        From `majung.decision.summarise`.
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
        The HTML file, which is either whole or not there.
    """
    target = Path(out)
    results = Results(dataset, scenario, summaries)
    charts = at_both_widths({key: partial(chart, results, lang) for key, chart in FIGURES.items()})
    counted = None if progress is None else lambda done, total: progress(Progress(done, total))
    labels = {key: text(f"report.label.{key}", lang) for key in charts}
    content = _content(results, lang, charts)
    write_page(target, "report.html.j2", content, charts, labels, pictures=pictures, counted=counted)
    return target


def identity(results: Results, lang: Lang) -> list[tuple[str, str]]:
    """Return what identifies the run: names and values."""
    attributes = results.dataset.attrs
    known = [(text(f"report.identity.{key}", lang), str(attributes[key])) for key in _IDENTITY if key in attributes]
    worlds = count(results.replications)
    if results.failed:
        worlds = text("report.identity.failed", lang, worlds=worlds, failed=results.failed)
    return [
        *known,
        (text("report.identity.replications", lang), worlds),
        *([] if results.all_sampled else [(text("report.identity.sampled", lang), count(results.sampled))]),
        (text("report.identity.quarters", lang), f"{len(results.quarters)} ({results.span(lang)})"),
        (text("report.identity.unit", lang), results.unit.label(lang)),
    ]


def _content(results: Results, lang: Lang, shown: Collection[str]) -> dict[str, Any]:
    """Return all that the page says beside its pictures, whose names are `shown`."""

    def say(key: str, **values: object) -> str:
        return text(f"report.page.{key}", lang, **values)

    scenario = results.scenario
    return {
        "lang": lang,
        "say": say,
        "title": scenario.title.text(lang) or scenario.id,
        "description": scenario.description.text(lang),
        "as_of": format_date(scenario.as_of, lang),
        "headline": headline(results, lang),
        "real": scenario.real.text(lang),
        "reconstructed": scenario.reconstructed.text(lang),
        "facts": _facts(results, lang),
        "sections": sections(results, lang, shown),
        "parameters": assumptions.assumptions(results, lang),
        "sources": assumptions.sources(results, lang),
        "references": assumptions.references(results, lang),
        "calibration": assumptions.calibration(results, lang),
        "warnings": [problem.text(lang) for problem in scenario.warnings],
        "identity": identity(results, lang),
        "rerun": f"majung run DIR --seed {results.dataset.attrs.get('seed')} --replications {results.asked}",
    }


def _facts(results: Results, lang: Lang) -> list[tuple[str, str]]:
    worlds = count(results.replications)
    if results.failed:
        worlds = text("report.identity.failed", lang, worlds=worlds, failed=results.failed)
    counts = (
        ("strategies", count(len(results.strategies))),
        ("worlds", worlds),
        ("quarters", f"{len(results.quarters)} ({results.span(lang)})"),
        ("technologies", count(len(results.technologies))),
        ("firms", count(results.dataset.sizes["firm"])),
        ("run", str(results.dataset.attrs.get("run_id", ""))[:12]),
    )
    return [(text(f"report.fact.{key}", lang), value) for key, value in counts if value]
