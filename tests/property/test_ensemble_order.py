"""Results depend neither on threads nor on which strategies run together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.fake_market import market, small_scenario

from majung.ensemble import collect, design, run

IDS = [strategy.id for strategy in small_scenario().strategies]


@given(
    chosen=st.lists(st.sampled_from(IDS), min_size=1, unique=True),
    replications=st.integers(1, 50),
    threads=st.integers(1, 8),
    pauses=st.randoms(use_true_random=False),
)
def test_bytes_depend_on_the_design_only(chosen: list[str], replications: int, threads: int, pauses) -> None:
    plan = design(small_scenario(), chosen, replications)
    jittered = market(plan.strategies, delay=lambda strategy, first: pauses.random() / 2000)
    together = collect(run(plan, threads=threads, market=jittered))
    for strategy in plan.strategies:
        alone_plan = design(small_scenario(), [strategy.id], replications)
        alone = collect(run(alone_plan, threads=1, market=market(alone_plan.strategies)))
        for name in together.data_vars:
            one, other = together[name].sel(strategy=strategy.id), alone[name].sel(strategy=strategy.id)
            assert one.values.tobytes() == other.values.tobytes(), name
