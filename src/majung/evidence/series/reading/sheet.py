"""A whole table in memory: from a file or from a data frame."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from majung.errors import InputError, Problem
from majung.evidence.series.periods import FIRST_YEAR, LAST_YEAR
from majung.tables import cells as cell
from majung.tables.files import SUFFIXES, open_table
from majung.tables.problems import Problems

__all__ = ["WholeSheet", "sheet_of"]

Cells: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class WholeSheet:
    """A table's headers and columns, without rows that are blank; `row` is each row's number in a spreadsheet."""

    file: str | None
    stem: str
    headers: list[str]
    columns: list[Cells]
    row: NDArray[np.int64]


def sheet_of(table: str | Path | pd.DataFrame, problems: Problems) -> WholeSheet | None:
    """Read a whole table; None where that is not possible, which is then noted."""
    if isinstance(table, pd.DataFrame):
        return _of_frame(table, problems)
    path = Path(table)
    file = path.name
    try:
        if path.suffix.lower() not in SUFFIXES:
            found, choices = path.suffix or path.name, ", ".join(SUFFIXES)
            raise InputError([Problem(key="evidence.series.not_a_table", found=found, values={"choices": choices})])
        opened = open_table(path, lambda problem: problems.add(problem.at(file=file)))
        batches = list(opened.batches)
    except InputError as error:
        problems.extend(problem.at(file=file) for problem in error.problems)
        return None
    columns = [_joined([batch.cells[place] for batch in batches]) for place in range(len(opened.headers))]
    if not _are_cells(columns, opened.headers, file, problems):
        return None
    rows = np.concatenate([np.zeros(0, np.int64), *(batch.rows for batch in batches)])
    sheet = _without_blank(WholeSheet(file, path.stem, opened.headers, columns, rows))
    if not len(sheet.row):
        if not problems.count(file):
            problems.add(Problem(key="table.no_rows", file=file))
        return None
    for place, header in enumerate(sheet.headers):
        if place and not header.strip():
            filled = np.flatnonzero(~cell.empties(cell.texts(sheet.columns[place])))
            if len(filled):
                row = int(sheet.row[filled[0]])
                problems.add(Problem(key="table.nameless", file=file, row=row, values={"place": place + 1}))
    return sheet


def _joined(parts: list[Cells]) -> Cells:
    decoded = [part.dictionary_decode() if pa.types.is_dictionary(part.type) else part for part in parts]
    return pa.concat_arrays(decoded) if decoded else pa.array([], pa.string())


def _without_blank(sheet: WholeSheet) -> WholeSheet:
    blank = np.ones(len(sheet.row), bool)
    for column in sheet.columns:
        if not blank.any():
            return sheet
        is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        blank &= cell.empties(cell.texts(column)) if is_text else np.asarray(column.is_null())
    keep = pa.array(~blank)
    columns = [pc.filter(column, keep) for column in sheet.columns]
    return WholeSheet(sheet.file, sheet.stem, sheet.headers, columns, sheet.row[~blank])


def _are_cells(columns: list[Cells], headers: list[str], file: str | None, problems: Problems) -> bool:
    """Note columns whose cells are lists, tables or other things that are neither numbers nor text."""
    wrong = [place for place, column in enumerate(columns) if pa.types.is_nested(column.type)]
    for place in wrong:
        found = str(columns[place].type)
        problems.add(Problem(key="table.not_cells", file=file, row=1, column=headers[place], found=found))
    return not wrong


def _of_frame(frame: pd.DataFrame, problems: Problems) -> WholeSheet | None:
    """Take a data frame; an index that says something is a column."""
    if not _counts_rows(frame.index):
        frame = frame.reset_index(names=_index_names(frame))
    headers = [_written(name) for name in frame.columns]
    columns = [_column(frame.iloc[:, place]) for place in range(len(headers))]
    if not _are_cells(columns, headers, None, problems):
        return None
    return _without_blank(WholeSheet(None, "", headers, columns, np.arange(2, len(frame) + 2)))


def _counts_rows(index: pd.Index[Any]) -> bool:
    """Return whether an index is row numbers, which sorting or filtering may have left in any order, and not years."""
    if isinstance(index, pd.RangeIndex):
        return True
    if index.name is not None or index.nlevels > 1 or not pd.api.types.is_integer_dtype(index.dtype):
        return False
    return bool((index < FIRST_YEAR).any() or (index > LAST_YEAR).any())


def _index_names(frame: pd.DataFrame) -> list[str]:
    index = frame.index
    names = [_written(name) if name is not None else "" for name in index.names]
    if names == [""] and isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        return ["date"]
    return [name or (f"index {place}" if place else "") for place, name in enumerate(names)]


def _written(name: Any) -> str:
    if isinstance(name, pd.Timestamp | date):
        return name.isoformat()[:10]
    return str(name).strip()


def _column(series: pd.Series[Any]) -> Cells:
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.astype(str).where(series.notna(), None)
    try:
        array = pa.array(series, from_pandas=True)
        return _joined(array.chunks if isinstance(array, pa.ChunkedArray) else [array])
    except pa.ArrowException:
        texts = [None if value is None or value is pd.NaT or value != value else str(value) for value in series]
        return pa.array(texts, pa.string())
