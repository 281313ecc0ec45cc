"""Read one table of a scenario: headers to columns, cells to arrays, each cell checked on its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from majung.errors import InputError, Problem, nearest
from majung.messages import Phrase
from majung.money import Unit, split_header
from majung.parameters import ParameterSet
from majung.scenario.tables.choices import bad_choice, choices_of, expected_of
from majung.scenario.tables.column import LARGEST, Column, Table
from majung.tables import cells as cell
from majung.tables import several
from majung.tables.files import Batch, open_table
from majung.tables.headers import folded, split_brackets
from majung.tables.problems import Problems

__all__ = ["RawTable", "read_table"]

_NUMBERED: Final = re.compile(r"(.*?)([0-9]{1,3}|[a-z])?(점수|점|번)?")


@dataclass(slots=True)
class RawTable:
    """A table as it was read: by column name an array, or pyarrow text where it is an id, a reference or a text.

    A numbered column has an array of two dimensions, and its headers in `headers`.
    """

    table: type[Table]
    file: str
    rows: NDArray[np.int64]
    values: dict[str, Any]
    empty: dict[str, NDArray[np.bool_]]
    given: frozenset[str]
    flawed: bool = False
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, place: int) -> int:
        """Return the spreadsheet row of a place in the arrays."""
        return int(self.rows[place])


@dataclass(slots=True)
class _Slot:
    """A column of the file, and what of it has been read."""

    column: Column
    place: int
    header: str
    written_in: Unit | None = None
    percent: int | None = None
    unread: bool = False
    parts: list[Any] = field(default_factory=list)
    empties: list[NDArray[np.bool_]] = field(default_factory=list)


class _Reader:
    def __init__(
        self, table: type[Table], path: Path, unit: Unit, parameters: ParameterSet, problems: Problems
    ) -> None:
        self.table, self.path, self.file, self.unit = table, path, path.name, unit
        self.parameters, self.problems = parameters, problems

    def read(self) -> RawTable | None:
        try:
            sheet = open_table(self.path, lambda problem: self.problems.add(problem.at(file=self.file)))
            slots, nameless = self._slots(sheet.headers)
            rows = [np.zeros(0, np.int64)]
            for batch in sheet.batches:
                rows.append(self._batch(batch, slots, nameless))
        except InputError as error:
            self.problems.extend(problem.at(file=self.file) for problem in error.problems)
            return None
        every_row = np.concatenate(rows)
        if not len(every_row) and not self.table.may_be_empty:
            self.problems.add(Problem(key="table.no_rows", file=self.file))
        values, empty = {}, {}
        for slot in slots:
            name = slot.column.name
            empty[name] = np.concatenate([np.zeros(0, bool), *slot.empties])
            if slot.parts and not isinstance(slot.parts[0], np.ndarray):
                values[name] = pa.chunked_array(slot.parts)
            elif slot.column.kind in ("id", "text", "reference"):
                values[name] = pa.chunked_array([pa.array([], pa.string())])
            else:
                values[name] = np.concatenate(slot.parts) if slot.parts else np.zeros(0)
        headers = self._gathered(slots, values, empty)
        flawed = self.problems.count(self.file) > 0
        return RawTable(self.table, self.file, every_row, values, empty, frozenset(values), flawed, headers)

    def _gathered(
        self, slots: list[_Slot], values: dict[str, Any], empty: dict[str, NDArray[np.bool_]]
    ) -> dict[str, tuple[str, ...]]:
        """Put the columns that differ by a number into one array; return their headers."""
        headers = {}
        for column in self.table.columns():
            if column.numbered and (parts := [slot for slot in slots if slot.column.attribute == column.attribute]):
                names = [slot.column.name for slot in parts]
                values[column.name] = np.column_stack([values.pop(name) for name in names])
                empty[column.name] = np.column_stack([empty.pop(name) for name in names])
                headers[column.name] = tuple(slot.header for slot in parts)
        return headers

    def _slots(self, headers: list[str]) -> tuple[list[_Slot], list[int]]:
        """Find each header's column; note those that have none, come twice, or are missing."""
        known = {
            folded(spelling): column for column in self.table.columns() for spelling in (column.name, *column.aliases)
        }
        slots: dict[str, _Slot] = {}
        nameless: list[int] = []
        unknown: list[Problem] = []
        for place, header in enumerate(headers):
            if not header.strip():
                nameless.append(place)
                continue
            slot = self._slot(place, header, known)
            if slot is None:
                hint = nearest(split_brackets(header)[0], [column.name for column in self.table.columns()])
                unknown.append(Problem(key="table.unknown_column", found=header, suggestion=hint))
            elif slot.column.name in slots:
                first = slots[slot.column.name].header
                self._note(
                    Problem(
                        key="table.column_twice", row=1, found=header, values={"name": slot.column.name, "first": first}
                    )
                )
            else:
                slots[slot.column.name] = slot
        columns = [column.name for column in self.table.columns()]
        attributes = {slot.column.attribute for slot in slots.values()}
        for problem in unknown:
            hint = problem.suggestion if problem.suggestion not in slots else None
            self._note(
                Problem(key=problem.key, row=1, found=problem.found, suggestion=hint, values={"choices": columns})
            )
        hinted = {problem.suggestion for problem in unknown}
        missing = [
            c.name
            for c in self.table.columns()
            if c.required and c.attribute not in attributes and c.name not in hinted
        ]
        for name in missing:
            self._note(Problem(key="table.missing_column", row=1, values={"name": name}))
        # Remarks are known and not read.
        return [slot for slot in slots.values() if slot.column.attribute], nameless

    def _slot(self, place: int, header: str, known: Mapping[str, Column]) -> _Slot | None:
        name, unit = split_header(header)
        column = known.get(folded(name))
        bare, brackets = split_brackets(header)
        if column is None:
            column = known.get(folded(bare))
        if column is None or column.numbered:
            column = _numbered(folded(bare), known)
        if column is None:
            return None
        slot = _Slot(column, place, header)
        inner = brackets or ""
        if column.kind == "money":
            slot.written_in = unit
            slot.unread = unit is None and bool(inner)
            if unit is None and inner:
                self._note(
                    Problem(
                        key="problem.unexpected",
                        row=1,
                        column=column.name,
                        found=inner,
                        expected=Phrase("expected.unit"),
                    )
                )
            elif unit is not None and unit.currency != self.unit.currency:
                self._note(
                    Problem(
                        key="problem.amount_currency", row=1, column=column.name, found=inner,
                        expected=str(self.unit), values={"currency": unit.currency},
                    )
                )  # fmt: skip
                slot.written_in, slot.unread = None, True
        elif column.kind == "share" or column.unit.startswith("1/"):
            slot.percent = -2 if inner == "%" else 0
        return slot

    def _note(self, problem: Problem) -> None:
        self.problems.add(problem.at(file=self.file))

    def _batch(self, batch: Batch, slots: list[_Slot], nameless: list[int]) -> NDArray[np.int64]:
        """Read the cells of a batch; rows without any content are left out."""
        blank = self._blank(batch, slots, nameless)
        cells, rows = batch.cells, batch.rows
        if blank.any():
            keep = pa.array(~blank)
            cells = [column.filter(keep) for column in cells]
            rows = rows[~blank]
        for place in nameless:
            filled = np.flatnonzero(~cell.empties(cell.texts(cells[place])))
            if len(filled):
                self._note(Problem(key="table.nameless", row=int(rows[filled[0]]), values={"place": place + 1}))
        for slot in slots:
            try:
                values, empty, flaws = self._cells(slot, cells[slot.place])
            except InputError as error:
                raise InputError(problem.at(column=slot.column.name) for problem in error.problems) from None
            if slot.column.required and not slot.column.numbered:
                expected = Phrase(f"cell.{slot.column.kind}")
                missing = Problem(key="problem.missing", expected=expected)
                self._note_at(rows, slot.column, cell.everywhere(empty, missing))
            for flaw in flaws:
                self._note_at(rows, slot.column, flaw)
            slot.parts.append(values)
            slot.empties.append(empty)
        return rows

    def _note_at(self, rows: NDArray[np.int64], column: Column, flaw: cell.Flaws) -> None:
        self.problems.add_each(
            self.file, flaw.places, lambda i: flaw.problem(i).at(row=int(rows[i]), column=column.name)
        )

    def _blank(self, batch: Batch, slots: list[_Slot], nameless: list[int]) -> NDArray[np.bool_]:
        blank = np.ones(len(batch.rows), dtype=bool)
        for column in batch.cells:
            if not blank.any():
                break
            blank &= cell.empties(cell.texts(column)) if _is_text(column) else np.asarray(column.is_null())
        return blank

    def _cells(self, slot: _Slot, cells: Any) -> tuple[Any, NDArray[np.bool_], list[cell.Flaws]]:
        column = slot.column
        if column.kind in ("id", "text", "reference"):
            text, flaws = cell.words(cells) if column.kind == "text" else cell.ids(cells)
            return text, cell.empties(text), flaws
        if column.kind == "choice":
            return cell.codes(cells, choices_of(column), lambda found: bad_choice(found, column))
        if column.kind == "choices":
            known = choices_of(column)
            return several.choices(cells, known, len(column.choices), lambda found: bad_choice(found, column))
        if column.kind in ("words", "date"):
            return several.days(cells) if column.kind == "date" else several.word_sets(cells)
        money = column.kind == "money"
        if slot.unread:
            # What the header says was refused; amounts in no unit are not held against others.
            return np.full(len(cells), np.nan), cell.empties(cell.texts(cells)), []
        values, empty, flaws = cell.numbers(
            cells, written_in=slot.written_in, unit=self.unit if money else None, percent=slot.percent
        )
        lowest, highest = self._bounds(column)
        wrong = (values < lowest) | (values > highest)
        if column.above:
            wrong |= values == lowest
        if highest == LARGEST:
            flaws.append(
                cell.out_of(values, values > highest, cells, Phrase("bounds.at_most", highest=f"{highest:,.0f}"))
            )
            wrong &= values <= highest
        flaws.append(cell.out_of(values, wrong, cells, expected_of(column, lowest, highest)))
        if column.kind == "count":
            fraction = ~wrong & np.isfinite(values) & (values != np.floor(values))
            flaws.append(cell.out_of(values, fraction, cells, Phrase("cell.count"), ranged=False))
        return values, empty, flaws

    def _bounds(self, column: Column) -> tuple[float, float]:
        if column.parameter is not None:
            return self.parameters[column.parameter].bounds
        return column.lowest, column.highest


def read_table(
    table: type[Table], path: Path, unit: Unit, parameters: ParameterSet, problems: Problems
) -> RawTable | None:
    """Read a table.

    Parameters
    ----------
    table : type
        Which of `majung.scenario.tables.schema.TABLES`.
    path : Path
        The file.
    unit : Unit
        The scenario's unit of money: amounts are returned in it.
    parameters : ParameterSet
        For the bounds of columns that stand in for a parameter.
    problems : Problems
        Where to note what is wrong.

    Returns
    -------
    RawTable or None
        None where nothing could be read.
    """
    return _Reader(table, path, unit, parameters, problems).read()


def _is_text(cells: Any) -> bool:
    return bool(
        pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type) or pa.types.is_dictionary(cells.type)
    )


def _numbered(header: str, known: Mapping[str, Column]) -> Column | None:
    """Return the column of a header with a number or letter after the name, named with it; or none."""
    match = _NUMBERED.fullmatch(header)
    for name, number in ((header, ""), (match[1], match[2] or "")) if match else ():
        column = known.get(name)
        if column is not None and column.numbered:
            return replace(column, name=f"{column.name} {number}".strip())
    return None
