"""Search a scenario: strategies of each budget, simulated in plausible worlds."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.decision.search.looks import Watch
from majung.decision.search.plan import KIND, SearchPlan, planned_search
from majung.decision.search.result import Search
from majung.decision.search.robust import STREAM, best_strategy
from majung.decision.search.space import Space
from majung.decision.worlds.factors import points, varied
from majung.decision.worlds.measures import MEASURES
from majung.ensemble import Design, Market, Session, market_of
from majung.errors import InputError
from majung.scenario import Scenario, Strategy, hands_off

if TYPE_CHECKING:
    from majung.decision.steps import Step

__all__ = ["MarketWorlds", "search", "searched"]

Floats = NDArray[np.float64]
_Made: TypeAlias = tuple[Scenario, Callable[[Sequence[Strategy]], Market]]

_COLUMN: Final = {array.name: column for column, array in enumerate(dims.OUTCOMES)}
_SALES: Final = _COLUMN["private_domestic_sales"]
_LINES_AT_HAND: Final = 500_000
"""Lines of all worlds together that are kept ready to be simulated again: a few hundred megabytes."""


def search(
    scenario: Scenario,
    budgets: Sequence[str | float] | None = None,
    *,
    objective: str | None = None,
    trials: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    store: str | Path | None = None,
    cluster: str | None = None,
    progress: Callable[[Step], None] | None = None,
    cancel: Event | None = None,
) -> Search:
    """Search the strategy that makes most of each budget, over all worlds that are plausible.

    A plausible world is a point of the box of all parameters' plausible ranges and of the scenario's uncertain inputs.
    The scenario's own strategies, with the budget, take part. Finalists are judged in worlds that had no part in
    finding or choosing them.

    Parameters
    ----------
    scenario : Scenario
        From `majung.load`.
    budgets : sequence of float or str, optional
        In all, over the whole programme: in the scenario's unit or as people write them (``100억``). By default what
        the scenario's own programmes cost.
    objective : str, optional
        What is to be made large, a name of `majung.decision.search.OBJECTIVES`: by default private domestic sales
        above those of doing nothing, for a unit of budget.
    trials : int, optional
        Strategies that are tried for each budget: 80 by default; not fewer than the scenario's own.
    seed : int, optional
        The scenario's own by default.
    threads, store, cluster, progress, cancel
        As of `majung.allocate`.

    Returns
    -------
    Search

    Raises
    ------
    InputError
        When what was asked for makes no sense, or every world failed.
    StoreError, ClusterError
        When the store or the cluster is in trouble; finished blocks are kept.
    Interrupted
        When `cancel` was set.
    """
    plan = planned_search(scenario, budgets, objective=objective, trials=trials, seed=seed)
    with Session(store, threads=threads, cluster=cluster, cancel=cancel) as session:
        session.begin(plan.record(KIND, {}))
        return searched(plan, session, progress)


def searched(plan: SearchPlan, session: Session, progress: Callable[[Step], None] | None = None) -> Search:
    """Run a plan in a session that has begun; see `search`."""
    started = time.perf_counter()
    worlds, watch = MarketWorlds(plan, session), Watch(progress)
    confidence = float(plan.scenario.parameters.value("confidence"))
    found = tuple(
        best_strategy(
            Space.of(plan.scenario, budget),
            worlds,
            seed=plan.seed,
            effort=plan.effort,
            objective=plan.objective,
            others=plan.others,
            confidence=confidence,
            watch=watch,
        )
        for budget in plan.budgets
    )
    seconds = time.perf_counter() - started
    chosen = [[one.strategy.hash for one in of_budget.contenders] for of_budget in found]
    return Search(
        run_id=plan.run_id,
        result_hash=hashlib.sha256(json.dumps([worlds.digest, chosen]).encode()).hexdigest(),
        scenario=plan.scenario.id,
        scenario_title=plan.scenario.title,
        unit=plan.scenario.unit,
        seed=plan.seed,
        objective=plan.objective,
        objectives=plan.measured,
        replications=plan.replications,
        confidence=confidence,
        budgets=found,
        seconds={"simulating": worlds.seconds, "choosing": seconds - worlds.seconds},
    )


class MarketWorlds:
    """Plausible worlds of a scenario, as an `Evaluator`.

    Each part of the worlds is a Latin hypercube of its own: the rest of one would make up for what its beginning
    lacked, and be no fresh luck. Each world has its own replications, and doing nothing is simulated once in each.

    Parameters
    ----------
    plan : SearchPlan
    session : Session
        That has begun.

    Attributes
    ----------
    objectives : tuple of str
    seconds : float
        That simulating took.
    """

    def __init__(self, plan: SearchPlan, session: Session) -> None:
        self.objectives = plan.measured
        self.seconds = 0.0
        self._plan, self._session = plan, session
        self._nothing = hands_off(plan.scenario.unit)
        self._idle: dict[int, Floats] = {}
        self._points: dict[int, Floats] = {}
        self._made: dict[int, _Made | None] = {}
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of all that was simulated, in its order."""
        return self._hash.hexdigest()

    def __call__(self, strategy: Strategy, worlds: range) -> Floats:
        """Return what is measured by world, (worlds, objectives); rows of NaN where a world failed."""
        started = time.perf_counter()
        table = np.full((len(worlds), len(self.objectives)), np.nan)
        for design, _, blocks in self._session.ranges_of(self._parts(strategy, worlds)):
            world = design.start // self._plan.replications
            for block in blocks:
                self._hash.update(np.ascontiguousarray(block.digests).data)
            if len(blocks) > 1:
                self._idle[world] = blocks[0].outcomes
            table[world - worlds.start] = self._measured(blocks[-1].outcomes, self._idle[world])
        self.seconds += time.perf_counter() - started
        return table

    def _parts(self, strategy: Strategy, worlds: range) -> Iterator[tuple[Design, Market]]:
        count = self._plan.replications
        for world in worlds:
            made = self._world(world)
            if made is None:
                continue
            here, market = made
            strategies = (strategy,) if world in self._idle else (self._nothing, strategy)
            first = world * count
            yield Design(here, strategies, self._plan.seed, first + count, first, detail="totals"), market(strategies)

    def _world(self, world: int) -> _Made | None:
        """Return a world's scenario and what makes its market; None where there can be no such world."""
        if world in self._made:
            return self._made[world]
        try:
            here = varied(self._plan.scenario, self._plan.factors, self._point(world))
            made: _Made | None = here, market_of(here)
        except InputError:
            made = None
        if (len(self._made) + 1) * len(self._plan.scenario.lines) <= _LINES_AT_HAND:
            self._made[world] = made
        return made

    def _point(self, world: int) -> Floats:
        part, place = divmod(world, STREAM)
        if part not in self._points:
            count = self._plan.effort.fresh if part else self._plan.effort.rungs[-1]
            self._points[part] = points(self._plan.factors, count, self._plan.seed + part)
        return np.asarray(self._points[part][place])

    def _measured(self, outcomes: Floats, nothing: Floats) -> Floats:
        """Return the measures of means over replications, (objectives,), of (replications, outcome) outcomes.

        A replication that failed under one says nothing of the other either.
        """
        finished = np.isfinite(outcomes[:, _SALES]) & np.isfinite(nothing[:, _SALES])
        if not finished.any():
            return np.full(len(self.objectives), np.nan)
        ours, theirs = outcomes[finished].mean(axis=0), nothing[finished].mean(axis=0)
        return np.array(
            [
                float(MEASURES[name].of(lambda key: ours[_COLUMN[key]], lambda key: theirs[_COLUMN[key]]))
                for name in self.objectives
            ]
        )
