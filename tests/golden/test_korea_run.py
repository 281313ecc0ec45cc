"""The Korean example through the compiled kernel: the same bytes however it is run, and patterns an economist can read.

What strategies achieve is not asserted anywhere: it is a finding, not a requirement.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import majung as mj

EXAMPLE = Path(__file__).parents[2] / "examples" / "korea-ai-2024"
FAST = ("blanket", "first-buyer", "selective-mix", "matching")


@pytest.fixture(scope="module")
def scenario() -> mj.Scenario:
    return mj.load(EXAMPLE)


@pytest.fixture(scope="module")
def result(scenario: mj.Scenario) -> xr.Dataset:
    return mj.compare(scenario, replications=48, strategies=FAST, threads=4)


@pytest.fixture(scope="module")
def hands_off(result: xr.Dataset) -> xr.Dataset:
    return result.sel(strategy="hands-off")


def test_threads_do_not_change_a_byte(scenario: mj.Scenario, result: xr.Dataset) -> None:
    one = mj.compare(scenario, replications=48, strategies=FAST, threads=1)
    assert one.attrs["result_hash"] == result.attrs["result_hash"]
    for name in result.data_vars:
        assert one[name].values.tobytes() == result[name].values.tobytes(), name


def test_a_strategy_alone_is_the_strategy_together(scenario: mj.Scenario, result: xr.Dataset) -> None:
    alone = mj.compare(scenario, replications=48, strategies=["first-buyer"])
    for name in ("private_final_sales", "purchase", "cash", "survived"):
        assert (
            alone[name].sel(strategy="first-buyer").values.tobytes()
            == result[name].sel(strategy="first-buyer").values.tobytes()
        )


def test_more_replications_begin_with_the_same_ones(scenario: mj.Scenario, result: xr.Dataset) -> None:
    few = mj.compare(scenario, replications=5, strategies=["blanket"])
    np.testing.assert_array_equal(
        few["market_value"].values, result["market_value"].sel(strategy=["hands-off", "blanket"]).values[:, :5]
    )


def test_another_seed_is_another_history(scenario: mj.Scenario, hands_off: xr.Dataset) -> None:
    other = mj.compare(scenario, replications=16, strategies=[], seed=scenario.seed + 1)
    assert not np.array_equal(other["market_value"].values[0], hands_off["market_value"].values[:16])


def test_public_money_is_charged_and_never_exceeds_the_budget(result: xr.Dataset) -> None:
    spent = (result["subsidy"] + result["purchase"] + result["matching"]).sum("technology")
    xr.testing.assert_allclose(spent + result["returned"], result["budget"])
    assert (result["returned"] >= -1e-6).all()
    by_class = sum(result[f"public_to_{size_class}"] for size_class in ("venture", "sme", "mid", "large"))
    xr.testing.assert_allclose(by_class, spent)


def test_money_is_conserved(result: xr.Dataset) -> None:
    change = result["cash"].diff("quarter")
    by_technology = ("subsidy", "matching", "private_raised")
    flows = (
        result["margin"] - result["research"] - result["overhead"] + result["legacy"]
        + result["entry_capital"] + result["written_off"]
        + sum(result[name].sum("technology") for name in by_technology)
    ).isel(quarter=slice(1, None))  # fmt: skip
    scale = float(result["cash"].max())
    np.testing.assert_allclose(change.values, flows.values, atol=1e-9 * scale)


def test_the_first_quarter_starts_where_the_data_are(scenario: mj.Scenario, hands_off: xr.Dataset) -> None:
    # all domestic sales of the first quarter, private and ordinary public, beside the tables' yearly sales / 4
    domestic = scenario.firms.size_class[scenario.lines.firm] != 4
    yearly = scenario.lines.home_sales[domestic].sum() + scenario.lines.world_sales[domestic].sum()
    sold = sum(hands_off[n] for n in ("private_final_sales", "private_derived_sales", "ordinary_public_sales"))
    first = float(sold.isel(quarter=0).sum("technology").mean())
    assert first == pytest.approx(yearly / 4, rel=0.1)


def test_adoption_is_s_shaped(hands_off: xr.Dataset) -> None:
    # growth of adopters rises and then falls, in every technology that domestic buyers adopt
    new = hands_off["adopters"].mean("replication").diff("quarter")
    peak = new.argmax("quarter")
    assert ((peak > 4) & (peak < new.sizes["quarter"] - 4)).all()


def test_about_a_third_of_ventures_live_after_six_years(scenario: mj.Scenario) -> None:
    # 32 % of US start-ups of 2018 were alive in 2025 (Carta); Korean firms of all kinds: 30 % after five years
    six_years = mj.compare(replace(scenario, quarters=24), replications=32, strategies=[])
    ventures = scenario.firms.size_class == 0
    assert 0.2 < float(six_years["survived"].sel(strategy="hands-off").values[ventures].mean()) < 0.5


def test_prices_fall_with_experience(hands_off: xr.Dataset) -> None:
    price = hands_off["price"].mean("replication")
    assert (price.isel(quarter=-1) <= price.isel(quarter=0)).all()
