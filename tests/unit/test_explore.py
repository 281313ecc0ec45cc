"""Explorations of a small market: what is asked for, what comes of it, and that it can be stopped and gone on with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.unit.fake_market import small_scenario

from majung.decision.explore import Exploration, ExplorationPlan, explored, planned_exploration
from majung.decision.statistics import mean_interval
from majung.decision.steps import Step
from majung.decision.worlds.factors import central_point
from majung.decision.worlds.panel import COLUMNS, Arm, simulated_panel
from majung.ensemble import Session
from majung.errors import InputError


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"outcome": "aditionality"}, "Did you mean 'additionality'"),
        ({"strategy": "blankte"}, "Did you mean 'blanket'"),
        ({"strategy": "hands-off"}, "another strategy than doing nothing"),
        ({"seed": -3}, "seed"),
    ],
)
def test_what_cannot_be_asked_for(asked: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        planned_exploration(small_scenario(), **asked)  # type: ignore[arg-type]


def test_both_are_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        planned_exploration(small_scenario(), outcome="survivl", strategy="nobody", seed=-1)
    assert len(caught.value.problems) == 3


def short(plan: ExplorationPlan) -> ExplorationPlan:
    values = {name: getattr(plan, name) for name in ("scenario", "outcome", "strategies", "factors", "seed")}
    return ExplorationPlan(**values, trajectories=4, groups=16, kept=3, worlds=100)


def run(plan: ExplorationPlan, store: Path, steps: list[Step] | None = None) -> Exploration:
    with Session(store, threads=2) as session:
        session.begin(plan.record("explore", {}))
        return explored(plan, session, None if steps is None else steps.append)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Exploration, Path, list[Step]]:
    store, steps = tmp_path_factory.mktemp("store"), []
    return run(short(planned_exploration(small_scenario())), store, steps), store, steps


def test_everything_that_is_uncertain_is_screened(done: tuple[Exploration, Path, list[Step]]) -> None:
    found, _, steps = done
    names = {factor.name for factor in found.factors}
    assert {effect.parameter for effect in found.screening.effects} == names
    assert {driver.parameter for driver in found.drivers} == names
    assert found.decomposition is not None
    assert len(found.decomposition.shares) == 3
    top = {effect.parameter for effect in found.screening.effects[:3]}
    assert {share.parameter for share in found.decomposition.shares} == top
    assert [*dict.fromkeys(step.stage for step in steps)] == ["choose", "screen", "decompose", "discover"]


def test_the_strategy_with_the_largest_outcome_is_looked_at(done: tuple[Exploration, Path, list[Step]]) -> None:
    found, store, _ = done
    assert found.chosen
    others = [
        run(short(planned_exploration(small_scenario(), strategy=one.id)), store).quantiles.central
        for one in small_scenario().strategies[1:3]
    ]
    assert found.quantiles.central >= max(others)


def test_quantiles_are_those_of_the_worlds(done: tuple[Exploration, Path, list[Step]]) -> None:
    found, *_ = done
    finite = found.values[np.isfinite(found.values)]
    assert found.failed == 100 - finite.size
    assert found.quantiles.median == pytest.approx(np.median(finite))


def test_it_is_the_same_again(done: tuple[Exploration, Path, list[Step]]) -> None:
    found, store, _ = done
    again = run(short(planned_exploration(small_scenario())), store)
    assert (again.run_id, again.result_hash) == (found.run_id, found.result_hash)
    assert again.screening == found.screening


def test_an_outcome_that_is_a_level_needs_no_nothing(tmp_path: Path) -> None:
    plan = short(planned_exploration(small_scenario(), outcome="survival", strategy="hands-off"))
    assert not plan.above_nothing
    found = run(plan, tmp_path).quantiles
    assert 0 <= found.median <= 1
    # Of a plain mean the jackknife's interval is Student's.
    with Session(tmp_path, threads=2) as session:
        session.begin(plan.record("explore", {}))
        point = central_point(plan.factors)[np.newaxis]
        arms = [Arm(plan.strategies[0])]
        panel = simulated_panel(plan.scenario, plan.factors, point, arms, session, seed=plan.seed, replications=64)
    plain = mean_interval(panel.values[0, 0, :, COLUMNS.index("survival")], 0.95)
    assert plain.half_width > 0
    assert [found.central, found.central_low, found.central_high] == pytest.approx([plain.mean, plain.low, plain.high])
