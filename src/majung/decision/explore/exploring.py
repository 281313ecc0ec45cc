"""What does an outcome hang on: which numbers move it, and in which worlds it is good or bad."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.explore.discovery import discover
from majung.decision.explore.importance import FEWEST_TO_EXPLAIN, importance
from majung.decision.explore.plan import KIND, ExplorationPlan, planned_exploration
from majung.decision.explore.result import Exploration, Quantiles
from majung.decision.explore.sensitivity import Decomposition, decompose, screen
from majung.decision.statistics import Interval, interval_of_mean
from majung.decision.steps import Step
from majung.decision.worlds.factors import central_point, points
from majung.decision.worlds.measures import MEASURES
from majung.decision.worlds.panel import COLUMNS, Arm, Panel, simulated_panel
from majung.ensemble import BLOCK, Session
from majung.errors import InputError, Problem
from majung.scenario import hands_off

if TYPE_CHECKING:
    from majung.decision.explore.discovery import Box
    from majung.decision.explore.importance import Driver
    from majung.decision.worlds.factors import Factor
    from majung.scenario import Scenario, Strategy

__all__ = ["explore", "explored"]

Floats = NDArray[np.float64]

_CHOOSING: Final = 4 * BLOCK
"""Replications by which a strategy is chosen."""
_QUARTER: Final = 0.25


def explore(
    scenario: Scenario,
    outcome: str | None = None,
    strategy: str | None = None,
    *,
    seed: int | None = None,
    threads: int | None = None,
    store: str | Path | None = None,
    cluster: str | None = None,
    progress: Callable[[Step], None] | None = None,
    cancel: Event | None = None,
) -> Exploration:
    """Find out what an outcome of a strategy hangs on.

    Elementary effects of all that is uncertain (Morris 1991) screen for the few numbers that count; shares of variance
    (Sobol 2001) say how much each of these counts alone and together with others; rules found in plausible worlds say
    where the outcome is good and where it is bad.

    Parameters
    ----------
    scenario : Scenario
        From `majung.load`.
    outcome : str, optional
        Private domestic sales per unit of public money (``additionality``) by default; any of the measures.
    strategy : str, optional
        Of the scenario's; by default that with the largest outcome in the scenario as it stands.
    seed : int, optional
        The scenario's own by default.
    threads, store, cluster, progress, cancel
        As of `majung.allocate`.

    Returns
    -------
    Exploration

    Raises
    ------
    InputError
        When the outcome or the strategy is unknown, a number is out of bounds, or every world failed.
    StoreError, ClusterError
        When the store or the cluster is in trouble; finished blocks are kept.
    Interrupted
        When `cancel` was set.
    """
    plan = planned_exploration(scenario, outcome=outcome, strategy=strategy, seed=seed)
    with Session(store, threads=threads, cluster=cluster, cancel=cancel) as session:
        session.begin(plan.record(KIND, {}))
        return explored(plan, session, progress)


def explored(plan: ExplorationPlan, session: Session, progress: Callable[[Step], None] | None = None) -> Exploration:
    """Run a plan in a session that has begun; see `explore`."""
    runs = _Runs(plan, session, progress)
    confidence = float(plan.scenario.parameters.value("confidence"))
    seconds: dict[str, float] = {}

    def timed(stage: str, started: float) -> float:
        seconds[stage] = time.perf_counter() - started
        return time.perf_counter()

    started = time.perf_counter()
    intervals = runs.central(plan.strategies, confidence)
    means = [one.mean for one in intervals]
    if not np.isfinite(means).any():
        raise InputError([Problem(key="decision.explore.no_value", found=plan.outcome)])
    best = int(np.nanargmax(means))
    strategy, central = plan.strategies[best], intervals[best]
    started = timed("choose", started)

    try:
        screening = screen(
            plan.factors,
            runs.of(strategy, plan.factors, "screen"),
            trajectories=plan.trajectories,
            seed=plan.seed,
            level=confidence,
        )
    except ValueError:
        # Too few trajectories are whole.
        raise InputError([Problem(key="decision.explore.too_many_failed", found=plan.outcome)]) from None
    started = timed("screen", started)
    by_name = {factor.name: factor for factor in plan.factors}
    kept = [by_name[effect.parameter] for effect in screening.effects[: plan.kept] if effect.mu_star.value > 0]
    decomposition = _decomposition(plan, runs, strategy, kept, confidence)
    started = timed("decompose", started)

    drawn = points(plan.factors, plan.worlds, plan.seed)
    values = runs.outcome(runs.panel([strategy], drawn, "discover", BLOCK, same_luck=False))[0]
    finite = np.isfinite(values)
    if not finite.any():
        raise InputError([Problem(key="decision.worlds.all_failed", found=str(plan.worlds))])
    median, p05, p25, p75, p95 = (float(one) for one in np.quantile(values[finite], (0.5, 0.05, 0.25, 0.75, 0.95)))
    drivers: tuple[Driver, ...] = ()
    high: tuple[Box, ...] = ()
    low: tuple[Box, ...] = ()
    if np.ptp(values[finite]) > 0:
        if finite.sum() >= FEWEST_TO_EXPLAIN:
            drivers = importance(drawn[finite], values[finite], plan.factors, seed=plan.seed, level=confidence)
        ends = np.quantile(values[finite], (_QUARTER, 1 - _QUARTER))
        low, high = (
            discover(drawn[finite], side, plan.factors, seed=plan.seed)
            for side in (values[finite] <= ends[0], values[finite] >= ends[1])
        )
    timed("discover", started)
    return Exploration(
        run_id=plan.run_id,
        result_hash=runs.result_hash,
        scenario=plan.scenario.id,
        title=plan.scenario.title,
        day=plan.scenario.as_of,
        unit=plan.scenario.unit,
        outcome=plan.outcome,
        strategy=strategy.id,
        strategy_title=strategy.title,
        chosen=len(plan.strategies) > 1,
        seed=plan.seed,
        replications=BLOCK,
        factors=plan.factors,
        quantiles=Quantiles(central.mean, median, p05, p25, p75, p95, central.low, central.high),
        screening=screening,
        decomposition=decomposition,
        points=drawn,
        values=values,
        drivers=drivers,
        high=high,
        low=low,
        failed=int((~finite).sum()),
        confidence=confidence,
        simulated=runs.simulated,
        seconds=seconds,
    )


def _decomposition(
    plan: ExplorationPlan, runs: _Runs, strategy: Strategy, kept: Sequence[Factor], confidence: float
) -> Decomposition | None:
    if not kept:
        return None
    try:
        return decompose(
            kept, runs.of(strategy, kept, "decompose"), samples=plan.groups, seed=plan.seed, level=confidence
        )
    except ValueError:
        # Too few groups are whole, or the outcome does not vary: there is nothing to part.
        return None


class _Runs:
    """Simulates an outcome at points, and keeps the hash of all that it did."""

    def __init__(self, plan: ExplorationPlan, session: Session, progress: Callable[[Step], None] | None) -> None:
        self._plan, self._session, self._progress = plan, session, progress
        self._digests: list[str] = []
        self.simulated = 0

    @property
    def result_hash(self) -> str:
        """SHA-256 of all that was simulated, in its order."""
        return hashlib.sha256(json.dumps(self._digests).encode()).hexdigest()

    def of(self, strategy: Strategy, factors: Sequence[Factor], stage: str) -> Callable[[Floats], Floats]:
        """Return what gives a strategy's outcome at points of some factors, all under the same luck."""
        return lambda where: self.outcome(self.panel([strategy], where, stage, BLOCK, factors))[0]

    def central(self, strategies: Sequence[Strategy], confidence: float) -> list[Interval]:
        """Return the outcome of strategies in the scenario as it stands, with its interval by luck (jackknife)."""
        where = central_point(self._plan.factors)[np.newaxis]
        panel = self.panel(strategies, where, "choose", _CHOOSING)
        means, left_out = self.outcome(panel)[:, 0], self.outcome(panel, without_one=True)[:, 0]
        finished = panel.finished(range(len(panel.arms)))[0]
        n = int(finished.sum())
        # n - 1 is the jackknife's factor; interval_of_mean divides by n what is the variance of one value.
        variances = (n - 1) * np.sum((left_out[:, finished] - means[:, np.newaxis]) ** 2, axis=1)
        return [
            interval_of_mean(float(mean), float(variance), n, confidence)
            for mean, variance in zip(means, variances, strict=True)
        ]

    def panel(
        self,
        strategies: Sequence[Strategy],
        where: Floats,
        stage: str,
        replications: int,
        factors: Sequence[Factor] | None = None,
        *,
        same_luck: bool = True,
    ) -> Panel:
        """Simulate strategies at points; where the outcome is held against doing nothing, that is the last arm."""
        plan = self._plan
        arms = [Arm(strategy) for strategy in strategies]
        if plan.above_nothing:
            arms.append(Arm(hands_off(plan.scenario.unit)))
        panel = simulated_panel(
            plan.scenario,
            plan.factors if factors is None else factors,
            where,
            arms,
            self._session,
            seed=plan.seed,
            replications=replications,
            same_luck=same_luck,
            stage=stage,
            progress=self._progress,
        )
        self._digests.append(panel.digest)
        self.simulated += len(where) * len(arms)
        return panel

    def outcome(self, panel: Panel, *, without_one: bool = False) -> Floats:
        """Return the outcome of a panel's strategies, (S, W); (S, W, n) with each replication left out."""
        plan = self._plan
        means = panel.paired(range(len(panel.arms))).means(without_one=without_one)
        measure, idle = MEASURES[plan.outcome], -1 if plan.above_nothing else 0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.array(
                [
                    measure.of(
                        lambda name, row=row: means[..., row, COLUMNS.index(name)],  # type: ignore[misc]
                        lambda name: means[..., idle, COLUMNS.index(name)],
                    )
                    for row in range(len(panel.arms) - plan.above_nothing)
                ]
            )
