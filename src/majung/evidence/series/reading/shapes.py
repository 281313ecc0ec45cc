"""The figures of a table, from its cells: tidy, wide with a column a series, wide with a row a series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from majung.errors import Problem
from majung.evidence.series.assembly import Defaults
from majung.evidence.series.checks import check_periods
from majung.evidence.series.figures import Figures, Place
from majung.evidence.series.kinds import Kind
from majung.evidence.series.periods import GRAINS, Days, day_number, read_period
from majung.evidence.series.reading.columns import Layout
from majung.evidence.series.reading.sheet import WholeSheet
from majung.evidence.series.reading.typed import Typed
from majung.tables.problems import Problems

__all__ = ["Options", "figures_of_sheet"]

_UNNAMED: Final = "series"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller says, whatever the table does; see `read_series`."""

    kind: Kind | None
    unit: str | None
    market: float | None
    published: date | None

    def defaults(self, header_unit: str, clues: tuple[str, ...], file_clue: str) -> Defaults:
        """Return what holds for a series of which the headers say this much."""
        return Defaults(
            kind=self.kind,
            unit=self.unit,
            market=self.market,
            header_unit=header_unit,
            clues=clues,
            file_clue=file_clue,
        )

    def known(self, published: Days, given: NDArray[np.bool_], ends: Days) -> Days:
        """Return the days on which values became known."""
        otherwise = ends if self.published is None else np.full_like(ends, day_number(self.published))
        return np.where(given, published, otherwise)


def figures_of_sheet(sheet: WholeSheet, layout: Layout, options: Options, problems: Problems) -> Figures | None:
    """Read the cells of a table; None where figures cannot be compared before what is noted is mended."""
    typed = Typed(sheet, layout.roles, problems)
    if not layout.wide:
        return _tidy(typed, layout, options)
    return _by_row(typed, layout, options) if layout.by_row else _by_column(typed, layout, options)


def _tidy(typed: Typed, layout: Layout, options: Options) -> Figures | None:
    sheet, roles = typed.sheet, layout.roles
    column = layout.values[0]
    ends, grain, dated = typed.periods("date")
    published, given = typed.days("published")
    unit = typed.texts("unit")
    values, percent = typed.numbers(column, unit)
    unit = np.where(percent & (unit == ""), "%", unit)
    if "id" in roles:
        series, names, named = typed.ids()
    else:
        series, named = np.zeros(len(ends), np.int64), np.ones(len(ends), bool)
        names = [sheet.stem or (column.name if column.name.casefold() != "value" else _UNNAMED)]
    keep = np.flatnonzero(dated & named)
    place = Place(
        file=sheet.file,
        row=sheet.row[keep],
        column=np.zeros(len(keep), np.int64),
        headers=(sheet.headers[column.place],),
        named={role: sheet.headers[at] for role, at in roles.items()},
    )
    defaults = options.defaults(column.unit, (column.name,), sheet.stem)
    return Figures(
        names=names,
        series=series[keep],
        ends=ends[keep],
        published=options.known(published, given, ends)[keep],
        grain=grain[keep],
        values=values[keep],
        driver=typed.plain_numbers("driver")[keep],
        market=typed.plain_numbers("market")[keep],
        kind=typed.kinds()[keep],
        unit=unit[keep],
        name=typed.texts("name")[keep],
        name_ko=typed.texts("name_ko")[keep],
        source=typed.texts("source")[keep],
        defaults=[defaults] * len(names),
        place=place,
    )


def _by_column(typed: Typed, layout: Layout, options: Options) -> Figures | None:
    sheet = typed.sheet
    count, width = len(sheet.row), len(layout.values)
    ends, grain, dated = typed.periods("date")
    published, given = typed.days("published")
    known = options.known(published, given, ends)
    if not dated.all() or not _axis_in_order(typed, ends, known, grain, sheet.row, sheet.headers[layout.roles["date"]]):
        for column in layout.values:
            typed.numbers(column, None)
        return None
    read = [typed.numbers(column, None) for column in layout.values]
    return _wide(
        typed,
        names=[column.name for column in layout.values],
        series=np.repeat(np.arange(width), count),
        ends=np.tile(ends, width),
        known=np.tile(known, width),
        grain=np.tile(grain, width),
        values=np.concatenate([values for values, _ in read]),
        percent=np.concatenate([percent for _, percent in read]),
        row=np.tile(sheet.row, width),
        column=np.repeat([column.place for column in layout.values], count),
        defaults=[options.defaults(column.unit, (column.name,), sheet.stem) for column in layout.values],
        spread=None,
    )


