"""What must be true of every market (docs/model.md), in small worlds drawn at random, run by the compiled kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.oracle import builder
from tests.property.market_cases import ARRAYS, Case, cases, run, same_bytes, total, with_rates

from majung.dims import CLASSES, PATH_ARRAYS, SMALL_CLASSES
from majung.market import kernel
from majung.market.equations import presence
from majung.market.world import FOREIGN, HOME, MATCHING, MID, WORLD, Policy, World

PUBLIC = ("subsidy", "purchase", "matching")


# Conservation


@given(cases())
def test_money_is_conserved(case: Case) -> None:
    found = run(*case)
    start = case.world.firms.cash[case.world.firms.alive & (case.world.firms.size_class != FOREIGN)].sum()
    gained = found["margin"] + found["legacy"] - found["research"] - found["overhead"]
    gained = gained + found["entry_capital"] + found["written_off"]
    gained = gained + total(found, "subsidy", "matching", "private_raised")
    before = np.concatenate([np.full((1, 3), start), found["cash"][:-1]])
    np.testing.assert_allclose(found["cash"] - before, gained, rtol=1e-9, atol=1e-7)


@given(cases())
def test_the_budget_is_spent_or_returned_and_never_exceeded(case: Case) -> None:
    world, policy = case.world, case.policy
    found = run(*case)
    spent = total(found, *PUBLIC)
    t = np.arange(world.quarters)
    budget = policy.budget * ((t >= policy.start) & (t < policy.start + policy.length))
    pledged = policy.award_instrument == MATCHING
    budget = budget + np.bincount(policy.award_quarter, np.where(pledged, 0, policy.award_amount), world.quarters)
    pledges = np.bincount(policy.award_quarter, np.where(pledged, policy.award_amount, 0), world.quarters)
    counted = found["budget"] - budget[:, None]
    assert (counted >= -1e-9).all()
    assert (counted.cumsum(axis=0) <= pledges.cumsum()[:, None] + 1e-9).all()
    lapsed = np.concatenate([np.zeros(policy.matching_window - 1), pledges.cumsum()])[: world.quarters]
    assert (counted.cumsum(axis=0) >= lapsed[:, None] - 1e-9).all()  # nothing is held beyond its window
    np.testing.assert_allclose(counted.sum(axis=0), pledges.sum(), atol=1e-9)
    np.testing.assert_allclose(spent + found["returned"], found["budget"], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        sum(found[f"public_to_{name}"] for name in CLASSES if name != "foreign"), spent, atol=1e-9
    )
    assert found["public_received"].sum() == pytest.approx(spent.sum(), rel=1e-12, abs=1e-9)
    assert found["returned"].min() >= -1e-9 * max(1, budget.max())
    if policy.budget > 0 and not len(policy.award_line):
        for name, part in zip(PUBLIC, policy.mix, strict=True):
            assert (total(found, name).max(axis=1) <= budget * part * (1 + 1e-12) + 1e-12).all()


@given(cases())
def test_those_of_the_start_only_become_fewer(case: Case) -> None:
    found = run(*case)
    lines, firms = case.world.lines, case.world.firms
    small = firms.alive & np.isin(firms.size_class, [CLASSES.index(name) for name in SMALL_CLASSES])
    at_start = np.bincount(lines.technology, small[lines.firm], len(case.world.technologies.frontier))
    here = np.concatenate([np.broadcast_to(at_start[:, None], (1, len(at_start), 3)), found["founding_lines"]])
    assert (np.diff(here, axis=0) <= 0).all()
    assert (found["founding_lines"] <= found["live_ventures"]).all()
    assert (found["live_ventures"] - found["founding_lines"] <= found["entries"].cumsum(axis=0)).all()


@given(cases())
def test_small_firms_sell_no_more_than_all_do(case: Case) -> None:
    found = run(*case)
    room = 1 + 1e-12
    for whole in ("sme_sales", "private_derived_sales"):
        assert (found["sme_derived_sales"] <= found[whole] * room).all(), whole
    final = found["sme_sales"] - found["sme_derived_sales"]
    assert (final <= found["private_final_sales"] * room + 1e-9 * found["sme_sales"]).all()
    firms = case.world.firms
    only_small = np.where(firms.size_class == FOREIGN, FOREIGN, firms.size_class % 2)
    one = run(case.world._replace(firms=firms._replace(size_class=only_small)), *case[1:])
    np.testing.assert_allclose(one["sme_derived_sales"], one["private_derived_sales"], rtol=1e-12)


@given(cases())
def test_orders_stay_within_the_public_need(case: Case) -> None:
    assert (run(*case)["purchase"] <= case.world.technologies.public_need[:, None] * (1 + 1e-12)).all()


def of_lasting_firms(world: World) -> World:
    """The world without births, deaths, minimum qualities and with all prices at one: money counts units."""
    large = np.where(world.firms.size_class == FOREIGN, FOREIGN, world.firms.size_class % 2 + MID)
    log_markup = np.log1p(world.rates.markup)[large[world.lines.firm]]
    return world._replace(
        technologies=world.technologies._replace(
            learning_exponent=0 * world.technologies.learning_exponent, entry_rate=0 * world.technologies.entry_rate
        ),
        segments=world.segments._replace(min_quality=0 * world.segments.min_quality),
        firms=world.firms._replace(size_class=large),
        lines=world.lines._replace(log_cost=-log_markup, appeal=np.maximum(world.lines.appeal, 0.1)),
    )


def has_makers(world: World) -> np.ndarray:
    """Whether a technology has a line to sell, (K, 1)."""
    there = world.firms.alive[world.lines.firm]
    return np.bincount(world.lines.technology, there, len(world.technologies.frontier))[:, None] > 0


def segment_of(world: World, region: int, public: bool) -> np.ndarray:
    """Rows of the segments of a region and kind of buyer, one for each technology."""
    return np.flatnonzero((world.segments.region == region) & (world.segments.public == public))


@given(cases())
def test_units_are_conserved(case: Case) -> None:
    """At home lines sell what buyers adopt and replace and what domestic makers need, and nothing else."""
    world = of_lasting_firms(case.world)
    technologies, segments = world.technologies, world.segments
    rows = segment_of(world, HOME, False)
    potential = np.where(segments.public | (segments.region == WORLD), 1e-9, segments.potential + 1)
    adopters = np.minimum(segments.adopters, potential)
    world = world._replace(segments=segments._replace(potential=potential, adopters=adopters))
    found = run(world, *case[1:])
    public = adopters[segment_of(world, HOME, True)]
    counted = found["adopters"] - public[:, None]  # at most 1e-9
    before = np.concatenate([np.broadcast_to(adopters[rows][:, None], (1, len(rows), 3)), counted[:-1]])
    renewed = technologies.replacement[:, None] * before
    final = segments.units_each[rows][:, None] * (counted - before + renewed)
    names = ("private_final_sales", "private_derived_sales", "induced_sales", "ordinary_public_sales", "purchase")
    made = sum(found[name] for name in names)
    derived = np.einsum("kj,tkn->tjn", technologies.inputs, made)
    np.testing.assert_allclose(found["home_sales"], (final + derived) * has_makers(world), rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(found["price"][found["price"] > 0], 1, rtol=1e-12)


@given(cases())
def test_what_foreign_makers_need_is_sold_in_the_world(case: Case) -> None:
    world = of_lasting_firms(case.world)
    segments = world.segments
    nobody = segments.public | (segments.region == WORLD)
    potential = np.where(nobody, 1e-9, segments.potential + 1)
    world = world._replace(
        segments=segments._replace(potential=potential, adopters=np.minimum(segments.adopters, potential))
    )
    found = run(world, builder.policy(world), case.seed, case.first)
    abroad = found["market_value"] - found["home_sales"]
    needed = np.einsum("kj,tkn->tjn", world.technologies.inputs, found["imports"] + abroad - found["exports"])
    np.testing.assert_allclose(abroad, needed * has_makers(world), rtol=1e-9, atol=1e-7)


# Bounds


@given(cases(), st.floats(0, 3), st.floats(0, 1), st.floats(0, 0.5))
def test_adopters_and_quality_keep_their_bounds(case: Case, noise: float, imitation: float, step: float) -> None:
    world = with_rates(case.world, demand_noise=noise, imitation_rate=imitation, quality_step=step)
    segments, k = world.segments, world.technologies
    world = world._replace(
        segments=segments._replace(imitation=100 * segments.imitation),
        technologies=k._replace(research_cost=k.research_cost / 100),
    )
    found = run(world, *case[1:])
    home = segments.region == HOME
    technology = np.repeat(np.arange(len(k.frontier)), np.diff(k.first_segment))
    potential, start = (
        np.bincount(technology[home], of[home], len(k.frontier)) for of in (segments.potential, segments.adopters)
    )
    assert (found["adopters"] <= potential[:, None] * (1 + 1e-12)).all()
    assert (np.diff(found["adopters"], axis=0, prepend=start[None, :, None] + np.zeros((1, 1, 3))) >= -1e-9).all()
    assert (found["best_quality"] <= 1 + 1e-12).all()
    assert (found["hhi"] <= 1 + 1e-12).all()
    money = [array.name for array in PATH_ARRAYS if array.unit == "money"]
    assert all((found[name] >= -1e-9).all() for name in money)
    assert all(np.isfinite(values).all() for values in found.values())


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e9)), min_size=1, max_size=20), st.floats(0, 1))
def test_presence_sums_to_one(lines: list[tuple[float, float]], search: float) -> None:
    reach, base = np.array(lines).T + 1e-3
    parts = [presence(r, b, search) for r, b in zip(reach / reach.sum(), base / base.sum(), strict=True)]
    assert sum(parts) == pytest.approx(1, rel=1e-12)


@given(cases(), st.integers(1, 40))
def test_a_cap_is_respected(case: Case, cap: int) -> None:
    policy = builder.without_awards(case.policy)._replace(max_award=float(cap))
    if policy.budget == 0:
        return
    world, found = case.world, run(case.world, policy, case.seed, case.first)
    lines = np.bincount(world.lines.technology, minlength=len(world.technologies.frontier))
    limit = cap * (1 + 1e-12)
    for name in ("subsidy", "purchase"):
        assert (found[name] <= lines[:, None] * limit).all()
        if policy.winners:
            assert (total(found, name) <= policy.winners * limit).all()
    quarters = max(0, min(policy.length, world.quarters - policy.start))
    if policy.mix[2] == 0 or policy.match_rate == 0:
        assert (found["public_received"] <= 3 * 2 * quarters * world.firms.lines * limit).all()


# Pledges


@given(cases())
def test_a_window_cannot_be_longer_than_the_run(case: Case) -> None:
    rest = case.world.quarters
    one, other = (
        kernel.simulate(case.world, case.policy._replace(matching_window=window), case.seed, case.first, 3)
        for window in (rest, 10 * rest)
    )
    assert same_bytes(one, other)


@given(cases())
def test_pledges_that_match_nothing_come_back_whole_and_change_nothing_else(case: Case) -> None:
    policy = case.policy._replace(match_rate=0.0)
    kept = policy.award_instrument != MATCHING
    columns = ("award_line", "award_instrument", "award_amount", "award_quarter")
    without = policy._replace(**{name: np.ascontiguousarray(getattr(policy, name)[kept]) for name in columns})
    one, other = (run(case.world, p, case.seed, case.first) for p in (policy, without))
    pledges = policy.award_amount[~kept].sum()
    for name, found in one.items():
        if name in ("budget", "returned"):
            np.testing.assert_allclose(found.sum(axis=0), other[name].sum(axis=0) + pledges, atol=1e-9)
        else:
            assert found.tobytes() == other[name].tobytes(), name


# Neutrality


@given(cases())
def test_no_money_is_hands_off_to_the_byte(case: Case) -> None:
    nothing = case.policy._replace(budget=0.0, award_amount=0 * case.policy.award_amount)
    hands_off = builder.policy(case.world)
    blocks = [kernel.simulate(case.world, policy, case.seed, case.first, 5) for policy in (nothing, hands_off)]
    assert same_bytes(*(block[:3] for block in blocks))
    found = run(case.world, nothing, case.seed, case.first)
    assert not any(found[name].any() for name in (*PUBLIC, "budget", "returned", "induced_sales", "supported"))


@given(cases())
def test_a_programme_that_has_not_begun_changes_nothing(case: Case) -> None:
    late = case.policy._replace(start=1, award_quarter=np.maximum(1, case.policy.award_quarter))
    one, other = (run(case.world, policy, case.seed, case.first) for policy in (late, builder.policy(case.world)))
    for arrays in ARRAYS[:2]:
        assert all(one[array.name][0].tobytes() == other[array.name][0].tobytes() for array in arrays)


def reordered(world: World, policy: Policy, rng: np.random.Generator) -> tuple[World, Policy, np.ndarray, np.ndarray]:
    """Firms, and lines within their technology, in another order; slots stay last."""
    k, alive = world.technologies, world.firms.alive
    firms = np.concatenate([rng.permutation(np.flatnonzero(alive)), np.flatnonzero(~alive)])
    new_firm = np.argsort(firms)
    parts = [
        np.concatenate([rng.permutation(np.arange(first, slot)), np.arange(slot, end)])
        for first, slot, end in zip(k.first_line, k.first_slot, k.first_line[1:], strict=False)
    ]
    lines = np.concatenate(parts)
    moved = type(world.lines)(*(np.ascontiguousarray(column[lines]) for column in world.lines))
    moved = moved._replace(firm=new_firm[moved.firm])
    other = world._replace(firms=type(world.firms)(*(column[firms] for column in world.firms)), lines=moved)
    new_line = np.argsort(lines)
    return other, policy._replace(award_line=new_line[policy.award_line]), firms, new_line


@given(cases(), st.integers(0, 2**32 - 1))
def test_the_order_of_firms_and_lines_means_nothing(case: Case, shuffle: int) -> None:
    world, policy, firms, new_line = reordered(case.world, case.policy, np.random.default_rng(shuffle))
    one, other = run(*case), run(world, policy, case.seed, case.first)
    leader = one.pop("leader").astype(int)
    np.testing.assert_array_equal(np.where(leader < 0, -1, new_line[leader]), other.pop("leader"))
    for name, found in one.items():
        found = found[firms] if found.ndim == 1 else found
        np.testing.assert_allclose(other[name], found, rtol=1e-9, atol=1e-7, err_msg=name)


def halved(world: World, line: int) -> World:
    """The world with a line's reach, base and effort, and what it sells, spread over two equal lines."""
    first_half = {name: getattr(world.lines, name).copy() for name in world.lines._fields}
    for name in ("reach", "base", "effort", "private_sales", "derived_sales"):
        first_half[name][line] /= 2
    lines = {name: np.insert(column, line, column[line], axis=0) for name, column in first_half.items()}
    lines["key"][line + 1] = builder.key("line", "the other half")
    k = world.technologies
    later = np.arange(len(k.first_line)) > world.lines.technology[line]
    technologies = k._replace(first_line=k.first_line + later, first_slot=k.first_slot + later[1:])
    counts = np.bincount(lines["firm"], minlength=len(world.firms.cash))
    return world._replace(
        technologies=technologies, firms=world.firms._replace(lines=counts), lines=type(world.lines)(**lines)
    )


