"""The market steps of the NumPy twin against closed forms and cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from tests.oracle import builder

from majung.dims import PATH_ARRAYS
from majung.market.reference import simulate
from majung.market.reference.quantities import Trade
from majung.market.reference.steps import Market
from majung.market.world import FOREIGN, HOME, LARGE, VENTURE, WORLD

EVERYBODY_WILLING = -1e6  # a threshold that any offer passes: G = 1
DUMB = {"research_share": 0.0, "imitation_rate": 0.0}
HALVING = np.log(2)


def paths(world, policy=None, replication=0):
    """Run one replication; arrays by name, (T, K)."""
    found, _, _ = simulate(world, policy or builder.policy(world), 1, replication)
    return dict(zip((array.name for array in PATH_ARRAYS), found, strict=True))


def at_start(world, **policy):
    return Market(world, builder.policy(world, **policy), 1, 0)


def steady(units=100.0, **segment):
    """A segment that buys the same number of units each quarter: everybody has adopted and replaces."""
    return {"adopters": 100.0, "potential": 100.0, "units_each": np.asarray(units) / 100, **segment}


# 6 Adoption


def test_adoption_by_hand():
    segment = {"potential": 100, "innovation": 0.02, "imitation": 0.4, "threshold": EVERYBODY_WILLING, "units_each": 3}
    found = paths(builder.world(segments=segment, rates=DUMB, quarters=2))
    # 2 of 100 adopt, then 98·(0.02 + 0.4·0.02) = 2.744; 3 units each at price 1.
    np.testing.assert_allclose(found["adopters"][:, 0], [2, 4.744])
    np.testing.assert_allclose(found["private_final_sales"][:, 0], [6, 8.232])


def test_adoption_follows_bass():
    p, q, potential, quarters = 0.0003, 0.004, 1000.0, 1500
    segment = {"potential": potential, "innovation": p, "imitation": q, "threshold": EVERYBODY_WILLING}
    found = paths(builder.world(segments=segment, rates=DUMB, quarters=quarters))["adopters"][:, 0]
    decay = np.exp(-(p + q) * np.arange(1, quarters + 1))
    bass = potential * (1 - decay) / (1 + q / p * decay)  # Bass (1969), eq. 3
    np.testing.assert_allclose(found, bass, atol=2e-3 * potential)


def test_an_offer_as_good_as_the_threshold_moves_half_the_buyers():
    segment = {"threshold": 1.0, "innovation": 0.1}
    world = builder.world(segments=segment, lines={"appeal": np.full((1, 2), np.e)})
    np.testing.assert_allclose(paths(world)["adopters"], 100 * 0.1 / 2)


def test_nobody_adopts_or_replaces_what_is_not_good_enough():
    world = builder.world({"replacement": 0.1}, {"adopters": 50, "min_quality": 0.9}, lines={"quality": 0.8})
    found = paths(world)
    assert found["adopters"] == 50
    assert found["home_sales"] == 0


def test_demand_noise_has_mean_one():
    segments = {"technology": np.zeros(4000, int), "threshold": EVERYBODY_WILLING, "innovation": 0.1}
    found = paths(builder.world(segments=segments, rates={"demand_noise": 0.3}))["adopters"]
    assert found == pytest.approx(4000 * 10, rel=4 * 0.3 / np.sqrt(4000))


# 4 Cost and price, 5 Offer


def test_cost_falls_by_the_learning_rate_with_each_doubling():
    technology = {"learning_exponent": -np.log2(0.8), "replacement": 1.0}
    world = builder.world(technology, steady(100), lines={"experience": 100}, rates=DUMB, quarters=4)
    found = paths(world)["price"][:, 0]
    np.testing.assert_allclose(found[[0, 1, 3]], [1, 0.8, 0.64])  # 100 → 200 → 400 units of history


def test_inversion_gives_back_the_observed_shares():
    quality, log_price, reputation = np.array([0.9, 0.5, 0.7]), np.array([0.2, -0.3, 0.0]), np.array([0.4, 0.0, 0.1])
    reach, base, share = np.array([1, 2, 5]), np.array([20, 30, 10]), np.array([0.6, 0.3, 0.1])
    presence = 0.2 * reach / 8 + 0.8 * base / 60
    appeal = share / (quality**2.5 * np.exp(-1.5 * log_price + reputation) * presence)  # Berry (1994), eq. 13
    lines = {
        "technology": [0, 0, 0],
        "quality": quality,
        "log_cost": log_price - np.log(1.35),
        "reputation": reputation,
        "reach": reach,
        "base": np.stack([base, base], 1),
        "appeal": np.stack([appeal, appeal], 1),
    }
    market = at_start(builder.world(segments={"threshold": 0.0, "innovation": 0.1}, lines=lines))
    offers = market.offers()
    np.testing.assert_allclose(offers.attraction.sum(0), 1)
    sold = market.trade(0, offers, np.zeros(3)).final[:, HOME]
    np.testing.assert_allclose(sold, 100 * 0.1 / 2 * share)  # I = 0 = θ: G = 1/2


def test_halves_of_a_line_are_worth_the_line():
    whole = {"technology": [0, 0], "reach": [4, 1], "base": [[30, 0], [10, 0]], "quality": [0.9, 0.7]}
    halves = {
        "technology": [0, 0, 0],
        "reach": [2, 2, 1],
        "base": [[15, 0], [15, 0], [10, 0]],
        "quality": [0.9, 0.9, 0.7],
    }
    one, two = (at_start(builder.world(lines=lines)).offers().attraction for lines in (whole, halves))
    np.testing.assert_allclose([two[0] + two[1], two[2]], one)


# 7 Derived demand, 8 Public orders


def test_orders_and_sales_travel_down_the_chain():
    # Robots need 0.5 chips; half of what the chip market sells at home is foreign; chips need 0.2 wafers.
    inputs = np.zeros((3, 3))
    inputs[0, 1], inputs[1, 2] = 0.5, 0.2
    world = builder.world(
        {"inputs": inputs, "replacement": 1.0},
        steady(60),
        {"size_class": [VENTURE, VENTURE, FOREIGN, VENTURE]},
        {"technology": [0, 1, 1, 2], "log_cost": -np.log(1.35)},
    )
    market = at_start(world)
    units = market.trade(0, market.offers(), np.array([40.0, 0, 0, 0]))
    np.testing.assert_allclose(units.final[0], [60, 0])
    np.testing.assert_allclose(units.programme[0], [40, 0])
    np.testing.assert_allclose(units.derived[1:3], [[15, 0], [15, 0]])
    np.testing.assert_allclose(units.induced[1:3], [[10, 0], [10, 0]])
    # What orders induced is carried on as induced, through the domestic maker and through the foreign one.
    np.testing.assert_allclose(units.derived[3], [0.2 * 15, 0.2 * 15])
    np.testing.assert_allclose(units.induced[3], [0.2 * 10, 0.2 * 10])


def test_orders_are_cut_to_the_public_need_and_to_good_lines():
    lines = {"technology": [0, 0, 0], "quality": [1, 1, 0.5], "log_cost": np.log([2 / 1.35, 1 / 1.35, 1 / 1.35])}
    market = at_start(builder.world({"public_need": 30}, lines=lines), min_quality=0.6)
    units = market.programme_units(market.offers().price, np.array([40.0, 20, 100]))
    np.testing.assert_allclose(units, [20 / 2, 10, 0])  # 60 of money wanted, 30 needed


def test_sales_by_destination():
    segments = {"technology": [0, 0, 0], "region": [HOME, WORLD, HOME], "public": [False, False, True]}
    firms = {"size_class": [VENTURE, FOREIGN]}
    found = paths(
        builder.world({"replacement": 1.0}, segments | steady([100, 40, 20]), firms, {"technology": [0, 0]}, DUMB)
    )
    expected = {
        "private_final_sales": 50 + 20,
        "exports": 20,
        "ordinary_public_sales": 10,
        "imports": 50 + 10,
        "home_sales": 120,
        "market_value": 140,
        "sme_sales": 70,
        "sme_derived_sales": 0,
        "price": 1,
        "hhi": 0.5,
        "leader": 0,
    }
    assert {name: found[name].item() for name in expected} == pytest.approx(expected)


# 9 Deliveries and reputation


def test_reputation_settles_where_gain_meets_decay():
    market = at_start(builder.world({"replacement": 0.1, "reference_contract": 50}))
    one = np.array([[100.0, 0]])
    for _ in range(2000):
        market.deliver(Trade(one, 0 * one, 0 * one, 0 * one, 0.5 * one))
    gain = 1 - np.exp(-(0.03 * 50 + 0.01 * 100) / 50)
    np.testing.assert_allclose(market.reputation, gain / (gain + 0.02))
    np.testing.assert_allclose(market.base, [[(100 + 0.7 * 50) / 0.1, 0]])  # as much of orders as is seen
    np.testing.assert_allclose(market.output, 2000 * 150)


# 3 Research


def test_innovation_closes_the_mean_part_of_the_gap():
    n = 20_000
    technology = {"success_rate": 0.5, "research_cost": 10.0}
    lines = {"technology": np.zeros(n, int), "quality": 0.6}
    world = builder.world(technology, firms={"sales": np.full(n, 100)}, lines=lines, rates={"imitation_rate": 0.0})
    market = at_start(world)
    market.research(0, np.zeros(n))
    chance = 1 - np.exp(-0.5 * 1.5**1.2)  # own money 15 at a research cost of 10
    closed = (market.quality - 0.6) / 0.4
    assert np.mean(closed > 0) == pytest.approx(chance, abs=0.015)
    assert closed[closed > 0].mean() == pytest.approx(0.25, abs=0.005)
    assert closed.max() <= 0.5


def test_imitation_narrows_the_distance_to_the_best_at_home():
    firms = {"size_class": [VENTURE, VENTURE, FOREIGN], "sales": [0, 200, 0]}
    lines = {"technology": [0, 0, 0], "quality": [0.9, 0.5, 1.0]}
    market = at_start(builder.world({"research_cost": 10}, firms=firms, lines=lines))
    market.research(0, np.zeros(3))
    np.testing.assert_allclose(market.quality, [0.9, 0.5 + 0.01 * 3 / 4 * 0.4, 1.0])


def test_research_money_of_small_firms_and_incumbents():
    firms = {
        "size_class": [VENTURE, LARGE, FOREIGN],
        "sales": [100, 100, 100],
        "cash": [50, 50, 50],
        "captive": [0.2, 0, 0],
        "legacy_profit": [1000, 1000, 1000],
    }
    technology = {"market_value": 300 * np.exp(0.5)}  # one width above ω Π = 300
    market = at_start(builder.world(technology, firms=firms, lines={"technology": [0, 0, 0]}))
    research = market.research(0, np.array([10.0, 10, 0]))
    legacy = 0.15 * 1000 * expit(1)
    np.testing.assert_allclose(research.legacy, [0, legacy, 0])
    np.testing.assert_allclose(research.spending, [15 + 0.8 * 5 + 9, 15 + legacy + 4, 0])


def test_foreign_lines_keep_their_distance_to_the_frontier():
    firms = {"size_class": [VENTURE, FOREIGN]}
    lines = {"technology": [0, 0], "quality": [0.5, 0.8]}
    market = at_start(builder.world({"frontier_growth": HALVING}, firms=firms, lines=lines))
    market.advance_frontier()
    np.testing.assert_allclose(market.quality, [0.5, 1.6])
    np.testing.assert_allclose(market.frontier, 2)


# 13 Record


def test_hype_is_the_smoothed_growth_of_the_market():
    world = builder.world({"replacement": 1.0, "market_value": 50, "hype": 0.1}, steady(100), rates=DUMB, quarters=2)
    found = paths(world)["hype"][:, 0]
    first = 0.75 * 0.1 + 0.25 * np.log(2)
    np.testing.assert_allclose(found, [first, 0.75 * first])
