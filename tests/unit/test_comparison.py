from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from tests.unit.fake_market import Values, market, random_value, small_scenario

from majung.decision import MAX_REPLICATIONS, compare, ranking, summarise
from majung.ensemble import BASELINE, design
from majung.errors import InputError, MajungError

CHOSEN = ("blanket", "first-buyer")


def compared(
    values: Values, replications: int = 30, strategies: tuple[str, ...] = CHOSEN, **options: object
) -> xr.Dataset:
    scenario = small_scenario()
    stand_in = market(design(scenario, strategies).strategies, values, **options)  # type: ignore[arg-type]
    return compare(scenario, replications, strategies, market=stand_in)


def table(rows: dict[str, dict[str, float]]) -> Values:
    """Values by strategy and array, zero where nothing is said; `luck` is added to final sales of every strategy."""

    def value(strategy: str, array: str, replication: int) -> float:
        luck = 10.0 * np.sin(replication) if array == "private_final_sales" else 0.0
        return rows[strategy].get(array, 0.0) + luck

    return value


PLAIN = {
    "hands-off": {
        "private_final_sales": 1000,
        "private_derived_sales": 200,
        "sme_sales": 300,
        "home_sales": 2000,
        "imports": 500,
    },
    "blanket": {
        "private_final_sales": 1040,
        "private_derived_sales": 210,
        "budget": 100,
        "returned": 20,
        "subsidy": 60,
        "purchase": 15,
        "matching": 5,
        "public_to_venture": 50,
        "public_to_large": 30,
        "live_ventures": 72,
        "survived": 0.6,
    },
    "first-buyer": {"private_final_sales": 1300, "private_derived_sales": 200, "budget": 100, "induced_sales": 999},
}


def test_a_summary_is_what_the_arrays_sum_up_to() -> None:
    nothing, blanket, buyer = summarise(compared(table(PLAIN), replications=2))
    assert [s.id for s in (nothing, blanket, buyer)] == [BASELINE, *CHOSEN]
    luck = 10 * (np.sin(0) + np.sin(1)) / 2
    assert nothing.private_domestic_sales.mean == pytest.approx(1200 + luck)
    assert nothing.additionality is None
    assert nothing.difference == nothing.net_gain
    assert (nothing.difference.mean, nothing.difference.low, nothing.difference.high) == (0, 0, 0)
    assert nothing.public_spent == nothing.returned == 0
    assert nothing.sme_share == pytest.approx(np.mean([300 / 1200, 300 / (1200 + 10 * np.sin(1))]))
    assert nothing.domestic_share == pytest.approx(0.75)
    assert (blanket.public_spent, blanket.returned) == pytest.approx((80, 20))
    assert blanket.difference.mean == pytest.approx(50)
    assert blanket.net_gain.mean == pytest.approx(-30)
    assert blanket.additionality is not None
    assert blanket.additionality.mean == pytest.approx(50 / 80)
    assert blanket.spent_by_instrument == pytest.approx({"subsidy": 60, "purchase": 15, "matching": 5})
    assert blanket.spent_by_class == pytest.approx({"venture": 50, "sme": 0, "mid": 0, "large": 30})
    # 24 quarters hold the 72 between them.
    assert blanket.live_ventures == pytest.approx(3)
    assert blanket.survival == pytest.approx(0.6)
    assert np.isnan(blanket.domestic_share)
    assert buyer.net_gain.mean == pytest.approx(200)
    assert [s.probability_best for s in (nothing, blanket, buyer)] == [0, 0, 1]
    assert [s.expected_regret for s in (nothing, blanket, buyer)] == pytest.approx([200, 230, 0])


def test_luck_that_is_shared_does_not_widen_a_difference() -> None:
    _, blanket, _ = summarise(compared(table(PLAIN)))
    assert blanket.private_domestic_sales.half_width > 1
    assert blanket.difference.half_width == pytest.approx(0, abs=1e-9)


def test_the_public_money_is_charged_at_its_social_cost() -> None:
    scenario = small_scenario().with_parameters({"marginal_cost_of_public_funds": 1.5})
    stand_in = market(design(scenario, CHOSEN).strategies, table(PLAIN))
    _, blanket, _ = summarise(compare(scenario, 4, CHOSEN, market=stand_in))
    assert blanket.net_gain.mean == pytest.approx(50 - 1.5 * 80)


