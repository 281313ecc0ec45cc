"""A closer relaxation: rows that are about a few groups, such as a cap for each firm, hold for whole options.

Parts of options pass below a cap that whole ones break, so where many small rows bind, the linear relaxation promises
more than there is. Here only the rows about many groups have prices. Groups that share small rows make a block, whose
best choice at these prices is found by looking at all of them; prices are those of the linear programme over the
choices of each block.

References
----------
Dantzig, G. B. and Wolfe, P. (1960). Decomposition principle for linear programs. Operations Research 8(1).
Geoffrion, A. M. (1974). Lagrangean relaxation for integer programming. Mathematical Programming Study 2.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array, diags_array, eye_array, hstack, vstack
from scipy.sparse.csgraph import connected_components

from majung.decision.portfolio.form import row_unit, row_units
from majung.decision.portfolio.programme import IN, OUT, Flags, Floats, Ints, Programme
from majung.decision.portfolio.relaxation import Relaxation

__all__ = ["by_blocks"]

_FEW: Final = 12
"""Groups that a row may be about to be one of a block's own."""
_MOST: Final = 20_000
"""Choices of a block that are looked at each time; one that has more is none."""
_HAIR: Final = 1e-9
_ROUNDS: Final = 30
"""Times that prices are found anew at most: those of any time give a bound."""
_ENOUGH: Final = 1e-5
"""Part of the bound by which it may still fall when prices are good enough."""


class _Blocks(NamedTuple):
    """Groups that share rows of their own."""

    own: Flags
    """(R,), the rows that hold within a block."""
    first: Ints
    """(B + 1,), where a block's groups begin."""
    groups: Ints
    of_group: Ints
    """(groups,), each group's block, -1 for those that are in none."""


def by_blocks(given: Programme, found: Relaxation) -> Relaxation | None:
    """Return a relaxation that bounds what is left more closely; None where no row is about few groups.

    Parameters
    ----------
    given : Programme
    found : Relaxation
        The linear one.
    """
    desk = _Desk(given)
    if not len(desk.blocks.groups):
        return None
    units = row_units(given)
    value_unit = row_unit(given.values)
    gain = given.values / value_unit
    matrix = csc_array(diags_array(np.where(desk.blocks.own, 0.0, 1.0 / units)) @ given.matrix)
    master = _Master(desk, gain, matrix, given.low / units, given.high / units, found)
    bound, prices, part = master.solved(found.prices * units / value_unit)
    best = desk.judged(gain - matrix.T @ prices)
    regret = np.where(np.isfinite(best.regret), best.regret, np.inf)
    return Relaxation(
        value=bound * value_unit,
        bound=bound * value_unit,
        part=part,
        prices=prices * value_unit / units,
        margin=best.margin * value_unit,
        regret=regret * value_unit,
    )


class _Judged(NamedTuple):
    """What some prices leave."""

    total: float
    """Of the best choices of all groups and blocks."""
    regret: Floats
    margin: Floats
    """(groups,), by how much it is worse to choose none of a group."""
    best: Ints
    """(groups,), the option of the best choice, -1 where that has none."""
    worth: Floats
    """(blocks,), of the best choice."""


