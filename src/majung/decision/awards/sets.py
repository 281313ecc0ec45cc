"""Sets of awards, simulated in the same worlds and remembered: the door between decisions and ensembles."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from majung.dims import INSTRUMENTS
from majung.ensemble import BLOCK, BlockResult, Design, market_of
from majung.scenario import Award, Strategy, hands_off

if TYPE_CHECKING:
    from majung.decision.awards.objectives import Objective
    from majung.ensemble import Session
    from majung.scenario import Scenario
    from majung.scenario.call import Call

__all__ = ["FRESH", "Grant", "Sets", "Step"]

Floats = NDArray[np.float64]
_T = TypeVar("_T")

_TOGETHER: Final = 32
"""Sets that are given to the workers at a time: after each lot it is said how far the work has come."""
FRESH: Final = 1 << 40
"""The first of the worlds that are kept from all choosing, a multiple of a block."""


class Step(NamedTuple):
    """How far a stage has come, in worlds: one set of awards in one replication."""

    stage: str
    done: int
    total: int


class Grant(NamedTuple):
    """An award of a set."""

    line: str
    instrument: int
    amount: float
    quarter: int


@dataclass
class _Watch:
    """What a stage has to do, and who is told."""

    stage: str = ""
    done: int = 0
    total: int = 0


class Sets:
    """Sets of awards and what they come to.

    Parameters
    ----------
    scenario : Scenario
    call : Call
        Gives the least quality of orders and the terms of matching.
    objective : Objective
    session : Session
        That has begun.
    progress : callable, optional
        Told a `Step` after each block.

    Attributes
    ----------
    worlds : dict of str to int
        Worlds simulated, or found in the store, by stage.
    seconds : float
        That took.
    """

    def __init__(
        self,
        scenario: Scenario,
        call: Call,
        objective: Objective,
        session: Session,
        seed: int,
        progress: Callable[[Step], None] | None = None,
    ) -> None:
        self._scenario, self._call, self._objective = scenario, call, objective
        self._session, self._seed, self._progress = session, seed, progress
        self._market = market_of(scenario)
        self._known: dict[tuple[str, int], Floats] = {}
        self._watch = _Watch()
        self._hash = hashlib.sha256()
        self._nothing = hands_off(scenario.unit)
        self.worlds: dict[str, int] = {}
        self.seconds = 0.0

    @property
    def result_hash(self) -> str:
        """SHA-256 of all that was simulated, in its order."""
        return self._hash.hexdigest()

    def stage(self, name: str, total: int) -> None:
        """Say what comes next, and how many worlds it will take at most."""
        self._watch = _Watch(name, 0, total)
        self.worlds.setdefault(name, 0)

    def strategy(self, grants: Sequence[Grant]) -> Strategy:
        """Return the strategy that gives these awards, whatever their order."""
        if not grants:
            return self._nothing
        awards = [
            Award(line=line, instrument=INSTRUMENTS[instrument], amount=amount, quarter=quarter)
            for line, instrument, amount, quarter in sorted(grants)
        ]
        return Strategy(
            id="awards",
            awards=tuple(awards),
            unit=self._scenario.unit,
            min_quality=self._call.min_quality,
            match_rate=self._call.match_rate,
        )

    def values(self, sets: Sequence[Sequence[Grant]], first: int, worlds: int) -> Floats:
        """Return what each set adds to the objective above giving nothing, in the same worlds.

        Parameters
        ----------
        sets : sequence of N sets
        first, worlds : int
            Which worlds; `first` is a multiple of a block, and so is the number.

        Returns
        -------
        (N, worlds) array
            In the objective's unit; NaN in worlds that failed under the set or without it.
        """
        started = time.perf_counter()
        strategies = [self._nothing, *(self.strategy(grants) for grants in sets)]
        columns = [self._block(strategies, start) for start in range(first, first + worlds, BLOCK)]
        levels = np.concatenate(columns, axis=1)
        self.seconds += time.perf_counter() - started
        return np.asarray(levels[1:] - levels[0])

    def blocks(self, sets: Sequence[Sequence[Grant]], first: int, worlds: int) -> list[list[BlockResult]]:
        """Return the blocks of each set, with all that statistics need; the first list is of giving nothing."""
        started = time.perf_counter()
        strategies = [self._nothing, *(self.strategy(grants) for grants in sets)]
        found: list[list[BlockResult]] = [[] for _ in strategies]
        for start in range(first, first + worlds, BLOCK):
            for some in _batched(list(enumerate(strategies)), _TOGETHER):
                alone = tuple(strategy for _, strategy in some)
                design = Design(self._scenario, alone, self._seed, start + BLOCK, start)
                for _, done in self._session.ranges(design, self._market(alone)):
                    for (place, strategy), block in zip(some, done, strict=True):
                        found[place].append(block)
                        self._known[strategy.hash, start] = self._objective(block)
                        self._feed(block)
                    self._count(len(done))
        self.seconds += time.perf_counter() - started
        return found

    def _block(self, strategies: Sequence[Strategy], start: int) -> Floats:
        """Return the objective of each strategy in a block of worlds, (N, BLOCK); simulate what is not known."""
        names = [strategy.hash for strategy in strategies]
        missing = {
            name: strategy for name, strategy in zip(names, strategies, strict=True) if (name, start) not in self._known
        }
        for some in _batched(list(missing.values()), _TOGETHER):
            design = Design(self._scenario, some, self._seed, start + BLOCK, start, detail="outcomes")
            for _, done in self._session.ranges(design, self._market(some)):
                for strategy, block in zip(some, done, strict=True):
                    self._known[strategy.hash, start] = self._objective(block)
                    self._feed(block)
                self._count(len(done))
        return np.stack([self._known[name, start] for name in names])

    def _count(self, sets: int) -> None:
        watch = self._watch
        watch.done += sets * BLOCK
        watch.total = max(watch.total, watch.done)
        self.worlds[watch.stage] = self.worlds.get(watch.stage, 0) + sets * BLOCK
        if self._progress is not None:
            self._progress(Step(watch.stage, watch.done, watch.total))

    def _feed(self, block: BlockResult) -> None:
        self._hash.update(np.ascontiguousarray(block.digests).data)


def _batched(items: Sequence[_T], size: int) -> Iterator[tuple[_T, ...]]:
    for first in range(0, len(items), size):
        yield tuple(items[first : first + size])
