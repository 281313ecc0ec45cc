"""The cells of a table of series as arrays: periods, days, numbers, kinds, texts; what cannot be read is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from majung.errors import Problem
from majung.evidence.series.kinds import KINDS, kind_named, no_kind, scale_of
from majung.evidence.series.periods import GRAINS, Days, day_number, read_period
from majung.evidence.series.reading.columns import ValueColumn
from majung.evidence.series.reading.sheet import Cells, WholeSheet
from majung.messages import Phrase
from majung.tables import cells as cell
from majung.tables.problems import Problems

__all__ = ["Typed"]

_T = TypeVar("_T")
# What statistical offices and programs write where there is no figure.
_NO_FIGURE: Final = r"(?i)^(n/?a|nan|null|none|\.{2,3}|…|[-–—]+)$"
_PERCENT_SIGN: Final = r"\s*%$"


class Typed:
    """Reads columns of a sheet by what they hold.

    Parameters
    ----------
    sheet : WholeSheet
    roles : mapping
        Place of the column of each role; those that are not there are empty.
    problems : Problems
        Where to note what cannot be read.
    """

    def __init__(self, sheet: WholeSheet, roles: Mapping[str, int], problems: Problems) -> None:
        self.sheet, self.roles, self.problems = sheet, roles, problems

    def note(self, problems: Iterable[Problem]) -> None:
        """Note problems of this table."""
        self.problems.extend(problem.at(file=self.sheet.file) for problem in problems)

    def ids(self) -> tuple[NDArray[np.int64], list[str], NDArray[np.bool_]]:
        """Return each row's series as its place among the ids, the ids as they first come, and which rows have one."""
        text, flaws = cell.words(self.sheet.columns[self.roles["id"]])
        self._flaws(flaws, "id")
        empty = cell.empties(text)
        self._refuse(text, empty, "id", Phrase("cell.id"))
        encoded = pc.dictionary_encode(pc.filter(text, pa.array(~empty)))
        series = np.zeros(len(text), np.int64)
        series[~empty] = encoded.indices.to_numpy(zero_copy_only=False)
        return series, encoded.dictionary.to_pylist(), ~empty

    def unique_ids(self, series: NDArray[np.int64]) -> bool:
        """Return whether no series comes in two rows; note those that do."""
        _, first, codes = np.unique(series, return_index=True, return_inverse=True)
        again = np.flatnonzero(first[codes] != np.arange(len(series)))
        text = cell.texts(self.sheet.columns[self.roles["id"]])
        for i in again.tolist():
            values = {"first": int(self.sheet.row[first[codes[i]]])}
            self._note_at(i, "id", Problem(key="table.id_twice", found=text[i].as_py(), values=values))
        return not len(again)

    def periods(self, role: str) -> tuple[Days, NDArray[np.int8], NDArray[np.bool_]]:
        """Return each row's last day, how its period is written (a place in `GRAINS`), and whether it can be read."""
        text = cell.texts(self.sheet.columns[self.roles[role]])
        codes, found = _each(text, read_period)
        ends = np.array([0 if period is None else day_number(period.end) for period in found], dtype=np.int64)
        grain = np.array([-1 if period is None else GRAINS.index(period.grain) for period in found], dtype=np.int8)
        read = grain[codes] >= 0
        self._refuse(text, ~read, role, Phrase("evidence.series.the_period"))
        return ends[codes], grain[codes], read

    def days(self, role: str) -> tuple[Days, NDArray[np.bool_]]:
        """Return each row's day, that of a longer period being its last, and whether there is one."""
        if role not in self.roles:
            return np.zeros(len(self.sheet.row), np.int64), np.zeros(len(self.sheet.row), bool)
        text = cell.texts(self.sheet.columns[self.roles[role]])
        codes, found = _each(text, read_period)
        days = np.array([0 if period is None else day_number(period.end) for period in found], dtype=np.int64)
        given = np.array([period is not None for period in found], dtype=bool)[codes]
        self._refuse(text, ~given & ~cell.empties(text), role, Phrase("expected.date"))
        return days[codes], given

    def kinds(self) -> NDArray[np.int8]:
        """Return each row's kind as its place in `KINDS`; -1 where it says none."""
        if "kind" not in self.roles:
            return np.full(len(self.sheet.row), -1, np.int8)
        text = cell.texts(self.sheet.columns[self.roles["kind"]])
        codes, found = _each(text, kind_named)
        kinds = np.array([-1 if kind is None else KINDS.index(kind) for kind in found], dtype=np.int8)[codes]
        for i in np.flatnonzero((kinds < 0) & ~cell.empties(text)).tolist():
            self._note_at(i, "kind", no_kind(text[i].as_py()))
        return kinds

    def texts(self, role: str) -> NDArray[Any]:
        """Return each row's text, empty where the column is not there."""
        if role not in self.roles:
            return np.full(len(self.sheet.row), "", dtype=object)
        text, flaws = cell.words(self.sheet.columns[self.roles[role]])
        self._flaws(flaws, role)
        return np.asarray(text.to_numpy(zero_copy_only=False), dtype=object)

    def plain_numbers(self, role: str) -> NDArray[np.float64]:
        """Return each row's number, NaN where empty or where the column is not there."""
        if role not in self.roles:
            return np.full(len(self.sheet.row), np.nan)
        cells = _without_marks(self.sheet.columns[self.roles[role]])
        values, _, flaws = cell.numbers(cells, written_in=None, unit=None, percent=None)
        self._flaws(flaws, role)
        return values

    def numbers(self, column: ValueColumn, unit: NDArray[Any] | None) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Read values.

        Parameters
        ----------
        column : ValueColumn
        unit : array of str, shape (n,), or None
            What rows say of their unit.

        Returns
        -------
        values : array of float, shape (n,)
            In the unit of the column or the row; NaN where empty or wrong.
        percent : array of bool, shape (n,)
            Which cells have a sign of percent. A unit that is not one makes that a problem.
        """
        cells = _without_marks(self.sheet.columns[column.place])
        percent = np.zeros(len(cells), bool)
        if pa.types.is_string(cells.type):
            percent = np.asarray(pc.match_substring_regex(cells, _PERCENT_SIGN))
            if percent.any():
                units = [column.unit] if unit is None else set(unit[percent].tolist()) | {column.unit}
                if all(not written or scale_of(written) == "percent" for written in units):
                    cells = pc.replace_substring_regex(cells, _PERCENT_SIGN, "")
        values, _, flaws = cell.numbers(cells, written_in=column.money, unit=column.money, percent=None)
        header = self.sheet.headers[column.place]
        for flaw in flaws:
            self._add(flaw, header)
        return values, percent

    def _flaws(self, flaws: Iterable[cell.Flaws], role: str) -> None:
        for flaw in flaws:
            self._add(flaw, self.sheet.headers[self.roles[role]])

    def _add(self, flaw: cell.Flaws, header: str) -> None:
        row = self.sheet.row
        self.problems.add_each(
            self.sheet.file or "", flaw.places, lambda i: flaw.problem(i).at(row=int(row[i]), column=header)
        )

    def _refuse(self, text: Cells, wrong: NDArray[np.bool_], role: str, expected: Phrase) -> None:
        """Note cells that are empty or cannot be read."""
        for i in np.flatnonzero(wrong).tolist():
            found = text[i].as_py()
            key = "problem.unexpected" if found else "problem.missing"
            self._note_at(i, role, Problem(key=key, found=found or None, expected=expected))

    def _note_at(self, i: int, role: str, problem: Problem) -> None:
        self.note([problem.at(row=int(self.sheet.row[i]), column=self.sheet.headers[self.roles[role]])])


def _each(text: Cells, read: Callable[[str], _T]) -> tuple[NDArray[np.int64], list[_T]]:
    """Read each spelling once; return the place of each cell's among what was found."""
    encoded = pc.dictionary_encode(text)
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    return codes, [read(word) for word in encoded.dictionary.to_pylist()]


def _without_marks(cells: Cells) -> Cells:
    """Empty the cells of text that say that there is no figure."""
    if pa.types.is_floating(cells.type) or pa.types.is_integer(cells.type):
        return cells
    text = cell.texts(cells)
    return pc.if_else(pc.match_substring_regex(text, _NO_FIGURE), "", text)
