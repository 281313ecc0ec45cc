"""What a unit of each limit is worth, and what it would take for an option to be chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from majung.decision.portfolio.clash import clash_of
from majung.decision.portfolio.failures import Infeasible
from majung.decision.portfolio.form import canonical
from majung.decision.portfolio.programme import IN, OUT, Floats, Programme, RowLike, programme
from majung.decision.portfolio.relaxation import Relaxation, relaxation
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
    return _relaxation(programme(values, groups, rows, fixed=fixed)).prices


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
    return _relaxation(programme(values, groups, rows, fixed=fixed)).value


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
    return np.asarray(given.values - given.matrix.T @ _relaxation(given).prices)


def needed(
    values: ArrayLike,
    groups: ArrayLike | None,
    rows: Sequence[RowLike],
    option: int,
    *,
    optimum: Solution | None = None,
    time_limit: float | None = None,
    fixed: ArrayLike | None = None,
    gap: float = 0.0,
) -> float:
    """Return by how much an option's value would have to rise for it to be in an optimal choice.

    Exact: the optimum less the optimum with the option forced in, each solved. With a time limit or a gap an estimate,
    from what was found; but with a gap never less than what the prices of the relaxation prove.

    Parameters
    ----------
    values, groups, rows, time_limit, fixed, gap
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
    best = solve(values, groups, rows, fixed=fixed, time_limit=time_limit, gap=gap) if optimum is None else optimum
    if best.chosen[option]:
        return 0.0
    if given.fixed[option] == OUT:
        return np.inf
    rivals = given.groups == given.groups[option]
    if (given.fixed[rivals] == IN).any():
        return np.inf
    forced = np.where(rivals, OUT, given.fixed)
    forced[option] = IN
    found = relaxation(given) if gap else None
    least = 0.0 if found is None else max(best.value - found.bound + float(found.regret[option]), 0.0)
    try:
        forced_in = solve(values, groups, rows, fixed=forced, time_limit=time_limit, gap=gap)
    except Infeasible:
        return np.inf
    return max(best.value - forced_in.value, least)


def _relaxation(given: Programme) -> Relaxation:
    found = relaxation(given)
    if found is None:
        raise Infeasible(clash_of(canonical(given)[0]))
    return found
