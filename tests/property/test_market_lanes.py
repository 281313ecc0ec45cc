"""A replication has the same bytes wherever it is computed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle import builder
from tests.property.market_cases import Case, cases, same_bytes, with_rates

from majung.market import kernel

LANES = kernel.LANES


@given(cases(), st.integers(0, LANES - 1), st.integers(1, LANES))
def test_a_replication_is_the_same_in_every_lane(case: Case, lane: int, count: int) -> None:
    block = kernel.simulate(case.world, case.policy, case.seed, case.first, LANES)
    alone = kernel.simulate(case.world, case.policy, case.seed, case.first + lane, 1)
    assert alone.paths[..., 0].tobytes() == block.paths[..., lane].tobytes()
    assert alone.accounts[..., 0].tobytes() == block.accounts[..., lane].tobytes()
    part = kernel.simulate(case.world, case.policy, case.seed, case.first, count)
    assert part.paths.tobytes() == np.ascontiguousarray(block.paths[..., :count]).tobytes()
    assert part.accounts.tobytes() == np.ascontiguousarray(block.accounts[..., :count]).tobytes()


@settings(max_examples=20)
@given(cases(), st.integers(1, LANES - 1))
def test_firms_add_up_over_blocks(case: Case, count: int) -> None:
    whole, first, rest = (
        kernel.simulate(case.world, case.policy, case.seed, case.first + skipped, size).firms
        for skipped, size in ((0, LANES), (0, count), (count, LANES - count))
    )
    np.testing.assert_allclose(first + rest, whole, rtol=1e-12, atol=1e-9)


@settings(max_examples=20)
@given(cases())
def test_a_run_leaves_its_inputs_alone_and_can_be_repeated(case: Case) -> None:
    def contents() -> list[bytes]:
        tables = (*case.world[1:], case.policy)
        return [np.asarray(column).tobytes() for table in tables for column in table]

    before = contents()
    blocks = [kernel.simulate(case.world, case.policy, case.seed, case.first, LANES) for _ in range(2)]
    assert same_bytes(*blocks)
    assert contents() == before


@settings(max_examples=20)
@given(cases())
def test_luck_differs_between_replications_and_seeds(case: Case) -> None:
    world = with_rates(case.world, demand_noise=0.1)
    paths = [
        kernel.simulate(world, case.policy, seed, first, 1).paths.tobytes()
        for seed, first in ((case.seed, case.first), (case.seed, case.first + 1), (case.seed ^ 1, case.first))
    ]
    assert len(set(paths)) == 3


@pytest.mark.parametrize("count", [0, LANES + 1])
def test_a_block_has_a_lane_for_each_replication(count: int) -> None:
    world = builder.world()
    with pytest.raises(ValueError, match="count"):
        kernel.simulate(world, builder.policy(world), 1, 0, count)
