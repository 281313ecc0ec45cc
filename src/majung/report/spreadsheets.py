"""Tables for spreadsheets: no text is taken for a formula, and the same rows are the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.xml.constants import ARC_CORE

__all__ = ["csv", "row", "undated"]

# What a spreadsheet would take for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_UNDATED: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a file in a workbook can have."""
_DATES: Final = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")


def csv(frame: pd.DataFrame) -> bytes:
    """Return a table as csv: UTF-8 with a byte order mark, so that every spreadsheet reads Korean."""
    written = _harmless(frame).to_csv(index=False, float_format="%.12g", lineterminator="\r\n")
    return written.encode("utf-8-sig")


def undated(workbook: bytes) -> bytes:
    """Return a workbook without the time at which it was made: the same tables are the same bytes."""
    plain = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as dated, zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as bare:
        for name in dated.namelist():
            entry = zipfile.ZipInfo(name, _UNDATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Else it is the system's own.
            entry.create_system = 3
            content = dated.read(name)
            bare.writestr(entry, _DATES.sub(b"", content) if name == ARC_CORE else content)
    return plain.getvalue()


def row(sheet: Any, values: Sequence[Any], *, bold: bool = False) -> None:
    """Add a row to a sheet."""
    cells = []
    for value in values:
        plain = value.item() if isinstance(value, np.generic) else value
        # A text that begins with = is a text. What needs no cell of its own is written faster without.
        formula = isinstance(plain, str) and plain.startswith("=")
        if formula or bold:
            cell = WriteOnlyCell(sheet, value=plain)
            if formula:
                cell.data_type = "s"
            if bold:
                cell.font = Font(bold=True)
            plain = cell
        cells.append(plain)
    sheet.append(cells)


def _harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for formulas."""
    harmless = frame.copy()
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            harmless[name] = pd.Series([_quoted(value) for value in frame[name]], index=frame.index, dtype=object)
    return harmless


def _quoted(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
