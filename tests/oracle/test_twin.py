"""The compiled kernel against the NumPy twin: the same numbers in every array."""

from __future__ import annotations

import numpy as np
import pytest
from tests.oracle import builder

from majung.dims import ACCOUNT_ARRAYS, FIRM_ARRAYS, PATH_ARRAYS
from majung.market import kernel, reference
from majung.market.engine.layout import TILE
from majung.market.world import FOREIGN, WORLD, Policy, World

SEED = 2**63 + 5
LANES = (0, 7, 15)
USUAL = range(40)
MORE = range(40, 240)


LARGE = range(1000, 1006)


def drawn(number: int) -> tuple[World, Policy]:
    rng = np.random.default_rng(number)
    if number in LARGE:  # several tiles a technology, the last not full
        world = builder.make_world(rng, technologies=2, firms=3 * TILE + number % 7, slots=TILE + 5, quarters=8)
    else:
        world = builder.make_world(
            rng, technologies=1 + number % 5, firms=4 + number % 17, slots=number % 4, quarters=6 + number % 15
        )
    policy = builder.make_policy(rng, world)
    return world, policy._replace(winners=20 * policy.winners) if number in LARGE else policy


def hold_together(number: int) -> None:
    world, policy = drawn(number)
    block = kernel.simulate(world, policy, SEED, number, kernel.LANES)
    for lane in LANES:
        paths, accounts, firms = reference.simulate(world, policy, SEED, number + lane)
        alone = kernel.simulate(world, policy, SEED, number + lane, 1)
        found = (block.paths[..., lane], block.accounts[..., lane], alone.firms)
        for arrays, mine, twins in zip(
            (PATH_ARRAYS, ACCOUNT_ARRAYS, FIRM_ARRAYS), found, (paths, accounts, firms), strict=True
        ):
            for array, one, other in zip(arrays, mine, twins, strict=True):
                # What is left of a difference of large amounts, such as what is returned, is their rounding.
                scale = 1e-12 * max(1.0, np.abs(other).max())
                np.testing.assert_allclose(one, other, rtol=1e-9, atol=scale, err_msg=f"{array.name}, world {number}")


@pytest.mark.parametrize("number", USUAL)
def test_the_kernel_and_its_twin_agree(number: int) -> None:
    hold_together(number)


@pytest.mark.parametrize("number", LARGE)
def test_the_kernel_and_its_twin_agree_over_many_tiles(number: int) -> None:
    world, _ = drawn(number)
    assert (np.diff(world.technologies.first_line) > 2 * TILE).all()
    assert (np.diff(world.technologies.first_line) % TILE > 0).any()
    hold_together(number)


@pytest.mark.slow
@pytest.mark.parametrize("number", MORE)
def test_the_kernel_and_its_twin_agree_in_more_worlds(number: int) -> None:
    hold_together(number)


def test_the_worlds_have_everything_in_play() -> None:
    """What the comparison does not exercise it does not show."""
    drawn_worlds = [drawn(number) for number in USUAL]
    runs = [kernel.simulate(world, policy, SEED, 0, 4) for world, policy in drawn_worlds]
    for row, array in enumerate(PATH_ARRAYS):
        assert sum(run.paths[row].any() for run in runs) >= 10, array.name
    for row, array in enumerate(ACCOUNT_ARRAYS):
        assert sum(run.accounts[row].any() for run in runs) >= 10, array.name
    policies = [policy for _, policy in drawn_worlds]
    assert all(sum(policy.spread == spread for policy in policies) >= 5 for spread in range(3))
    switches = ("gate", "small_firm_floor", "min_quality", "max_award", "noise", "winners", "match_rate", "start")
    switches += ("matching_window",)
    for rule in switches:  # switched off, it makes a difference
        off = type(getattr(policies[0], rule))(0)
        without = [kernel.simulate(world, policy._replace(**{rule: off}), SEED, 0, 4) for world, policy in drawn_worlds]
        bound = [one.paths.tobytes() != run.paths.tobytes() for one, run in zip(without, runs, strict=True)]
        assert sum(bound) >= 3, rule
    purchase = [array.name for array in PATH_ARRAYS].index("purchase")
    needs = [world.technologies.public_need[:, None] for world, _ in drawn_worlds]
    cut = [np.isclose(run.paths[purchase], need, rtol=1e-12).any() for run, need in zip(runs, needs, strict=True)]
    assert sum(cut) >= 3
    for instrument in range(3):
        awarded = [bool((policy.award_instrument == instrument).any()) for policy in policies]
        assert sum(has and policy.budget > 0 for has, policy in zip(awarded, policies, strict=True)) >= 5
        assert sum(has and policy.budget == 0 for has, policy in zip(awarded, policies, strict=True)) >= 5
    worlds = [world for world, _ in drawn_worlds]
    assert all((world.segments.region == WORLD).any() and world.segments.public.any() for world in worlds)
    assert sum((world.segments.min_quality > 0).any() for world in worlds) >= 20
    assert sum((world.firms.size_class == FOREIGN).any() for world in worlds) >= 20
