"""The best portfolio under all rules, proven to be the best."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from majung.decision.portfolio.clash import clash_of
from majung.decision.portfolio.exact import total
from majung.decision.portfolio.exchange import exchanged
from majung.decision.portfolio.failures import Infeasible, Unproven
from majung.decision.portfolio.form import canonical
from majung.decision.portfolio.highs import Answer, branched, maximise
from majung.decision.portfolio.programme import FREE, Flags, Programme, RowLike, programme
from majung.decision.portfolio.risk import Risk, RiskLike, tail_mean
from majung.decision.portfolio.search import MANY, searched
from majung.errors import InputError, Problem

__all__ = ["Solution", "solve"]

_RESOLUTION: Final = 1e-8
"""Share of the largest value below which the solver may not tell two values apart."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Solution:
    """A choice of options.

    Parameters
    ----------
    chosen : (n,) array
        Which options are chosen.
    value : float
        What the choice comes to, in the unit of the values: their exact sum; with ``cvar``, the weighted objective.
    bound : float
        No choice comes to more; `value` where `proven` without a gap.
    proven : bool
        Whether no choice is better, by more than the gap. False only where a time limit was given.
    seconds : float
        Time it took.
    """

    chosen: Flags
    value: float
    bound: float
    proven: bool
    seconds: float


def solve(
    values: ArrayLike,
    groups: ArrayLike | None,
    rows: Sequence[RowLike],
    *,
    scenarios: ArrayLike | None = None,
    risk: RiskLike | None = None,
    time_limit: float | None = None,
    fixed: ArrayLike | None = None,
    order: ArrayLike | None = None,
    gap: float = 0.0,
) -> Solution:
    """Choose the options that are worth most together, at most one of a group, under all rows.

    Every limit holds exactly, but for the last digit to which its numbers can be written; it is checked apart from the
    solver. Permuting options or rows permutes the choice: what is solved is sorted first. Of options worth exactly the
    same, that could stand for each other, the one with less money is chosen, then the first by `order`. An option worth
    nothing is not chosen unless a row asks for it. Between optima that differ in more than one exchange nothing is
    preferred, but the same one is found each time. All of that holds with a `gap` too, and no exchange of one option
    for a better one is left; but the choice need not be an optimum.

    Parameters
    ----------
    values : (n,) array
        What an option adds, in any one unit.
    groups : (n,) array of int or None
        Options of a group exclude each other; None where there are no groups.
    rows : sequence of RowLike
        Limits ``low <= coefficients @ chosen <= high``, such as `majung.scenario.call.options.Row`.
    scenarios : (S, n) array, optional
        Values by world, for `risk`; in the unit of `values`, which should be their mean.
    risk : Risk, or what says the same, optional
        What is asked of the worst worlds.
    time_limit : float, optional
        Seconds for the solver. Then the best choice so far is returned, and its bound.
    fixed : (n,) array of int, optional
        1 for what must be chosen, 0 for what must not be, -1 for the others.
    order : (n,) array of int or str, optional
        Ranks of the options, such as canonical positions, that tell options apart which are alike in everything; the
        order in which they come by default.
    gap : float, optional
        Part of the value by which the best choice may be better than the one that is returned: 0.001 is a thousandth.
        Values that are known to some per cent are not worth a proof to the last digit, which may take hours.

    Raises
    ------
    Infeasible
        When no choice meets all rows; it names the smallest set of rules that cannot be met at once, or none where it
        is the target of the chance constraint that cannot be met.
    Unproven
        When the time was up before any choice was found.
    InputError
        When an array makes no sense: everything that is wrong.
    """
    started = time.perf_counter()
    problems: list[Problem] = []
    asked = Risk()
    try:
        asked = Risk.of(risk)
    except InputError as error:
        problems.extend(error.problems)
    if time_limit is not None and not time_limit > 0:
        problems.append(Problem(key="decision.portfolio.time_limit", found=f"{time_limit:g}"))
    if not 0 <= gap < 1:
        problems.append(Problem(key="decision.portfolio.gap", found=f"{gap:g}"))
    if asked.measure != "none" and (scenarios is None or len(np.asarray(scenarios)) == 0):
        problems.append(Problem(key="decision.portfolio.no_scenarios"))
    try:
        given = programme(values, groups, rows, fixed=fixed, scenarios=scenarios, order=order)
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    form, origin = canonical(given)
    answer = _answered(form, asked, None if time_limit is None else started + time_limit, gap)
    if answer.chosen is None:
        raise Infeasible(clash_of(form))
    best = answer.chosen
    if asked.measure == "none" and gap == 0:
        best = exchanged(form, best, reach=_RESOLUTION * float(np.abs(form.values).max(initial=0.0)))
    chosen = np.zeros(given.size, dtype=np.bool_)
    chosen[origin[best]] = True
    value = _objective(form, best, asked)
    if time_limit is None and not answer.proven:
        raise Unproven("decision.portfolio.unproven", value=value, bound=answer.bound)
    return Solution(
        chosen=chosen,
        value=value,
        bound=value if answer.proven and gap == 0 else max(answer.bound, value),
        proven=answer.proven,
        seconds=time.perf_counter() - started,
    )


def _answered(form: Programme, risk: Risk, deadline: float | None, gap: float) -> Answer:
    if risk.measure != "none":
        return branched(form, risk, deadline, gap=gap)
    if (gap == 0 and form.size <= MANY) or not (form.fixed == FREE).any():
        return maximise(form, risk, deadline)
    return searched(form, gap, deadline)


def _objective(given: Programme, chosen: Flags, risk: Risk) -> float:
    mean = total(given.values, chosen)
    if risk.measure != "cvar":
        return mean
    totals = np.array([math.fsum(world) for world in given.scenarios[:, chosen].tolist()])
    return (1 - risk.weight) * mean + risk.weight * tail_mean(totals, risk.level)
