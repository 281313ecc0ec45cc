"""Sets of awards, simulated in the same worlds and remembered: the door between decisions and ensembles."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.decision.steps import Step
from majung.dims import INSTRUMENTS
from majung.ensemble import BLOCK, BlockResult, Design, market_of
from majung.scenario import Award, Strategy, hands_off

if TYPE_CHECKING:
    from majung.decision.awards.objectives import Objective
    from majung.ensemble import Session
    from majung.scenario import Scenario
    from majung.scenario.call import Call

__all__ = ["FRESH", "NONE", "Effect", "Grant", "Sets", "Step"]

Floats = NDArray[np.float64]
_T = TypeVar("_T")

_SALES: Final = {array.name: column for column, array in enumerate(dims.OUTCOMES)}["private_domestic_sales"]
_FIRM: Final = {array.name: row for row, array in enumerate(dims.FIRM_ARRAYS)}
_TOGETHER: Final = 32
"""Sets that are given to the workers at a time: after each lot it is said how far the work has come."""
FRESH: Final = 1 << 40
"""The first of the worlds that are kept from all choosing, a multiple of a block."""


class Grant(NamedTuple):
    """An award of a set."""

    line: str
    instrument: int
    amount: float
    quarter: int


class Effect(NamedTuple):
    """What a set of m awards does in each of n worlds, against giving nothing; NaN where something failed."""

    total: Floats
    """(n,) added to the objective."""
    sales: Floats
    """(n,) added to the private sales of all domestic firms over all quarters, money."""
    own: Floats
    """(m, n) private sales that the firm of each award gains over all quarters, money; parted where it has several."""
    paid: Floats
    """(m, n) public money that the firm of each award is paid, parted alike."""
    survived: Floats
    """(m, n) 1 where the award's firm is alive at the end only with it, -1 only without, else 0."""

    def followed_by(self, other: Effect) -> Effect:
        """Return the effect of the same awards in these worlds and then in the other's."""
        return Effect(*(np.concatenate(pair, axis=-1) for pair in zip(self, other, strict=True)))


NONE: Final = Effect(np.zeros(0), np.zeros(0), *(np.zeros((1, 0)) for _ in range(3)))
"""Of one award in no world."""


class _Seen(NamedTuple):
    """A block of worlds under a set: objective and sales, (n,), its firms, (F, m, n), and take-offs, (n, K)."""

    objective: Floats
    sales: Floats
    firms: Floats
    takeoff: NDArray[np.int16]


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
        firms = zip(scenario.lines.id.tolist(), scenario.lines.firm.tolist(), strict=True)
        self._firm_of: dict[str, int] = {str(line): int(firm) for line, firm in firms}
        self._known: dict[tuple[str, int], _Seen] = {}
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

    def effects(self, sets: Sequence[Sequence[Grant]], first: int, worlds: int) -> list[Effect]:
        """Return what each set does, against giving nothing, in the same worlds.

        Parameters
        ----------
        sets : sequence of N sets
        first, worlds : int
            Which worlds; `first` is a multiple of a block, and so is the number.
        """
        started = time.perf_counter()
        strategies = [self._nothing, *(self.strategy(grants) for grants in sets)]
        for start in range(first, first + worlds, BLOCK):
            self._simulate(strategies, start)
        self.seconds += time.perf_counter() - started
        starts = range(first, first + worlds, BLOCK)
        return [
            self._effect(strategy.hash, grants, starts) for strategy, grants in zip(strategies[1:], sets, strict=True)
        ]

    def values(self, sets: Sequence[Sequence[Grant]], first: int, worlds: int) -> Floats:
        """Return what each set adds to the objective above giving nothing, (N, worlds); see `effects`."""
        return np.array([effect.total for effect in self.effects(sets, first, worlds)]).reshape(len(sets), worlds)

    def takeoffs(self, first: int, worlds: int) -> NDArray[np.int16]:
        """Return the quarter in which each technology takes off if nothing is given, (worlds, K); -1 for never."""
        starts = range(first, first + worlds, BLOCK)
        for start in starts:
            self._simulate([self._nothing], start)
        return np.concatenate([self._known[self._nothing.hash, start].takeoff for start in starts])

    def _simulate(self, strategies: Sequence[Strategy], start: int) -> None:
        """Simulate what is not known of a block of worlds; giving nothing is the first."""
        missing = {strategy.hash: strategy for strategy in strategies if (strategy.hash, start) not in self._known}
        for some in _batched(list(missing.values()), _TOGETHER):
            design = Design(self._scenario, some, self._seed, start + BLOCK, start, detail="outcomes")
            for _, done in self._session.ranges(design, self._market(some)):
                for strategy, block in zip(some, done, strict=True):
                    assert block.named is not None
                    sales = block.outcomes[:, _SALES]
                    self._known[strategy.hash, start] = _Seen(self._objective(block), sales, block.named, block.takeoff)
                    self._feed(block)
                self._count(len(done))

    def _effect(self, name: str, grants: Sequence[Grant], starts: Iterable[int]) -> Effect:
        firms = np.unique([self._firm_of[grant.line] for grant in grants]) if grants else np.zeros(0, np.int64)
        pairs = [(self._known[name, start], self._known[self._nothing.hash, start]) for start in starts]
        total = np.concatenate([given.objective - nothing.objective for given, nothing in pairs])
        sales = np.concatenate([given.sales - nothing.sales for given, nothing in pairs])
        place = {int(firm): row for row, firm in enumerate(firms)}
        rows = np.array([place[self._firm_of[grant.line]] for grant in grants], dtype=np.int64)
        shared = np.bincount(rows, minlength=firms.size)[rows, np.newaxis]

        def gained(array: str) -> Floats:
            kind = _FIRM[array]
            by_firm = [given.firms[kind, : firms.size] - nothing.firms[kind, firms] for given, nothing in pairs]
            return np.asarray(np.concatenate(by_firm, axis=1)[rows])

        return Effect(
            total, sales, gained("total_private_sales") / shared, gained("public_received") / shared, gained("survived")
        )

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