def test_a_ranking_is_by_net_gain_and_prints_in_one_table() -> None:
    dataset = compared(table(PLAIN))
    frame = ranking(dataset)
    assert frame.index.tolist() == ["first-buyer", BASELINE, "blanket"]
    assert frame.attrs["unit"] == "million KRW"
    assert frame.loc["blanket", "per_unit"] == round(50 / 80, 2)
    assert np.isnan(frame.loc[BASELINE, "per_unit"])
    assert "..." not in str(frame)
    assert max(map(len, str(frame).splitlines())) < 100


def test_a_strategy_that_always_fails_comes_last() -> None:
    broken = frozenset(("blanket", replication) for replication in range(4))
    dataset = compared(table(PLAIN), 4, broken=broken)
    assert summarise(dataset)[1].replications == 0
    frame = ranking(dataset)
    assert frame.index.tolist() == ["first-buyer", BASELINE, "blanket"]
    assert frame.loc["blanket", ["spent", "created", "net_gain"]].isna().all()
    assert frame.loc["first-buyer", "net_gain"] == 200


def test_failed_replications_do_not_bend_the_others() -> None:
    sound = summarise(compared(random_value, replications=20))
    hurt = summarise(compared(random_value, replications=20, broken=frozenset({("blanket", 5)})))
    assert [s.replications for s in hurt] == [20, 19, 20]
    assert hurt[2].difference == sound[2].difference
    without = summarise(compared(random_value, replications=20).drop_sel(replication=5))
    assert hurt[1].difference.mean == pytest.approx(without[1].difference.mean)
    assert [s.probability_best for s in hurt] == pytest.approx([s.probability_best for s in without])


def test_one_replication_has_means_and_no_intervals() -> None:
    _, blanket, _ = summarise(compared(table(PLAIN), replications=1))
    assert blanket.difference.mean == pytest.approx(50)
    assert np.isnan(blanket.difference.low)
    assert len(ranking(compared(table(PLAIN), replications=1))) == 3


def test_a_result_read_in_another_order_is_summarised_alike() -> None:
    dataset = compared(random_value)
    turned = dataset.isel(strategy=[2, 0, 1]).transpose(
        "quarter", "technology", "firm", "line", "replication", "strategy"
    )
    by_id = {summary.id: summary for summary in summarise(turned)}
    for summary in summarise(dataset):
        other = by_id[summary.id]
        assert other.difference.mean == pytest.approx(summary.difference.mean)
        assert other.takeoff_quarter == summary.takeoff_quarter


def test_without_hands_off_there_is_nothing_to_compare_with() -> None:
    with pytest.raises(MajungError, match="without 'hands-off'"):
        summarise(compared(random_value).sel(strategy=["blanket"]))


def adopting(jump: dict[int, int | None]) -> xr.Dataset:
    """Return a comparison in which home adoption of services jumps in a quarter that depends on the replication."""
    dataset = compared(table(PLAIN), replications=len(jump))
    quarters = dataset.sizes["quarter"]
    for replication, quarter in jump.items():
        new = np.full(quarters, 1.0)
        if quarter is not None:
            new[quarter:] = 500.0
        start = float(dataset["home_adopters_at_start"][0])
        dataset["adopters"].values[:, replication, :, 0] = start + np.cumsum(new)
    return dataset


@pytest.mark.parametrize(
    ("jump", "expected"),
    [
        ({0: 9, 1: 9, 2: 9}, "2026Q3"),
        ({0: 9, 1: 12, 2: None}, "2027Q2"),
        ({0: 9, 1: 12}, "2026Q3"),
        ({0: 9, 1: None}, "2026Q3"),
        ({0: 9, 1: None, 2: None}, None),
        ({0: None}, None),
    ],
)
def test_the_takeoff_is_when_half_of_the_worlds_have_taken_off(
    jump: dict[int, int | None], expected: str | None
) -> None:
    for summary in summarise(adopting(jump)):
        assert summary.takeoff_quarter["service"] == expected
        assert summary.takeoff_quarter["chip"] is None