class _Desk:
    """The groups and blocks, and their best choices at any prices."""

    def __init__(self, given: Programme) -> None:
        self.given = given
        self.count = int(given.groups.max(initial=-1)) + 1
        live = np.flatnonzero(given.fixed != OUT)
        forced = np.zeros(self.count, dtype=np.bool_)
        forced[given.groups[given.fixed == IN]] = True
        live = live[~forced[given.groups[live]] | (given.fixed[live] == IN)]
        self.forced = forced
        self.live = live[np.argsort(given.groups[live], kind="stable")]
        self.ends = np.searchsorted(given.groups[self.live], np.arange(self.count + 1))
        columns = csc_array(given.matrix)
        self.columns = (columns.indptr.astype(np.int64), columns.indices.astype(np.int64), columns.data)
        self.hair = _HAIR * np.where(np.isfinite(given.high), 1.0 + np.abs(given.high), 1.0)
        self.blocks = self._blocks()

    def judged(self, left: Floats) -> _Judged:
        """Return the best choices when options are worth `left`."""
        given, blocks = self.given, self.blocks
        alone = blocks.of_group[given.groups[self.live]] < 0
        options = self.live[alone]
        best = np.full(self.count, -1)
        order = options[np.lexsort((left[options], given.groups[options]))]
        last = np.flatnonzero(np.r_[np.diff(given.groups[order]) != 0, True][: len(order)])
        tops = order[last]
        best[given.groups[tops]] = np.where((left[tops] > 0) | self.forced[given.groups[tops]], tops, -1)
        margin = np.where(best >= 0, left[best], 0.0)
        regret = np.full(given.size, np.inf)
        regret[options] = margin[given.groups[options]] - left[options]
        worth = np.zeros(len(blocks.first) - 1)
        arrays = (self.live, self.ends, self.forced, *self.columns, given.high, self.hair, blocks.own)
        _enumerated(*arrays, blocks.first, blocks.groups, left, worth, regret, margin, best, _MOST)
        return _Judged(float(margin[blocks.of_group < 0].sum() + worth.sum()), regret, margin, best, worth)

    def _blocks(self) -> _Blocks:
        """Return the groups that share rows which more only fills, about few groups, and have few enough choices."""
        given = self.given
        rows = np.repeat(np.arange(len(given.rules)), np.diff(given.matrix.indptr))
        live = np.zeros(given.size, dtype=np.bool_)
        live[self.live] = True
        kept = live[given.matrix.indices]
        touched = csr_array(
            (np.ones(int(kept.sum())), (rows[kept], given.groups[given.matrix.indices[kept]])),
            shape=(len(given.rules), self.count),
        )
        touched.sum_duplicates()
        size = np.diff(touched.indptr)
        least = np.zeros(len(given.rules))
        np.minimum.at(least, rows, given.matrix.data)
        own = (size > 0) & (size <= _FEW) & (least >= 0) & np.isfinite(given.high) & ~np.isfinite(given.low)
        links = csr_array(touched[np.flatnonzero(own)])
        label = connected_components(csr_array(links.T @ links), directed=False)[1]
        member = np.flatnonzero(np.isin(np.arange(self.count), links.indices))
        member = member[np.argsort(label[member], kind="stable")]
        first = np.flatnonzero(np.r_[True, np.diff(label[member]) != 0, True][: len(member) + 1])
        if not len(member):
            return _Blocks(own & False, np.zeros(1, dtype=np.int64), member, np.full(self.count, -1))
        first = np.append(first[first < len(member)], len(member))
        arrays = (self.live, self.ends, self.forced, *self.columns, given.high, self.hair, own)
        scratch = (np.zeros(given.size), np.zeros(len(first) - 1), np.zeros(given.size))
        sizes = _enumerated(
            *arrays, first, member, *scratch, np.zeros(self.count), np.zeros(self.count, dtype=np.int64), _MOST
        )
        sound = np.repeat((sizes > 0) & (sizes <= _MOST), np.diff(first))
        lengths = np.diff(first)[(sizes > 0) & (sizes <= _MOST)]
        groups = member[sound]
        of_group = np.full(self.count, -1)
        of_group[groups] = np.repeat(np.arange(len(lengths)), lengths)
        where = np.full(len(given.rules), -1)
        where[own] = of_group[touched.indices[touched.indptr[:-1][own]]]
        return _Blocks(own & (where >= 0), np.concatenate([[0], np.cumsum(lengths)]), groups, of_group)


