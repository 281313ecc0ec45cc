"""awards.xlsx and the same tables as csv."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from majung.messages import Lang, text
from majung.money import parse_unit
from majung.report.awards.document import identity
from majung.report.awards.sheets import sheets, spent_whole
from majung.report.awards.words import basic, ratio, worth
from majung.report.drawing import write_whole
from majung.report.sheets import FORMATS, Sheet, fill_sheet, write_tables
from majung.report.spreadsheets import row, undated
from majung.report.wording import interval

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation
    from majung.scenario import Scenario

__all__ = ["WORKBOOK", "write_awards"]

WORKBOOK: Final = "awards.xlsx"


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
    files = write_tables(found, Path(folder))
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
        place = book.create_sheet(text(f"report.awards.sheet.name.{sheet.name}", lang))
        titles = [
            text(f"report.awards.sheet.column.{column.name}", lang, currency=currency) for column in sheet.columns
        ]
        fill_sheet(place, sheet, titles)
        if sheet.name == "awards":
            _total(place, sheet, lang)
    _about(book.create_sheet(text("report.awards.sheet.name.about", lang)), allocation, spent, currency, lang, scenario)
    buffer = io.BytesIO()
    book.save(buffer)
    return undated(buffer.getvalue())


def _total(place: Any, sheet: Sheet, lang: Lang) -> None:
    """Add a row with the sum of the amounts, below what is filtered."""
    amounts = [column.name for column in sheet.columns].index("amount")
    letter, last = get_column_letter(amounts + 1), len(sheet.rows) + 1
    total = WriteOnlyCell(place, value=f"=SUM({letter}2:{letter}{last})" if sheet.rows else 0)
    total.number_format = FORMATS["money"]
    cells = [WriteOnlyCell(place, value=text("report.awards.sheet.total", lang))]
    cells += [WriteOnlyCell(place) for _ in range(amounts - 1)]
    for cell in (*cells, total):
        cell.font = Font(bold=True)
        cell.border = Border(top=Side(style="thin"))
    place.append([*cells, total])


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
    total.number_format = FORMATS["money"]
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
