"""Tables with typed columns, as csv files and as the sheets of a workbook."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from majung.messages import Lang, text
from majung.report.drawing import write_whole
from majung.report.spreadsheets import csv, row

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["FORMATS", "TABLES", "Cells", "Column", "Kind", "Sheet", "about_sheet", "fill_sheet", "write_tables"]

TABLES: Final = "tables"
"""The folder of the csv files."""

FORMATS: Final = {"count": "#,##0", "money": "#,##0", "number": "#,##0.###", "share": "0%", "day": "yyyy-mm-dd"}
_LONGEST_CELL: Final = 32_000
"""Letters that a cell of a spreadsheet takes."""
_WIDEST: Final = {"text": 34, "long": 60}
_NARROWEST: Final = 9
_SAMPLE: Final = 300
"""Rows that a column's width is taken from."""

Kind: TypeAlias = Literal["text", "long", "count", "money", "number", "share", "day"]
Cells: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name : str
        In the csv file.
    kind : str
        What its cells are; money is in the currency's own unit.
    """

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its columns, and rows of plain values; None where there is none."""

    name: str
    columns: tuple[Column, ...]
    rows: list[Cells]


def write_tables(sheets: Sequence[Sheet], folder: Path) -> dict[str, Path]:
    """Write each table as a csv file into the folder `TABLES`, and return the files by the tables' names."""
    files = {}
    for sheet in sheets:
        names = [column.name for column in sheet.columns]
        frame = pd.DataFrame([[_dated(value) for value in cells] for cells in sheet.rows], columns=names, dtype=object)
        files[sheet.name] = folder / TABLES / f"{sheet.name}.csv"
        write_whole(files[sheet.name], csv(frame))
    return files


def fill_sheet(place: Any, sheet: Sheet, titles: Sequence[str]) -> None:
    """Write a table into a write-only sheet of a workbook: its titles stay in sight, and rows can be filtered.

    Parameters
    ----------
    place : openpyxl worksheet
        That is empty.
    sheet : Sheet
    titles : sequence of str
        Of the columns.
    """
    place.freeze_panes = "A2"
    last = get_column_letter(len(titles))
    place.auto_filter.ref = f"A1:{last}{len(sheet.rows) + 1}"
    for number, (title, column) in enumerate(zip(titles, sheet.columns, strict=True)):
        sample = [found[number] for found in sheet.rows[:_SAMPLE]]
        place.column_dimensions[get_column_letter(number + 1)].width = _width(title, column, sample)
    place.append([_head(place, title) for title in titles])
    styles: dict[tuple[str, bool], Any] = {}
    for cells in sheet.rows:
        place.append([_cell(place, value, column, styles) for value, column in zip(cells, sheet.columns, strict=True)])


def about_sheet(place: Any, rows: Sequence[Sequence[Any]], lang: Lang, scenario: Scenario | None) -> None:
    """Write what a workbook is of into a sheet: rows of a name and words, and what of the scenario is real.

    Parameters
    ----------
    place : openpyxl worksheet
        That is empty.
    rows : sequence
        The first is the title.
    lang : {"en", "ko"}
    scenario : Scenario or None
        Nothing is said of what is real where there is none.
    """
    place.column_dimensions["A"].width = 38
    place.column_dimensions["B"].width = 100
    for number, found in enumerate(rows):
        row(place, list(found), bold=number == 0)
    if scenario is not None:
        row(place, [])
        for key, words in (("real", scenario.real), ("reconstructed", scenario.reconstructed)):
            row(place, [text(f"report.page.{key}", lang), words.text(lang) or text(f"report.page.{key}_unsaid", lang)])


def _head(place: Any, title: str) -> Any:
    cell = WriteOnlyCell(place, value=title)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.border = Border(bottom=Side(style="thin"))
    return cell


def _cell(place: Any, value: Any, column: Column, styles: dict[tuple[str, bool], Any]) -> Any:
    """Return a cell in the style of its column; `styles` has those that are made, each of which takes long to make."""
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]
    cell: Any = WriteOnlyCell(place, value=value)
    written = "General"
    if isinstance(value, str):
        # A text that begins with = is a text.
        cell.data_type = "s"
    elif column.kind in FORMATS:
        whole = column.kind == "number" and float(value or 0).is_integer()
        written = FORMATS["count" if whole else column.kind]
    style = (written, column.kind == "long")
    if style not in styles:
        cell.number_format = written
        cell.alignment = Alignment(wrap_text=True if style[1] else None, vertical="top")
        styles[style] = cell._style
    cell._style = styles[style]
    return cell


def _width(title: str, column: Column, cells: Sequence[Any]) -> float:
    """Return the columns that a sheet's column needs; a title may take two lines."""
    longest = max((_columns(_shown(value)) for value in cells), default=0)
    return min(max(longest, _columns(title) / 2 + 2, _NARROWEST), _WIDEST.get(column.kind, 24)) + 2


def _shown(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.0f}"
    return "" if value is None else str(value)


def _columns(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def _dated(value: Any) -> Any:
    """Return a cell as csv has it: a day as it is written in ISO 8601."""
    return value.isoformat() if isinstance(value, date) else value
