"""A search tied to a scenario: what it is asked for, and what worlds its strategies meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.fake_market import small_scenario

from majung.decision.search import OBJECTIVES, Effort, Search, SearchPlan, Space, planned_search, run, search, searched
from majung.decision.search.robust import STREAM
from majung.decision.search.run import MarketWorlds
from majung.decision.search.space import money_in_all
from majung.decision.worlds.factors import Factor, points, varied
from majung.decision.worlds.measures import MEASURES
from majung.decision.worlds.panel import COLUMNS, Arm, simulated_panel
from majung.ensemble import Session
from majung.errors import InputError, Problem
from majung.scenario import Scenario, hands_off

SHORT = Effort(trials=6, more=1, best=1, front=2, fresh=4, rungs=(2, 6))


def planned(**asked: object) -> SearchPlan:
    return replace(planned_search(small_scenario(), **asked), effort=SHORT)  # type: ignore[arg-type]


def named(means: np.ndarray) -> Callable[[str], np.ndarray]:
    return lambda key: means[:, COLUMNS.index(key)]


def found(plan: SearchPlan, threads: int = 1, store: Path | None = None) -> Search:
    with Session(store, threads=threads) as session:
        session.begin(plan.record("search", {}))
        return searched(plan, session)


def test_budgets_are_read_as_people_write_them() -> None:
    plan = planned_search(small_scenario(), ["10억", "1,000억", 1000, "10 억"], trials=40)
    unit = planned_search(small_scenario(), ["1백만원"]).budgets[0]
    assert plan.budgets == (1000 * unit, 100_000 * unit)
    assert (plan.effort.trials, plan.effort.more) == (40, 6)
    assert plan.objective == "gain_per_budget"
    assert all(name in MEASURES for name in OBJECTIVES)


def test_by_default_the_budgets_are_the_scenarios_own() -> None:
    own = {round(money_in_all(strategy), 6) for strategy in small_scenario().strategies} - {0.0}
    assert planned_search(small_scenario()).budgets == tuple(sorted(own))


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as refused:
        planned_search(small_scenario(), ["much", 0, math.inf], objective="fame", trials=0, seed=-1)
    said = refused.value.text("en")
    assert len(refused.value.problems) == 6
    for part in ("'much'", "not a budget", "'fame'", "strategies to try", "seed"):
        assert part in said
    assert refused.value.text("ko") != said


def test_without_any_budget_one_is_asked_for() -> None:
    idle = replace(small_scenario(), strategies=(hands_off(small_scenario().unit),))
    with pytest.raises(InputError, match="there is no budget"):
        planned_search(idle)
    assert Space.of(idle, 10.0).own == ()


def test_what_decides_the_result_is_in_its_id() -> None:
    plan = planned(budgets=[100.0])
    others = [
        planned(budgets=[200.0]),
        planned(budgets=[100.0], seed=3),
        planned(budgets=[100.0], objective="exports"),
        replace(plan, effort=replace(SHORT, fresh=8)),
        replace(plan, factors=plan.factors[1:]),
    ]
    assert len({plan.run_id, *(other.run_id for other in others)}) == 6
    assert planned(budgets=[100.0]).run_id == plan.run_id


def test_worlds_are_those_of_a_panel() -> None:
    """The same worlds and luck, doing nothing beside every strategy, by another way."""
    plan = planned(budgets=[1000.0])
    strategies = Space.of(plan.scenario, 1000.0).own[:2]
    with Session(threads=1) as session:
        worlds = MarketWorlds(plan, session)
        got = [worlds(strategy, range(part, part + 3)) for part in (0, STREAM) for strategy in strategies]
        again = worlds(strategies[0], range(STREAM + 1, STREAM + 2))
        for part in (0, 1):
            panel = simulated_panel(
                plan.scenario,
                plan.factors,
                points(plan.factors, 3, plan.seed + part),
                [Arm(hands_off(plan.scenario.unit)), *map(Arm, strategies)],
                session,
                seed=plan.seed,
                replications=plan.replications,
                first=part * STREAM,
            )
            means = panel.values.mean(axis=2)
            for row in (0, 1):
                nothing, arm = means[:, 0], means[:, row + 1]
                wanted = [MEASURES[name].of(named(arm), named(nothing)) for name in plan.measured]
                np.testing.assert_allclose(got[2 * part + row], np.transpose(wanted), rtol=1e-12)
    np.testing.assert_array_equal(again[0], got[2][1])


def test_a_search_is_the_same_on_any_number_of_threads_and_from_a_store(tmp_path: Path) -> None:
    plan = planned(budgets=[500.0, 5000.0])
    first, other, stored = found(plan), found(plan, threads=2), found(plan, store=tmp_path / "store")
    assert first.result_hash == other.result_hash == stored.result_hash
    assert first.budgets == other.budgets == stored.budgets
    assert [one.budget for one in first.budgets] == [500, 5000]
    assert first.objectives == ("gain_per_budget", "sme_share", "survival", "public_spent")
    for of_budget in first.budgets:
        assert money_in_all(of_budget.strategy) == pytest.approx(of_budget.budget)
        paid = of_budget.winner.objectives["public_spent"].mean
        assert 0 <= paid <= of_budget.budget * (1 + 1e-9)
        assert {one.id for one in of_budget.contenders if one.own} == {
            strategy.id for strategy in plan.scenario.strategies if money_in_all(strategy) > 0
        }


def test_a_world_that_cannot_be_made_is_masked_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(budgets=[500.0])
    drawn = points(plan.factors, 6, plan.seed)

    def refusing(scenario: Scenario, factors: Sequence[Factor], point: np.ndarray) -> Scenario:
        if np.array_equal(point, drawn[1]):
            raise InputError([Problem(key="decision.worlds.range", found="none")])
        return varied(scenario, factors, point)

    monkeypatch.setattr(run, "varied", refusing)
    of_budget = found(plan).budgets[0]
    assert of_budget.failed >= plan.effort.trials
    assert of_budget.worlds == (6, 4, 4)
    assert np.isfinite(of_budget.value.mean)


def test_search_plans_and_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Effort, "of_trials", lambda self, trials: SHORT)
    result = search(small_scenario(), [100.0], objective="sme_sales", threads=1, seed=4)
    assert (result.objective, result.seed, result.unit) == ("sme_sales", 4, small_scenario().unit)
    assert result.budgets[0].objective == "sme_sales"
    assert result.run_id == replace(planned(budgets=[100.0], objective="sme_sales", seed=4), effort=SHORT).run_id
