"""Read what technologies cost and how much of them was made from a table, as it was known on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from majung.errors import Problem, nearest
from majung.evidence.series.checks import check_periods
from majung.evidence.series.periods import GRAINS, Days, Grain
from majung.evidence.series.reading.columns import ValueColumn, role_named, value_column
from majung.evidence.series.reading.sheet import WholeSheet, sheet_of
from majung.evidence.series.reading.typed import Typed
from majung.messages import Phrase
from majung.tables.headers import folded, split_brackets
from majung.tables.problems import Problems

__all__ = ["COLUMNS", "Costs", "read_costs"]

Floats: TypeAlias = NDArray[np.float64]

_SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "cost": ("cost", "unit cost", "price", "unit price", "원가", "단위원가", "단가", "가격"),
        "output": ("output", "production", "생산", "생산량", "산출", "산출량"),
        "cumulative_output": (
            *("cumulative output", "cumulative production", "experience"),
            *("누적생산", "누적생산량", "누적산출", "누적산출량"),
        ),
        "earlier_output": ("earlier output", "earlier production", "이전생산", "이전생산량", "이전산출", "이전산출량"),
        "": ("normalized cumulative production", "normalized unit cost"),
    }
)
_ROLES: Final = MappingProxyType({folded(word): role for role, words in _SPELLINGS.items() for word in words})
_SHARED: Final = ("id", "date", "published")
COLUMNS: Final = (*_SHARED, *(role for role in _SPELLINGS if role))
_ABOVE_ZERO: Final = ("cost", "cumulative_output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What is known of one technology, a row a period.

    Parameters
    ----------
    technology : str
    ends : (n,) array of int
        Last days of periods, as days since 1970-01-01, rising.
    grain : str
        How the periods are written.
    cost, output, cumulative : (n,) array
        NaN where empty; of `output` and `cumulative` one is empty throughout.
    earlier : float
        What was made before the first period; NaN where it is not given.
    cost_unit, output_unit : str
        As written.
    notes : tuple of Phrase
        What reading has to say.
    """

    technology: str
    ends: Days
    grain: Grain
    cost: Floats
    output: Floats
    cumulative: Floats
    earlier: float
    cost_unit: str
    output_unit: str
    notes: tuple[Phrase, ...]


def read_costs(table: str | Path | pd.DataFrame, as_of: date | None) -> list[Costs]:
    """Read a table of costs and output.

    Parameters
    ----------
    table : path or DataFrame
        With columns ``date``, ``cost``, one of ``cumulative_output`` and ``output``, and if need be ``id``,
        ``earlier_output`` and ``published``.
    as_of : date or None
        Leave out what became known later; a row that does not say when is known from the end of its period.

    Raises
    ------
    InputError
        With everything that is wrong, by row and column.
    """
    problems = Problems()
    sheet = sheet_of(table, problems)
    found: list[Costs] = []
    if sheet is not None:
        roles = _layout(sheet, problems)
        if roles is not None:
            found = _Reader(sheet, roles, problems).read(as_of)
    problems.refuse([] if sheet is None else [sheet.file or ""])
    return found


def _layout(sheet: WholeSheet, problems: Problems) -> dict[str, int] | None:
    """Return the place of each column; None, and why, where they cannot be told."""
    roles: dict[str, int] = {}
    wrong: list[Problem] = []
    for place, header in enumerate(sheet.headers):
        bare = split_brackets(header)[0]
        role = _ROLES.get(folded(header)) or _ROLES.get(folded(bare), role_named(header))
        if role in roles:
            twice = {"name": role, "first": sheet.headers[roles[role]]}
            wrong.append(Problem(key="table.column_twice", row=1, found=header, values=twice))
        elif role in COLUMNS:
            roles[role] = place
        elif role not in ("", "name", "source") and header.strip():
            hint = nearest(bare, [name for name in COLUMNS if name not in roles])
            values = {"choices": COLUMNS}
            wrong.append(Problem(key="table.unknown_column", row=1, found=header, suggestion=hint, values=values))
    for name in ("date", "cost"):
        if name not in roles:
            wrong.append(Problem(key="table.missing_column", row=1, values={"name": name}))
    if ("output" in roles) == ("cumulative_output" in roles):
        wrong.append(Problem(key="evidence.learning.one_output", row=1))
    problems.extend(problem.at(file=sheet.file) for problem in wrong)
    return None if wrong else roles


