"""What is to be chosen under which rules, checked: the arrays that everything else in this package works on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from majung.errors import InputError, Problem

__all__ = ["FREE", "IN", "OUT", "Flags", "Floats", "Ints", "Limit", "Programme", "RowLike", "programme", "width"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

FREE, OUT, IN = -1, 0, 1
"""What `fixed` says of an option."""


class RowLike(Protocol):
    """One linear limit that a rule sets: ``low <= coefficients @ chosen <= high``.

    A row that has `places` (k,), ascending, and `weights` (k,) beside, with its `size` n, is read by these: all other
    coefficients of it are zero.
    """

    @property
    def rule(self) -> str:
        """Id of the rule that the row stands for."""

    @property
    def coefficients(self) -> Floats:
        """(n,) array, in what `measure` says."""

    @property
    def low(self) -> float:
        """Least sum; minus infinity where there is none."""

    @property
    def high(self) -> float:
        """Largest sum; infinity where there is none."""

    @property
    def measure(self) -> str:
        """``money`` or ``count``."""


class Limit(NamedTuple):
    """A row of a programme that has no rules of a call behind it; see `RowLike`."""

    rule: str
    coefficients: Floats
    low: float = -math.inf
    high: float = math.inf
    measure: str = "count"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Programme:
    """n options of which some are chosen, under R rows.

    Parameters
    ----------
    values : (n,) array
        What an option adds to the objective.
    groups : (n,) array
        At most one option of a group is chosen. Numbered from zero.
    matrix : (R, n) sparse array
        Coefficients of the rows.
    low, high : (R,) array
        Limits of each row; infinite where there is none.
    rules : tuple of str
        The rule of each row.
    money : (n,) array
        Largest coefficient of an option in rows of money, zero where it is in none: what tells the dearer of two.
    fixed : (n,) array
        `FREE`, `OUT` or `IN`.
    scenarios : (S, n) array
        Values by world; no rows where risk is not looked at.
    order : (n,) array
        The caller's rank of each option, that tells options apart which are alike; all zero where there is none.
    """

    values: Floats
    groups: Ints
    matrix: csr_array
    low: Floats
    high: Floats
    rules: tuple[str, ...]
    money: Floats
    fixed: Ints
    scenarios: Floats
    order: Ints

    @property
    def size(self) -> int:
        """The number of options."""
        return len(self.values)

    def members(self) -> csr_array:
        """Return the (groups, n) array that is one where an option is of a group of more than one."""
        count = np.bincount(self.groups, minlength=1)
        columns = np.flatnonzero(count[self.groups] > 1)
        _, rows = np.unique(self.groups[columns], return_inverse=True)
        shape = (int(rows.max(initial=-1)) + 1, self.size)
        return csr_array((np.ones(len(columns)), (rows, columns)), shape=shape)

    def of_options(self, places: Ints) -> Programme:
        """Return the programme over some of the options, in ascending order."""
        return replace(
            self,
            values=self.values[places],
            groups=self.groups[places],
            matrix=csr_array(self.matrix[:, places]),
            money=self.money[places],
            fixed=self.fixed[places],
            scenarios=self.scenarios[:, places],
            order=self.order[places],
        )

    def of_rules(self, rules: Iterable[str]) -> Programme:
        """Return the same options, worth nothing, under the rows of these rules only."""
        wanted = frozenset(rules)
        kept = np.array([place for place, rule in enumerate(self.rules) if rule in wanted], dtype=np.int64)
        return Programme(
            values=np.zeros(self.size),
            groups=self.groups,
            matrix=self.matrix[kept],
            low=self.low[kept],
            high=self.high[kept],
            rules=tuple(self.rules[place] for place in kept),
            money=self.money,
            fixed=self.fixed,
            scenarios=self.scenarios[:0],
            order=self.order,
        )


def programme(
    values: ArrayLike,
    groups: ArrayLike | None,
    rows: Sequence[RowLike],
    *,
    fixed: ArrayLike | None = None,
    scenarios: ArrayLike | None = None,
    order: ArrayLike | None = None,
) -> Programme:
    """Check what was given, all of it, and put it together.

    Parameters
    ----------
    values : (n,) array
        What an option adds.
    groups : (n,) array of int or None
        At most one option of a group is chosen; every option is a group of its own where it is None.
    rows : sequence of RowLike
        Limits; they are read one after the other, so that a lazy sequence need not hold all of them.
    fixed : (n,) array of int, optional
        `IN` (1), `OUT` (0) or `FREE` (-1).
    scenarios : (S, n) array, optional
        Values by world.
    order : (n,) array of int or str, optional
        Ranks of the options, such as canonical positions; of options that are alike the first is preferred.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    problems: list[Problem] = []
    worth = _numbers(values, "values", problems)
    n = len(worth)
    group = np.arange(n) if groups is None else _whole(groups, "groups", n, problems)
    fixing = np.full(n, FREE) if fixed is None else _whole(fixed, "fixed", n, problems)
    if not np.isin(fixing, (FREE, OUT, IN)).all():
        problems.append(Problem(key="decision.portfolio.fixed"))
    elif len(fixing) == len(group) and (np.bincount(np.unique(group[fixing == IN], return_inverse=True)[1]) > 1).any():
        problems.append(Problem(key="decision.portfolio.fixed_twice"))
    worlds = np.zeros((0, n)) if scenarios is None else _worlds(scenarios, n, problems)
    rank = np.zeros(n, dtype=np.int64) if order is None else _ranks(order, n, problems)
    matrix, low, high, money = _stacked(rows, n, problems)
    if problems:
        raise InputError(problems)
    return Programme(
        values=worth,
        groups=np.unique(group, return_inverse=True)[1].astype(np.int64).reshape(n),
        matrix=matrix,
        low=low,
        high=high,
        rules=tuple(row.rule for row in rows),
        money=money,
        fixed=fixing,
        scenarios=worlds,
        order=rank,
    )


