"""The plain knapsack with several constraints, by the same solver as everything else."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from majung.decision.portfolio.failures import Unproven
from majung.decision.portfolio.programme import Flags, Limit
from majung.decision.portfolio.solve import solve
from majung.errors import InputError, Problem

__all__ = ["choose"]


def choose(values: ArrayLike, costs: ArrayLike, capacities: ArrayLike, *, time_limit: float | None = None) -> Flags:
    """Choose the items that are worth most together and fit all capacities: the 0/1 multidimensional knapsack.

    The choice is proven to be optimal, or an error is raised. No capacity is exceeded.

    Parameters
    ----------
    values : (n,) array
        What each item is worth. What is worth nothing or less is chosen only where its costs are below zero.
    costs : (m, n) array, or (n,) for one constraint
        What each item takes of each capacity, in the unit of that capacity.
    capacities : (m,) array, or a number for one constraint
        How much there is.
    time_limit : float, optional
        Seconds after which an error is raised.

    Returns
    -------
    (n,) array of bool
        Which items are chosen.

    Raises
    ------
    InputError
        When an array makes no sense, or capacities cannot be met: everything that is wrong.
    Unproven
        When the time was up.
    """
    kinds, problems = {"values": 1, "costs": 2, "capacities": 1}, []
    arrays = {}
    for name, given in (("values", values), ("costs", costs), ("capacities", capacities)):
        try:
            array = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError):
            problems.append(Problem(key="decision.portfolio.not_numbers", values={"name": name}))
            continue
        if (name == "costs" and array.ndim == 1) or (name == "capacities" and array.ndim == 0):
            array = array[None]
        arrays[name] = array
        bad = np.argwhere(~np.isfinite(array))
        if array.ndim != kinds[name]:
            needed = ("(n,)", "(m, n)")[kinds[name] - 1]
            problems.append(_shape(name, array, needed))
        elif len(bad):
            place = ", ".join(str(index) for index in bad[0])
            said = {"name": name, "count": len(bad), "place": place, "first": float(array[tuple(bad[0])])}
            problems.append(Problem(key="decision.portfolio.not_finite", values=said))
    if len(arrays) == len(kinds) and all(arrays[name].ndim == kind for name, kind in kinds.items()):
        shape = (len(arrays["capacities"]), len(arrays["values"]))
        if arrays["costs"].shape != shape:
            problems.append(_shape("costs", arrays["costs"], f"({shape[0]}, {shape[1]})"))
    if problems:
        raise InputError(problems)
    for row, (cost, capacity) in enumerate(zip(arrays["costs"], arrays["capacities"], strict=True)):
        least = math.fsum(cost[cost < 0].tolist())
        if least > capacity + 1e-12 * abs(capacity):
            said = {"row": row, "capacity": float(capacity), "least": least}
            problems.append(Problem(key="decision.portfolio.capacity", values=said))
    if problems:
        raise InputError(problems)
    rows = [
        Limit(f"capacities[{row}]", cost, high=float(capacity), measure="money")
        for row, (cost, capacity) in enumerate(zip(arrays["costs"], arrays["capacities"], strict=True))
    ]
    solution = solve(arrays["values"], None, rows, time_limit=time_limit)
    if not solution.proven:
        raise Unproven("decision.portfolio.unproven", value=solution.value, bound=solution.bound)
    return solution.chosen


def _shape(name: str, array: np.ndarray, needed: str) -> Problem:
    values = {"name": name, "shape": str(array.shape), "needed": needed}
    return Problem(key="decision.portfolio.shape", values=values)
