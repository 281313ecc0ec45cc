"""The best choice by way of the most promising options, and a proof that the others cannot be in a better one.

The linear relaxation bounds what a choice with an option can be worth. A programme over the options that come closest
to that bound is small, and its answer mostly as good as proven; what could still be better with the options left out
says how many of them have to be added before it is.

References
----------
Balas, E. and Zemel, E. (1980). An algorithm for large zero-one knapsack problems. Operations Research 28: the core.
Savelsbergh, M. W. P. (1994). Preprocessing and probing techniques for mixed integer programming problems. ORSA Journal
on Computing 6(4): fixing by reduced costs.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from majung.decision.portfolio.blocks import by_blocks
from majung.decision.portfolio.exact import total
from majung.decision.portfolio.exchange import exchanged
from majung.decision.portfolio.failures import Unproven
from majung.decision.portfolio.highs import Answer, branched, maximise
from majung.decision.portfolio.programme import FREE, IN, OUT, Flags, Ints, Programme
from majung.decision.portfolio.relaxation import Relaxation, relaxation
from majung.decision.portfolio.risk import Risk

__all__ = ["MANY", "searched"]

MANY: Final = 4000
"""Options above which the most promising are looked at first, even where an optimum is asked for."""
_FIRST: Final = 400
_MORE: Final = 4
"""Times as many at most, where those were too few."""
_NODES: Final = 200
"""After which more options are looked at."""
_HAIR: Final = 1e-9
"""Share of the largest value, and of a choice's, below which sums are not trusted to say which is larger."""
_SOME: Final = 1e-9
"""Part of an option above which the relaxation chooses it."""
_ROUGH: Final = 1e-4
"""Gap to which the first programmes are solved where none is allowed in the end."""


class _Core(NamedTuple):
    """The options that are looked at, and by how much at least a choice with any other stays below the bound."""

    kept: Ints
    certain: Flags
    """(kept,), which of these have to be chosen."""
    regret: float


def searched(given: Programme, gap: float, deadline: float | None, *, first: int = _FIRST) -> Answer:
    """Return a choice that none betters by more than a part `gap` of its value.

    Parameters
    ----------
    given : Programme
        In canonical form.
    gap : float
    deadline : float or None
        When to stop, by `time.perf_counter`; then the best choice so far is returned as not proven.
    first : int, optional
        How many others than the best of their group are looked at first.

    Raises
    ------
    Unproven
        When the solver stopped before it found any choice that meets all rows, or failed.
    """
    given = _without_hopeless(given)
    found = relaxation(given)
    if found is None:
        return Answer(chosen=None, bound=-np.inf, proven=True)
    hair = _HAIR * float(np.abs(given.values).max(initial=0.0))
    best: Flags | None = None
    looked = False
    bound, size = found.bound + hair, first
    while True:
        worth = -np.inf if best is None else total(given.values, best)
        enough = worth + gap * abs(worth) if best is not None else worth
        if bound <= enough:
            return Answer(chosen=best, bound=max(bound, worth), proven=True)
        core = _core(given, found, size, found.bound - enough + 2 * hair)
        last = core.regret > found.bound - enough + hair
        answer = _answered(_restricted(given, core), gap if last else gap or _ROUGH, deadline, last)
        if answer.chosen is not None:
            best = _better(given, found, best, core.kept[answer.chosen], hair)
        bound = min(bound, max(answer.bound, found.bound - core.regret) + hair)
        if last and answer.proven:
            return Answer(chosen=best, bound=bound, proven=True)
        if last or (deadline is not None and time.perf_counter() > deadline):
            if best is None:
                raise Unproven("decision.portfolio.no_answer")
            return Answer(chosen=best, bound=bound, proven=False)
        closer = None if looked else by_blocks(given, found)
        looked = True
        if closer is not None and closer.bound < found.bound:
            found, bound = closer, min(bound, closer.bound + hair)
        else:
            size *= _MORE


