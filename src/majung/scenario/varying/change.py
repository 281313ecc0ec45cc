"""Numbers of a scenario made others: a parameter, or a column of a table in the rows that are meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from majung.errors import InputError, Problem
from majung.parameters.model import FrozenMap
from majung.scenario.model import Scenario, frozen
from majung.scenario.tables.column import Column, Table
from majung.scenario.tables.schema import BUYERS, TABLES

if TYPE_CHECKING:
    from majung.parameters import ParameterSet

__all__ = ["CHANGES", "TABLES_BY_STEM", "Change", "How", "changed", "column_of", "names_in"]

How: TypeAlias = Literal["times", "plus", "set"]
CHANGES: Final[tuple[str, ...]] = get_args(How)
TABLES_BY_STEM: Final[Mapping[str, type[Table]]] = {table.stem: table for table in TABLES}

_NUMBERS: Final = ("money", "share", "number")
_HOW: Final[Mapping[str, Callable[[Any, float], Any]]] = {
    "times": lambda old, value: old * value,
    "plus": lambda old, value: old + value,
    "set": lambda old, value: old * 0 + value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which numbers are made others, and how.

    Parameters
    ----------
    how : {"times", "plus", "set"}
        What is done to a number with the value that `changed` is given.
    parameter : str
        A parameter, or one of its size classes (``markup.large``); empty for a column.
    table, column : str
        Names as in the scenario's folder.
    where : mapping of str to tuple of str
        Rows that are meant, by the ids or choices in columns, such as ``{"technology": ("content",)}``; all by default.
        ``firm.class`` is the class of the firm that a line refers to.
    """

    how: How
    parameter: str = ""
    table: str = ""
    column: str = ""
    where: Mapping[str, tuple[str, ...]] = FrozenMap({})

    @property
    def nothing(self) -> float:
        """The value that leaves all as it is; NaN where there is none."""
        return {"times": 1.0, "plus": 0.0, "set": np.nan}[self.how]

    def rows(self, scenario: Scenario) -> NDArray[np.bool_]:
        """Return the rows of the table that are meant, (n,)."""
        meant = np.ones(len(_table(scenario, self.table)), dtype=np.bool_)
        for name, values in self.where.items():
            meant &= np.isin(names_in(scenario, self.table, name), values)
        return meant


def changed(scenario: Scenario, changes: Iterable[tuple[Change, float]]) -> Scenario:
    """Return a scenario with numbers made others.

    What would pass a bound of a parameter or of a column stops at it. A column that a parameter fills takes the
    parameter's new value first.

    Parameters
    ----------
    scenario : Scenario
    changes : iterable of (Change, float)
        Applied one after the other, those of parameters first.

    Raises
    ------
    InputError
        When what holds between the cells of a table does not hold any longer: more adopters than could ever adopt, or
        inputs worth more than what is made of them.
    """
    given = list(changes)
    of_parameters = [(change, value) for change, value in given if change.parameter]
    if of_parameters:
        scenario = scenario.with_parameters(_overrides(scenario.parameters, of_parameters))
    scenario = reduce(_with_column, [(change, value) for change, value in given if not change.parameter], scenario)
    if any(change.table in ("segments", "inputs") for change, _ in given):
        _check(scenario)
    return scenario


def _check(scenario: Scenario) -> None:
    """Refuse what the tables' own rules would refuse; see `majung.scenario.tables.rules`."""
    segments, inputs = scenario.segments, scenario.inputs
    problems = [
        Problem(
            key="table.adopters",
            found=f"{segments.adopters[i]:,.10g}",
            values={"potential": f"{segments.potential[i]:,.10g}"},
        ).at(file="segments")
        for i in np.flatnonzero(segments.adopters > segments.potential)
    ]
    sums = np.bincount(inputs.technology, inputs.share)
    problems += [
        Problem(key="table.input_shares", found=f"{total:.6g}").at(file="inputs") for total in sums[sums >= 1 - 1e-12]
    ]
    if problems:
        raise InputError(problems)


def column_of(table: type[Table], name: str) -> Column | None:
    """Return a column of numbers that can be changed, or None."""
    return next((column for column in table.columns() if column.name == name and column.kind in _NUMBERS), None)


def names_in(scenario: Scenario, stem: str, name: str) -> NDArray[np.object_]:
    """Return what the cells of a column of words, choices or references say, (n,)."""
    table = _table(scenario, stem)
    name, _, further = name.partition(".")
    column = next(column for column in type(table).columns() if column.name == name)
    cells = getattr(table, column.attribute)
    if column.references is not None:
        return np.asarray(names_in(scenario, column.references, further or "id")[cells])
    if column.choices == BUYERS:
        return np.asarray(np.array(BUYERS, dtype=object)[cells.astype(int)])
    if column.choices and cells.dtype != object:
        return np.asarray(np.array(column.choices, dtype=object)[cells])
    return np.asarray(cells, dtype=object)


def _overrides(parameters: ParameterSet, changes: Iterable[tuple[Change, float]]) -> dict[str, float]:
    values: dict[str, float] = {}
    for change, value in changes:
        parameter = parameters[change.parameter.partition(".")[0]]
        for name, (old, _) in parameter.cells().items():
            if change.parameter in (parameter.name, name):
                new = _HOW[change.how](values.get(name, old), value)
                values[name] = float(np.clip(new, *parameter.bounds))
    return values


def _with_column(scenario: Scenario, change_and_value: tuple[Change, float]) -> Scenario:
    change, value = change_and_value
    table = _table(scenario, change.table)
    column = column_of(type(table), change.column)
    assert column is not None
    old = getattr(table, column.attribute)
    lowest, highest = _bounds(column, scenario.parameters)
    new = np.clip(_HOW[change.how](old, value), lowest, highest)
    if column.above:
        # The bound itself is refused: what would reach it stays as it was.
        new = np.where(new > column.lowest, new, old)
    array = frozen(np.where(change.rows(scenario), new, old))
    cells: dict[str, Any] = {column.attribute: array}
    tables: dict[str, Any] = {change.table: replace(table, **cells)}
    return replace(scenario, **tables)


def _bounds(column: Column, parameters: ParameterSet) -> tuple[float, float]:
    if column.parameter is not None:
        return parameters[column.parameter].bounds
    if column.kind == "share":
        return max(column.lowest, 0.0), min(column.highest, 1.0)
    return column.lowest, column.highest


def _table(scenario: Scenario, stem: str) -> Table:
    found: Table = getattr(scenario, stem)
    return found
