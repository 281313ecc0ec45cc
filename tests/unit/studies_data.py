"""What studies came to, made by hand in moments: results of the right shape for whatever was planned."""

from __future__ import annotations

import numpy as np

from majung.decision.claims import Claims, ClaimsPlan, ClaimTest, Effect, Verdict
from majung.decision.claims.result import WorldCounts
from majung.decision.explore import (
    Box,
    Decomposition,
    Driver,
    Estimate,
    Exploration,
    ExplorationPlan,
    Limit,
    Screening,
    Shares,
)
from majung.decision.explore import Effect as Elementary
from majung.decision.explore.result import Quantiles
from majung.decision.search import Contender, Found, Regret, Search, SearchPlan, Worlds
from majung.decision.statistics import Interval
from majung.decision.worlds.factors import points
from majung.scenario import HANDS_OFF

__all__ = ["box_of", "claims_of", "exploration_of", "search_of"]

_VERDICTS = (Verdict.HOLDS, Verdict.MIXED, Verdict.FAILS)
_SHARES = {Verdict.HOLDS: 0.93, Verdict.MIXED: 0.55, Verdict.FAILS: 0.04}


def box_of(plan: ClaimsPlan | ExplorationPlan) -> Box:
    """Return a box with a limit on each of the plan's first two factors."""
    first, second = plan.factors[:2]
    return Box(
        limits=(Limit(first.name, None, first.central), Limit(second.name, second.central, None)),
        coverage=0.7,
        density=0.85,
        mass=0.2,
        base_rate=0.45,
        coverage_cv=0.65,
        density_cv=0.8,
        p_values=(0.001, 0.002),
    )


def claims_of(plan: ClaimsPlan, result_hash: str = "ab" * 32) -> Claims:
    """Return a result in which claims hold, are mixed (and turn in a box), and fail, in turn; the last says nothing."""
    tests = []
    for number, claim in enumerate(plan.claims):
        verdict = _VERDICTS[number % 3]
        silent = number > 2 and number == len(plan.claims) - 1
        share = np.nan if silent else _SHARES[verdict]
        effects = np.full(plan.worlds, np.nan if silent else 0.321)
        tests.append(
            ClaimTest(
                claim=claim,
                verdict=verdict,
                share=share,
                share_low=0.0 if silent else share - 0.03,
                share_high=1.0 if silent else share + 0.03,
                effect=Effect(*([np.nan] * 7)) if silent else Effect(0.321, 0.3, 0.345, 0.3, -0.1, 0.9, 0.33),
                counts=WorldCounts(0 if silent else plan.worlds, plan.worlds if silent else 0, 0, 0, 0, 0),
                effects=effects,
                errors=np.full(plan.worlds, 0.1),
                replications=np.full(plan.worlds, plan.replications),
                holds=np.arange(plan.worlds) < (0 if silent else share) * plan.worlds,
                noise=0.1,
                arms={name: effects for name in claim.arms},
                flips=(box_of(plan),) if verdict is Verdict.MIXED and not silent else (),
            )
        )
    return Claims(
        run_id=plan.run_id,
        result_hash=result_hash,
        scenario=plan.scenario.id,
        title=plan.scenario.title,
        day=plan.scenario.as_of,
        unit=plan.scenario.unit,
        seed=plan.seed,
        worlds=plan.worlds,
        replications=plan.replications,
        max_replications=plan.max_replications,
        factors=plan.factors,
        points=points(plan.factors, plan.worlds, plan.seed),
        tests=tuple(tests),
        verdicts=plan.verdicts,
        not_asked=plan.not_asked,
        confidence=0.95,
        most=plan.most,
        simulated=len(plan.arms) * plan.worlds,
        seconds={"simulating": 1.0, "explaining": 0.5},
    )


def exploration_of(plan: ExplorationPlan, result_hash: str = "ab" * 32) -> Exploration:
    """Return a result in which the first factors move the outcome most, and the worst worlds follow no rule."""
    scenario, factors = plan.scenario, plan.factors
    strategy = plan.strategies[-1]
    return Exploration(
        run_id=plan.run_id,
        result_hash=result_hash,
        scenario=scenario.id,
        title=scenario.title,
        day=scenario.as_of,
        unit=scenario.unit,
        outcome=plan.outcome,
        strategy=strategy.id,
        strategy_title=strategy.title,
        chosen=len(plan.strategies) > 1,
        seed=plan.seed,
        replications=16,
        factors=factors,
        quantiles=Quantiles(0.71, 0.72, 0.73, 0.74, 0.75, 0.76),
        screening=Screening(
            tuple(
                Elementary(factor.name, Estimate(1 / (1 + place), 0.9 / (1 + place), 1.1 / (1 + place)), 0.1, 0.2)
                for place, factor in enumerate(factors)
            ),
            10,
            0,
            0,
        ),
        decomposition=Decomposition(
            tuple(Shares(factor.name, Estimate(0.23, 0.2, 0.26), Estimate(0.34, 0.3, 0.38)) for factor in factors[:6]),
            128,
            0,
            0,
        ),
        points=points(factors, plan.worlds, plan.seed),
        values=np.linspace(0, 1, plan.worlds),
        drivers=tuple(Driver(factor.name, 0.2, 0.1, 0.3, 0.15) for factor in factors),
        high=(box_of(plan),),
        low=(),
        failed=3,
        confidence=0.95,
        simulated=1000,
        seconds={"screen": 1.0},
    )


def search_of(plan: SearchPlan, result_hash: str = "ab" * 32) -> Search:
    """Return a result in which the search beats the scenario's own strategies, one of which has the least regret."""
    own = next(one for one in plan.scenario.strategies if one.id != HANDS_OFF)
    value = Interval(1.23, 1.12, 1.34)

    def contender(id: str, most: float) -> Contender:
        return Contender(
            strategy=own.model_copy(update={"id": id}),
            own=id == own.id,
            value=value,
            choice=1.2,
            in_search=Interval(1.45, 1.4, 1.5),
            searched=32,
            objectives=dict.fromkeys(plan.measured, value),
            risk=0.4,
            regret=Regret(most, most / 4, 3),
            efficient=True,
        )

    found = tuple(
        Found(
            budget=budget,
            objective=plan.objective,
            contenders=(contender("search-1", 0.8), contender(own.id, 0.6)),
            choices={"expected": "search-1", "regret": own.id, "risk": "search-1"},
            gain=Interval(0.21, 0.1, 0.32),
            trials=80,
            pruned=40,
            looks=900,
            failed=0,
            worlds=Worlds(32, 64, 64),
        )
        for budget in plan.budgets
    )
    return Search(
        run_id=plan.run_id,
        result_hash=result_hash,
        scenario=plan.scenario.id,
        scenario_title=plan.scenario.title,
        unit=plan.scenario.unit,
        seed=plan.seed,
        objective=plan.objective,
        objectives=plan.measured,
        replications=plan.replications,
        confidence=0.95,
        budgets=found,
        seconds={"simulating": 1.0},
    )
