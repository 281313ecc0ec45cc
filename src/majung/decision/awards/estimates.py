"""What each option is worth, from as many worlds as its place in the decision asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.diversion import Diversion, Observed
from majung.decision.awards.sets import NONE, Effect
from majung.dims import INSTRUMENTS
from majung.ensemble import BLOCK

if TYPE_CHECKING:
    from majung.decision.awards.case import Case
    from majung.decision.awards.objectives import Objective
    from majung.decision.awards.sets import Sets

__all__ = ["COMPANY", "Estimates"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_PRIOR: Final = 8.0
"""Worlds that the common variance counts for beside an option's own: few of them may miss the rare great success."""
_YEAR: Final = 4.0
COMPANY: Final = 40
"""Awards that are simulated together where options are only looked at: about as many as a call makes."""


class Estimates:
    """Values of n options by world, each option in the first worlds of the same row of worlds.

    An option is simulated alone, or in company: in sets of many awards, which tell what each does to its own firm, and
    by diversion what it is worth. An option that was simulated in neither way is guessed from the leading one of its
    application and instrument, in proportion to the amount and discounted by the time between.

    The mean of the worlds stands for the value, without shrinking it by its precision: what awards create comes from
    few great successes, whose options have the largest variances: weighting by precision would sort out just those.
    What an award does to others is another matter: see `majung.decision.awards.diversion`.

    Parameters
    ----------
    case : Case
    sets : Sets
    first : int
        The first of the worlds.
    objective : Objective
    learnt : Diversion, optional
        From other worlds, where options are simulated in company alone.
    """

    def __init__(
        self, case: Case, sets: Sets, first: int, objective: Objective, learnt: Diversion | None = None
    ) -> None:
        self._case, self._sets, self._first, self._objective = case, sets, first, objective
        n = len(case)
        self.worlds = np.zeros(n, dtype=np.int64)
        self._effects: list[Effect] = [NONE] * n
        self._in_company: list[Floats] = [NONE.total] * n
        self._learnt = learnt

    @property
    def simulated(self) -> Flags:
        """Which options were simulated alone, (n,)."""
        return np.asarray(self.worlds > 0)

    @property
    def looks(self) -> Ints:
        """In how many worlds each option was looked at, alone or else in company, (n,)."""
        company = np.array([own.size for own in self._in_company], dtype=np.int64)
        return np.asarray(np.where(self.simulated, self.worlds, company))

    @property
    def diversion(self) -> Diversion:
        """What awards do to others, from all that was simulated."""
        if self._learnt is None:
            places = np.flatnonzero(self.simulated).tolist()
            observed = [self.observed(place, self._effects[place]) for place in places]
            kinds = int(self._case.technology.max(initial=-1)) + 1
            self._learnt = Diversion.fitted(observed, kinds, len(INSTRUMENTS))
        return self._learnt

    def observed(self, place: int, effect: Effect) -> Observed:
        """Return an option with an effect of it."""
        o = self._case.options
        technology, instrument = int(self._case.technology[place]), int(o.instrument[place])
        return Observed(technology, instrument, float(o.amount[place]), effect)

    def extend(self, places: Sequence[int] | Ints, worlds: int | Ints) -> None:
        """Simulate options until each has at least so many worlds, one number for all or one each; whole blocks."""
        places = np.asarray(places, dtype=np.int64)
        wanted = -(-np.broadcast_to(worlds, places.shape) // BLOCK) * BLOCK
        while (late := self.worlds[places] < wanted).any():
            have = int(self.worlds[places[late]].min())
            lot = places[late & (self.worlds[places] == have)]
            more = self._sets.effects(self._case.each(lot), self._first + have, BLOCK)
            for place, effect in zip(lot.tolist(), more, strict=True):
                self._effects[place] = self._effects[place].followed_by(effect)
                self.worlds[place] = have + BLOCK
            self._learnt = None

    def screen(self, places: Sequence[int] | Ints, worlds: int, seed: int) -> None:
        """Simulate options in company, in other company from block to block; none beside another of its firm.

        Parameters
        ----------
        places : sequence of int
        worlds : int
            Whole blocks, the first ones.
        seed : int
            Of who is put with whom.
        """
        for block in range(worlds // BLOCK):
            order = np.random.default_rng([seed, block]).permutation(np.asarray(places, dtype=np.int64))
            lots = _apart(order, self._case.firm[order])
            effects = self._sets.effects([self._case.grants(lot) for lot in lots], self._first + block * BLOCK, BLOCK)
            for lot, effect in zip(lots, effects, strict=True):
                for place, own in zip(lot.tolist(), effect.own, strict=True):
                    self._in_company[place] = np.concatenate([self._in_company[place], own])

    def value(self, place: int, effect: Effect) -> Floats:
        """Return what an effect of an option comes to by world, (n,)."""
        if not self._objective.follows_sales:
            return effect.total
        return self.diversion.value(self.observed(place, effect))

    def of_set(self, chosen: Flags, effect: Effect) -> Floats:
        """Return what an effect of several options together comes to by world, (n,), for telling sets apart."""
        if not self._objective.follows_sales:
            return effect.total
        o, places = self._case.options, np.flatnonzero(chosen)
        return self.diversion.value_of_set(
            self._case.technology[places], o.instrument[places], o.amount[places], effect
        )

    def mean(self) -> Floats:
        """Return each option's value, (n,)."""
        own = np.array([_mean(values) for values in self._values()])
        return np.asarray(np.where(self.looks > 0, own, own[self._case.leading] * self._scale()))

    def variance(self) -> Floats:
        """Return the variance of each option's value over worlds, (n,): its own and, for a few worlds' weight, all's.

        The common part is in proportion to the square of the amount.
        """
        amount = self._case.options.amount
        looks = self.looks
        enough = looks > 1
        own = np.array([_variance(values) for values in self._values()])
        by_unit = own[enough] / amount[enough] ** 2
        common = float(by_unit.mean()) * amount**2 if by_unit.size else np.zeros_like(amount)
        mixed = (looks * own + _PRIOR * common) / (looks + _PRIOR)
        return np.asarray(np.where(looks > 0, mixed, mixed[self._case.leading] * self._scale() ** 2))

    def by_world(self, worlds: int) -> Floats:
        """Return each option's value in the first worlds, (worlds, n); worlds in which something failed are left out.

        Options with fewer worlds repeat their guess.
        """
        mean, scale, leading, values = self.mean(), self._scale(), self._case.leading, self._values()
        table = np.empty((worlds, len(self._case)))
        for place in range(table.shape[1]):
            if values[place].size >= worlds:
                table[:, place] = values[place][:worlds]
            elif values[leading[place]].size >= worlds and not values[place].size:
                table[:, place] = values[leading[place]][:worlds] * scale[place]
            else:
                table[:, place] = mean[place]
        return np.asarray(table[~np.isnan(table).any(axis=1)])

    def _values(self) -> list[Floats]:
        found = []
        for place, (effect, own) in enumerate(zip(self._effects, self._in_company, strict=True)):
            if effect.total.size:
                found.append(self.value(place, effect))
            elif own.size:
                found.append(self.diversion.expected(self.observed(place, effect._replace(own=own[np.newaxis]))))
            else:
                found.append(NONE.total)
        return found

    def _scale(self) -> Floats:
        o, leading = self._case.options, self._case.leading
        later = (o.quarter - o.quarter[leading]) / _YEAR
        return np.asarray(o.amount / o.amount[leading] * (1.0 + self._objective.discount) ** -later)


def _apart(order: Ints, firms: Ints) -> list[Ints]:
    """Return lots of places, in their order, with no firm twice in a lot."""
    lots: list[list[int]] = []
    there: list[set[int]] = []
    full = 0
    for place, firm in zip(order.tolist(), firms.tolist(), strict=True):
        lot = next((lot for lot in range(full, len(lots)) if firm not in there[lot]), len(lots))
        if lot == len(lots):
            lots.append([])
            there.append(set())
        lots[lot].append(place)
        there[lot].add(firm)
        while full < len(lots) and len(lots[full]) >= COMPANY:
            full += 1
    return [np.sort(np.array(lot, dtype=np.int64)) for lot in lots]


def _mean(values: Floats) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if kept.size else 0.0


def _variance(values: Floats) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.var(ddof=1)) if kept.size > 1 else 0.0
