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

__all__ = ["Estimates"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_PRIOR: Final = 8.0
"""Worlds that the common variance counts for beside an option's own: few of them may miss the rare great success."""
_YEAR: Final = 4.0


class Estimates:
    """Values of n options by world, each option in the first worlds of the same row of worlds.

    An option that was not simulated is guessed from the leading one of its application and instrument, in proportion to
    the amount and discounted by the time between.

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
    """

    def __init__(self, case: Case, sets: Sets, first: int, objective: Objective) -> None:
        self._case, self._sets, self._first, self._objective = case, sets, first, objective
        n = len(case)
        self.worlds = np.zeros(n, dtype=np.int64)
        self._effects: list[Effect] = [NONE] * n
        self._learnt: Diversion | None = None

    @property
    def simulated(self) -> Flags:
        """Which options were simulated themselves, (n,)."""
        return np.asarray(self.worlds > 0)

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

    def value(self, place: int, effect: Effect) -> Floats:
        """Return what an effect of an option comes to by world, (n,)."""
        if not self._objective.follows_sales:
            return effect.total
        return self.diversion.value(self.observed(place, effect))

    def of_set(self, chosen: Flags, effect: Effect) -> Floats:
        """Return what an effect of several options together comes to by world, (n,), for telling sets apart."""
        if not self._objective.follows_sales:
            return effect.total
        o, places = self._case.options, self._case.ordered(chosen)
        return self.diversion.value_of_set(
            self._case.technology[places], o.instrument[places], o.amount[places], effect
        )

    def mean(self) -> Floats:
        """Return each option's value, (n,)."""
        own = np.array([_mean(values) for values in self._values()])
        return np.asarray(np.where(self.simulated, own, own[self._case.leading] * self._scale()))

    def variance(self) -> Floats:
        """Return the variance of each option's value over worlds, (n,): its own and, for a few worlds' weight, all's.

        The common part is in proportion to the square of the amount.
        """
        amount = self._case.options.amount
        enough = self.worlds > 1
        own = np.array([_variance(values) for values in self._values()])
        by_unit = own[enough] / amount[enough] ** 2
        common = float(by_unit.mean()) * amount**2 if by_unit.size else np.zeros_like(amount)
        mixed = (self.worlds * own + _PRIOR * common) / (self.worlds + _PRIOR)
        return np.asarray(np.where(self.simulated, mixed, mixed[self._case.leading] * self._scale() ** 2))

    def by_world(self, worlds: int) -> Floats:
        """Return each option's value in the first worlds, (worlds, n); worlds in which something failed are left out.

        Options with fewer worlds repeat their guess.
        """
        mean, scale, leading, values = self.mean(), self._scale(), self._case.leading, self._values()
        table = np.empty((worlds, len(self._case)))
        for place in range(table.shape[1]):
            if self.worlds[place] >= worlds:
                table[:, place] = values[place][:worlds]
            elif self.worlds[leading[place]] >= worlds:
                table[:, place] = values[leading[place]][:worlds] * scale[place]
            else:
                table[:, place] = mean[place]
        return np.asarray(table[~np.isnan(table).any(axis=1)])

    def _values(self) -> list[Floats]:
        return [
            self.value(place, effect) if effect.total.size else effect.total
            for place, effect in enumerate(self._effects)
        ]

    def _scale(self) -> Floats:
        o, leading = self._case.options, self._case.leading
        later = (o.quarter - o.quarter[leading]) / _YEAR
        return np.asarray(o.amount / o.amount[leading] * (1.0 + self._objective.discount) ** -later)


def _mean(values: Floats) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if kept.size else 0.0


def _variance(values: Floats) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.var(ddof=1)) if kept.size > 1 else 0.0