@given(cases(), st.integers(0, 10**6))
def test_halves_of_a_line_sell_what_it_sold(case: Case, which: int) -> None:
    world = with_rates(case.world._replace(quarters=1), imitation_rate=0.0)
    k = world.technologies
    world = world._replace(technologies=k._replace(success_rate=0 * k.success_rate))
    there = np.flatnonzero(world.firms.alive[world.lines.firm])
    line = there[which % len(there)]
    pledge = builder.policy(world, match_rate=1.0, awards=[(line, MATCHING, 20.0, 0)])
    whole, halves = (run(w, pledge, case.seed, case.first) for w in (world, halved(world, line)))
    apart = {"hhi", "leader", "live_ventures", "founding_lines", "exits", "survived"}
    for name in whole.keys() - apart:
        np.testing.assert_allclose(halves[name], whole[name], rtol=1e-9, atol=1e-9, err_msg=name)


def in_another_unit(case: Case, factor: float) -> tuple[World, Policy]:
    """All amounts of money, and so of units, times a factor."""

    def times(table: Any, *names: str) -> Any:
        return table._replace(**{name: factor * getattr(table, name) for name in names})

    world, policy = case.world, case.policy
    money = ("research_cost", "reference_contract", "public_need", "market_value", "entrant_cash")
    world = world._replace(
        technologies=times(world.technologies, *money),
        segments=times(world.segments, "units_each"),
        firms=times(world.firms, "cash", "sales", "legacy_profit", "overhead"),
        lines=times(world.lines, "experience", "base", "private_sales", "derived_sales"),
    )
    return world, times(policy, "budget", "max_award", "award_amount")


