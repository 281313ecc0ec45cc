"""Where to spend more worlds: on the options whose place in the portfolio hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from majung.decision.portfolio import reduced, solve
from majung.ensemble import BLOCK

if TYPE_CHECKING:
    from majung.decision.awards.case import Case
    from majung.decision.awards.estimates import Estimates
    from majung.decision.portfolio import RiskLike, Solution

__all__ = ["GAP", "allocate_worlds", "contenders", "opportunity_cost", "refined"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

GAP: Final = 0.001
"""Part of a choice's value by which a better one may exist: less than any value is known to."""
_ROUNDS: Final = 8
"""Times that worlds are given out: after each the margins are known better."""
_ENOUGH: Final = 0.002
"""Expected loss, as a part of the portfolio's value, below which more worlds are not worth their time."""
_MORE: Final = 24
_LEAST: Final = 0.01
"""Distances from the margin count as at least this part of the median distance."""


def refined(
    case: Case, estimates: Estimates, worlds: int, risk: RiskLike | None = None, common: int = BLOCK
) -> Solution:
    """Choose, spend worlds where the choice is in doubt, and choose again, until they are spent or the doubt is small.

    Optimal computing budget allocation (Chen, Lin, Yücesan and Chick 2000) for a subset (Chen, He, Fu and Lee 2008):
    the margin that an option must pass is what its money earns elsewhere, by the prices of the linear relaxation.

    Parameters
    ----------
    case : Case
    estimates : Estimates
        With the leading options looked at; extended in place.
    worlds : int
        To be spent at most, but for what it takes that all that is chosen was simulated.
    risk : RiskLike, optional
    common : int
        Worlds that all leading options have: what risk is measured in.

    Returns
    -------
    Solution
        All of whose options were simulated themselves.
    """
    start = int(estimates.worlds.sum())
    lot = max(BLOCK, worlds // _ROUNDS)
    solution = _settled(case, estimates, risk, common)
    while (left := worlds - (int(estimates.worlds.sum()) - start)) >= BLOCK:
        known = np.flatnonzero(estimates.looks > 0)
        distance = _from_margin(case, estimates, solution.chosen)[known]
        spread, have = np.sqrt(estimates.variance()[known]), estimates.looks[known]
        if opportunity_cost(distance, spread, have) <= _ENOUGH * abs(solution.value):
            break
        more = allocate_worlds(distance, spread, have, min(left, lot))
        if not more.any():
            break
        estimates.extend(known, estimates.worlds[known] + more)
        solution = _settled(case, estimates, risk, common)
    return solution


def _from_margin(case: Case, estimates: Estimates, chosen: Flags) -> Floats:
    """Return how far each option is from changing sides, (n,), in the unit of the values.

    What the prices leave of a value is zero for the option that the money just reaches. The margin is put half way
    between the last that is chosen and the first that is not, so that both sides of it are looked at.
    """
    left = reduced(estimates.mean(), case.options.application, case.rows)
    inside, outside = left[chosen], left[~chosen & (estimates.looks > 0)]
    if inside.size and outside.size:
        left = left - 0.5 * (inside.min() + outside.max())
    return left


def contenders(case: Case, estimates: Estimates) -> Ints:
    """Return the leading options that are worth simulating alone: about twice as many as are chosen, the best ones."""
    values = estimates.mean()
    chosen = int(solve(values, case.options.application, case.rows, gap=GAP).chosen.sum())
    leading = np.unique(case.leading)
    left = reduced(values, case.options.application, case.rows)[leading]
    return np.sort(leading[np.argsort(-left, kind="stable")][: 2 * chosen + _MORE])


def allocate_worlds(distance: Floats, spread: Floats, worlds: Ints, lot: int) -> Ints:
    """Return how many more worlds each option should have, whole blocks, (n,).

    Parameters
    ----------
    distance : (n,) array
        Of the value from the margin at which the option is chosen.
    spread : (n,) array
        Standard deviation over worlds.
    worlds : (n,) array of int
        That it has.
    lot : int
        Worlds to give out.
    """
    away = np.abs(distance)
    floor = _LEAST * float(np.median(away)) if away.size else 0.0
    ratio = (spread / np.maximum(away, max(floor, np.finfo(float).tiny))) ** 2
    more = np.zeros(worlds.size, dtype=np.int64)
    if not ratio.any():
        return more
    target = ratio / ratio.sum() * (worlds.sum() + lot)
    for _ in range(lot // BLOCK):
        behind = target - worlds - more
        place = int(np.argmax(behind))
        if behind[place] <= 0:
            break
        more[place] += BLOCK
    return more


def opportunity_cost(distance: Floats, spread: Floats, worlds: Ints) -> float:
    """Return the value that is lost on average because options on the wrong side of the margin are not known as such.

    The normal loss of every option, added up (Raiffa and Schlaifer 1961).
    """
    error = spread / np.sqrt(np.maximum(worlds, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.where(error > 0, np.abs(distance) / error, np.inf)
    density = np.exp(-0.5 * np.minimum(away, 40.0) ** 2) / np.sqrt(2.0 * np.pi)
    loss = np.where(np.isfinite(away), density - np.where(np.isfinite(away), away, 0.0) * ndtr(-away), 0.0)
    return float((error * np.maximum(loss, 0.0)).sum())


def _solved(case: Case, estimates: Estimates, risk: RiskLike | None, common: int) -> Solution:
    scenarios = None if risk is None else estimates.by_world(common)
    return solve(estimates.mean(), case.options.application, case.rows, scenarios=scenarios, risk=risk, gap=GAP)


def _settled(case: Case, estimates: Estimates, risk: RiskLike | None, common: int) -> Solution:
    """Choose until all that is chosen was simulated; each turn simulates some that were not, so it ends."""
    while True:
        solution = _solved(case, estimates, risk, common)
        fresh = np.flatnonzero(solution.chosen & ~estimates.simulated)
        if not fresh.size:
            return solution
        estimates.extend(fresh, common)
