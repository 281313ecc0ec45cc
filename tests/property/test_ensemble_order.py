"""Results depend neither on threads nor on which strategies run together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.fake_market import market, small_scenario

from majung import dims
from majung.decision import compare, summarise
from majung.ensemble import BASELINE, design, result_hash
from majung.scenario import Strategy

OF_ALL = {"probability_best", "expected_regret"}
"""What depends on which strategies are compared, because it compares them."""
IDS = [strategy.id for strategy in small_scenario().strategies]


@given(
    chosen=st.lists(st.sampled_from(IDS), min_size=1, unique=True),
    replications=st.integers(1, 80),
    threads=st.integers(1, 8),
    paths=st.booleans(),
    pauses=st.randoms(use_true_random=False),
)
def test_bytes_depend_on_the_design_only(
    chosen: list[str], replications: int, threads: int, paths: bool, pauses
) -> None:
    scenario = small_scenario()
    plan = design(scenario, chosen, replications)
    jittered = market(plan.strategies, delay=lambda strategy, first: pauses.random() / 2000)
    together = compare(scenario, replications, chosen, threads=threads, market=jittered, paths=paths)
    for strategy in plan.strategies:
        company = market(design(scenario, [strategy.id], replications).strategies)
        alone = compare(scenario, replications, [strategy.id], threads=1, market=company, paths=paths)
        for name in set(together.data_vars) - OF_ALL:
            one, other = together[name].sel(strategy=strategy.id), alone[name].sel(strategy=strategy.id)
            assert one.values.tobytes() == other.values.tobytes(), name


def test_the_kernels_bytes_depend_on_neither_threads_nor_company() -> None:
    scenario = small_scenario()
    together = compare(scenario, 40, threads=4)
    again = compare(scenario, 40, threads=1)
    assert again.attrs["result_hash"] == together.attrs["result_hash"]
    alone = compare(scenario, 40, ["first-buyer"], threads=3)
    assert result_hash(together.sel(strategy=[BASELINE, "first-buyer"])) == alone.attrs["result_hash"]
    fewer = compare(scenario, 35, ["first-buyer"])
    for name in fewer.data_vars:
        if "replication" in fewer[name].dims:
            kept = alone[name].isel(replication=slice(0, 35))
            assert kept.values.tobytes() == fewer[name].values.tobytes(), name


def test_a_programme_without_money_is_hands_off_exactly() -> None:
    scenario = small_scenario()
    like_first_buyer = scenario.strategy("first-buyer").model_dump() | {"id": "no-money", "budget": 0.0}
    dataset = compare(scenario, 20, [Strategy(**like_first_buyer)])
    for name in (*dims.PATH_ARRAYS, *dims.ACCOUNT_ARRAYS, *dims.FIRM_ARRAYS):
        nothing, no_money = (dataset[name.name].sel(strategy=id).values for id in (BASELINE, "no-money"))
        assert nothing.tobytes() == no_money.tobytes(), name.name
    assert [summary.net_gain.mean for summary in summarise(dataset)] == [0, 0]
    assert [summary.probability_best for summary in summarise(dataset)] == [0.5, 0.5]
    assert summarise(dataset)[1].additionality is None
