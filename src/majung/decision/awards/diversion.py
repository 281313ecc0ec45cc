"""What awards do to others, learnt from all awards together, so that each is known from few worlds.

An award moves the whole market a little, and in a rare world that decides whether some other firm lives. Such a world
says next to nothing about the award, and yet outweighs all others in the mean. What the award does to its own firm does
not suffer from that, and what it takes from others follows from it: buyers who come to the firm, or whom an order
brings to it, are missed elsewhere in its technology. In economics this is diversion. So the effect of award j in world
w is

    total = s own + t amount + rest,        s of its technology, t of its technology and instrument,

fitted over all awards and worlds so that worlds in which the market tips count little (Huber 1964). Of the rest, which
is the award's own but noisy, only so much is counted as it can be trusted: its mean over worlds is shrunk to zero by
the variance of the rests against their noise (Efron and Morris 1973, with the variances estimated). With many worlds
the total itself remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.sets import Effect

__all__ = ["Diversion", "Observed"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HUBER: Final = 1.345
"""Scales from which on a residual counts by its root: 95 % as efficient as least squares if all is normal."""
_NORMAL: Final = 1.4826
"""Standard deviations in a median absolute deviation."""
_ROUNDS: Final = 50


class Observed(NamedTuple):
    """An award that was simulated alone.

    Parameters
    ----------
    technology, instrument : int
    amount : float
    effect : Effect
        Of one award.
    """

    technology: int
    instrument: int
    amount: float
    effect: Effect


@dataclass(frozen=True)
class Diversion:
    """What is left of an award's effect on its firm when the others are counted.

    Parameters
    ----------
    kept : (K,) array
        s, of each technology; 1 where nobody is diverted, and where nothing was observed.
    displaced : (K, 3) array
        t, of each technology and instrument.
    rest : float
        Variance of the awards' own rests, per square of the amount.
    """

    kept: Floats
    displaced: Floats
    rest: float

    @classmethod
    def fitted(cls, observed: list[Observed], technologies: int, instruments: int) -> Diversion:
        """Fit technology by technology.

        Parameters
        ----------
        observed : list of Observed
        technologies, instruments : int
            How many there are.
        """
        kept, displaced = np.ones(technologies), np.zeros((technologies, instruments))
        for k in range(technologies):
            here = [one for one in observed if one.technology == k]
            if here:
                kept[k], displaced[k] = _fit(here, instruments)
        found = cls(kept, displaced, 0.0)
        return cls(kept, displaced, _variance_of_rests(found, observed))

    def expected(self, one: Observed) -> Floats:
        """Return the part of an award's effect that follows from what it does to its firm, (n,)."""
        taken = self.displaced[one.technology, one.instrument] * one.amount
        return np.asarray(self.kept[one.technology] * one.effect.own[0] + taken)

    def value(self, one: Observed) -> Floats:
        """Return the effect of an award by world, (n,), with as much of its rest as can be trusted."""
        expected = self.expected(one)
        rest = one.effect.total - expected
        noise = _noise(rest)
        mine = self.rest * one.amount**2
        trust = mine / (mine + noise) if np.isfinite(mine) and mine + noise > 0 else 1.0
        return np.asarray(expected + trust * rest)

    def value_of_set(self, technology: Ints, instrument: Ints, amount: Floats, effect: Effect) -> Floats:
        """Return the effect of several awards together by world, (n,); what they do to each other is in it."""
        taken = float((self.displaced[technology, instrument] * amount).sum())
        return np.asarray((self.kept[technology][:, None] * effect.own).sum(axis=0) + taken)


def _fit(here: list[Observed], instruments: int) -> tuple[float, Floats]:
    """Return s, and t of each instrument, of one technology's awards; an instrument that nobody has gets none."""
    own = np.concatenate([one.effect.own[0] for one in here])
    total = np.concatenate([one.effect.total for one in here])
    amounts = np.zeros((own.size, instruments))
    first = 0
    for one in here:
        last = first + one.effect.total.size
        amounts[first:last, one.instrument] = one.amount
        first = last
    design = np.column_stack([own, amounts])
    sound = ~np.isnan(total) & ~np.isnan(own)
    found = _robust(design[sound], total[sound])
    slope = float(found[0]) if np.abs(own[sound]).any() else 1.0
    return slope, np.asarray(found[1:])


def _robust(design: Floats, target: Floats) -> Floats:
    """Return Huber's estimate by reweighted least squares; columns of nothing get a coefficient of zero."""
    found = np.linalg.lstsq(design, target, rcond=None)[0]
    for _ in range(_ROUNDS):
        away = np.abs(target - design @ found)
        scale = _NORMAL * float(np.median(away)) or float(away.mean())
        if scale == 0.0:
            break
        near = _HUBER * scale
        root = np.sqrt(near / np.maximum(away, near))
        before, found = found, np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0]
        if np.allclose(found, before, rtol=1e-6, atol=0.0):
            break
    return np.asarray(found)


def _variance_of_rests(found: Diversion, observed: list[Observed]) -> float:
    """Return how much rests differ beyond their noise, per square of the amount: by moments, weighted by precision."""
    means, noises = [], []
    for one in observed:
        rest = one.effect.total - found.expected(one)
        noise = _noise(rest)
        if np.isfinite(noise) and noise > 0 and one.amount > 0:
            means.append(float(np.nanmean(rest)) / one.amount)
            noises.append(noise / one.amount**2)
    if len(means) < 2:
        return np.inf
    mean, noise_of = np.array(means), np.array(noises)
    weight = 1.0 / noise_of
    excess = float((weight * mean**2).sum()) - len(means)
    return max(0.0, excess / float(weight.sum()))


def _noise(rest: Floats) -> float:
    """Return the variance of the mean over worlds."""
    kept = rest[~np.isnan(rest)]
    return float(kept.var(ddof=1) / kept.size) if kept.size > 1 else 0.0
