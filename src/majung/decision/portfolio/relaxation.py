"""The linear relaxation of a programme, and what its prices say of every option.

Prices p of the rows, of whatever origin as long as they have the right signs, bound what a choice is worth: by what the
limits are worth, plus the best ``d = v - pA`` of each group, if that is above zero. What an option falls short of the
best of its group, its regret, comes off that bound for every choice that has the option.

References
----------
Dantzig, G. B. (1963). Linear Programming and Extensions. Princeton, chapter 12: prices and reduced costs.
Bixby, R. E., Gregory, J. W., Lustig, I. J., Marsten, R. E. and Shanno, D. F. (1992). Very large-scale linear
programming: a case study in combining interior point and simplex methods. Operations Research 40(5): sifting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array, diags_array, eye_array, hstack, vstack

from majung.decision.portfolio.failures import Unproven
from majung.decision.portfolio.form import row_unit, row_units
from majung.decision.portfolio.programme import FREE, IN, OUT, Floats, Ints, Programme

__all__ = ["Relaxation", "relaxation"]

_MANY: Final = 4000
"""Options above which the relaxation is solved for a part of them, which grows as long as prices call for more."""
_CLOSE: Final = 1e-9
"""Share of the largest value by which prices must call for an option before it is added."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Relaxation:
    """The optimum in which parts of options may be chosen.

    Parameters
    ----------
    value : float
        What it comes to.
    bound : float
        No choice is worth more: as `value`, but reckoned from the prices alone.
    part : (n,) array
        What part of each option is chosen.
    prices : (R,) array
        Of the rows' limits: above zero where `high` binds, below where `low` does.
    margin : (groups,) array
        Each group's best value less what it uses at these prices, zero at least; where an option must be chosen, its
        own.
    regret : (n,) array
        By how much at least a choice with the option stays below `bound`; infinite where no choice has it.
    """

    value: float
    bound: float
    part: Floats
    prices: Floats
    margin: Floats
    regret: Floats


class _Part(NamedTuple):
    """What the solver says of some of the columns."""

    value: float
    part: Floats
    prices: Floats


def relaxation(given: Programme) -> Relaxation | None:
    """Return the linear relaxation; None where not even parts of options meet all rows.

    Parameters
    ----------
    given : Programme

    Raises
    ------
    Unproven
        When the solver failed.
    """
    units = row_units(given)
    value_unit = row_unit(given.values)
    gain = given.values / value_unit
    task = _Task(given, csc_array(diags_array(1.0 / units) @ given.matrix), given.low / units, given.high / units)
    found = task.best(gain)
    if found is None:
        return None
    value, part, prices = found
    bound, margin, regret = task.judged(gain, prices)
    return Relaxation(
        value=value * value_unit,
        bound=bound * value_unit,
        part=part,
        prices=prices * value_unit / units,
        margin=margin * value_unit,
        regret=regret * value_unit,
    )


