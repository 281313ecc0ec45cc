"""search.xlsx and the same tables as csv."""

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
from majung.report.search.document import identity
from majung.report.search.words import contender_name, headline, objective_name, strategy_words
from majung.report.sheets import Cells, Column, Kind, Sheet, about_sheet, fill_sheet, write_tables
from majung.report.spreadsheets import undated

if TYPE_CHECKING:
    from majung.decision.search.result import Contender, Found, Search
    from majung.scenario import Scenario

__all__ = ["WORKBOOK", "write_search"]

WORKBOOK: Final = "search.xlsx"

_FINALISTS: Final[tuple[tuple[str, Kind], ...]] = (
    ("budget", "number"), ("place", "count"), ("strategy", "text"), ("title", "text"), ("words", "long"),
    ("own", "count"), ("expected", "count"), ("regret", "count"), ("risk", "count"), ("efficient", "count"),
    ("value_mean", "number"), ("value_low", "number"), ("value_high", "number"), ("ahead_mean", "number"),
    ("ahead_low", "number"), ("ahead_high", "number"), ("in_search_mean", "number"), ("in_search_low", "number"),
    ("in_search_high", "number"), ("searched", "count"), ("worst_tenth", "number"),
    ("regret_most", "number"), ("regret_mean", "number"), ("worst_world", "count"),
)  # fmt: skip
_OBJECTIVES: Final[tuple[tuple[str, Kind], ...]] = (
    ("budget", "number"), ("strategy", "text"), ("objective", "text"), ("label", "long"), ("mean", "number"),
    ("low", "number"), ("high", "number"),
)  # fmt: skip
_FIGURES: Final[tuple[tuple[str, Kind], ...]] = (
    ("budget", "number"), ("strategy", "text"), ("figure", "text"), ("amount", "number"),
)  # fmt: skip


def write_search(
    search: Search, folder: str | os.PathLike[str], lang: Lang = "en", scenario: Scenario | None = None
) -> dict[str, Path]:
    """Write a search as a workbook and as csv files.

    Shares are between 0 and 1, money is in the scenario's unit. The same search is the same bytes.

    Parameters
    ----------
    search : Search
        From `majung.search`.
    folder : path
        Gets ``search.xlsx``, and the csv files in ``tables``. It is made where it is not there.
    lang : {"en", "ko"}
        The language of headers and descriptions. Columns of csv files are named alike in both.
    scenario : Scenario, optional
        Says in the workbook what is real and what is not.

    Returns
    -------
    dict
        The csv files by the name of their table (``finalists``, ``objectives``, ``figures``), and the workbook as
        ``xlsx``. Each file is either whole or not there.
    """
    pairs = [(found, one) for found in search.budgets for one in found.contenders]
    sheets = [
        _sheet("finalists", _FINALISTS, _finalists(search, lang)),
        _sheet("objectives", _OBJECTIVES, [row for pair in pairs for row in _objectives(*pair, lang)]),
        _sheet("figures", _FIGURES, [row for pair in pairs for row in _figures(*pair)]),
    ]
    files = write_tables(sheets, Path(folder))
    files["xlsx"] = Path(folder) / WORKBOOK
    write_whole(files["xlsx"], _workbook(search, sheets, lang, scenario))
    return files


def _sheet(name: str, columns: Sequence[tuple[str, Kind]], rows: list[Cells]) -> Sheet:
    return Sheet(name, tuple(Column(column, kind) for column, kind in columns), rows)


def _finalists(search: Search, lang: Lang) -> list[Cells]:
    return [
        [
            found.budget,
            place,
            one.id,
            contender_name(one, lang),
            strategy_words(one.strategy, search.unit, lang),
            int(one.own),
            *(int(found.choices.get(rule) == one.id) for rule in ("expected", "regret", "risk")),
            int(one.efficient),
            *_bounds(one.value),
            *(_bounds(ahead[one.id]) if one.id in ahead else (None,) * 3),
            *_bounds(one.in_search),
            one.searched,
            _finite(one.risk),
            _finite(one.regret.most),
            _finite(one.regret.mean),
            one.regret.worst_world,
        ]
        for found, ahead in ((found, found.differences(search.confidence)) for found in search.budgets)
        for place, one in enumerate(found.contenders, 1)
    ]


def _objectives(found: Found, one: Contender, lang: Lang) -> list[Cells]:
    return [
        [found.budget, one.id, name, objective_name(name, lang), *_bounds(value)]
        for name, value in one.objectives.items()
    ]


def _figures(found: Found, one: Contender) -> list[Cells]:
    """Return a row for each key figure of a strategy; those that are words have no number."""
    return [
        [found.budget, one.id, name, _finite(value) if isinstance(value, int | float) else value]
        for name, value in one.figures.items()
    ]


def _bounds(found: Any) -> list[float | None]:
    return [_finite(value) for value in (found.mean, found.low, found.high)]


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _workbook(search: Search, sheets: Sequence[Sheet], lang: Lang, scenario: Scenario | None) -> bytes:
    book = Workbook(write_only=True)
    book.properties.creator = "majung"
    book.properties.title = search.scenario_title.text(lang) or search.scenario
    for sheet in sheets:
        place = book.create_sheet(text(f"report.search.sheet.name.{sheet.name}", lang))
        fill_sheet(place, sheet, [text(f"report.search.sheet.column.{column.name}", lang) for column in sheet.columns])
    about: list[Sequence[Any]] = [
        [search.scenario_title.text(lang) or search.scenario],
        [headline(search, lang)],
        [],
        *([text(f"report.search.sheet.{what}.{sheet.name}", lang) for what in ("name", "table")] for sheet in sheets),
        [],
        *identity(search, lang),
    ]
    about_sheet(book.create_sheet(text("report.study.about", lang)), about, lang, scenario)
    buffer = io.BytesIO()
    book.save(buffer)
    return undated(buffer.getvalue())
