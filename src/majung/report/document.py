"""The report: one HTML file that opens anywhere, without a network and without scripts, and its pictures beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import uuid4

import jinja2
from markupsafe import Markup

from majung.ensemble import Progress
from majung.messages import Lang, text
from majung.money import format_date
from majung.report.figures import bars, lines
from majung.report.figures.fonts import Fonts, cut_fonts, font_faces, lend
from majung.report.figures.panels import Specification
from majung.report.figures.pictures import letters, to_png, to_svg, with_faces, words
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

Chart: TypeAlias = Callable[[Results, Lang, int], Specification | None]
Drawn: TypeAlias = Mapping[str, tuple[str, str]]

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
    specifications = _specify(results, lang)
    template = _template()
    content = _content(results, lang, specifications)
    # Drawing needs the letters of all charts, the page those of its words; the font is cut once for both.
    nothing: Drawn = dict.fromkeys(specifications, ("", ""))
    written = template.render(content | {"drawn": nothing, "fonts": ""})
    fonts = cut_fonts(written + "".join(letters(one) for both in specifications.values() for one in both))
    family = lend(fonts)
    counter = _Counter(len(specifications) * (3 if pictures else 2), progress)
    drawn = _draw(specifications, lang, family, counter)
    if pictures:
        _write_pictures(target.parent / "figures", drawn, fonts, family, counter)
    shown = {key: tuple(map(Markup, both)) for key, both in drawn.items()}
    page = template.render(content | {"drawn": shown, "fonts": Markup(font_faces(fonts))})
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
        *([] if results.all_sampled else [(text("report.identity.sampled", lang), count(results.sampled))]),
        (text("report.identity.quarters", lang), f"{len(results.quarters)} ({span})"),
        (text("report.identity.unit", lang), results.unit.label(lang)),
    ]


class _Counter:
    """Say after each picture how many are done."""

    def __init__(self, total: int, progress: Callable[[Progress], None] | None) -> None:
        self._total = total
        self._done = 0
        self._progress = progress

    def one_more(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(Progress(self._done, self._total))


def _specify(results: Results, lang: Lang) -> dict[str, tuple[Specification, Specification]]:
    """Describe each chart that has something to show, for a desk and for a telephone."""
    found = {}
    for key, chart in FIGURES.items():
        wide, narrow = (chart(results, lang, width) for width in (_WIDE, _NARROW))
        if wide is not None and narrow is not None:
            found[key] = (wide, narrow)
    return found


def _draw(
    specifications: Mapping[str, tuple[Specification, Specification]], lang: Lang, family: str, counter: _Counter
) -> Drawn:
    drawn = {}
    for key, both in specifications.items():
        label = text(f"report.label.{key}", lang)
        made = []
        for side, specification in zip("wn", both, strict=True):
            made.append(to_svg(specification, family, name=f"{key}-{side}", label=label))
            counter.one_more()
        drawn[key] = (made[0], made[1])
    return drawn


def _write_pictures(folder: Path, drawn: Drawn, fonts: Fonts, family: str, counter: _Counter) -> None:
    """Write the charts for a desk, the letters of them all in each."""
    faces = font_faces(cut_fonts("".join(words(wide) for wide, _ in drawn.values()), fonts))
    for key, (wide, _) in drawn.items():
        write_whole(folder / f"{key}.svg", with_faces(wide, faces).encode())
        write_whole(folder / f"{key}.png", to_png(wide, family))
        counter.one_more()


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
        "style": Markup(files("majung.report.page").joinpath("style.css").read_text(encoding="utf-8")),
    }


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("majung.report", "page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


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
