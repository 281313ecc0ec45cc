"""Read series from a table: find out how it is laid out, read its cells, check the figures, put the series together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from majung.errors import Problem
from majung.evidence.series.arrays import given_kind, given_market
from majung.evidence.series.checks import check_figures
from majung.evidence.series.model import Series
from majung.evidence.series.periods import as_day
from majung.evidence.series.reading.columns import find_layout
from majung.evidence.series.reading.shapes import Options, figures_of_sheet
from majung.evidence.series.reading.sheet import sheet_of
from majung.tables import cells as cell
from majung.tables.problems import Problems

__all__ = ["read_series"]


def read_series(
    table: str | Path | pd.DataFrame,
    *,
    kind: str | None = None,
    unit: str | None = None,
    market: float | None = None,
    published: date | str | None = None,
) -> list[Series]:
    """Read the series of a table.

    Parameters
    ----------
    table : path or DataFrame
        A csv, xlsx or parquet file. Tidy (columns id, date, value and, if need be, unit, kind, published, market,
        driver, name, source), or wide (a column of dates and one column a series, or a row a series under dates).
    kind : str, optional
        ``per_period``, ``cumulative`` or ``level``, for all series, whatever the table says.
    unit : str, optional
        Likewise.
    market : float, optional
        Market potential in the unit of the values, likewise.
    published : date or str, optional
        The day on which values became known whose row does not say it; without it, the end of their period.

    Returns
    -------
    list of Series
        In the order in which the table brings them.

    Raises
    ------
    InputError
        With everything that is wrong, by row and column.
    """
    options = Options(
        kind=given_kind(kind),
        unit=unit,
        market=given_market(market),
        published=None if published is None else as_day(published),
    )
    problems = Problems()
    sheet = sheet_of(table, problems)
    if sheet is None:
        problems.refuse([])
        return []
    first = cell.texts(sheet.columns[0].slice(0, 1)) if sheet.columns and len(sheet.row) else []
    layout, wrong = find_layout(sheet.headers, first[0].as_py() if len(first) else "")
    problems.extend(problem.at(file=sheet.file) for problem in wrong)
    if not len(sheet.row) and not wrong:
        problems.add(Problem(key="table.no_rows", file=sheet.file))
    figures = None
    if layout is not None and len(sheet.row):
        figures = figures_of_sheet(sheet, layout, options, problems)
        if figures is not None:
            check_figures(figures, problems)
    problems.refuse([sheet.file or ""])
    return [] if figures is None else [Series.from_rows(*parts) for parts in figures.by_series()]