@given(cases(), st.sampled_from([2.0, 1000.0, 0.25]))
def test_the_unit_of_money_means_nothing(case: Case, factor: float) -> None:
    one = run(*case)
    other = run(*in_another_unit(case, factor), case.seed, case.first)
    for array in (array for arrays in ARRAYS for array in arrays):
        scale = factor if array.unit == "money" else 1
        found = one[array.name] * scale
        np.testing.assert_allclose(other[array.name], found, rtol=1e-9, atol=1e-7 * scale, err_msg=array.name)


@given(cases())
def test_twice_the_money_is_twice_the_bits(case: Case) -> None:
    """Doubling rounds nothing; only the logarithm of an old business would."""
    firms = case.world.firms
    case = case._replace(world=case.world._replace(firms=firms._replace(legacy_profit=0 * firms.legacy_profit)))
    one, other = run(*case), run(*in_another_unit(case, 2.0), case.seed, case.first)
    for array in (array for arrays in ARRAYS for array in arrays):
        scale = 2 if array.unit == "money" else 1
        np.testing.assert_array_equal(other[array.name], one[array.name] * scale, err_msg=array.name)


@given(cases(fewest_technologies=2, connected=False))
def test_an_unconnected_technology_does_not_notice(case: Case) -> None:
    world = case.world
    only_first = np.arange(len(world.technologies.frontier)) == 0
    policy = case.policy._replace(
        admits_technology=only_first, award_line=case.policy.award_line % world.technologies.first_line[1]
    )
    foreign = world.firms.size_class[world.lines.firm[policy.award_line]] == FOREIGN
    policy = policy._replace(award_amount=np.where(foreign, 0, policy.award_amount))
    one, other = (kernel.simulate(world, p, case.seed, case.first, 3) for p in (policy, builder.policy(world)))
    assert one.paths[:, :, 1:].tobytes() == other.paths[:, :, 1:].tobytes()
    elsewhere = np.setdiff1d(np.arange(len(world.firms.cash)), world.lines.firm[world.lines.technology == 0])
    assert one.firms[:, elsewhere].tobytes() == other.firms[:, elsewhere].tobytes()


@given(cases())
def test_a_subsidy_reaches_others_only_through_the_market(case: Case) -> None:
    """Where buyers do not mind quality, nothing that is sold changes in the quarter in which the subsidy starts."""
    segments = case.world.segments
    blind = case.world._replace(segments=segments._replace(min_quality=0 * segments.min_quality))
    world = with_rates(blind, quality_weight=0.0)
    policy = case.policy._replace(mix=np.array([1.0, 0, 0]), start=0, award_instrument=0 * case.policy.award_instrument)
    one, other = (run(world, p, case.seed, case.first) for p in (policy, builder.policy(world)))
    for name in ("private_final_sales", "private_derived_sales", "home_sales", "imports", "adopters", "hhi", "leader"):
        assert one[name][0].tobytes() == other[name][0].tobytes(), name