class _Master:
    """The linear programme over choices of groups and blocks, which grows by the best ones at its prices."""

    def __init__(
        self, desk: _Desk, gain: Floats, matrix: csc_array, low: Floats, high: Floats, found: Relaxation
    ) -> None:
        self.desk, self.gain, self.matrix = desk, gain, matrix
        self.turned = csr_array(matrix.T)
        shared = ~desk.blocks.own
        self.above = np.flatnonzero(shared & np.isfinite(high))
        self.below = np.flatnonzero(shared & np.isfinite(low))
        self.low, self.high = low, high
        # A unit is a group or a block; blocks come first.
        blocks = len(desk.blocks.first) - 1
        self.unit = np.where(desk.blocks.of_group >= 0, desk.blocks.of_group, blocks + np.arange(desk.count))
        self.forced = np.zeros(blocks + desk.count, dtype=np.bool_)
        self.forced[self.unit[desk.forced]] = True
        alone = np.flatnonzero(desk.blocks.of_group[desk.given.groups] < 0)
        likely = alone[(found.part[alone] > 0) & (desk.given.fixed[alone] != OUT)]
        self.options, self.choice = likely, np.arange(len(likely))

    def solved(self, prices: Floats) -> tuple[float, Floats, Floats]:
        """Return the least bound that was found, its prices, and what part of each option the last programme took."""
        prices = np.where(self.desk.blocks.own, 0.0, prices)
        penalty = 10.0 * float(np.abs(prices).max(initial=0.0)) + float(np.abs(self.gain).max(initial=0.0)) / 2**8
        least, best, part = np.inf, prices, np.zeros(self.desk.given.size)
        for _ in range(_ROUNDS):
            left = self.gain - self.turned @ prices
            judged = self.desk.judged(left)
            bound = judged.total + float(
                prices[prices > 0] @ self.high[prices > 0] + prices[prices < 0] @ self.low[prices < 0]
            )
            if bound < least:
                least, best = bound, prices
            self._add(judged.best)
            value, prices, part = self._programme(penalty)
            if least - value <= _ENOUGH * abs(least):
                break
        return least, best, part

    def _add(self, best: Ints) -> None:
        """Add the choice of each unit."""
        options = best[best >= 0]
        unit = self.unit[self.desk.given.groups[options]]
        new = np.unique(unit, return_inverse=True)[1] + int(self.choice.max(initial=-1)) + 1
        self.options, self.choice = np.concatenate([self.options, options]), np.concatenate([self.choice, new])

    def _programme(self, penalty: float) -> tuple[float, Floats, Floats]:
        """Return the optimum over the choices that are there, its prices, and what part of each option it takes."""
        count = int(self.choice.max(initial=-1)) + 1
        if count == 0:
            return 0.0, np.zeros(len(self.low)), np.zeros(len(self.gain))
        pick = csc_array((np.ones(len(self.options)), (self.options, self.choice)), shape=(len(self.gain), count))
        unit = np.zeros(count, dtype=np.int64)
        unit[self.choice] = self.unit[self.desk.given.groups[self.options]]
        rows = csr_array(self.matrix @ pick)
        limits = csr_array(vstack([rows[self.above], -rows[self.below]]))
        high = np.concatenate([self.high[self.above], -self.low[self.below]])
        slack = limits.shape[0]
        labels, place = np.unique(unit, return_inverse=True)
        one = csr_array((np.ones(count), (place, np.arange(count))), shape=(len(labels), count))
        one = csr_array(hstack([one, csr_array((len(labels), slack))]))
        forced = np.flatnonzero(self.forced[labels])
        # A row may be broken at a price, so that there is an answer while choices are few.
        found = linprog(  # type: ignore[call-overload]
            np.concatenate([-(pick.T @ self.gain), np.full(slack, penalty)]),
            A_ub=csr_array(vstack([hstack([limits, -eye_array(slack)]), one])),
            b_ub=np.concatenate([high, np.ones(len(labels))]),
            A_eq=one[forced] if len(forced) else None,
            b_eq=np.ones(len(forced)) if len(forced) else None,
            bounds=(0, None),
            method="highs",
        )
        prices = np.zeros(len(self.low))
        if found.status != 0:
            return -np.inf, prices, np.zeros(len(self.gain))
        marginals = -found.ineqlin.marginals[:slack]
        prices[self.above] += np.maximum(marginals[: len(self.above)], 0.0)
        prices[self.below] -= np.maximum(marginals[len(self.above) :], 0.0)
        return -float(found.fun), prices, np.asarray(pick @ found.x[:count])


