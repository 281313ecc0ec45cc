"""Values, refinement and exchanges on calls whose right answer is planted."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.awards_cases import NO_LIMIT, SALES, PlantedSets, planted_case

from majung.decision.awards.estimates import Estimates
from majung.decision.awards.improve import improved
from majung.decision.awards.objectives import Objective
from majung.decision.awards.refine import allocate_worlds, opportunity_cost, refined
from majung.decision.portfolio import solve
from majung.scenario.call import Row


def sets_of(values, spread=0.0, **others):
    names = [f"a{place:03d}" for place in range(len(values))]
    spreads = np.broadcast_to(spread, len(values))
    return PlantedSets(dict(zip(names, values, strict=True)), dict(zip(names, spreads, strict=True)), **others)


def test_an_option_that_was_not_simulated_is_guessed_from_the_leading_one():
    case = planted_case([10, 20, 20], budget=99, application=[0, 0, 0], quarter=[0, 0, 2])
    np.testing.assert_array_equal(case.leading, [1, 1, 1])
    estimates = Estimates(case, sets_of([40.0], unit={"a000": 20.0}), 0, Objective("private_domestic_sales", 0.21, 1.0))
    estimates.extend([1], 16)
    np.testing.assert_allclose(estimates.mean(), [20.0, 40.0, 40.0 / 1.1])
    np.testing.assert_array_equal(estimates.simulated, [False, True, False])
    estimates.extend([0], 16)
    assert estimates.simulated[0]


def test_worlds_are_given_in_whole_blocks_and_never_twice():
    case = planted_case([10, 10], budget=20)
    sets = sets_of([1.0, 2.0], 1.0)
    estimates = Estimates(case, sets, 32, SALES)
    estimates.extend([0, 1], 20)
    np.testing.assert_array_equal(estimates.worlds, [32, 32])
    assert sets.asked == [(2, 32, 16), (2, 48, 16)]
    estimates.extend([0, 1], [32, 48])
    np.testing.assert_array_equal(estimates.worlds, [32, 48])
    assert sets.asked[2:] == [(1, 64, 16)]
    assert estimates.by_world(32).shape == (32, 2)


def test_failed_worlds_are_left_out():
    case = planted_case([10], budget=20)
    sets = sets_of([5.0])
    whole = sets.values
    sets.values = lambda sets, first, worlds: np.where(np.arange(worlds) < 2, np.nan, whole(sets, first, worlds))
    estimates = Estimates(case, sets, 0, SALES)
    estimates.extend([0], 16)
    np.testing.assert_allclose(estimates.mean(), [5.0])
    assert estimates.by_world(16).shape == (14, 1)


def test_worlds_go_where_the_margin_is_near_and_luck_is_wide():
    near, far, calm = 1.0, 10.0, 1.0
    more = allocate_worlds(np.array([near, far, calm]), np.array([5.0, 5.0, 0.1]), np.array([16, 16, 16]), 160)
    assert more[0] >= 144
    assert more[1] <= 16
    assert more[2] == 0
    assert more.sum() <= 160
    assert not (more % 16).any()


def test_nothing_is_given_where_nothing_varies():
    assert not allocate_worlds(np.array([1.0, 2.0]), np.zeros(2), np.array([16, 16]), 320).any()
    assert allocate_worlds(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), 320).size == 0


def test_opportunity_cost_is_the_normal_loss():
    # sigma / sqrt(n) times the standard normal loss at 1: 0.0833155
    cost = opportunity_cost(np.array([2.0]), np.array([8.0]), np.array([16]))
    assert cost == pytest.approx(2.0 * 0.0833155, rel=1e-5)
    assert opportunity_cost(np.array([2.0]), np.array([0.0]), np.array([16])) == 0.0
    assert opportunity_cost(np.array([0.0]), np.array([4.0]), np.array([16])) == pytest.approx(0.3989423)


def test_more_worlds_find_the_better_of_two_that_are_close():
    # Sixteen worlds mistake the two; the worlds that are spent on them settle it.
    values, spread = [10.0, 13.0, 1.0, 1.0, 40.0], [40.0, 40.0, 0.1, 0.1, 0.1]
    case = planted_case([10.0] * 5, budget=20.0)
    sets = sets_of(values, spread)
    estimates = Estimates(case, sets, 0, SALES)
    estimates.extend(np.arange(5), 16)
    early = solve(estimates.mean(), case.options.application, case.rows).chosen
    chosen = refined(case, estimates, 6_400).chosen
    np.testing.assert_array_equal(chosen, [False, True, False, False, True])
    assert estimates.worlds[:2].min() > 2 * estimates.worlds[2:].max()
    assert early.sum() == 2


def test_all_that_is_chosen_was_simulated():
    # Half the money for the leading application leaves room for the other.
    case = planted_case([10.0, 20.0, 15.0], budget=25.0, application=[0, 0, 1])
    sets = PlantedSets({"a000": 40.0, "a001": 25.0}, {"a000": 0.0, "a001": 0.0}, unit={"a000": 20.0})
    estimates = Estimates(case, sets, 0, SALES)
    estimates.extend(np.unique(case.leading), 16)
    chosen = refined(case, estimates, 160).chosen
    np.testing.assert_array_equal(chosen, [True, False, True])
    assert estimates.simulated[chosen].all()


def test_rivals_are_not_both_supported():
    case = planted_case([10.0] * 3, budget=20.0)
    sets = sets_of([30.0, 29.0, 20.0], 1.0, together={("a000", "a001"): -25.0})
    estimates = Estimates(case, sets, 0, SALES)
    estimates.extend(np.arange(3), 16)
    first = solve(estimates.mean(), case.options.application, case.rows).chosen
    np.testing.assert_array_equal(first, [True, True, False])
    found = improved(case, sets, estimates, first, 32, 8)
    assert found.chosen[2]
    assert found.chosen.sum() == 2
    assert found.swaps >= 1
    assert found.tried <= 8


def test_an_award_that_hurts_the_others_is_dropped_even_for_nothing():
    case = planted_case([10.0] * 2, budget=20.0)
    sets = sets_of([30.0, 5.0], 0.5, together={("a000", "a001"): -10.0})
    estimates = Estimates(case, sets, 0, SALES)
    estimates.extend(np.arange(2), 16)
    found = improved(case, sets, estimates, np.array([True, True]), 32, 8)
    np.testing.assert_array_equal(found.chosen, [True, False])


def test_exchanges_keep_every_rule():
    # The third would be better, but a rule asks for the first.
    rule = Row.of("must", np.array([1.0, 0.0, 0.0]), 1.0, NO_LIMIT, "count")
    case = planted_case([10.0] * 3, budget=20.0, rows=[rule])
    sets = sets_of([1.0, 20.0, 30.0], 0.1, together={("a000", "a001"): -5.0})
    estimates = Estimates(case, sets, 0, SALES)
    estimates.extend(np.arange(3), 16)
    start = solve(estimates.mean(), case.options.application, case.rows).chosen
    found = improved(case, sets, estimates, start, 32, 8)
    assert case.allows(found.chosen)
    assert found.chosen[0]


def test_nothing_chosen_stays_nothing():
    case = planted_case([10.0], budget=0.0)
    sets = sets_of([5.0])
    estimates = Estimates(case, sets, 0, SALES)
    estimates.extend([0], 16)
    assert improved(case, sets, estimates, np.array([False]), 16, 8).tried == 0