def _by_row(typed: Typed, layout: Layout, options: Options) -> Figures | None:
    sheet = typed.sheet
    periods = [read_period(column.name) for column in layout.values]
    ends = np.array([day_number(period.end) for period in periods if period is not None], dtype=np.int64)
    grain = np.array([GRAINS.index(period.grain) for period in periods if period is not None], dtype=np.int8)
    published, given = typed.days("published")
    read = [typed.numbers(column, None) for column in layout.values]
    count, width = len(sheet.row), len(ends)
    if "id" in layout.roles:
        series, names, named = typed.ids()
        unique = given.any() or typed.unique_ids(series)
    else:
        series, named, unique = np.arange(count), np.ones(count, bool), True
        names = [sheet.stem or _UNNAMED] if count == 1 else [f"{sheet.stem or _UNNAMED} {row}" for row in sheet.row]
    header_row = np.ones(width, np.int64)
    if not (_axis_in_order(typed, ends, ends, grain, header_row, None) and named.all() and unique):
        return None
    every_end = np.tile(ends, count)
    flags = np.repeat(given, width)
    return _wide(
        typed,
        names=names,
        series=np.repeat(series, width),
        ends=every_end,
        known=options.known(np.repeat(published, width), flags, every_end),
        grain=np.tile(grain, count),
        values=np.stack([values for values, _ in read], axis=1).ravel(),
        percent=np.stack([percent for _, percent in read], axis=1).ravel(),
        row=np.repeat(sheet.row, width),
        column=np.tile([column.place for column in layout.values], count),
        defaults=[options.defaults("", (), sheet.stem)] * len(names),
        spread=width,
    )


def _wide(
    typed: Typed,
    *,
    names: list[str],
    series: NDArray[Any],
    ends: Days,
    known: Days,
    grain: NDArray[np.int8],
    values: NDArray[np.float64],
    percent: NDArray[np.bool_],
    row: NDArray[np.int64],
    column: NDArray[Any],
    defaults: list[Defaults],
    spread: int | None,
) -> Figures:
    """Return the figures of a wide sheet; what a row says of its series is spread over so many periods."""
    count = len(values)
    blank = np.full(count, "", dtype=object)
    sheet = typed.sheet

    def each(array: NDArray[Any], otherwise: NDArray[Any]) -> NDArray[Any]:
        return otherwise if spread is None else np.repeat(array, spread)

    return Figures(
        names=names,
        series=series.astype(np.int64),
        ends=ends,
        published=known,
        grain=grain,
        values=values,
        driver=np.full(count, np.nan),
        market=each(typed.plain_numbers("market"), np.full(count, np.nan)),
        kind=each(typed.kinds(), np.full(count, -1, np.int8)),
        unit=np.where(percent, "%", each(typed.texts("unit"), blank)),
        name=each(typed.texts("name"), blank),
        name_ko=each(typed.texts("name_ko"), blank),
        source=each(typed.texts("source"), blank),
        defaults=defaults,
        place=Place(
            file=sheet.file,
            row=row,
            column=column.astype(np.int64),
            headers=tuple(sheet.headers),
            named={role: sheet.headers[at] for role, at in typed.roles.items()},
        ),
    )


def _axis_in_order(
    typed: Typed, ends: Days, known: Days, grain: NDArray[np.int8], row: NDArray[np.int64], column: str | None
) -> bool:
    """Check the periods that all series of a wide sheet share; say once what is wrong with them."""
    found: list[Problem] = []

    def note(place: int, problem: Problem) -> None:
        found.append(problem.at(row=int(row[place]), column=column))

    names = [typed.sheet.stem or _UNNAMED]
    check_periods(np.zeros(len(ends), np.int64), ends, known, grain, row, names, note)
    typed.note(found)
    return not found
