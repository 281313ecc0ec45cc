"""Worlds with a best strategy that is known, so that a search can be held against it."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from majung.decision.search import Space
from majung.scenario import Strategy

Floats = NDArray[np.float64]
Truth = Callable[[Strategy], tuple[float, float]]

LINES = 1000
MIX = np.array([0.2, 0.7, 0.1])
WINNERS = 60


def space(*own: Strategy) -> Space:
    """A budget of a thousand over up to twenty quarters."""
    return Space(budget=1000.0, unit="million KRW", horizon=20, lines=LINES, noise=0.1, own=own)


def planted(strategy: Strategy) -> tuple[float, float]:
    """Two at the planted mix and number of winners from the first quarter on, and less with the distance from them.

    The other objective falls with the part that is not a subsidy.
    """
    mix = strategy.mix.array()
    far = np.log(max(strategy.winners or LINES, 1) / WINNERS)
    value = 2.0 - np.abs(mix - MIX).sum() - 0.08 * far**2 - 0.03 * strategy.start
    return float(value), float(mix[0])


class Planted:
    """A known value, with luck that a world shares out to all strategies and luck that is a strategy's own.

    `failing` says in which worlds a strategy fails.
    """

    objectives = ("additionality", "sme_share")

    def __init__(
        self,
        seed: int = 0,
        *,
        truth: Truth = planted,
        shared: float = 1.0,
        own: float = 0.3,
        failing: Callable[[Strategy, int], bool] = lambda strategy, world: False,
    ) -> None:
        self.truth, self._seed, self._shared, self._own, self._failing = truth, seed, shared, own, failing
        self.looks = 0

    def __call__(self, strategy: Strategy, worlds: range) -> Floats:
        self.looks += len(worlds)
        name = zlib.crc32(strategy.hash.encode())
        table = np.empty((len(worlds), 2))
        for row, world in enumerate(worlds):
            together = np.random.default_rng([self._seed, world]).normal(0.0, self._shared, 2)
            alone = np.random.default_rng([self._seed, world, name]).normal(0.0, self._own, 2)
            table[row] = np.nan if self._failing(strategy, world) else self.truth(strategy) + together + alone
        return table
