"""Plausible worlds: what is varied, how they are spread, and what becomes of those that fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from tests.unit.fake_market import market, small_scenario

from majung.decision.worlds.factors import Factor, central_point, factors_of, points, varied
from majung.decision.worlds.measures import MEASURES
from majung.decision.worlds.panel import COLUMNS, Arm, Panel, Setting, simulated_panel
from majung.ensemble import Market, Session
from majung.errors import InputError, Problem
from majung.parameters import LocalText
from majung.scenario import Scenario, Strategy, hands_off
from majung.scenario.varying import Change, Uncertain

FACTOR = Factor("cash", LocalText(), "1", 0.5, 2.0, 1.0, True)


def uncertain(scenario: Scenario) -> Scenario:
    change = Change(how="times", table="firms", column="cash")
    return replace(scenario, uncertain=(Uncertain(id="cash", change=change, low=0.5, high=2.0, free=True),))


def test_factors_are_the_markets_own_uncertainties() -> None:
    scenario = uncertain(small_scenario())
    names = [factor.name for factor in factors_of(scenario)]
    assert "quality_weight" in names
    assert "crowding_out.large" in names
    # All classes alike are one number.
    assert "markup" in names
    assert not any(name.startswith("markup.") for name in names)
    assert "cash" in names
    assert "confidence" not in names
    assert "crowding_out.foreign" not in names, "its range is a point"
    assert all(factor.low < factor.high for factor in factors_of(scenario))


def test_a_parameter_that_fills_no_cell_moves_nothing() -> None:
    scenario = small_scenario()
    filled = {name: np.zeros_like(cells) for name, cells in scenario.technologies.filled.items()}
    given = replace(scenario, technologies=replace(scenario.technologies, filled=filled))
    names = [factor.name for factor in factors_of(given)]
    assert "learning_rate" not in names
    assert "quality_weight" in names


def test_an_inverted_range_is_refused() -> None:
    scenario = small_scenario()
    parameter = scenario.parameters["quality_weight"]
    items = {**scenario.parameters.items_by_name, "quality_weight": replace(parameter, range=(3.0, 2.0))}
    with pytest.raises(InputError, match=r"quality_weight.*inverted"):
        factors_of(replace(scenario, parameters=replace(scenario.parameters, items_by_name=items)))


def test_places_and_values() -> None:
    assert FACTOR.at(np.array([0, 0.5, 1])) == pytest.approx([0.5, 1, 2])
    assert FACTOR.unit_of(np.array([0.5, 1, 2])) == pytest.approx([0, 0.5, 1])
    even = replace(FACTOR, log=False)
    assert even.unit_of(even.at(np.array([0.25]))) == pytest.approx([0.25])


def test_more_worlds_are_the_same_and_further_ones() -> None:
    factors = factors_of(small_scenario())
    few, many = points(factors, 10, 7), points(factors, 100, 7)
    assert np.array_equal(few, many[:10])
    assert not np.array_equal(few, points(factors, 10, 8))
    low, high = (np.array([getattr(factor, end) for factor in factors]) for end in ("low", "high"))
    assert ((many >= low) & (many <= high)).all()


def test_worlds_fill_the_box_evenly() -> None:
    factors = factors_of(small_scenario())
    drawn = points(factors, 512, 3)
    for column, factor in enumerate(factors):
        for count in (1, 16, 128, 512):
            counts = np.histogram(factor.unit_of(drawn[:count, column]), bins=count, range=(0, 1))[0]
            assert (counts == 1).all(), factor.name


def test_no_pair_of_factors_has_large_holes() -> None:
    """In 8 x 8 cells worlds are spread as by chance: chi-squared is about 49. Holes would make it hundreds."""
    factors = factors_of(small_scenario())
    drawn = points(factors, 500, 5)
    cells = np.stack([factor.unit_of(drawn[:, column]) for column, factor in enumerate(factors)])
    cells = np.minimum((cells * 8).astype(int), 7)
    pairs = list(combinations(range(len(factors)), 2))
    found = [
        ((np.bincount(8 * cells[i] + cells[j], minlength=64) - 500 / 64) ** 2 / (500 / 64)).sum() for i, j in pairs
    ]
    assert max(found) < 3 * 49
    assert np.mean(found) == pytest.approx(49, rel=0.1)


def test_a_world_has_its_values() -> None:
    scenario = uncertain(small_scenario())
    factors = factors_of(scenario)
    point = points(factors, 1, 1)[0]
    world = varied(scenario, factors, point)
    value = dict(zip((factor.name for factor in factors), point, strict=True))
    assert world.parameters.value("quality_weight") == value["quality_weight"]
    assert world.parameters.value("crowding_out.large") == value["crowding_out.large"]
    assert {world.parameters.value(f"markup.{name}") for name in ("venture", "large")} == {value["markup"]}
    assert world.firms.cash == pytest.approx(scenario.firms.cash * value["cash"])
    assert varied(scenario, factors, central_point(factors)).world_hash == scenario.world_hash


def panel_of(
    lower: Callable[[Scenario], Callable[[Sequence[Strategy]], Market]], arms: Sequence[Arm], worlds: int = 4
) -> Panel:
    scenario = uncertain(small_scenario())
    with Session(threads=2) as session:
        return simulated_panel(
            scenario, [FACTOR], points([FACTOR], worlds, 1), arms, session, seed=1, replications=16, lower=lower
        )


ARMS = (Arm(hands_off("million KRW")), Arm(Strategy(id="b", quarters=4, budget=3.0, mix={"subsidy": 1.0})))


def test_each_world_and_arm_has_its_replications() -> None:
    found = panel_of(lambda scenario: lambda strategies: market(strategies, scenario=scenario), ARMS)
    sales = found.values[..., COLUMNS.index("budget")]
    assert sales.shape == (4, 2, 16)
    assert np.unique(sales).size == 4 * 2 * 16, "each world has luck of its own"
    assert not found.failed.any()
    again = panel_of(lambda scenario: lambda strategies: market(strategies, scenario=scenario), ARMS)
    assert again.digest == found.digest


def test_a_world_that_cannot_be_made_is_masked_and_the_others_stay() -> None:
    seen: list[float] = []

    def lower(scenario: Scenario) -> Callable[[Sequence[Strategy]], Market]:
        seen.append(float(scenario.firms.cash.sum()))
        if len(seen) == 2:
            raise InputError([Problem(key="strategy.nobody")])
        return lambda strategies: market(strategies, scenario=scenario)

    found = panel_of(lower, ARMS)
    whole = panel_of(lambda scenario: lambda strategies: market(strategies, scenario=scenario), ARMS)
    assert found.failed.tolist() == [False, True, False, False]
    assert np.isnan(found.values[1]).all()
    assert np.array_equal(found.values[[0, 2, 3]], whole.values[[0, 2, 3]])


def test_replications_that_fail_are_masked() -> None:
    broken = frozenset({("b", 17), ("b", 18)})
    found = panel_of(
        lambda scenario: lambda strategies: market(strategies, scenario=scenario, broken=broken), ARMS, worlds=2
    )
    missing = np.isnan(found.values).all(axis=-1)
    assert np.argwhere(missing).tolist() == [[1, 1, 1], [1, 1, 2]]
    assert not found.failed.any()


def test_arms_are_told_apart_by_what_they_do() -> None:
    same = Arm(ARMS[1].strategy.model_copy(update={"id": "c"}))
    other = Arm(ARMS[1].strategy, Setting("x", ((Change(how="plus", parameter="quality_weight"), 0.1),)))
    found = panel_of(lambda scenario: lambda strategies: market(strategies, scenario=scenario), (*ARMS, other))
    assert found.place(same) == 1
    assert found.place(other) == 2


def test_every_measure_says_what_it_is_in_both_languages() -> None:
    assert set(COLUMNS) <= MEASURES.keys()
    assert all(measure.label.ko and measure.label.en for measure in MEASURES.values())