class _Reader:
    """Reads the cells of one table."""

    def __init__(self, sheet: WholeSheet, roles: Mapping[str, int], problems: Problems) -> None:
        self._sheet, self._roles, self._problems = sheet, roles, problems
        self._typed = Typed(sheet, roles, problems)
        self._columns = {
            role: value_column(place, sheet.headers[place]) for role, place in roles.items() if role not in _SHARED
        }

    def read(self, as_of: date | None) -> list[Costs]:
        """Return what was known of each technology, in the order in which the table brings them."""
        typed = self._typed
        ends, grain, dated = typed.periods("date")
        published, given = typed.days("published")
        known_from = np.where(given, published, ends)
        series, names, named = self._technologies()
        figures = {role: self._numbers(role) for role in ("cost", "output", "cumulative_output", "earlier_output")}
        keep = np.flatnonzero(dated & named)
        check_periods(
            series[keep], ends[keep], known_from[keep], grain[keep], self._sheet.row[keep], names,
            lambda i, problem: self._note(problem, keep[i], "date"),
        )  # fmt: skip
        day = np.iinfo(np.int64).max if as_of is None else int(np.datetime64(as_of, "D").astype(np.int64))
        found = []
        for code, name in enumerate(names):
            here = keep[series[keep] == code]
            here = here[np.lexsort((known_from[here], ends[here]))]
            known = here[known_from[here] <= day]
            latest = known[np.append(ends[known[1:]] != ends[known[:-1]], np.ones(min(len(known), 1), bool))]
            self._check_rises(name, figures["cumulative_output"], latest)
            notes = []
            if len(known) < len(here):
                notes.append(Phrase("evidence.learning.not_known_yet", count=len(here) - len(known), day=as_of))
            if len(latest) < len(known):
                notes.append(Phrase("evidence.learning.revised", count=len(known) - len(latest)))
            earlier = figures["earlier_output"][latest]
            earlier = earlier[np.isfinite(earlier)]
            found.append(
                Costs(
                    technology=name,
                    ends=ends[latest],
                    grain=GRAINS[grain[latest[0]]] if len(latest) else "day",
                    cost=figures["cost"][latest],
                    output=figures["output"][latest],
                    cumulative=figures["cumulative_output"][latest],
                    earlier=float(earlier[0]) if len(earlier) else np.nan,
                    cost_unit=self._columns["cost"].unit,
                    output_unit=self._output_column().unit,
                    notes=tuple(notes),
                )
            )
        return found

    def _technologies(self) -> tuple[NDArray[np.int64], Sequence[str], NDArray[np.bool_]]:
        if "id" in self._roles:
            return self._typed.ids()
        count = len(self._sheet.row)
        return np.zeros(count, np.int64), [self._sheet.stem or "technology"], np.ones(count, bool)

    def _output_column(self) -> ValueColumn:
        return self._columns["output" if "output" in self._columns else "cumulative_output"]

    def _numbers(self, role: str) -> Floats:
        """Return the figures of a column, NaN where there are none; note those that cannot be."""
        if role not in self._columns:
            return np.full(len(self._sheet.row), np.nan)
        values, _ = self._typed.numbers(self._columns[role], None)
        lowest_wrong = values <= 0 if role in _ABOVE_ZERO else values < 0
        for i in np.flatnonzero(lowest_wrong).tolist():
            found, expected = f"{values[i]:,.10g}", Phrase(f"evidence.learning.the_{role}")
            key = "problem.unexpected" if role in _ABOVE_ZERO else "problem.negative"
            self._note(Problem(key=key, found=found, expected=expected), i, role)
        return values

    def _check_rises(self, name: str, cumulative: Floats, places: NDArray[np.intp]) -> None:
        filled = places[np.isfinite(cumulative[places])]
        for at in np.flatnonzero(np.diff(cumulative[filled]) < 0).tolist():
            before, after = cumulative[filled[at]], cumulative[filled[at + 1]]
            values = {"series": name, "before": float(before)}
            problem = Problem(key="evidence.learning.output_falls", found=f"{after:,.10g}", values=values)
            self._note(problem, filled[at + 1], "cumulative_output")

    def _note(self, problem: Problem, place: int | np.intp, role: str) -> None:
        column = self._sheet.headers[self._roles[role]]
        self._problems.add(problem.at(file=self._sheet.file, row=int(self._sheet.row[place]), column=column))
