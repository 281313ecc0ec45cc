from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from majung.decision.portfolio import (
    Infeasible,
    Limit,
    Risk,
    Unproven,
    check,
    choose,
    clash,
    needed,
    prices,
    reduced,
    solve,
)
from majung.errors import InputError
from majung.messages import LANGUAGES
from majung.scenario.call import Row


def row(
    rule: str, coefficients: list[float], low: float = -np.inf, high: float = np.inf, measure: str = "count"
) -> Limit:
    return Limit(rule, np.array(coefficients, dtype=float), low, high, measure)


def picked(chosen: np.ndarray) -> list[int]:
    return [int(place) for place in np.flatnonzero(chosen)]


def test_the_best_items_that_fit_are_chosen() -> None:
    assert picked(choose([10, 7, 6], [[5, 4, 3]], [7])) == [1, 2]
    assert picked(choose([10, 7, 6], [[5, 4, 3], [1, 1, 1]], [12, 1])) == [0]


def test_one_constraint_may_be_given_flat() -> None:
    assert picked(choose([10, 7, 6], [5, 4, 3], [7])) == [1, 2]
    assert picked(choose([10, 7, 6], [5, 4, 3], 7)) == [1, 2]


@pytest.mark.parametrize(
    ("values", "costs", "capacities", "expected"),
    [
        ([], np.zeros((2, 0)), [1, 1], []),
        ([], [], 1, []),
        ([3, 4], np.zeros((0, 2)), [], [0, 1]),
        ([3, -4, 0], [[1, 1, 1]], [9], [0]),
        ([3, 4], [[1, 2]], [0], []),
        ([3, 4], [[0, 2]], [0], [0]),
        # The first pays for the second, and is worth it.
        ([-1, 4], [[-2, 2]], [0], [0, 1]),
        ([-5, 4], [[-2, 2]], [0], []),
        ([1, 2], [[-2, 2]], [-1], [0]),
        ([True, False], [[1, 1]], [2], [0]),
    ],
)
def test_the_edges_of_the_knapsack(values: Any, costs: Any, capacities: Any, expected: list[int]) -> None:
    chosen = choose(values, costs, capacities)
    assert chosen.dtype == np.bool_
    assert chosen.shape == (len(values),)
    assert picked(chosen) == expected


def test_no_capacity_is_exceeded_by_a_hair() -> None:
    # Within the solver's tolerance both would fit: by a won of a trillion, or a billionth.
    assert picked(choose([3, 2], [[600_000_000_000, 400_000_000_001]], [1_000_000_000_000])) == [0]
    assert picked(choose([3, 2], [[0.6, 0.4 + 1e-9]], [1.0])) == [0]
    assert picked(choose([3, 2], [[600_000_000_000, 400_000_000_000]], [1_000_000_000_000])) == [0, 1]


def test_a_capacity_that_is_met_but_for_how_numbers_are_written_is_met() -> None:
    assert picked(choose([1, 1], [[0.1, 0.2]], [0.3])) == [0, 1]
    assert picked(choose([1] * 10, [[0.1] * 10], [0.9999999999999999])) == list(range(10))
    assert picked(choose([1] * 3, [[10] * 3], [0.1 * 3 * 100])) == [0, 1, 2]


def test_values_are_told_apart_however_close_they_are() -> None:
    for close in (1e-6, 1e-9, 1e-12, 1e-15):
        assert picked(choose([1.0, 1.0 + close, 5e9], [[1, 1, 0]], [1])) == [1, 2]
    assert picked(choose([1e12, 1e12 + 1], [[1, 1]], [1])) == [1]