def width(row: RowLike) -> int:
    """Return the number of options that a row is over."""
    size = getattr(row, "size", None)
    return int(size) if size is not None else len(np.asarray(row.coefficients))


def _stacked(rows: Sequence[RowLike], n: int, problems: list[Problem]) -> tuple[csr_array, Floats, Floats, Floats]:
    """Return the rows' coefficients as one sparse array, their limits, and each option's money."""
    low, high, money = np.full(len(rows), -np.inf), np.full(len(rows), np.inf), np.zeros(n)
    ends, columns, data = [0], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for place, row in enumerate(rows):
        used, weights = _entries(row, n, problems)
        low[place], high[place] = row.low, row.high
        if math.isnan(row.low) or math.isnan(row.high) or row.low == math.inf or row.high == -math.inf:
            values = {"rule": row.rule, "low": row.low, "high": row.high}
            problems.append(Problem(key="decision.portfolio.limits", values=values))
        columns.append(used)
        data.append(weights)
        ends.append(ends[-1] + len(used))
        if row.measure == "money":
            money[used] = np.maximum(money[used], weights)
    if problems:
        return csr_array((len(rows), n)), low, high, money
    parts = (np.concatenate(data), np.concatenate(columns), np.array(ends))
    return csr_array(parts, shape=(len(rows), n)), low, high, money


def _entries(row: RowLike, n: int, problems: list[Problem]) -> tuple[Ints, Floats]:
    """Return where a row is not zero, and what it is there; nothing where it is wrong."""
    places = getattr(row, "places", None)
    if places is None:
        coefficients = _numbers(row.coefficients, row.rule, problems, n)
        used = np.flatnonzero(coefficients)
        return used, coefficients[used]
    size, places = int(getattr(row, "size", n)), np.asarray(places, dtype=np.int64)
    before = len(problems)
    weights = _numbers(getattr(row, "weights", ()), row.rule, problems, len(places))
    ordered = not len(places) or (places[0] >= 0 and places[-1] < n and (np.diff(places) > 0).all())
    if (size != n or not ordered) and len(problems) == before:
        problems.append(_shape(row.rule, (size,), f"({n},)"))
    if len(problems) > before:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    used = np.flatnonzero(weights)
    return places[used], weights[used]


def _numbers(given: ArrayLike, name: str, problems: list[Problem], n: int | None = None) -> Floats:
    """Return a flat array of finite numbers, of length n where that is known; what is wrong goes on the list."""
    expected = "(n,)" if n is None else f"({n},)"
    array = _array(given, name, problems)
    if array.ndim != 1 or (n is not None and len(array) != n):
        problems.append(_shape(name, array.shape, expected))
        return np.zeros(0 if n is None else n)
    _finite(array, name, problems)
    return array


def _worlds(given: ArrayLike, n: int, problems: list[Problem]) -> Floats:
    array = _array(given, "scenarios", problems)
    if array.ndim != 2 or array.shape[1] != n:
        problems.append(_shape("scenarios", array.shape, f"(S, {n})"))
        return np.zeros((0, n))
    _finite(array, "scenarios", problems)
    return array


def _whole(given: ArrayLike, name: str, n: int, problems: list[Problem]) -> Ints:
    array = _numbers(given, name, problems, n)
    array = np.where(np.isfinite(array), array, 0.0)
    if (array != np.round(array)).any():
        problems.append(Problem(key="decision.portfolio.not_whole", values={"name": name}))
    return array.astype(np.int64)


def _ranks(given: ArrayLike, n: int, problems: list[Problem]) -> Ints:
    array = np.asarray(given)
    if array.shape != (n,):
        problems.append(_shape("order", array.shape, f"({n},)"))
        return np.zeros(n, dtype=np.int64)
    return np.unique(array, return_inverse=True)[1].astype(np.int64).reshape(n)


def _array(given: ArrayLike, name: str, problems: list[Problem]) -> Floats:
    try:
        array = np.asarray(given)
        if array.dtype.kind in "biufO":
            return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError):
        pass
    problems.append(Problem(key="decision.portfolio.not_numbers", values={"name": name}))
    return np.zeros(0)


def _finite(array: Floats, name: str, problems: list[Problem]) -> None:
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = ", ".join(str(index) for index in bad[0])
        values = {"name": name, "count": len(bad), "place": place, "first": float(array[tuple(bad[0])])}
        problems.append(Problem(key="decision.portfolio.not_finite", values=values))


def _shape(name: str, found: tuple[int, ...], expected: str) -> Problem:
    return Problem(key="decision.portfolio.shape", values={"name": name, "shape": str(found), "needed": expected})