class _Task:
    """Scaled rows, and the linear programmes over parts of their columns."""

    def __init__(self, given: Programme, matrix: csc_array, low: Floats, high: Floats) -> None:
        self.given, self.matrix, self.low, self.high = given, matrix, low, high
        self.turned = csr_array(matrix.T)
        self.groups = int(given.groups.max(initial=-1)) + 1
        self.above, self.below = np.flatnonzero(np.isfinite(high)), np.flatnonzero(np.isfinite(low))

    def best(self, gain: Floats) -> _Part | None:
        """Return the optimum over all columns; None where not even parts of them meet all rows."""
        if self.given.size <= _MANY:
            return self._solved(gain, np.flatnonzero(self.given.fixed != OUT))
        columns = self._promising(gain, self._guess(gain))
        found = self._sifted(gain, columns, elastic=False)
        if found is not None:
            return found[0]
        # Parts of these few do not meet all rows: first make what is lacking as small as can be.
        lacking = self._sifted(np.zeros(len(gain)), columns, elastic=True)
        if lacking is None or lacking[0].value < -_CLOSE * 1e3:
            return None
        found = self._sifted(gain, np.union1d(columns, lacking[1]), elastic=False)
        return None if found is None else found[0]

    def judged(self, gain: Floats, prices: Floats) -> tuple[float, Floats, Floats]:
        """Return the bound that prices give, each group's margin, and each option's regret."""
        given = self.given
        left = gain - self.turned @ prices
        margin = np.zeros(self.groups)
        free = given.fixed == FREE
        np.maximum.at(margin, given.groups[free], left[free])
        forced = given.fixed == IN
        margin[given.groups[forced]] = left[forced]
        bound = float(prices[prices > 0] @ self.high[prices > 0] + prices[prices < 0] @ self.low[prices < 0])
        regret = np.maximum(margin[given.groups] - left, 0.0)
        taken = np.zeros(self.groups, dtype=np.bool_)
        taken[given.groups[forced]] = True
        regret[(given.fixed == OUT) | (free & taken[given.groups])] = np.inf
        return bound + float(margin.sum()), margin, regret

    def _sifted(self, gain: Floats, columns: Ints, *, elastic: bool) -> tuple[_Part, Ints] | None:
        """Return the optimum over all columns, found by way of few; and which these are."""
        given, tolerance = self.given, _CLOSE * max(float(np.abs(gain).max(initial=0.0)), 1.0)
        while True:
            part = self._solved(gain, columns, elastic=elastic)
            if part is None:
                return None
            left = gain - self.turned @ part.prices
            known = np.zeros(self.groups)
            np.maximum.at(known, given.groups[columns], left[columns])
            forced = given.fixed == IN
            known[given.groups[forced]] = np.inf
            better = np.flatnonzero((left > known[given.groups] + tolerance) & (given.fixed == FREE))
            if not len(better):
                return part, columns
            # Of each group the one that is worth most.
            order = better[np.lexsort((-left[better], given.groups[better]))]
            first = order[np.r_[True, np.diff(given.groups[order]) > 0]]
            columns = np.union1d(columns, first)

    def _promising(self, gain: Floats, prices: Floats) -> Ints:
        """Return the columns that prices speak for, and those that come closest to it."""
        _, margin, regret = self.judged(gain, prices)
        short = regret - margin[self.given.groups]
        wanted = np.flatnonzero((regret == 0) & (margin[self.given.groups] > 0))
        count = min(self.given.size, max(_MANY, 2 * len(wanted)))
        close = np.argpartition(np.maximum(short, regret), count - 1)[:count]
        close = close[np.isfinite(regret[close])]
        return np.unique(np.concatenate([wanted, close, np.flatnonzero(self.given.fixed == IN)]))

    def _guess(self, gain: Floats) -> Floats:
        """Return the prices of a part of the groups under a like part of the limits."""
        every = -(-self.given.size // _MANY)
        columns = np.flatnonzero((self.given.groups % every == 0) & (self.given.fixed != OUT))
        part = np.zeros(self.given.size)
        part[columns] = 1.0
        size = abs(self.matrix)
        share = np.divide(size @ part, size.sum(axis=1), out=np.zeros(len(self.low)), where=size.sum(axis=1) > 0)
        with np.errstate(invalid="ignore"):
            low, high = (np.where(np.isfinite(limit), limit * share, limit) for limit in (self.low, self.high))
        few = _Task(self.given, self.matrix, low, high)._solved(gain, columns)
        return np.zeros(len(self.low)) if few is None else few.prices

    def _solved(self, gain: Floats, columns: Ints, *, elastic: bool = False) -> _Part | None:
        """Return the optimum over some columns; `elastic` rows may be broken at a price of one."""
        if not len(columns):
            met = ((self.low <= _CLOSE) & (self.high >= -_CLOSE)).all()
            return _Part(0.0, np.zeros(self.given.size), np.zeros(len(self.low))) if met else None
        rows = csr_array(self.matrix[:, columns])
        group = self.given.groups[columns]
        count = np.bincount(group, minlength=self.groups)
        shared = np.flatnonzero(count[group] > 1)
        _, place = np.unique(group[shared], return_inverse=True)
        members = csr_array(
            (np.ones(len(shared)), (place, shared)), shape=(int(place.max(initial=-1)) + 1, len(columns))
        )
        limits = csr_array(vstack([rows[self.above], -rows[self.below]]))
        high = np.concatenate([self.high[self.above], -self.low[self.below]])
        cost, lower = -gain[columns], (self.given.fixed[columns] == IN).astype(np.float64)
        upper = np.ones(len(columns))
        if elastic:
            slack = len(high)
            limits = csr_array(hstack([limits, -eye_array(slack)]))
            members = csr_array(hstack([members, csr_array((members.shape[0], slack))]))
            cost, lower = np.concatenate([cost, np.ones(slack)]), np.concatenate([lower, np.zeros(slack)])
            upper = np.concatenate([upper, np.full(slack, np.inf)])
        found = linprog(  # type: ignore[call-overload]
            cost,
            A_ub=csr_array(vstack([limits, members])),
            b_ub=np.concatenate([high, np.ones(members.shape[0])]),
            bounds=np.column_stack([lower, upper]),
            method="highs",
        )
        if found.status == 2:
            return None
        if found.status != 0:
            raise Unproven("decision.portfolio.failed")
        worth = np.zeros(len(self.low))
        marginals = -found.ineqlin.marginals[: len(high)]
        worth[self.above] += np.maximum(marginals[: len(self.above)], 0.0)
        worth[self.below] -= np.maximum(marginals[len(self.above) :], 0.0)
        part = np.zeros(self.given.size)
        part[columns] = found.x[: len(columns)]
        return _Part(-float(found.fun), part, worth)
