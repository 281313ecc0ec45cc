"""What agencies do today, and how much their evaluators' noise matters."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.awards_cases import NO_LIMIT, PlantedSets, planted_case

from majung.decision.awards.practices import by_lot, by_score, in_equal_parts, mean_scores, small_first
from majung.decision.awards.verdict import evaluator_noise, judged, optimality_gap, worst
from majung.scenario.call import Row


def scored(*scores):
    return np.array([[score] for score in scores], dtype=np.float64)


def lines_of(sharing):
    return [grant.line for grant in sharing.grants]


def test_by_score_goes_down_the_list_until_the_money_is_gone():
    case = planted_case([10, 10, 10], budget=20, scores=scored(70, 90, 80))
    found = by_score(case)
    assert lines_of(found) == ["a001", "a002"]
    assert found.spent == 20
    assert found.unmet == ()


def test_what_does_not_fit_is_passed_over_for_what_does():
    case = planted_case([15, 10, 5], budget=16, scores=scored(60, 90, 80))
    assert lines_of(by_score(case)) == ["a001", "a002"]


def test_ties_go_to_the_earlier_id_and_the_unscored_come_last():
    case = planted_case([10, 10, 10], budget=20, scores=scored(np.nan, 80, 80))
    assert lines_of(by_score(case)) == ["a001", "a002"]
    assert np.isnan(mean_scores(case)[0])


def test_each_gets_the_first_instrument_that_the_rules_allow():
    only_orders = Row.of("grants", np.array([10.0, 0.0]), -NO_LIMIT, 5.0, "money")
    asked = {"application": [0, 0], "instrument": [0, 1], "scores": scored(80)}
    case = planted_case([10, 10], budget=20, rows=[only_orders], **asked)
    assert [grant.instrument for grant in by_score(case).grants] == [1]


def test_what_must_be_in_goes_first():
    rule = Row.of("must", np.array([1.0, 0.0, 0.0]), 1.0, NO_LIMIT, "count")
    case = planted_case([10, 10, 10], budget=20, rows=[rule], scores=scored(10, 90, 80))
    assert lines_of(by_score(case)) == ["a000", "a001"]


def test_a_least_number_that_a_list_cannot_keep_is_said():
    rule = Row.of("many", np.ones(2), 2.0, NO_LIMIT, "count")
    case = planted_case([10, 10], budget=10, rows=[rule], scores=scored(90, 80))
    assert by_score(case).unmet == ("many",)


def test_a_floor_holds_at_every_step():
    # Eighty per cent for the first two: the large third comes only once that is kept.
    floor = Row.of("floor", np.array([2.0, 2.0, -8.0]), 0.0, NO_LIMIT, "money")
    case = planted_case([10, 10, 10], budget=30, rows=[floor], scores=scored(70, 60, 90))
    assert lines_of(by_score(case)) == ["a000", "a001"]


def test_small_firms_come_before_better_scores_of_large_ones():
    case = planted_case([10, 10, 10], budget=20, scores=scored(90, 50, 60), size_class=["large", "small", "micro"])
    assert lines_of(small_first(case)) == ["a001", "a002"]


def test_equal_parts_spend_the_budget_whatever_was_asked():
    case = planted_case([10, 30], budget=20, scores=scored(10, 20))
    found = in_equal_parts(case, 20)
    assert [grant.amount for grant in found.grants] == [5.0, 15.0]
    assert found.spent == pytest.approx(20)
    assert in_equal_parts(case, 100).spent == 40
    assert in_equal_parts(case, 0).grants == ()
    assert in_equal_parts(case, np.inf).spent == 40


def test_lots_differ_by_draw_and_not_by_call():
    case = planted_case([10] * 20, budget=50, scores=scored(*range(20)))
    draws = [tuple(lines_of(by_lot(case, 1, draw))) for draw in range(6)]
    assert len(set(draws)) == 6
    assert draws[0] == tuple(lines_of(by_lot(case, 1, 0)))


def test_reliability_of_the_mean_score():
    # Shrout and Fleiss (1979), table 2: six targets, four judges; ICC(1,1) = .17, ICC(1,4) = .44.
    scores = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
    count, deviation, reliability = evaluator_noise(scores)
    assert count == 4
    assert reliability == pytest.approx(0.44, abs=0.005)
    assert deviation == pytest.approx(np.sqrt(6.26), abs=0.005)
    assert np.isnan(evaluator_noise(np.array([[9.0], [8.0]]))[2])
    assert evaluator_noise(np.array([[5.0, 9.0], [9.0, 5.0]]))[2] == 0.0


def test_a_choice_and_practices_are_held_together_in_the_same_worlds():
    values = {"a000": 50.0, "a001": 10.0, "a002": 10.0}
    sets = PlantedSets(values, dict.fromkeys(values, 20.0))
    case = planted_case([10.0] * 3, budget=10.0, scores=np.array([[10, 20.0], [90, 92], [80, 85]]))
    found = judged(case, sets, np.array([True, False, False]), 10.0, 64, 1600, 0.95, 1)
    by_id = {practice.id: practice for practice in found.practices}
    assert set(by_id) == {"score", "pro-rata", "lottery", "small-first"}
    assert by_id["score"].difference.low > 20
    assert by_id["score"].awards == 1
    assert by_id["pro-rata"].awards == 3
    assert found.values.shape == (64,)
    assert 0 <= found.noise.overlap <= 1


def test_the_gap_of_the_best_choice_is_small_and_of_a_poor_one_large():
    case = planted_case([10.0] * 3, budget=10.0)
    random = np.random.default_rng(0)
    values = np.array([30.0, 20.0, 10.0]) + random.normal(size=(64, 3))
    best = optimality_gap(case, values, np.array([True, False, False]), 0.95)
    poor = optimality_gap(case, values, np.array([False, False, True]), 0.95)
    assert best.mean == pytest.approx(0.0, abs=0.05)
    assert poor.mean == pytest.approx(20.0, abs=1.0)
    assert poor.high > poor.mean


def test_worst_worlds():
    values = np.arange(20, dtype=np.float64)
    assert worst(values, 5.0) == {"cvar": 0.5, "loss": 0.25}
    assert np.isnan(worst(np.array([np.nan]), 5.0)["cvar"])
