"""Read uncertainty.toml, and changes of a scenario wherever they are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from majung.errors import InputError, Problem, nearest, not_a_choice
from majung.messages import Phrase
from majung.parameters.model import FrozenMap
from majung.scenario.settings import read_toml
from majung.scenario.varying.change import CHANGES, TABLES_BY_STEM, Change, How, changed, column_of, names_in
from majung.scenario.varying.entry import Entry
from majung.scenario.varying.uncertain import Uncertain
from majung.tables.problems import Problems

if TYPE_CHECKING:
    from majung.scenario.model import Scenario

__all__ = ["CHANGE_KEYS", "UNCERTAINTY", "read_change", "read_uncertainty"]

UNCERTAINTY: Final = "uncertainty.toml"
CHANGE_KEYS: Final = ("parameter", "table", "column", "where", *CHANGES)
_KEYS: Final = ("id", "label", "parameter", "table", "column", "where", "times", "plus", "source", "free", "note")
_DRAWN: Final = ("times", "plus")


def read_uncertainty(path: Path, scenario: Scenario | None, problems: Problems) -> tuple[Uncertain, ...]:
    """Read what is uncertain of a scenario, or note everything that is wrong with it.

    Parameters
    ----------
    path : Path
        The file. Its entries are ``[[uncertain]]``.
    scenario : Scenario or None
        Whose tables and sources are meant; None where they cannot be read, so that only the file itself is looked at.
    problems : Problems
        Where to note what is wrong.
    """
    found = read_toml(path, problems)
    if found is None:
        return ()
    file = Entry(found, lambda problem: problems.add(problem.at(file=path.name)))
    file.only(("uncertain",))
    read: dict[str, Uncertain] = {}
    for entry in file.tables("uncertain"):
        one = _uncertain(entry, scenario)
        if one is None:
            continue
        if one.id in read or (scenario is not None and one.id in scenario.parameters):
            entry.note(Problem(key="scenario.varying.id_twice", found=one.id), "id")
        read[one.id] = one
    return tuple(read.values())


def read_change(entry: Entry, scenario: Scenario | None, how: Sequence[str] = CHANGES) -> tuple[Change, Any] | None:
    """Return a change with what stands at its ``times``, ``plus`` or ``set``, or note what is wrong and return None."""
    given = [key for key in how if key in entry.found]
    if len(given) != 1:
        entry.note(
            Problem(key="scenario.varying.one_of", found=", ".join(given) or "-", values={"choices": tuple(how)})
        )
    of_column = [key for key in ("table", "column") if key in entry.found]
    if ("parameter" in entry.found) == bool(of_column):
        entry.note(Problem(key="scenario.varying.what"))
        return None
    change = _of_parameter(entry, scenario, given) if "parameter" in entry.found else _of_column(entry, scenario, given)
    return None if change is None or len(given) != 1 else (change, entry.found[given[0]])


def _of_parameter(entry: Entry, scenario: Scenario | None, given: Sequence[str]) -> Change | None:
    name = entry.words("parameter")
    given_parameters = () if scenario is None else scenario.parameters.values()
    known = [cell for parameter in given_parameters for cell in {parameter.name, *parameter.cells()}]
    if scenario is not None and name not in known:
        entry.note(Problem(key="parameter.unknown", found=name, suggestion=nearest(name, known)), "parameter")
        return None
    if "where" in entry.found:
        entry.note(Problem(key="scenario.varying.where_of_parameter"), "where")
    return Change(how=cast("How", given[0] if given else "times"), parameter=name)


def _of_column(entry: Entry, scenario: Scenario | None, given: Sequence[str]) -> Change | None:
    stem = entry.choice("table", tuple(TABLES_BY_STEM), Phrase("scenario.varying.a_table"))
    if not stem:
        return None
    table = TABLES_BY_STEM[stem]
    columns = [column.name for column in table.columns() if column_of(table, column.name) is not None]
    column = entry.choice("column", columns, Phrase("scenario.varying.a_column", table=stem))
    where = _where(entry, scenario, stem)
    if not column or where is None:
        return None
    change = Change(how=cast("How", given[0] if given else "times"), table=stem, column=column, where=where)
    if scenario is not None and not change.rows(scenario).any():
        entry.note(Problem(key="scenario.varying.no_rows", found=stem), "where" if where else "")
    return change


def _where(entry: Entry, scenario: Scenario | None, stem: str) -> FrozenMap[tuple[str, ...]] | None:
    found = entry.table("where")
    if found is None:
        return None if "where" in entry.found else FrozenMap({})
    where: dict[str, tuple[str, ...]] = {}
    for key, names in found.found.items():
        values = (names,) if isinstance(names, str) else names
        if not isinstance(values, list | tuple) or not values or not all(isinstance(name, str) for name in values):
            found.unexpected(key, Phrase("expected.names"))
            continue
        known = _filters(stem)
        if key not in known:
            found.note(not_a_choice(key, known, Phrase("scenario.varying.a_filter", table=stem)))
            continue
        if scenario is None:
            continue
        there = sorted(set(names_in(scenario, stem, key).tolist()) | set(_choices(stem, key)))
        for name in values:
            if name not in there:
                shown = there if len(there) <= 12 else ()
                found.note(_not_there(name, there, shown), key)
        where[key] = tuple(values)
    return FrozenMap(where)


def _not_there(name: str, there: Sequence[str], shown: Iterable[str]) -> Problem:
    choices = tuple(shown)
    return Problem(
        key="scenario.varying.not_there" if choices else "scenario.varying.not_there_many",
        found=name,
        suggestion=nearest(name, there),
        values={"choices": choices} if choices else {},
    )


def _filters(stem: str) -> tuple[str, ...]:
    """Return the columns by which rows of a table can be named, through its references too."""
    words = []
    for column in TABLES_BY_STEM[stem].columns():
        if column.attribute and column.kind in ("id", "choice"):
            words.append(column.name)
        if column.references is not None:
            words.append(column.name)
            words += [
                f"{column.name}.{inner.name}"
                for inner in TABLES_BY_STEM[column.references].columns()
                if inner.attribute and inner.kind == "choice"
            ]
    return tuple(words)


def _choices(stem: str, key: str) -> tuple[str, ...]:
    name, _, inner = key.partition(".")
    column = next(column for column in TABLES_BY_STEM[stem].columns() if column.name == name)
    if inner and column.references is not None:
        return _choices(column.references, inner)
    return column.choices


def _uncertain(entry: Entry, scenario: Scenario | None) -> Uncertain | None:
    entry.only(_KEYS)
    name = entry.name("id")
    label = entry.local("label", needed=True)
    source, free = entry.words("source", ""), entry.flag("free")
    if bool(source) == free:
        entry.note(Problem(key="scenario.varying.source_or_free"))
    ids = [] if scenario is None else [note.id for note in scenario.sources]
    if source and scenario is not None and source not in ids:
        entry.note(not_a_choice(source, ids, Phrase("scenario.varying.a_source")), "source")
    found = read_change(entry, scenario, _DRAWN)
    if found is None:
        return None
    change, drawn = found
    if change.parameter:
        # Its range stands in the parameters' file.
        entry.note(Problem(key="scenario.varying.parameter_has_range", found=change.parameter), "parameter")
        return None
    limits = _range(entry, change.how, drawn)
    if limits is None:
        return None
    low, high = limits
    note = entry.words("note", "")
    one = Uncertain(id=name, label=label, change=change, low=low, high=high, source=source, free=free, note=note)
    if scenario is not None:
        _moves(entry, one, scenario)
    return one


def _range(entry: Entry, how: str, found: object) -> tuple[float, float] | None:
    """Return a plausible range, or note what is wrong with it."""
    numbers = found if isinstance(found, list) else []
    if len(numbers) != 2 or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        entry.unexpected(how, Phrase("scenario.varying.range"))
        return None
    low, high = map(float, numbers)
    if not (math.isfinite(low) and math.isfinite(high)) or low >= high:
        entry.note(Problem(key="scenario.varying.range_inverted", found=f"[{low:g}, {high:g}]"), how)
        return None
    if how == "times" and low <= 0:
        entry.note(Problem(key="scenario.varying.times_above_zero", found=f"{low:g}"), how)
        return None
    return low, high


def _moves(entry: Entry, one: Uncertain, scenario: Scenario) -> None:
    """Note an uncertainty that changes nothing, as where all its cells are zero."""

    def cells(value: float) -> Any:
        table = getattr(changed(scenario, [(one.change, value)]), one.change.table)
        column = column_of(TABLES_BY_STEM[one.change.table], one.change.column)
        assert column is not None
        return getattr(table, column.attribute)

    try:
        alike = np.array_equal(cells(one.low), cells(one.high))
    except InputError:
        # Worlds there fail, and are counted.
        return
    if alike:
        entry.note(Problem(key="scenario.varying.moves_nothing", found=one.change.column))
