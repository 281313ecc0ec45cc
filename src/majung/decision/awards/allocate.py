"""From applications to awards: value, choose, try together, judge on fresh luck, and say why."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.estimates import COMPANY, Estimates
from majung.decision.awards.improve import improved
from majung.decision.awards.plan import AllocationPlan, planned_allocation
from majung.decision.awards.reasons import Told, close_options
from majung.decision.awards.refine import contenders, refined
from majung.decision.awards.result import Allocation
from majung.decision.awards.sets import FRESH, Sets, Step
from majung.decision.awards.tally import refusals, rules_in_use
from majung.decision.awards.verdict import LISTS, judged, optimality_gap, worst
from majung.decision.statistics import mean_interval
from majung.ensemble import Session
from majung.scenario.call import Status

if TYPE_CHECKING:
    from majung.decision.awards.case import Case
    from majung.scenario import Scenario
    from majung.scenario.call import Call

__all__ = ["allocate", "allocated"]

Flags = NDArray[np.bool_]

KIND: Final = "allocate"
CLOSE: Final = 10
"""Near misses that are told of."""


def allocate(
    scenario: Scenario,
    *,
    rules: Call | None = None,
    budget: str | float | None = None,
    seed: int | None = None,
    worlds: int | None = None,
    threads: int | None = None,
    store: str | Path | None = None,
    cluster: str | None = None,
    progress: Callable[[Step], None] | None = None,
    cancel: Event | None = None,
) -> Allocation:
    """Decide a call: which applications get how much, by which instrument, when, and why.

    Each option is valued by what it adds to the call's objective in simulated worlds, with and without it under the
    same luck; a mixed-integer programme chooses under all rules; the choice is simulated as a whole, improved by
    exchanges, and judged in worlds that had no part in it, beside the ways in which agencies choose today.

    Parameters
    ----------
    scenario : Scenario
        From `majung.load`, with applications and rules.
    rules : Call, optional
        Instead of the scenario's own call: `Scenario.call`, changed.
    budget : float or str, optional
        Instead of the call's.
    seed : int, optional
        The scenario's own by default.
    worlds : int, optional
        In which every option is looked at: 16 by default. Everything else grows with it.
    threads : int, optional
        ``MAJUNG_NUM_THREADS`` or all cores by default. The numbers do not depend on it.
    store : path, optional
        A folder for finished blocks: what is in it is not simulated again.
    cluster : str, optional
        Where to run instead of threads: see `majung.ensemble.Cluster`.
    progress : callable, optional
        Told a `Step` as the work goes on.
    cancel : threading.Event, optional
        Stops the work when set.

    Returns
    -------
    Allocation

    Raises
    ------
    InputError
        When there is no call, what was asked for makes no sense, or the rules cannot be kept together.
    StoreError, ClusterError
        When the store or the cluster is in trouble; finished blocks are kept.
    Interrupted
        When `cancel` was set.
    """
    plan = planned_allocation(scenario, rules=rules, budget=budget, seed=seed, worlds=worlds)
    with Session(store, threads=threads, cluster=cluster, cancel=cancel) as session:
        session.begin(plan.record(KIND, {}))
        return allocated(plan, session, progress)


def allocated(plan: AllocationPlan, session: Session, progress: Callable[[Step], None] | None = None) -> Allocation:
    """Run a plan in a session that has begun; see `allocate`."""
    case, effort, clock = plan.case, plan.effort, _Clock()
    confidence = float(plan.scenario.parameters.value("confidence"))
    sets = Sets(plan.scenario, plan.call, plan.objective, session, plan.seed, progress)
    estimates = Estimates(case, sets, 0, plan.objective)
    leading = np.unique(case.leading)
    risk = plan.risk
    common = effort.worlds if risk is None else effort.improve

    with clock("values"):
        if plan.objective.follows_sales:
            sets.stage("values", effort.screen * (leading.size // COMPANY + 2) + (leading.size + 1) * common)
            estimates.screen(leading, effort.screen, plan.seed)
            alone = contenders(case, estimates)
        else:
            sets.stage("values", (leading.size + 1) * common)
            alone = leading
        estimates.extend(alone, common)
    with clock("refine"):
        sets.stage("refine", effort.refine(alone.size))
        solution = refined(case, estimates, effort.refine(alone.size), risk, common)
        chosen = solution.chosen
    with clock("improve"):
        sets.stage("improve", (int(chosen.sum()) + 2 * effort.tries + 1) * effort.improve)
        # Exchanges look at means only, and would undo what was given up for less risk.
        better = improved(case, sets, estimates, chosen, effort.improve, effort.tries if risk is None else 0)
        chosen = better.chosen
    with clock("judge"):
        told_of = int(chosen.sum()) + CLOSE + 1
        sets.stage("judge", (LISTS + len(case) // COMPANY) * effort.judge + told_of * effort.tell)
        verdict = judged(case, sets, chosen, plan.call.budget(), effort.judge, FRESH, confidence, plan.seed)
        fresh = _fresh(plan, sets, estimates, np.union1d(leading, np.flatnonzero(chosen)))
        gap = optimality_gap(case, fresh.by_world(int(fresh.looks.max(initial=0))), chosen, confidence)
    with clock("explain"):
        values = estimates.mean()
        rules = rules_in_use(case, values, chosen)
        told = Told(
            case=case,
            sets=sets,
            objective=plan.objective,
            estimates=estimates,
            values=values,
            optimum=solution if risk is None else None,
            chosen=chosen,
            binding=tuple(rule.id for rule in rules if rule.binding),
            first=FRESH,
            worlds=effort.tell,
            confidence=confidence,
        )
        close = close_options(case, values, estimates.simulated, chosen, CLOSE)
        awards, near_misses = told.told(close)

    statuses = [judgement.status for judgement in case.judgements]
    spent = case.spent(chosen)
    tail = worst(verdict.values, spent)
    return Allocation(
        run_id=plan.run_id,
        result_hash=_result_hash(sets.result_hash, case, chosen),
        scenario=plan.scenario.id,
        scenario_title=plan.scenario.title,
        call=plan.call.id,
        title=plan.call.title,
        day=plan.call.day,
        unit=plan.scenario.unit,
        objective=plan.objective.name,
        discount=plan.objective.discount,
        seed=plan.seed,
        horizon=plan.scenario.quarters,
        applications=len(statuses),
        eligible=statuses.count(Status.ELIGIBLE),
        documents=statuses.count(Status.NEEDS_DOCUMENT),
        options=len(case),
        budget=plan.call.budget(),
        spent=spent,
        awards=awards,
        near_misses=near_misses,
        ineligible=refusals(case),
        rules=rules,
        practices=verdict.practices,
        portfolio_value=mean_interval(verdict.values, confidence),
        single_values=float(sum(award.value.mean for award in awards)),
        gap=gap,
        cvar=tail["cvar"],
        loss=tail["loss"],
        noise=verdict.noise,
        swaps=better.swaps,
        tried=better.tried,
        worlds=dict(sets.worlds),
        seconds=clock.seconds | {"simulating": sets.seconds},
    )


def _fresh(plan: AllocationPlan, sets: Sets, estimates: Estimates, places: NDArray[np.int64]) -> Estimates:
    """Return values of options in worlds that had no part in the choice."""
    if plan.objective.follows_sales:
        fresh = Estimates(plan.case, sets, FRESH, plan.objective, estimates.diversion)
        fresh.screen(places, plan.effort.company(places.size // COMPANY + 1), plan.seed)
    else:
        fresh = Estimates(plan.case, sets, FRESH, plan.objective)
        fresh.extend(places, plan.effort.gap)
    return fresh


class _Clock:
    """Time by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[stage] = time.perf_counter() - started


def _result_hash(simulated: str, case: Case, chosen: Flags) -> str:
    """Return SHA-256 of what was simulated and what was chosen."""
    grants = case.grants(chosen)
    content = json.dumps([simulated, sorted(grants)], separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()
