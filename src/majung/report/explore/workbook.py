"""explore.xlsx and the same tables as csv."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook

from majung.messages import Lang, text
from majung.report.drawing import write_whole
from majung.report.explore.document import identity
from majung.report.explore.sentences import headline, ordered
from majung.report.factors import by_name, factor_name, rule_words
from majung.report.sheets import Cells, Column, Kind, Sheet, about_sheet, fill_sheet, write_tables
from majung.report.spreadsheets import undated

if TYPE_CHECKING:
    from majung.decision.explore.result import Exploration
    from majung.scenario import Scenario

__all__ = ["WORKBOOK", "write_exploration"]

WORKBOOK: Final = "explore.xlsx"

_FACTORS: Final[tuple[tuple[str, Kind], ...]] = (
    ("parameter", "text"), ("label", "text"), ("range_low", "number"), ("range_high", "number"), ("central", "number"),
    ("index", "number"), ("index_low", "number"), ("index_high", "number"), ("threshold", "number"),
    ("mu_star", "number"), ("mu_star_low", "number"), ("mu_star_high", "number"), ("mu", "number"), ("sigma", "number"),
    ("first", "number"), ("first_low", "number"), ("first_high", "number"), ("total", "number"),
    ("total_low", "number"), ("total_high", "number"),
)  # fmt: skip
_RULES: Final[tuple[tuple[str, Kind], ...]] = (
    ("quarter", "text"), ("number", "count"), ("rule", "long"), ("parameter", "text"), ("label", "text"),
    ("low", "number"), ("high", "number"), ("coverage", "number"), ("density", "number"), ("mass", "number"),
    ("base_rate", "number"), ("coverage_cv", "number"), ("density_cv", "number"),
)  # fmt: skip


def write_exploration(
    found: Exploration, folder: str | os.PathLike[str], lang: Lang = "en", scenario: Scenario | None = None
) -> dict[str, Path]:
    """Write an exploration as a workbook and as csv files.

    Shares are between 0 and 1, money is in the scenario's unit, factors are in their own units. The same exploration is
    the same bytes.

    Parameters
    ----------
    found : Exploration
        From `majung.explore`.
    folder : path
        Gets ``explore.xlsx``, and the csv files in ``tables``. It is made where it is not there.
    lang : {"en", "ko"}
        The language of headers and rules. Columns of csv files are named alike in both.
    scenario : Scenario, optional
        Says in the workbook what is real and what is not.

    Returns
    -------
    dict
        The csv files by the name of their table (``factors``, ``rules``, ``worlds``), and the workbook as ``xlsx``.
        Each file is either whole or not there.
    """
    sheets = [
        _sheet("factors", _FACTORS, _factors(found, lang)),
        _sheet("rules", _RULES, _rules(found, lang)),
    ]
    files = write_tables([*sheets, _worlds(found)], Path(folder))
    files["xlsx"] = Path(folder) / WORKBOOK
    write_whole(files["xlsx"], _workbook(found, sheets, lang, scenario))
    return files


def _sheet(name: str, columns: Sequence[tuple[str, Kind]], rows: list[Cells]) -> Sheet:
    return Sheet(name, tuple(Column(column, kind) for column, kind in columns), rows)


def _factors(found: Exploration, lang: Lang) -> list[Cells]:
    known = by_name(found.factors)
    drivers = {one.parameter: one for one in found.drivers}
    effects = {one.parameter: one for one in found.screening.effects}
    shares = {one.parameter: one for one in ([] if found.decomposition is None else found.decomposition.shares)}
    rows: list[Cells] = []
    for name in ordered(found):
        factor, driver, effect, share = known[name], drivers.get(name), effects.get(name), shares.get(name)
        rows.append(
            [
                name,
                factor_name(name, known, lang),
                *(factor.low, factor.high, factor.central),
                *_numbers(driver, ("index", "low", "high", "threshold")),
                *_numbers(None if effect is None else effect.mu_star, ("value", "low", "high")),
                *_numbers(effect, ("mu", "sigma")),
                *_numbers(None if share is None else share.first, ("value", "low", "high")),
                *_numbers(None if share is None else share.total, ("value", "low", "high")),
            ]
        )
    return rows


def _rules(found: Exploration, lang: Lang) -> list[Cells]:
    """Return a row for each limit of each rule."""
    known = by_name(found.factors)
    return [
        [
            text(f"report.explore.chart.{side}", lang),
            number,
            rule_words(box, found.factors, lang),
            limit.name,
            factor_name(limit.name, known, lang),
            limit.low,
            limit.high,
            *_numbers(box, ("coverage", "density", "mass", "base_rate", "coverage_cv", "density_cv")),
        ]
        for side, boxes in (("high", found.high), ("low", found.low))
        for number, box in enumerate(boxes, 1)
        for limit in box.limits
    ]


def _worlds(found: Exploration) -> Sheet:
    columns: list[tuple[str, Kind]] = [("world", "count"), ("outcome", "number")]
    columns += [(factor.name, "number") for factor in found.factors]
    values = zip(found.values.tolist(), found.points.tolist(), strict=True)
    rows: list[Cells] = [[world, _finite(value), *point] for world, (value, point) in enumerate(values)]
    return _sheet("worlds", columns, rows)


def _numbers(one: Any, names: Sequence[str]) -> list[float | None]:
    return [None if one is None else _finite(getattr(one, name)) for name in names]


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _workbook(found: Exploration, sheets: Sequence[Sheet], lang: Lang, scenario: Scenario | None) -> bytes:
    book = Workbook(write_only=True)
    book.properties.creator = "majung"
    book.properties.title = found.title.text(lang) or found.scenario
    for sheet in sheets:
        place = book.create_sheet(text(f"report.explore.sheet.name.{sheet.name}", lang))
        fill_sheet(place, sheet, [text(f"report.study.column.{column.name}", lang) for column in sheet.columns])
    about: list[Sequence[Any]] = [
        [found.title.text(lang) or found.scenario],
        [headline(found, lang)],
        [],
        *([text(f"report.explore.sheet.{what}.{sheet.name}", lang) for what in ("name", "table")] for sheet in sheets),
        [],
        *identity(found, lang),
    ]
    about_sheet(book.create_sheet(text("report.study.about", lang)), about, lang, scenario)
    buffer = io.BytesIO()
    book.save(buffer)
    return undated(buffer.getvalue())
