"""awards.xlsx and the same tables as csv."""

from __future__ import annotations

import io
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from majung.messages import Lang, text
from majung.money import parse_unit
from majung.report.awards.document import identity
from majung.report.awards.sheets import Column, Sheet, plain, sheets, spent_whole
from majung.report.awards.words import basic, ratio, worth
from majung.report.drawing import write_whole
from majung.report.spreadsheets import csv, row, undated
from majung.report.wording import interval

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation
    from majung.scenario import Scenario

__all__ = ["TABLES", "WORKBOOK", "write_awards"]

WORKBOOK: Final = "awards.xlsx"
TABLES: Final = "tables"
"""The folder of the csv files."""

_FORMATS: Final = {"count": "#,##0", "money": "#,##0", "number": "#,##0.###", "share": "0%", "day": "yyyy-mm-dd"}
_LONGEST_CELL: Final = 32_000
"""Letters that a cell of a spreadsheet takes."""
_WIDEST: Final = {"text": 34, "long": 60}
_NARROWEST: Final = 9
_SAMPLE: Final = 300
"""Rows that a column's width is taken from."""


def write_awards(
    allocation: Allocation, folder: str | os.PathLike[str], lang: Lang = "en", scenario: Scenario | None = None
) -> dict[str, Path]:
    """Write an allocation as a workbook and as csv files.

    Amounts are whole won (or another currency's own unit), and the awards add up exactly to what was spent. The same
    allocation is the same bytes.

    Parameters
    ----------
    allocation : Allocation
        From `majung.allocate`.
    folder : path
        Gets ``awards.xlsx``, and the csv files in ``tables``. It is made where it is not there.
    lang : {"en", "ko"}
        The language of headers and reasons. Columns of csv files are named alike in both.
    scenario : Scenario, optional
        Says in the workbook what is real and what is not.

    Returns
    -------
    dict
        The csv files by the name of their table, and the workbook as ``xlsx``. Each file is either whole or not there.

    Raises
    ------
    ValueError
        When the awards do not add up to what was spent.
    """
    spent = spent_whole(allocation)
    found = sheets(allocation, lang)
    files = {}
    for sheet in found:
        names = [column.name for column in sheet.columns]
        frame = pd.DataFrame([[plain(value) for value in cells] for cells in sheet.rows], columns=names, dtype=object)
        files[sheet.name] = Path(folder) / TABLES / f"{sheet.name}.csv"
        write_whole(files[sheet.name], csv(frame))
    files["xlsx"] = Path(folder) / WORKBOOK
    write_whole(files["xlsx"], _workbook(allocation, found, spent, lang, scenario))
    return files


def _workbook(
    allocation: Allocation, found: Sequence[Sheet], spent: int, lang: Lang, scenario: Scenario | None
) -> bytes:
    book = Workbook(write_only=True)
    book.properties.creator = "majung"
    book.properties.title = allocation.title.text(lang) or allocation.call
    currency = basic(parse_unit(allocation.unit)).label(lang)
    for sheet in found:
        _sheet(book.create_sheet(text(f"report.awards.sheet.name.{sheet.name}", lang)), sheet, currency, lang)
    _about(book.create_sheet(text("report.awards.sheet.name.about", lang)), allocation, spent, currency, lang, scenario)
    buffer = io.BytesIO()
    book.save(buffer)
    return undated(buffer.getvalue())


def _sheet(place: Any, sheet: Sheet, currency: str, lang: Lang) -> None:
    head = [text(f"report.awards.sheet.column.{column.name}", lang, currency=currency) for column in sheet.columns]
    place.freeze_panes = "A2"
    last = get_column_letter(len(head))
    place.auto_filter.ref = f"A1:{last}{len(sheet.rows) + 1}"
    for number, (title, column) in enumerate(zip(head, sheet.columns, strict=True)):
        sample = [found[number] for found in sheet.rows[:_SAMPLE]]
        place.column_dimensions[get_column_letter(number + 1)].width = _width(title, column, sample)
    place.append([_head(place, title) for title in head])
    for cells in sheet.rows:
        place.append([_cell(place, value, column) for value, column in zip(cells, sheet.columns, strict=True)])
    if sheet.name == "awards":
        _total(place, sheet, lang)


def _total(place: Any, sheet: Sheet, lang: Lang) -> None:
    """Add a row with the sum of the amounts, below what is filtered."""
    amounts = [column.name for column in sheet.columns].index("amount")
    letter, last = get_column_letter(amounts + 1), len(sheet.rows) + 1
    total = WriteOnlyCell(place, value=f"=SUM({letter}2:{letter}{last})" if sheet.rows else 0)
    total.number_format = _FORMATS["money"]
    cells = [WriteOnlyCell(place, value=text("report.awards.sheet.total", lang))]
    cells += [WriteOnlyCell(place) for _ in range(amounts - 1)]
    for cell in (*cells, total):
        cell.font = Font(bold=True)
        cell.border = Border(top=Side(style="thin"))
    place.append([*cells, total])


def _head(place: Any, title: str) -> Any:
    cell = WriteOnlyCell(place, value=title)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.border = Border(bottom=Side(style="thin"))
    return cell


def _cell(place: Any, value: Any, column: Column) -> Any:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]
    cell = WriteOnlyCell(place, value=value)
    if isinstance(value, str):
        # A text that begins with = is a text.
        cell.data_type = "s"
    elif column.kind in _FORMATS:
        whole = column.kind == "number" and float(value or 0).is_integer()
        cell.number_format = _FORMATS["count" if whole else column.kind]
    if column.kind == "long":
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.alignment = Alignment(vertical="top")
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


def _about(
    place: Any, allocation: Allocation, spent: int, currency: str, lang: Lang, scenario: Scenario | None
) -> None:
    """Write what the workbook is of, where its numbers come from, and what its sheets hold."""
    place.column_dimensions["A"].width = 38
    place.column_dimensions["B"].width = 100
    row(place, [allocation.title.text(lang) or allocation.call], bold=True)
    row(place, [allocation.scenario_title.text(lang) or allocation.scenario])
    row(place, [text("report.awards.sheet.units", lang, currency=currency)])
    row(place, [])
    total = WriteOnlyCell(place, value=spent)
    total.number_format = _FORMATS["money"]
    total.alignment = Alignment(horizontal="left")
    place.append([text("report.awards.sheet.checked", lang), total])
    for name, value in _figures(allocation, lang):
        row(place, [name, value])
    row(place, [])
    if scenario is not None:
        for key, words in (("real", scenario.real), ("reconstructed", scenario.reconstructed)):
            row(place, [text(f"report.page.{key}", lang), words.text(lang) or text(f"report.page.{key}_unsaid", lang)])
    for name, value in identity(allocation, lang):
        row(place, [name, value])
    row(place, [])
    row(place, [text("report.awards.sheet.sheets", lang)], bold=True)
    for name in ("awards", "near_misses", "ineligible", "rules", "practices"):
        row(place, [text(f"report.awards.sheet.name.{name}", lang), text(f"report.awards.sheet.table.{name}", lang)])


def _figures(allocation: Allocation, lang: Lang) -> list[tuple[str, str]]:
    unit = parse_unit(allocation.unit)
    currency = text(f"money.currency.{unit.currency}", lang)
    return [
        (text("report.awards.quality.value.name", lang), worth(allocation.portfolio_value.mean, allocation, lang)),
        (
            text("report.awards.sheet.per_unit", lang, currency=currency),
            interval(ratio(allocation.portfolio_value, allocation.spent), lang),
        ),
        (text("report.awards.sheet.gap", lang), worth(allocation.gap.high, allocation, lang)),
    ]
