"""What a unit of each limit is worth, and what it would take for an option to be chosen.

References
----------
Dantzig, G. B. (1963). Linear Programming and Extensions. Princeton, chapter 12: prices and reduced costs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from majung.decision.portfolio.clash import clash_of
from majung.decision.portfolio.failures import Infeasible, Unproven
from majung.decision.portfolio.form import canonical, row_unit
from majung.decision.portfolio.programme import IN, OUT, Floats, Programme, RowLike, programme
from majung.decision.portfolio.solve import Solution, solve
from majung.errors import InputError, Problem

__all__ = ["needed", "prices", "reduced", "relaxed"]


def prices(
    values: ArrayLike, groups: ArrayLike | None, rows: Sequence[RowLike], *, fixed: ArrayLike | None = None
) -> Floats:
    """Return what one more unit of each row's limit is worth, by the linear relaxation.

    A price is the change of the optimum with the limit that binds: above zero where more could be made of a higher
    `high`, below zero where a higher `low` would cost, zero where neither limit binds. It holds for small changes, and
    for parts of options; for whole options it is a guide.

    Parameters
    ----------
    values, groups, rows, fixed
        As of `majung.decision.portfolio.solve`.

    Returns
    -------
    (R,) array
        In units of the values per unit of each row.

    Raises
    ------
    Infeasible
        When not even parts of options meet all rows.
    InputError
        When an array makes no sense.
    """
    return _relaxation(programme(values, groups, rows, fixed=fixed))[1]


def relaxed(
    values: ArrayLike, groups: ArrayLike | None, rows: Sequence[RowLike], *, fixed: ArrayLike | None = None
) -> float:
    """Return the optimum of the linear relaxation, in which parts of options may be chosen: no choice is worth more.

    Parameters
    ----------
    values, groups, rows, fixed
        As of `majung.decision.portfolio.solve`.

    Raises
    ------
    Infeasible, InputError
        As of `prices`.
    """
    return _relaxation(programme(values, groups, rows, fixed=fixed))[0]


def reduced(
    values: ArrayLike, groups: ArrayLike | None, rows: Sequence[RowLike], *, fixed: ArrayLike | None = None
) -> Floats:
    """Return each option's value less what it uses of every limit, at the limits' prices.

    Far above zero an option is chosen whatever else is, far below zero it is not; near zero its value has to be known
    well. The other options of its group are not counted as something that it uses.

    Parameters
    ----------
    values, groups, rows, fixed
        As of `majung.decision.portfolio.solve`.

    Returns
    -------
    (n,) array
        In the unit of the values.

    Raises
    ------
    Infeasible, InputError
        As of `prices`.
    """
    given = programme(values, groups, rows, fixed=fixed)
    return np.asarray(given.values - given.matrix.T @ _relaxation(given)[1])


def needed(
    values: ArrayLike,
    groups: ArrayLike | None,
    rows: Sequence[RowLike],
    option: int,
    *,
    optimum: Solution | None = None,
    time_limit: float | None = None,
    fixed: ArrayLike | None = None,
) -> float:
    """Return by how much an option's value would have to rise for it to be in an optimal choice.

    Exact: the optimum less the optimum with the option forced in, each solved. With a time limit, what was found
    in time: an estimate.

    Parameters
    ----------
    values, groups, rows, time_limit, fixed
        As of `majung.decision.portfolio.solve`.
    option : int
        Position of the option.
    optimum : Solution, optional
        The optimum, where it is known already.

    Returns
    -------
    float
        In the unit of the values; zero where it is chosen or an equal of what is, infinite where no choice has it.

    Raises
    ------
    Infeasible, Unproven, InputError
        As of `majung.decision.portfolio.solve`.
    """
    given = programme(values, groups, rows, fixed=fixed)
    if not 0 <= option < given.size:
        problem = Problem(key="decision.portfolio.option", found=str(option), values={"last": given.size - 1})
        raise InputError([problem])
    best = solve(values, groups, rows, fixed=fixed, time_limit=time_limit) if optimum is None else optimum
    if best.chosen[option]:
        return 0.0
    if given.fixed[option] == OUT:
        return np.inf
    rivals = given.groups == given.groups[option]
    if (given.fixed[rivals] == IN).any():
        return np.inf
    forced = np.where(rivals, OUT, given.fixed)
    forced[option] = IN
    try:
        return max(best.value - solve(values, groups, rows, fixed=forced, time_limit=time_limit).value, 0.0)
    except Infeasible:
        return np.inf


def _relaxation(given: Programme) -> tuple[float, Floats]:
    """Return the optimum of the linear relaxation and the marginals of its limits, in units of values and rows."""
    n, count = given.size, len(given.rules)
    if n == 0:
        return 0.0, np.zeros(count)
    ends = given.matrix.indptr
    row_units = np.array([row_unit(given.matrix.data[ends[row] : ends[row + 1]]) for row in range(count)])
    value_unit = row_unit(given.values)
    matrix = csr_array(given.matrix / row_units[:, None])
    low, high = given.low / row_units, given.high / row_units
    above, below = np.flatnonzero(np.isfinite(high)), np.flatnonzero(np.isfinite(low))
    members = given.members()
    bounds = [(float(fixed == IN), float(fixed != OUT)) for fixed in given.fixed.tolist()]
    found = linprog(  # type: ignore[call-overload]
        -given.values / value_unit,
        A_ub=csr_array(vstack([matrix[above], -matrix[below], members])),
        b_ub=np.concatenate([high[above], -low[below], np.ones(members.shape[0])]),
        bounds=bounds,
        method="highs",
    )
    if found.status == 2:
        raise Infeasible(clash_of(canonical(given)[0]))
    if found.status != 0:
        raise Unproven("decision.portfolio.failed")
    worth = np.zeros(count)
    worth[above] -= found.ineqlin.marginals[: len(above)]
    worth[below] += found.ineqlin.marginals[len(above) : len(above) + len(below)]
    return -float(found.fun) * value_unit, np.asarray(worth * value_unit / row_units)
