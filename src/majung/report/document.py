"""The report: one HTML file that opens anywhere, without a network and without scripts, and its pictures beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import uuid4

import jinja2
from markupsafe import Markup

from majung.messages import Lang, text
from majung.money import format_date
from majung.report.figures import bars, lines
from majung.report.figures.pictures import Fonts, cut_fonts, font_faces, to_png, to_svg, with_fonts
from majung.report.page import assumptions
from majung.report.page.sections import sections
from majung.report.page.sentences import headline
from majung.report.series import Results
from majung.report.wording import count

if TYPE_CHECKING:
    import xarray as xr

    from majung.decision import StrategySummary
    from majung.scenario import Scenario

__all__ = ["FIGURES", "identity", "render", "write_whole"]

Chart: TypeAlias = Callable[[Results, Lang, int], Any]

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

_WIDE: Final = 920
_NARROW: Final = 350
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
    "created",
)


def render(
    dataset: xr.Dataset,
    scenario: Scenario,
    summaries: Iterable[StrategySummary],
    *,
    lang: Lang = "en",
    out: str | os.PathLike[str],
    pictures: bool = True,
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

    Returns
    -------
    Path
        The HTML file, which is either whole or not there.
    """
    target = Path(out)
    results = Results(dataset, scenario, summaries)
    drawn = _draw(results, lang)
    page, fonts = _page(results, lang, drawn)
    if pictures:
        for key, (wide, _) in drawn.items():
            write_whole(target.parent / "figures" / f"{key}.svg", with_fonts(wide, fonts).encode())
            write_whole(target.parent / "figures" / f"{key}.png", to_png(wide))
    write_whole(target, page.encode())
    return target


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and then move it there, so that nobody ever reads a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def identity(results: Results, lang: Lang) -> list[tuple[str, str]]:
    """Return what identifies the run: names and values."""
    attributes = results.dataset.attrs
    known = [(text(f"report.identity.{key}", lang), str(attributes[key])) for key in _IDENTITY if key in attributes]
    worlds = count(results.replications)
    if results.failed:
        worlds = text("report.identity.failed", lang, worlds=worlds, failed=results.failed)
    span = text("report.range", lang, low=results.quarters[0], high=results.quarters[-1])
    return [
        *known,
        (text("report.identity.replications", lang), worlds),
        (text("report.identity.quarters", lang), f"{len(results.quarters)} ({span})"),
        (text("report.identity.unit", lang), results.unit.label(lang)),
    ]


def _draw(results: Results, lang: Lang) -> dict[str, tuple[str, str]]:
    """Draw each chart that has something to show, for a desk and for a telephone."""
    drawn = {}
    for key, chart in FIGURES.items():
        label = text(f"report.label.{key}", lang)
        both = [chart(results, lang, width) for width in (_WIDE, _NARROW)]
        if both[0] is not None:
            wide, narrow = (
                to_svg(made, name=f"{key}-{side}", label=label) for side, made in zip("wn", both, strict=True)
            )
            drawn[key] = (wide, narrow)
    return drawn


def _page(results: Results, lang: Lang, drawn: Mapping[str, tuple[str, str]]) -> tuple[str, Fonts]:
    """Write the page; return it with the fonts that it brings."""

    def say(key: str, **values: object) -> str:
        return text(f"report.page.{key}", lang, **values)

    scenario = results.scenario
    content: dict[str, Any] = {
        "lang": lang,
        "say": say,
        "title": scenario.title.text(lang) or scenario.id,
        "description": scenario.description.text(lang),
        "as_of": format_date(scenario.as_of, lang),
        "headline": headline(results, lang),
        "real": scenario.real.text(lang),
        "reconstructed": scenario.reconstructed.text(lang),
        "facts": _facts(results, lang),
        "sections": sections(results, lang, drawn),
        "parameters": assumptions.assumptions(results, lang),
        "sources": assumptions.sources(results, lang),
        "references": assumptions.references(results, lang),
        "calibration": assumptions.calibration(results, lang),
        "warnings": [problem.text(lang) for problem in scenario.warnings],
        "identity": identity(results, lang),
        "rerun": f"majung run DIR --seed {results.dataset.attrs.get('seed')} --replications {results.asked}",
        "style": Markup(files("majung.report.page").joinpath("style.css").read_text(encoding="utf-8")),
        "fonts": "",
    }
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("majung.report", "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("report.html.j2")
    written = template.render(content)
    # The letters to bring are known only when the page is written.
    fonts = cut_fonts(written)
    return template.render(content | {"fonts": Markup(font_faces(fonts, written))}), fonts


def _facts(results: Results, lang: Lang) -> list[tuple[str, str]]:
    span = text("report.range", lang, low=results.quarters[0], high=results.quarters[-1])
    worlds = count(results.replications)
    if results.failed:
        worlds = text("report.identity.failed", lang, worlds=worlds, failed=results.failed)
    counts = (
        ("strategies", count(len(results.strategies))),
        ("worlds", worlds),
        ("quarters", f"{len(results.quarters)} ({span})"),
        ("technologies", count(len(results.technologies))),
        ("firms", count(results.dataset.sizes["firm"])),
        ("run", str(results.dataset.attrs.get("run_id", ""))[:12]),
    )
    return [(text(f"report.fact.{key}", lang), value) for key, value in counts if value]
