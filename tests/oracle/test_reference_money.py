"""Support, funding, exit, entry and the conservation of money in the NumPy twin."""

from __future__ import annotations

import numpy as np
import pytest
from tests.oracle import builder

from majung.dims import ACCOUNT_ARRAYS, CLASSES, FIRM_ARRAYS, PATH_ARRAYS
from majung.market.reference import simulate
from majung.market.reference.steps import Market
from majung.market.world import BY_SCORE, BY_SIZE, FOREIGN, LARGE, SME, VENTURE

SEEDS = range(40)
PUBLIC = ("subsidy", "purchase", "matching")


def run(world, policy, seed=1, replication=0):
    """Path arrays summed over technologies (T,), account arrays (T,) and firm arrays (I,), by name."""
    paths, accounts, firms = simulate(world, policy, seed, replication)
    names = [array.name for array in (*PATH_ARRAYS, *ACCOUNT_ARRAYS, *FIRM_ARRAYS)]
    return dict(zip(names, [*paths.sum(2), *accounts, *firms], strict=True))


def drawn(seed):
    rng = np.random.default_rng(seed)
    world = builder.make_world(rng)
    return world, builder.make_policy(rng, world)


def market(world, **policy):
    return Market(world, builder.policy(world, **policy), 1, 0)


# Identities, in worlds drawn at random