@njit(cache=True, nogil=True)
def _enumerated(
    live: Ints,
    ends: Ints,
    forced: Flags,
    starts: Ints,
    rows: Ints,
    data: Floats,
    high: Floats,
    hair: Floats,
    own: Flags,
    first: Ints,
    groups: Ints,
    left: Floats,
    worth: Floats,
    regret: Floats,
    margin: Floats,
    best: Ints,
    most: int,
) -> Ints:  # pragma: no cover (compiled)
    """Look at every choice of every block, fill what is best of them, and return how many there were."""
    used = np.zeros(len(high))
    sizes = np.zeros(len(first) - 1, dtype=np.int64)
    for block in range(len(first) - 1):
        begin, depth_end = first[block], first[block + 1] - first[block]
        # With an option, and with none of a group: the best total of the block.
        for at in range(begin, begin + depth_end):
            margin[groups[at]] = -np.inf
            for entry in range(ends[groups[at]], ends[groups[at] + 1]):
                regret[live[entry]] = -np.inf
        place = np.full(depth_end + 1, -2, dtype=np.int64)
        total = np.zeros(depth_end + 1)
        top, depth = -np.inf, 0
        while depth >= 0:
            if depth == depth_end:
                sizes[block] += 1
                if sizes[block] > most:
                    break
                value = total[depth]
                for at in range(depth_end):
                    group = groups[begin + at]
                    if place[at] < 0:
                        margin[group] = max(margin[group], value)
                    else:
                        option = live[place[at]]
                        regret[option] = max(regret[option], value)
                if value > top:
                    top = value
                    for at in range(depth_end):
                        best[groups[begin + at]] = -1 if place[at] < 0 else live[place[at]]
                depth -= 1
                continue
            group = groups[begin + depth]
            if place[depth] >= 0:
                option = live[place[depth]]
                for entry in range(starts[option], starts[option + 1]):
                    if own[rows[entry]]:
                        used[rows[entry]] -= data[entry]
            # First none of the group, then one option after the other.
            if place[depth] == -2:
                place[depth] = -1
                if not forced[group]:
                    total[depth + 1] = total[depth]
                    depth += 1
                    if depth < depth_end:
                        place[depth] = -2
                    continue
            place[depth] = ends[group] if place[depth] == -1 else place[depth] + 1
            if place[depth] >= ends[group + 1]:
                place[depth] = -2
                depth -= 1
                continue
            option = live[place[depth]]
            fits = True
            for entry in range(starts[option], starts[option + 1]):
                row = rows[entry]
                if own[row]:
                    used[row] += data[entry]
                    fits = fits and used[row] <= high[row] + hair[row]
            if fits:
                total[depth + 1] = total[depth] + left[option]
                depth += 1
                if depth < depth_end:
                    place[depth] = -2
        worth[block] = top
        for at in range(begin, begin + depth_end):
            group = groups[at]
            margin[group] = top - margin[group]
            for entry in range(ends[group], ends[group + 1]):
                regret[live[entry]] = top - regret[live[entry]]
        if sizes[block] > most:
            for at in range(begin, begin + depth_end):
                for entry in range(ends[groups[at]], ends[groups[at] + 1]):
                    for other in range(starts[live[entry]], starts[live[entry] + 1]):
                        used[rows[other]] = 0.0
    return sizes