def _without_hopeless(given: Programme) -> Programme:
    """Return the programme without the options that break a row whatever else is chosen.

    Parts of them would do in the relaxation, and make its bound worse.
    """
    rows = np.repeat(np.arange(len(given.rules)), np.diff(given.matrix.indptr))
    columns, data = given.matrix.indices, given.matrix.data
    hopeless = np.zeros(given.size, dtype=np.bool_)
    for side, limit in ((1.0, given.high), (-1.0, -given.low)):
        # The least that a row comes to, with the least of each group.
        least = np.minimum(side * data, 0.0)
        order = np.lexsort((given.groups[columns], rows))
        row, group = rows[order], given.groups[columns[order]]
        first = np.flatnonzero(np.r_[True, (np.diff(row) != 0) | (np.diff(group) != 0)][: len(order)])
        own = np.minimum.reduceat(least[order], first) if len(first) else np.zeros(0)
        floor = np.bincount(row[first], own, minlength=len(limit))
        of_group = np.empty(len(order))
        of_group[order] = np.repeat(own, np.diff(np.append(first, len(order))))
        reached = floor[rows] - of_group + side * data
        slack = _HAIR * (np.abs(data) + np.abs(floor[rows]) + np.abs(np.where(np.isfinite(limit), limit, 0.0))[rows])
        hopeless[columns[reached > limit[rows] + slack]] = True
    return replace(given, fixed=np.where(hopeless & (given.fixed == FREE), OUT, given.fixed))


def _core(given: Programme, found: Relaxation, size: int, reach: float) -> _Core:
    """Return what the relaxation chooses, and so many other things that could be done, with regrets up to `reach`."""
    margin = found.margin[given.groups]
    always = (found.part > _SOME) | (given.fixed == IN)
    # Of a group that is to have something, and of which the relaxation chooses nothing whole: the first of the best.
    best = np.flatnonzero((found.regret == 0) & (margin > 0))
    best = best[np.unique(given.groups[best], return_index=True)[1]]
    always[best[~np.isin(given.groups[best], given.groups[always])]] = True
    others = np.flatnonzero(~always & (found.regret <= reach) & np.isfinite(found.regret))
    others = others[np.argsort(found.regret[others], kind="stable")]
    # To choose none of a group is one thing more that could be done.
    forced = np.zeros(len(found.margin), dtype=np.bool_)
    forced[given.groups[given.fixed == IN]] = True
    none = np.sort(found.margin[(found.margin > 0) & (found.margin <= reach) & ~forced])
    least = np.sort(np.concatenate([found.regret[others], none]))
    cut = np.inf if len(least) <= size else float(least[size])
    kept = np.zeros(given.size, dtype=np.bool_)
    kept[always] = True
    kept[others[:size][found.regret[others[:size]] <= cut]] = True
    alone = np.bincount(given.groups[kept], minlength=len(found.margin)) == 1
    none_left_out = alone & ~forced & (found.margin > min(cut, reach))
    regret = min(
        float(found.regret[~kept].min(initial=np.inf)),
        float(found.margin[none_left_out].min(initial=np.inf)),
    )
    places = np.flatnonzero(kept)
    return _Core(places, none_left_out[given.groups[places]], regret)


def _restricted(given: Programme, core: _Core) -> Programme:
    """Return the programme over some of the options, under the rows that they could break."""
    part = given.of_options(core.kept)
    most = np.asarray(part.matrix.maximum(0).sum(axis=1)).ravel()
    least = np.asarray(part.matrix.minimum(0).sum(axis=1)).ravel()
    slack = _HAIR * (most - least)
    rows = np.flatnonzero((most + slack > given.high) | (least - slack < given.low))
    return replace(
        part,
        matrix=csr_array(part.matrix[rows]),
        low=given.low[rows],
        high=given.high[rows],
        rules=tuple(given.rules[row] for row in rows),
        fixed=np.where(core.certain, IN, part.fixed),
    )


def _answered(part: Programme, gap: float, deadline: float | None, last: bool) -> Answer:
    try:
        if last and gap == 0:
            return maximise(part, Risk(), deadline)
        return branched(part, Risk(), deadline, gap=gap, nodes=None if last else _NODES)
    except Unproven:
        return Answer(chosen=None, bound=np.inf, proven=False)


def _better(given: Programme, found: Relaxation, best: Flags | None, places: Ints, hair: float) -> Flags:
    """Return the better of the best choice so far and a new one, after exchanges."""
    chosen = np.zeros(given.size, dtype=np.bool_)
    chosen[places] = True
    # What could not be better with an option cannot be bettered by an exchange for it.
    room = found.bound - total(given.values, chosen)
    kept = np.flatnonzero(chosen | (found.regret <= room + 2 * hair))
    chosen[kept] = exchanged(given.of_options(kept), chosen[kept])
    if best is None or total(given.values, chosen) > total(given.values, best):
        return chosen
    return best
