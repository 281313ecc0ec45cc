"""A search's parts: the space of strategies, what is remembered of looks, and how one is chosen among finalists."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event

import numpy as np
import optuna
import pytest
from tests.unit.fake_market import small_scenario
from tests.unit.search_models import LINES, Planted, planted, space

from majung.decision.search import Effort, Space, Watch, best_strategy, describe
from majung.decision.search.looks import Looks
from majung.decision.search.measures import choices, regrets, tail_mean, undominated
from majung.decision.search.robust import STREAM
from majung.decision.search.space import money_in_all, rescaled
from majung.decision.steps import Step
from majung.errors import InputError, Interrupted
from majung.scenario import Award, Strategy

SHORT = Effort(trials=12, more=3, best=2, front=2, fresh=8, rungs=(2, 6))
OTHERS = ("sme_share",)


class Turned:
    """Stands in for a trial: every dial at one end, but those that are set."""

    def __init__(self, high: bool = False, **settings: int) -> None:
        self._high, self._settings = high, {name.replace("__", "."): value for name, value in settings.items()}

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int:
        assert not log or low > 0
        return self._settings.get(name, high if self._high else low)

    def suggest_categorical(self, name: str, choices: tuple[str, ...]) -> str:
        return choices[0]


@pytest.mark.parametrize("high", [False, True])
def test_every_end_of_the_space_is_a_strategy_that_spends_the_budget(high: bool) -> None:
    there = Space.of(small_scenario(), 300.0)
    found = there.suggest(Turned(high))
    assert money_in_all(found) == pytest.approx(300)
    assert sum(found.mix.array()) == pytest.approx(1)
    assert sum(found.criteria.array()) == pytest.approx(1)
    assert small_scenario().with_strategies([found]).strategies[1] == found


def test_points_become_shares_and_tenths() -> None:
    found = space().suggest(
        Turned(
            mix__subsidy=6, mix__purchase=2, criterion__need=5, criterion__quality=5, floor=3,
            bonus__small=4, bonus__large=1, winners=70, start=2, length=10, review=3,
        )
    )  # fmt: skip
    np.testing.assert_allclose(found.mix.array(), [0.75, 0.25, 0.0])
    assert (found.criteria.need, found.criteria.quality, found.criteria.focus) == (0.5, 0.5, 0.0)
    assert (found.class_weights.venture, found.class_weights.sme, found.class_weights.large) == (0.4, 0.4, 0.1)
    assert (found.small_firm_floor, found.winners, found.start, found.quarters) == (0.3, 70, 2, 10)
    assert (found.review, found.noise, found.budget) == (3, 0.1, 100.0)


def test_as_many_winners_as_lines_is_everybody() -> None:
    assert space().suggest(Turned(winners=LINES)).winners == 0
    assert space().suggest(Turned(winners=LINES - 1)).winners == LINES - 1


def test_a_programme_ends_with_the_horizon() -> None:
    found = space().suggest(Turned(start=10, length=20))
    assert (found.start, found.quarters, money_in_all(found)) == (10, 10, 1000)


def test_scenario_facts_are_no_decisions() -> None:
    scenario = small_scenario()
    there = Space.of(scenario, 100.0)
    declared = [strategy for strategy in scenario.strategies if strategy.budget]
    assert there.noise == max(strategy.noise for strategy in declared)
    assert there.min_quality == max(strategy.min_quality for strategy in declared)
    assert there.horizon == scenario.quarters
    foreign = scenario.firms.size_class[scenario.lines.firm] == 4
    assert there.lines == np.count_nonzero(~foreign)


def test_own_strategies_are_rescaled_and_otherwise_the_same() -> None:
    scenario = small_scenario()
    for own in Space.of(scenario, 500.0).own:
        assert money_in_all(own) == pytest.approx(500)
        before = scenario.strategy(own.id)
        assert own.model_copy(update={"budget": before.budget, "awards": before.awards}) == before


def test_a_table_of_awards_keeps_its_proportions() -> None:
    awards = [
        Award(line="a", instrument="subsidy", amount=30.0, quarter=2),
        Award(line="b", instrument="purchase", amount=10.0, quarter=5),
    ]
    table = rescaled(Strategy(id="table", awards=tuple(awards)), 400.0)
    assert [award.amount for award in table.awards] == [300, 100]
    figures = describe(table)
    assert (figures["budget"], figures["start"], figures["quarters"], figures["winners"]) == (400, 2, 4, 2)
    assert (figures["mix.subsidy"], figures["mix.purchase"]) == (0.75, 0.25)


def test_a_place_of_the_space_is_found_again() -> None:
    there = Space.of(small_scenario(), 100.0)
    strategy = there.suggest(Turned(mix__subsidy=10, mix__purchase=10, bonus__small=3, winners=2, start=4, length=8))
    again = there.strategy(there.settings(strategy))
    assert describe(again) == describe(strategy)


def test_looks_are_made_once_and_failures_are_counted() -> None:
    model = Planted(failing=lambda strategy, world: world == 3)
    looks = Looks(model, 2, Watch())
    strategy = space().suggest(Turned())
    short, long = looks(strategy, 2), looks(strategy, 5)
    np.testing.assert_array_equal(long[:2], short)
    np.testing.assert_array_equal(np.isnan(long[:, 0]), [False, True, False, False, False])
    assert (model.looks, looks.done, looks.failed) == (5, 5, 1)


def test_regret_of_a_hand_made_matrix() -> None:
    values = np.array(
        [
            [10.0, 0.0, 0.0, 9.0],  # mean 4.75; regrets 0, 4, 5, 0
            [7.0, 3.0, 2.0, 6.0],  # mean 4.5; regrets 3, 1, 3, 3
            [0.0, 4.0, 5.0, 5.0],  # mean 3.5; regrets 10, 0, 0, 4
        ]
    )
    np.testing.assert_array_equal(regrets(values), [[0, 4, 5, 0], [3, 1, 3, 3], [10, 0, 0, 4]])
    assert choices(values) == {"expected": 0, "regret": 1, "risk": 1}


def test_the_worst_tenth_is_whole_worlds() -> None:
    values = np.array([5.0, -2.0, 3.0, -4.0, *[10.0] * 16])
    assert tail_mean(values) == -3
    assert tail_mean(values[:10]) == -4
    assert tail_mean(values[:1]) == 5


def test_undominated_rows_by_hand() -> None:
    table = np.array([[1.0, 4.0], [2.0, 3.0], [2.0, 2.0], [4.0, 1.0], [np.nan, 9.0], [4.0, 1.0]])
    assert undominated(table) == [0, 1, 3, 5]


def test_the_most_unlike_cover_a_front() -> None:
    angle = np.linspace(0, np.pi / 2, 41)
    kept = undominated(np.column_stack([np.cos(angle), 100 * np.sin(angle)]), 5)
    assert kept[0] == 0
    assert kept[-1] == 40
    assert np.diff(kept).max() <= 15


def test_a_search_repeats_itself_under_a_seed() -> None:
    first, again, other = (
        best_strategy(space(), Planted(7), seed=seed, effort=SHORT, others=OTHERS) for seed in (5, 5, 6)
    )
    assert first == again
    assert first.strategy != other.strategy


def test_a_search_says_nothing_and_leaves_optuna_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before = optuna.logging.get_verbosity()
    best_strategy(space(), Planted(), seed=1, effort=SHORT, others=OTHERS)
    assert optuna.logging.get_verbosity() == before
    assert capfd.readouterr() == ("", "")


def test_a_search_says_how_far_it_has_come_and_stops_on_request() -> None:
    steps: list[Step] = []
    found = best_strategy(space(), Planted(), seed=1, effort=SHORT, others=OTHERS, watch=Watch(progress=steps.append))
    assert {step.stage for step in steps} == {"search", "pareto", "fresh"}
    assert steps[-1].done == steps[-1].total == 2 * 8 * len(found.contenders)
    assert found.looks == steps[-1].done + sum(
        max(step.done for step in steps if step.stage == stage) for stage in ("search", "pareto")
    )
    cancel = Event()
    model = Planted()
    with pytest.raises(Interrupted):
        best_strategy(
            space(), model, seed=1, effort=SHORT, others=OTHERS,
            watch=Watch(lambda step: cancel.set() if step.done >= 10 else None, cancel),
        )  # fmt: skip
    assert model.looks < 20


def test_worlds_that_fail_for_one_finalist_count_for_none() -> None:
    own = space().suggest(Turned()).model_copy(update={"id": "own"})
    broken = {1, STREAM + 2, 2 * STREAM + 5, 2 * STREAM + 6}
    model = Planted(failing=lambda strategy, world: strategy.hash == own.hash and world in broken)
    found = best_strategy(space(own), model, seed=1, effort=SHORT, others=OTHERS)
    assert found.contender("own").own
    assert found.failed == 4
    assert found.worlds[1:] == (7, 6)
    assert found.contender("own").regret.worst_world - 2 * STREAM in {0, 1, 2, 3, 4, 7}


def test_a_finalist_that_mostly_fails_is_let_go() -> None:
    own = space().suggest(Turned()).model_copy(update={"id": "own"})
    model = Planted(failing=lambda strategy, world: strategy.hash == own.hash and world >= STREAM)
    found = best_strategy(space(own), model, seed=1, effort=SHORT, others=OTHERS)
    assert "own" not in {one.id for one in found.contenders}
    assert found.failed == 2 * SHORT.fresh
    assert found.worlds == (6, 8, 8)


@pytest.mark.parametrize("first", [0, STREAM, 2 * STREAM])
def test_where_all_worlds_fail_it_says_so(first: int) -> None:
    model = Planted(failing=lambda strategy, world: world >= first)
    with pytest.raises(InputError) as refused:
        best_strategy(space(), model, seed=1, effort=SHORT, others=OTHERS)
    assert refused.value.problems[0].key == "decision.search.all_failed"
    assert "failed" in refused.value.text("en")


def test_what_is_on_the_table_is_a_finalist_and_no_worse_is_named() -> None:
    best: Mapping[str, int] = {"mix__subsidy": 2, "mix__purchase": 7, "mix__matching": 1, "winners": 60, "length": 20}
    own = space().suggest(Turned(False, **best)).model_copy(update={"id": "own"})
    found = best_strategy(space(own), Planted(own=0.05), seed=1, effort=SHORT, others=OTHERS)
    assert planted(own)[0] == pytest.approx(2.0)
    assert found.strategy == own
    assert found.gain is None
    assert not any(one.own for one in found.runner_ups)
