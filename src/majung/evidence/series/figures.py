"""Figures of many series as columns of one length, whatever they came from: a tidy table, a wide sheet, arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from majung.errors import Problem
from majung.evidence.series.assembly import Defaults, Rows
from majung.evidence.series.periods import GRAINS, Days, Grain

__all__ = ["Figures", "Place"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where figures stand, for telling what is wrong with them.

    Parameters
    ----------
    file : str or None
    row : array of int, shape (n,)
        As a spreadsheet counts.
    column : array of int, shape (n,)
        Of each value, as its place in `headers`.
    headers : tuple of str
    named : mapping
        The header of a column by what it holds, such as ``date``.
    """

    file: str | None
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    headers: tuple[str, ...]
    named: Mapping[str, str]

    def put(self, problem: Problem, at: int, holds: str | None = None) -> Problem:
        """Return a problem with its place: the value's column, or the one that holds something else."""
        column = self.headers[self.column[at]] if holds is None else self.named.get(holds, holds)
        return problem.at(file=self.file, row=int(self.row[at]), column=column)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of many series, in the order of their table.

    Parameters
    ----------
    names : list of str
        Ids of the series.
    series : array of int, shape (n,)
        Place in `names`.
    ends, published : array of int, shape (n,)
        Days since 1970-01-01; the end stands for a day of publication that is not given.
    grain : array of int, shape (n,)
        Place in `GRAINS`.
    values, driver, market : array of float, shape (n,)
        NaN where empty.
    kind : array of int, shape (n,)
        Place in `KINDS`; -1 where empty.
    unit, name, name_ko, source : array of str, shape (n,)
    defaults : list of Defaults
        One a series.
    """

    names: list[str]
    series: NDArray[np.int64]
    ends: Days
    published: Days
    grain: NDArray[np.int8]
    values: NDArray[np.float64]
    driver: NDArray[np.float64]
    market: NDArray[np.float64]
    kind: NDArray[np.int8]
    unit: NDArray[Any]
    name: NDArray[Any]
    name_ko: NDArray[Any]
    source: NDArray[Any]
    defaults: list[Defaults]
    place: Place

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """Places of the figures by series, then end of period, then day of publication."""
        return np.lexsort((self.published, self.ends, self.series))

    @cached_property
    def bounds(self) -> NDArray[np.intp]:
        """Where in `order` each series begins and, one further, ends."""
        return np.searchsorted(self.series[self.order], np.arange(len(self.names) + 1))

    def places(self, code: int) -> NDArray[np.intp]:
        """Return the places of one series' figures, in order."""
        return self.order[self.bounds[code] : self.bounds[code + 1]]

    def rows(self, here: NDArray[np.intp]) -> Rows:
        """Return the figures at some places."""
        return Rows(
            ends=self.ends[here],
            published=self.published[here],
            values=self.values[here],
            driver=self.driver[here],
            market=self.market[here],
            kind=self.kind[here],
            unit=self.unit[here],
            name=self.name[here],
            name_ko=self.name_ko[here],
            source=self.source[here],
        )

    def by_series(self) -> Iterator[tuple[str, Rows, Grain, Defaults]]:
        """Return what each series is put together from, in the order in which the table brings them."""
        for code, name in enumerate(self.names):
            here = self.places(code)
            yield name, self.rows(here), GRAINS[self.grain[here[0]]] if len(here) else "day", self.defaults[code]