@pytest.mark.parametrize(
    ("values", "costs", "capacities", "said"),
    [
        ([1, np.nan], [[1, np.inf]], [1], ["values: 1 value(s) are not finite", "costs: 1 value(s)", "position 0, 1"]),
        ([1, 2], [[1, 2, 3]], [1], ["costs has the shape (1, 3); (1, 2) is needed."]),
        ([1, 2], [[1, 2]], [1, 2], ["costs has the shape (1, 2); (2, 2) is needed."]),
        ([[1, 2]], [[[1, 2]]], [[1]], ["values has", "costs has", "capacities has"]),
        (["a", "b"], [[1, 2]], [1], ["values: these are not numbers"]),
        ([1, 2], [[1, 2], [1]], [1, 1], ["costs: these are not numbers, or the rows are of different lengths"]),
        ([1, 2], [[1, 2], [1, 1]], [-1, -2], ["capacities[0] is -1, and no choice costs less than 0", "capacities[1]"]),
        ([1, 2], [[1, -1]], [-2], ["capacities[0] is -2, and no choice costs less than -1"]),
        ([1, 2], [[-1, 0], [1, 1]], [-1, 0], ["cannot be met at once: capacities[0], capacities[1]"]),
    ],
)
def test_all_that_is_wrong_with_a_knapsack_is_said(values: Any, costs: Any, capacities: Any, said: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        choose(values, costs, capacities)
    assert len(caught.value.problems) == len([text for text in said if not text.startswith("position")])
    for text in said:
        assert text in str(caught.value)
    assert caught.value.text("ko")


def hard(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a knapsack as Chu and Beasley (1998) draw them."""
    rng = np.random.default_rng(seed)
    costs = rng.integers(0, 1001, (5, n)).astype(float)
    return np.floor(costs.mean(axis=0) + 500 * rng.random(n)), costs, np.floor(costs.sum(axis=1) / 2)


def test_what_is_not_proven_is_an_error_where_proof_was_asked_for() -> None:
    values, costs, capacities = hard(250, 1)
    with pytest.raises(Unproven, match="not proven that none is worth more") as caught:
        choose(values, costs, capacities, time_limit=1.0)
    assert "증명하지 못했습니다" in caught.value.text("ko")


def test_with_a_time_limit_the_best_so_far_is_returned_with_its_bound() -> None:
    values, costs, capacities = hard(250, 1)
    rows = [
        Limit(f"r{place}", cost, high=limit) for place, (cost, limit) in enumerate(zip(costs, capacities, strict=True))
    ]
    found = solve(values, None, rows, time_limit=1.0)
    assert not found.proven
    assert found.value < found.bound < 1.02 * found.value
    assert found.seconds < 5
    assert (costs @ found.chosen <= capacities).all()
    with pytest.raises(Unproven, match="the time was up before"):
        solve(values, None, rows, time_limit=1e-9)


def test_a_gap_ends_the_search_early_and_the_bound_says_what_it_may_cost() -> None:
    values, costs, capacities = hard(250, 1)
    rows = [
        Limit(f"r{place}", cost, high=limit) for place, (cost, limit) in enumerate(zip(costs, capacities, strict=True))
    ]
    found = solve(values, None, rows, gap=0.01)
    assert found.proven
    assert found.value < found.bound <= 1.01 * found.value
    assert (costs @ found.chosen <= capacities).all()
    assert picked(solve(values, None, rows, gap=0.01).chosen) == picked(found.chosen)


def test_one_option_of_a_group_is_chosen() -> None:
    assert picked(solve([3, 5, 4], [7, 7, 1], []).chosen) == [1, 2]
    assert picked(solve([3, 5, 4], None, []).chosen) == [0, 1, 2]


def test_rows_hold_below_and_above() -> None:
    quota = row("quota", [1, 1, 0, 0], low=1)
    budget = row("budget", [4, 5, 3, 3], high=8, measure="money")
    found = solve([2, 3, 4, 4], None, [budget, quota])
    assert picked(found.chosen) == [1, 2]
    assert (found.value, found.bound, found.proven) == (7, 7, True)


def test_a_floor_is_met_though_it_costs_value() -> None:
    assert picked(solve([-2, -1, 3], None, [row("least", [1, 1, 1], low=2)]).chosen) == [1, 2]
    assert picked(solve([0, 3], None, [row("exactly", [1, 1], 2, 2)]).chosen) == [0, 1]


def test_shares_may_have_coefficients_of_both_signs() -> None:
    # At least 70 % of the money to the first two.
    share = row("small", [3.0, 3.0, -7.0, -7.0], low=0, measure="money")
    assert picked(solve([1, 1, 5, 5], [0, 1, 2, 3], [share, row("all", [10, 10, 10, 10], high=40)]).chosen) == [0, 1]
    assert picked(solve([1, 1, 5], None, [row("small", [3.5, 3.5, -7.0], low=0)]).chosen) == [0, 1, 2]


@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e4, 1e8, 1e12])
def test_the_unit_of_money_changes_nothing(unit: float) -> None:
    rng = np.random.default_rng(3)
    values, amounts = rng.random(30), rng.random(30)
    rows = [Limit("budget", amounts * unit, high=6 * unit, measure="money"), Limit("count", np.ones(30), 3, 14)]
    assert picked(solve(values, None, rows).chosen) == picked(solve(values * unit, None, rows).chosen)
    assert picked(solve(values, None, rows).chosen) == picked(
        solve(values, None, [rows[0]._replace(coefficients=amounts, high=6.0), rows[1]]).chosen
    )


def test_what_is_fixed_stays() -> None:
    budget = row("budget", [1, 1, 1], high=2)
    assert picked(solve([3, 2, 1], None, [budget], fixed=[-1, -1, 1]).chosen) == [0, 2]
    assert picked(solve([3, 2, 1], None, [budget], fixed=[0, -1, -1]).chosen) == [1, 2]
    assert picked(solve([3, 2, 1], None, [budget], fixed=[1, 0, 0]).chosen) == [0]
    with pytest.raises(Infeasible, match="this rule cannot be met, whatever is chosen: budget"):
        solve([3, 2, 1], None, [budget], fixed=[1, 1, 1])


def test_of_equals_the_cheaper_is_chosen_then_the_first() -> None:
    one = row("one", [1, 1, 1, 1], high=1)
    money = row("budget", [5, 3, 3, 4], high=100, measure="money")
    assert picked(solve([2, 2, 2, 2], None, [one, money]).chosen) == [1]
    assert picked(solve([2, 2, 2, 2], None, [one, money], order=["d", "c", "b", "a"]).chosen) == [2]
    assert picked(solve([2, 2, 2, 2], None, [one]).chosen) == [0]
    assert picked(solve([2, 2, 2, 2], None, [one], order=[3, 2, 1, 0]).chosen) == [3]


def test_what_adds_nothing_is_left_out_unless_it_is_asked_for() -> None:
    assert picked(solve([0, 1, 0], None, [row("budget", [1, 1, 1], high=3, measure="money")]).chosen) == [1]
    assert solve([0, 1, 0], None, [row("least", [1, 1, 1], low=2)]).chosen.sum() == 2


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("a", [1, 1, 1], low=4), row("b", [1, 1, 1], high=3)], ("a",)),
        ([row("a", [1, 1, 0], low=2), row("b", [1, 1, 0], high=1), row("c", [0, 0, 1], low=1)], ("a", "b")),
        ([row("b", [1, 1, 1], high=1), row("c", [0, 0, 1], low=1), row("a", [1, 0, 0], low=1)], ("b", "c", "a")),
        # Two sets clash: the smaller is named.
        (
            [
                row("a", [1, 0, 0], low=1),
                row("b", [0, 1, 0], low=1),
                row("c", [1, 1, 0], high=1),
                row("d", [1, 0, 0], high=0),
            ],
            ("a", "d"),
        ),
        # All rows of a rule stand or fall together.
        ([row("a", [1, 0, 0], low=1), row("b", [0, 1, 0], low=1), row("a", [1, 1, 0], high=1)], ("a", "b")),
        ([row("a", [1, 1, 1], low=2, high=1)], ("a",)),
        ([row("a", [0, 0, 0], low=1)], ("a",)),
        ([row("a", [1, 1, 1], low=1)], ()),
        ([], ()),
    ],
)
def test_the_smallest_set_of_rules_that_clash_is_named(rows: list[Limit], expected: tuple[str, ...]) -> None:
    assert clash(None, rows) == expected
    if expected:
        with pytest.raises(Infeasible) as caught:
            solve(np.ones(3), None, rows)
        assert set(caught.value.rules) == set(expected)
        with pytest.raises(Infeasible):
            check(None, rows)
    else:
        check(None, rows)


def test_a_clash_in_many_rules_is_found() -> None:
    rng = np.random.default_rng(5)
    n = 200
    amounts = rng.random(n) + 0.5
    rows = [Limit(f"fine {place}", rng.random(n), high=60.0) for place in range(20)]
    rows[3:3] = [Limit("floor", amounts, low=50.0)]
    rows[9:9] = [Limit("winners", np.ones(n), high=30.0), Limit("each", np.where(amounts > 1.4, 1.0, 0.0), high=2.0)]
    rows += [Limit(f"half {place}", (rng.random(n) < 0.5).astype(float), low=5.0) for place in range(5)]
    assert clash(np.arange(n) // 2, rows) == ("floor", "winners")


def test_groups_and_what_is_fixed_clash_with_rules_too() -> None:
    rows = [row("two", [1, 1], low=2)]
    assert clash([0, 0], rows) == ("two",)
    assert clash([0, 1], rows) == ()
    assert clash([0, 1], rows, fixed=[0, -1]) == ("two",)


def test_an_infeasible_programme_says_so_in_both_languages_and_across_processes() -> None:
    error = Infeasible(["floor", "cap"])
    assert str(error) == "these rules cannot be met at once: floor, cap."
    assert error.text("ko") == "다음 규칙은 함께 지킬 수 없습니다: floor, cap."
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), back.rules) == (Infeasible, ("floor", "cap"))


def test_the_worst_worlds_can_outweigh_the_mean() -> None:
    sure, risky = [2.0] * 10, [0.0] * 5 + [5.0] * 5
    worlds = np.column_stack([sure, risky])
    one = [row("one", [1, 1], high=1)]
    values = worlds.mean(axis=0)
    assert picked(solve(values, None, one).chosen) == [1]
    averse = Risk(measure="cvar", level=0.2, weight=0.5)
    found = solve(values, None, one, scenarios=worlds, risk=averse)
    assert picked(found.chosen) == [0]
    assert found.value == pytest.approx(2.0)
    assert picked(solve(values, None, one, scenarios=worlds, risk=Risk(measure="cvar", weight=0.0)).chosen) == [1]


def test_a_target_is_reached_in_as_many_worlds_as_asked() -> None:
    worlds = np.column_stack([[2.0] * 10, [0.0] * 5 + [5.0] * 5])
    one = [row("one", [1, 1], high=1)]
    for level, expected in ((0.4, [0]), (0.5, [1])):
        risk = Risk(measure="chance", level=level, target=2.0)
        assert picked(solve(worlds.mean(axis=0), None, one, scenarios=worlds, risk=risk).chosen) == expected
    with pytest.raises(Infeasible, match="no choice reaches the target in as many worlds") as caught:
        solve(worlds.mean(axis=0), None, one, scenarios=worlds, risk=Risk(measure="chance", target=6.0))
    assert caught.value.rules == ()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"measure": "var"}, "'var' is not a measure of risk (none, cvar, chance). Did you mean 'cvar'?"),
        ({"measure": "cvar", "level": 0.0}, "'0' is not a share of worlds"),
        ({"level": float("nan")}, "'nan' is not a share of worlds"),
        ({"weight": 2.0}, "'2' is not a weight"),
        ({"target": float("inf")}, "'inf' is not a target"),
    ],
)
def test_senseless_risk_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        Risk(**options)
    assert said in str(caught.value)
    assert caught.value.text("ko")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"groups": [0, 0.5]}, "groups: only whole numbers"),
        ({"groups": [0]}, "groups has the shape (1,); (2,) is needed."),
        ({"fixed": [2, 0]}, "fixed: only 1 (chosen)"),
        ({"groups": [0, 0], "fixed": [1, 1]}, "two options of one group cannot both be chosen"),
        ({"order": [1]}, "order has the shape (1,)"),
        ({"scenarios": [[1, 2, 3]]}, "scenarios has the shape (1, 3); (S, 2) is needed."),
        ({"scenarios": [[1, np.nan]]}, "scenarios: 1 value(s)"),
        ({"risk": Risk(measure="cvar")}, "risk needs the values by world"),
        ({"time_limit": 0}, "'0' is not a time limit"),
        ({"gap": -0.1}, "'-0.1' is not a gap"),
        ({"gap": 1.0}, "'1' is not a gap"),
        ({"rows": [row("cap", [1])]}, "cap has the shape (1,)"),
        ({"rows": [row("cap", [1, np.nan])]}, "cap: 1 value(s)"),
        ({"rows": [row("cap", [1, 1], low=np.nan)]}, "rule 'cap': its limits, from nan to inf, are no limits."),
    ],
)
def test_senseless_programmes_are_refused(options: dict[str, Any], said: str) -> None:
    given = {"values": [1, 2], "groups": [0, 1], "rows": [row("cap", [1, 1], high=1)]} | options
    with pytest.raises(InputError) as caught:
        solve(**given)
    assert [said in problem.text("en") for problem in caught.value.problems] == [True]
    assert all(caught.value.text(lang) for lang in LANGUAGES)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        solve([1, np.nan], [0], [row("cap", [1, 1, 1], low=np.nan)], time_limit=-1, risk=Risk(measure="chance"))
    assert len(caught.value.problems) == 6


def test_prices_say_what_a_unit_of_a_limit_is_worth() -> None:
    rows = [row("budget", [2, 4, 5], high=4), row("least", [0, 0, 1], low=0.5), row("slack", [1, 1, 1], high=9)]
    # 2.5 to the third, as its floor asks; what is left, 1.5, to the first, which is worth 3 a unit.
    assert prices([6, 8, 5], None, rows) == pytest.approx([3, -10, 0])
    assert reduced([6, 8, 5], None, rows) == pytest.approx([0, -4, 0])
    assert prices([], None, []).shape == (0,)


@pytest.mark.parametrize("unit", [1.0, 1e8, 1e12])
def test_prices_are_in_the_units_of_values_and_rows(unit: float) -> None:
    rows = [row("budget", [2 * unit, 4 * unit], high=4 * unit, measure="money")]
    assert prices([6, 8], None, rows) == pytest.approx([2 / unit])
    assert reduced([6, 8], None, rows) == pytest.approx([2, 0], abs=1e-9)


def test_a_share_of_a_limit_is_priced_as_the_optimum_changes() -> None:
    rng = np.random.default_rng(2)
    values, amounts = rng.random(40), rng.random(40) + 0.1
    groups = np.arange(40) // 3
    rows = [Limit("budget", amounts, high=5.0), Limit("quota", (np.arange(40) % 4 == 0).astype(float), low=6.0)]
    worth = prices(values, groups, rows)
    assert worth[0] > 0 > worth[1]
    distance = reduced(values, groups, rows)
    bound = worth @ [5.0, 6.0] + sum(max(distance[groups == group].max(), 0) for group in np.unique(groups))
    # By duality prices and the best of each group bound what whole options are worth.
    value = solve(values, groups, rows).value
    assert value <= bound <= 1.05 * value


def test_prices_of_rules_that_clash_name_them() -> None:
    rows = [row("a", [1, 1], low=3), row("b", [1, 0], high=1)]
    with pytest.raises(Infeasible, match="whatever is chosen: a"):
        prices([1, 1], None, rows)


def test_what_a_near_miss_needs() -> None:
    rows = [row("budget", [3, 3, 2], high=3)]
    assert needed([5, 4, 1], None, rows, 0) == 0
    assert needed([5, 4, 1], None, rows, 1) == pytest.approx(1)
    assert needed([5, 4, 1], None, rows, 2, optimum=solve([5, 4, 1], None, rows)) == pytest.approx(4)
    assert needed([5, 4, 1], [0, 0, 1], [row("budget", [9, 3, 2], high=5)], 0) == np.inf
    assert needed([5, 4, 1], None, rows, 1, fixed=[-1, 0, -1]) == np.inf
    assert needed([5, 4, 1], [0, 0, 1], [], 1, fixed=[1, -1, -1]) == np.inf
    with pytest.raises(InputError, match="there is no option 3; they are numbered from 0 to 2"):
        needed([5, 4, 1], None, rows, 3)


def test_rows_that_hold_only_what_is_not_zero_are_those_of_all_options() -> None:
    rng = np.random.default_rng(6)
    values, groups, amounts = rng.random(40), np.arange(40) // 2, rng.integers(1, 9, 40).astype(float)
    dense = [
        Limit("budget", amounts, high=60.0, measure="money"),
        Limit("cap", np.where(np.arange(40) % 7 == 0, amounts, 0.0), high=9.0, measure="money"),
        Limit("share", np.where(np.arange(40) < 15, amounts, -0.5 * amounts), low=0.0, measure="money"),
        Limit("none", np.zeros(40), high=1.0),
    ]
    sparse = [Row.of(*limit) for limit in dense]
    for one, other in zip(dense, sparse, strict=True):
        assert len(other.places) == (one.coefficients != 0).sum()
        assert (other.coefficients == one.coefficients).all()
        assert [other.at(place) for place in range(40)] == one.coefficients.tolist()
    assert [row.is_share for row in sparse] == [False, False, True, False]
    for gap in (0.0, 1e-3):
        assert picked(solve(values, groups, sparse, gap=gap).chosen) == picked(
            solve(values, groups, dense, gap=gap).chosen
        )
    assert prices(values, groups, sparse).tolist() == prices(values, groups, dense).tolist()
    assert clash(groups, [*sparse, Row.of("floor", amounts, 61.0, np.inf, "money")]) == ("budget", "floor")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": 3}, "cap has the shape (3,); (2,) is needed."),
        ({"places": np.array([0, 2])}, "cap has the shape"),
        ({"places": np.array([1, 0])}, "cap has the shape"),
        ({"weights": np.array([1.0])}, "cap has the shape (1,); (2,) is needed."),
        ({"weights": np.array([1.0, np.nan])}, "cap: 1 value(s)"),
    ],
)
def test_senseless_rows_of_few_options_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        solve([1, 2], None, [Row.of("cap", np.ones(2), 0.0, 1.0, "count")._replace(**change)])
    assert [said in problem.text("en") for problem in caught.value.problems] == [True]


def test_nothing_is_written_to_the_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        costs = rng.random((4, 24)) * 10.0 ** rng.integers(0, 6, 24)
        choose(rng.random(24), costs, costs.sum(axis=1) / 3)
    assert capfd.readouterr() == ("", "")