def test_a_market_that_grew_fast_before_the_start_had_taken_off_by_then() -> None:
    dataset = compared(table(PLAIN), replications=1)
    dataset["adopters"].values[:] = 6_250 + 100.0 * np.arange(1, 25)[:, None]
    # At 5.7 % of the potential, 400 % halved 2.9 times is enough: growth of 50 % in the year before is not, 60 % is.
    for growth, expected in ((0.5, None), (0.6, "2024Q2")):
        dataset = dataset.assign_coords(growth_before_start=("technology", np.full(3, growth)))
        assert summarise(dataset)[0].takeoff_quarter["service"] == expected


def test_a_change_of_leader_needs_a_leader_before_and_after_who_leads_for_a_year() -> None:
    dataset = compared(table(PLAIN), replications=2)
    leader = dataset["leader"].values
    leader[:] = 4
    leader[1, 0, 5:, 0] = 7
    leader[1, 0, 9:, 1] = -1
    leader[1, 1, 5:9, 2] = 2
    leader[2, 0, 5:8, 0] = 2
    leader[2, 1, 1::2, 1] = 2
    assert [s.leader_changes for s in summarise(dataset)] == [0, 1.5, 0]


def noisy(spread: float) -> Values:
    def value(strategy: str, array: str, replication: int) -> float:
        if array == "budget":
            return 0.0 if strategy == BASELINE else 100.0
        if array == "private_final_sales" and strategy != BASELINE:
            return 1000 + spread * (random_value(strategy, array, replication) - 10)
        return 1000.0 if array == "private_final_sales" else 0.0

    return value


def until(precision: float, spread: float = 100.0, **options: object) -> xr.Dataset:
    scenario = small_scenario()
    stand_in = market(design(scenario, CHOSEN).strategies, noisy(spread))
    return compare(scenario, None, CHOSEN, precision=precision, market=stand_in, **options)  # type: ignore[arg-type]


def test_replications_are_added_until_the_interval_is_narrow_enough() -> None:
    dataset = until(0.4)
    assert dataset.sizes["replication"] % 16 == 0
    assert 64 < dataset.sizes["replication"] < MAX_REPLICATIONS
    assert dataset.attrs["precision_reached"] <= 0.4
    widths = [s.additionality.half_width for s in summarise(dataset) if s.additionality]
    assert max(widths) == pytest.approx(dataset.attrs["precision_reached"])
    # As many as the formula for a known variance asks for, within the spare that saves a last small batch.
    needed = (1.96 * 100 * np.sqrt(100 / 12) / 100 / 0.4) ** 2
    assert 0.8 * needed < dataset.sizes["replication"] < 1.5 * needed


def test_what_precision_decides_is_the_same_as_asking_for_that_many() -> None:
    dataset = until(0.4)
    scenario = small_scenario()
    stand_in = market(design(scenario, CHOSEN).strategies, noisy(100.0))
    direct = compare(scenario, dataset.sizes["replication"], CHOSEN, market=stand_in)
    assert direct.attrs["result_hash"] == dataset.attrs["result_hash"]


def test_a_first_batch_is_run_however_narrow_the_interval_looks() -> None:
    assert until(1.0, spread=0.0).sizes["replication"] == 64


def test_the_most_replications_are_kept_to_and_what_was_reached_is_said() -> None:
    # Whole blocks: 64 replications each of so small a scenario.
    dataset = until(0.001, max_replications=200)
    assert dataset.sizes["replication"] == 192
    assert dataset.attrs["precision_reached"] > dataset.attrs["precision_asked"] == 0.001
    assert until(0.001, max_replications=10).sizes["replication"] == 10


def test_strategies_that_spend_nothing_do_not_hold_up_precision() -> None:
    scenario = small_scenario()
    stand_in = market(design(scenario, []).strategies, random_value)
    dataset = compare(scenario, strategies=[], precision=0.01, market=stand_in)
    assert dataset.sizes["replication"] == 64
    assert dataset.attrs["precision_reached"] == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": 0.0}, "above zero"),
        ({"precision": float("nan")}, "is not a precision"),
        ({"precision": 0.1, "replications": 10}, "exclude each other"),
        ({"precision": 0.1, "max_replications": 0}, "1 or more"),
        ({"threads": 0}, "number of threads"),
    ],
)
def test_senseless_requests_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare(small_scenario(), **options)  # type: ignore[arg-type]