@pytest.mark.parametrize("seed", SEEDS)
def test_money_is_conserved(seed):
    world, policy = drawn(seed)
    found = run(world, policy, replication=seed)
    start = world.firms.cash[world.firms.alive & (world.firms.size_class != FOREIGN)].sum()
    gained = sum(found[name] for name in ("margin", "legacy", "subsidy", "matching", "private_raised"))
    gained = gained + found["entry_capital"] + found["written_off"] - found["research"] - found["overhead"]
    np.testing.assert_allclose(np.diff(found["cash"], prepend=start), gained, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_budget_is_spent_or_returned(seed):
    world, policy = drawn(seed)
    found = run(world, policy, replication=seed)
    paid = sum(found[name] for name in PUBLIC)
    by_class = sum(found[f"public_to_{name}"] for name in CLASSES if name != "foreign")
    np.testing.assert_allclose(paid + found["returned"], found["budget"], atol=1e-9)
    np.testing.assert_allclose(paid, by_class, atol=1e-9)
    assert found["public_received"].sum() == pytest.approx(paid.sum(), abs=1e-9)
    assert (found["returned"] > -1e-9).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_programme_without_money_changes_nothing(seed):
    world, policy = drawn(seed)
    nothing = policy._replace(budget=0.0, award_amount=0 * policy.award_amount)
    without, hands_off = (run(world, p, replication=seed) for p in (nothing, builder.policy(world)))
    assert all((found == hands_off[name]).all() for name, found in without.items())
    assert not any(without[name].any() for name in (*PUBLIC, "budget", "returned", "induced_sales", "supported"))


@pytest.mark.parametrize("seed", SEEDS)
def test_quality_and_adopters_keep_their_bounds(seed):
    world, policy = drawn(seed)
    found = Market(world, policy, 1, seed)
    for t in range(world.quarters):
        found.advance_frontier()
        found.research(t, found.support(t).grants)
        found.trade(t, found.offers(), np.zeros(len(found.quality)))
    assert (found.quality <= found.frontier[world.lines.technology]).all()
    assert (found.adopters <= world.segments.potential).all()


def test_the_unit_of_money_does_not_matter():
    world, policy = drawn(3)
    k, s, i, line = world.technologies, world.segments, world.firms, world.lines
    thousand = 1000.0
    same = world._replace(
        technologies=k._replace(
            **{
                name: thousand * getattr(k, name)
                for name in ("research_cost", "reference_contract", "public_need", "market_value", "entrant_cash")
            }
        ),
        segments=s._replace(units_each=thousand * s.units_each),
        firms=i._replace(
            **{name: thousand * getattr(i, name) for name in ("cash", "sales", "legacy_profit", "overhead")}
        ),
        lines=line._replace(
            **{
                name: thousand * getattr(line, name)
                for name in ("experience", "base", "private_sales", "derived_sales")
            }
        ),
    )
    dear = policy._replace(
        budget=thousand * policy.budget,
        max_award=thousand * policy.max_award,
        award_amount=thousand * policy.award_amount,
    )
    one, other = run(world, policy), run(same, dear)
    money = {array.name for array in (*PATH_ARRAYS, *ACCOUNT_ARRAYS, *FIRM_ARRAYS) if array.unit == "money"}
    for name, found in one.items():
        np.testing.assert_allclose(other[name], found * (thousand if name in money else 1), atol=1e-6, err_msg=name)


# 2 Support


def contest(**policy):
    """Two ventures, two large firms; quality is what counts."""
    lines = {"technology": [0, 0, 0, 0], "quality": [0.2, 0.4, 0.6, 0.8], "reach": [1, 1, 3, 5]}
    world = builder.world(firms={"size_class": [VENTURE, SME, LARGE, LARGE]}, lines=lines, quarters=8)
    return market(world, **{"budget": 100.0, "criteria": np.eye(6)[0]} | policy)


@pytest.mark.parametrize(
    ("policy", "weights"),
    [
        ({}, [0.25, 0.25, 0.25, 0.25]),
        ({"winners": 2}, [0, 0, 0.5, 0.5]),
        ({"winners": 2, "small_firm_floor": 0.3}, [0, 0.5, 0, 0.5]),
        ({"winners": 3, "small_firm_floor": 1.0}, [1 / 3, 1 / 3, 0, 1 / 3]),
        ({"winners": 9, "admits_class": np.array([True, True, False, False, False])}, [0.5, 0.5, 0, 0]),
        ({"winners": 2, "spread": BY_SIZE}, [0, 0, 3 / 8, 5 / 8]),
        ({"winners": 2, "spread": BY_SCORE}, [0, 0, 1 / (1 + np.exp(0.4)), np.exp(0.4) / (1 + np.exp(0.4))]),
        ({"winners": 1, "class_weight": np.array([1.0, 0, 0, 0, 0])}, [1, 0, 0, 0]),
    ],
)
def test_selection_and_spread(policy, weights):
    found = contest(**policy)
    found.support(0)
    np.testing.assert_allclose(found.weight, weights, atol=1e-6)  # the tie draws add up to 1e-6 to a score


def test_the_gate_closes_on_lines_that_stood_still_and_opens_again():
    found = contest(gate=True, review=2)
    found.support(0)
    found.quality[:2] *= 1.1
    found.support(1)
    np.testing.assert_allclose(found.weight, 0.25)
    found.support(2)
    np.testing.assert_allclose(found.weight, [0.5, 0.5, 0, 0])
    found.support(4)
    np.testing.assert_allclose(found.weight, [0, 0, 0.5, 0.5])


def test_pots_and_cap():
    found = contest(winners=2, spread=BY_SIZE, mix=np.array([0.5, 0.3, 0.2]), max_award=20.0).support(0)
    np.testing.assert_allclose(found.grants, [0, 0, 50 * 3 / 8, 20])
    np.testing.assert_allclose(found.orders, [0, 0, 30 * 3 / 8, 30 * 5 / 8])
    assert (found.matching_pot, found.budget) == (20, 100)


def test_a_programme_ends():
    found = contest(start=1, length=2)
    assert [found.support(t).budget for t in range(4)] == [0, 100, 100, 0]
    assert not found.weight.any()


def test_criteria_by_hand():
    firms = {"cash": [60.0, -5.0], "overhead": 5.0, "sales": 0.0, "legacy_profit": [7.5, 0]}
    lines = {"technology": [0, 0, 0], "firm": [0, 0, 1], "private_sales": [100, 0, 300], "derived_sales": [25, 0, 0]}
    technology = {"research_cost": 10, "frontier": 2, "frontier_growth": 0.025}
    world = builder.world(technology, firms=firms, lines=lines)
    scores = []
    for criterion in np.eye(6):
        found = market(world, budget=1.0, criteria=criterion)
        found.quality = found.quality * np.array([1.0, 1.1, 2.0])
        scores.append(found.merit(4))
    expected = [
        [0.5, 0.55, 1],
        [0, np.log(1.1) / (2 * 0.025 * 4), 1],
        [0.5, 0.5, 1],
        [1 / (1 + 90 / 30), 1 / (1 + 90 / 30), 1],
        [0.5, 0, 0.75],
        [0.75, 1, 1],
    ]
    np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_an_award_table_is_its_own_budget():
    firms = {"cash": [100.0, 100.0]}
    world = builder.world({"public_need": 30}, firms=firms, lines={"technology": [0, 0]}, quarters=3)
    found = run(world, builder.policy(world, awards=[(0, 0, 10.0, 1), (0, 1, 40.0, 1), (1, 0, 5.0, 2)]))
    np.testing.assert_allclose(found["budget"], [0, 50, 5])
    np.testing.assert_allclose(found["subsidy"], [0, 10, 5])
    np.testing.assert_allclose(found["purchase"], [0, 30, 0])
    np.testing.assert_allclose(found["returned"], [0, 10, 0], atol=1e-12)


# 3 Research


@pytest.mark.parametrize("crowding_out", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("size_class", range(len(CLASSES)))
def test_a_grant_adds_what_it_does_not_crowd_out_over_the_whole_run(size_class, crowding_out):
    firms = {"size_class": [size_class], "cash": 1000.0, "sales": 100.0, "legacy_profit": 50.0, "overhead": 5.0}
    world = builder.world(
        {"replacement": 1.0},
        {"adopters": 100.0},
        firms | {"captive": 0.2},
        rates={"crowding_out": np.full(5, crowding_out)},
        quarters=40,
    )
    with_grant = run(world, builder.policy(world, awards=[(0, 0, 100.0, 3)]))
    hands_off = run(world, builder.policy(world))
    extra = with_grant["research"] - hands_off["research"]
    granted = 0.0 if size_class == FOREIGN else 100.0
    np.testing.assert_allclose(extra[3], (1 - crowding_out) * granted, atol=1e-9)
    np.testing.assert_allclose(extra.sum(), (1 - crowding_out) * granted, atol=1e-9)  # cash brings none back
    kept = with_grant["cash"] - hands_off["cash"]
    np.testing.assert_allclose(kept[3:], crowding_out * granted, atol=1e-9)


def test_entrants_have_crowded_out_nothing():
    technology = {"slots": 1, "entry_rate": 1e3, "entrant_cash": 60}
    firms, lines = {"alive": [True, False], "cash": 100.0}, {"technology": [0, 0]}
    found = market(builder.world(technology, NO_DEMAND, firms, lines))
    found.research(0, np.array([50.0, 20.0]))
    np.testing.assert_allclose(found.crowded_out, [5, 2])
    found.enter(0, found.offers())
    np.testing.assert_allclose(found.crowded_out, [5, 0])
    np.testing.assert_allclose(found.research(1, np.zeros(2)).spending, [9.5, 6])


# 11 Private funding, 12 Exit, entry


CERTAIN, HOPELESS = {"funding_base": 100.0}, {"funding_base": -100.0}
NO_DEMAND = {"potential": 0.0}


def test_a_firm_that_runs_short_raises_rounds_of_its_burn():
    rates = CERTAIN | {"research_share": 0.0, "cash_horizon": np.inf}
    world = builder.world(segments=NO_DEMAND, firms={"cash": 50.0, "overhead": 10.0}, rates=rates, quarters=3)
    found = run(world, builder.policy(world))
    # 40 left is a year of burn, 30 is less: it raises 8 quarters' worth.
    np.testing.assert_allclose(found["private_raised"], [0, 80, 0])
    np.testing.assert_allclose(found["cash"], [40, 110, 100])


def test_matching_shares_its_pot():
    world = builder.world(
        segments=NO_DEMAND,
        firms={"overhead": [10.0, 30.0, 5.0], "size_class": [VENTURE, SME, VENTURE]},
        lines={"technology": [0, 0, 0], "reach": [1, 1, 1]},
        rates=CERTAIN,
    )
    mix, admits = np.array([0, 0, 1.0]), np.array([True, True, False, False, False])
    scarce = run(world, builder.policy(world, budget=80.0, mix=mix, match_rate=0.5, admits_class=admits))
    assert scarce["private_raised"] == pytest.approx(8 * 45)
    np.testing.assert_allclose(scarce["public_received"], [80 * 10 / 45, 80 * 30 / 45, 80 * 5 / 45])
    ample = run(world, builder.policy(world, budget=900.0, mix=mix, match_rate=0.5, admits_class=~admits))
    assert ample["matching"] == 0
    assert ample["returned"] == 900


def test_backers_count_on_a_promised_match():
    n = 4000
    admitted = np.arange(n) < n // 2
    world = builder.world(
        segments=NO_DEMAND,
        firms={"overhead": 10.0, "size_class": np.where(admitted, VENTURE, SME)},
        lines={"technology": np.zeros(n, int)},
        rates={"research_share": 0.0, "funding_base": -2.0, "funding_certification": 4.0},
    )
    promise = {"budget": 1.0, "mix": np.array([0, 0, 1.0]), "match_rate": 0.5}
    promise["admits_class"] = np.array([True, False, False, False, False])
    # A round is 8 quarters of 10 and its match 40, beside a year's spending of 40: certification ½.
    cases = {0.5: promise, 0.119: promise | {"mix": np.array([0, 1.0, 0]), "min_quality": 9.0}}
    for chance, policy in cases.items():
        funded = run(world, builder.policy(world, **policy))["survived"]
        assert funded[admitted].mean() == pytest.approx(chance, abs=0.03)
        assert funded[~admitted].mean() == pytest.approx(0.119, abs=0.03)  # 1 / (1 + e²)


def test_a_firm_without_money_leaves_and_its_debt_is_written_off():
    firms = {"cash": [5.0, 5.0], "overhead": 10.0, "size_class": [VENTURE, LARGE]}
    rates = HOPELESS | {"research_share": 0.0, "cash_horizon": np.inf}
    world = builder.world(segments=NO_DEMAND, firms=firms, lines={"technology": [0, 0]}, rates=rates, quarters=2)
    found = run(world, builder.policy(world))
    np.testing.assert_allclose(found["written_off"], [5, 0])
    np.testing.assert_allclose(found["exits"], [1, 0])
    np.testing.assert_allclose(found["cash"], [-5, -15])
    np.testing.assert_allclose(found["survived"], [0, 1])


def test_entrants_start_near_the_mean_of_those_who_are_there():
    n = 2000
    firms = {"alive": np.arange(n + 2) < 2}
    lines = {
        "technology": np.zeros(n + 2, int),
        "quality": np.where(np.arange(n + 2) == 0, 0.4, 0.9),
        "log_cost": np.where(np.arange(n + 2) == 0, -0.5, -0.1),
    }
    world = builder.world(
        {"slots": n, "entry_rate": n * np.log(2), "entrant_cash": 7, "hype": 0.0},
        segments=NO_DEMAND,
        firms=firms,
        lines=lines,
    )
    found = market(world)
    entrants = found.enter(0, found.offers())
    assert len(entrants) / n == pytest.approx(0.5, abs=0.04)  # the chance of a slot is 1 − e^(−ln 2)
    assert (found.cash[2:][found.alive[2:]] == 7).all()
    spread = np.log(found.quality[entrants] / np.sqrt(0.4 * 0.9))
    assert np.abs(spread).max() <= 0.2
    assert spread.mean() == pytest.approx(0, abs=0.015)
    np.testing.assert_allclose(found.first_log_cost[entrants], -0.3)


def test_entrants_are_expected_at_the_rate_however_many_slots_are_taken():
    n, taken = 2000, 1500
    alive = np.arange(n + 1) <= taken
    world = builder.world({"slots": n, "entry_rate": 200}, NO_DEMAND, {"alive": alive}, {"technology": [0] * (n + 1)})
    found = market(world)
    entrants = found.enter(0, found.offers())
    assert (~alive[entrants]).all()
    assert len(entrants) == pytest.approx(500 * -np.expm1(-200 / 500), abs=40)


def test_progress_counts_from_the_last_review():
    found = contest(criteria=np.eye(6)[1], review=2, winners=1)
    assert found.merit(0) == pytest.approx(0, abs=1e-6)
    world = found.world
    pace = np.array([0.1])
    found.world = world._replace(technologies=world.technologies._replace(frontier_growth=pace))
    for t in range(5):
        found.quality = found.quality * np.exp([0.1, 0.2, 0.05, -0.1])
        score = found.merit(t)
        found.support(t)
        if t in (2, 4):
            np.testing.assert_allclose(score, [0.5, 1, 0.25, 0], atol=1e-6)


def test_what_a_firm_sold_before_it_left_is_in_its_final_sales_and_its_quality_was_offered():
    rates = HOPELESS | {"research_share": 0.0, "cash_horizon": np.inf}
    firms = {"cash": [5.0, 500.0], "overhead": 1000.0, "size_class": [VENTURE, FOREIGN]}
    world = builder.world({"replacement": 1.0}, {"adopters": 100}, firms, {"technology": [0, 0]}, rates)
    found = run(world, builder.policy(world))
    np.testing.assert_allclose(found["survived"], [0, 1])
    np.testing.assert_allclose(found["final_sales"], [50, 50])
    np.testing.assert_allclose(found["best_quality"], [1])


def test_entrants_without_a_domestic_model_start_below_the_frontier():
    technology = {"slots": 1, "entry_rate": 1e3, "default_log_cost": -0.2, "frontier": 2.0}
    firms, lines = {"alive": [True, False], "size_class": [FOREIGN, VENTURE]}, {"technology": [0, 0]}
    found = market(builder.world(technology, NO_DEMAND, firms, lines))
    assert found.enter(0, found.offers()) == [1]
    assert found.quality[1] == pytest.approx(2 * np.exp(-0.2))
    assert found.first_log_cost[1] == -0.2
