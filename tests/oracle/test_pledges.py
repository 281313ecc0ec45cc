"""Awards of matching, worked out by hand, in the kernel and in its twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.oracle import builder

from majung.dims import ACCOUNT_ARRAYS, FIRM_ARRAYS, PATH_ARRAYS
from majung.market import kernel, reference
from majung.market.world import FOREIGN, LARGE, MATCHING, MID, SME, VENTURE, Policy, World

Run = Callable[[World, Policy], dict[str, np.ndarray]]

NO_DEMAND = {"potential": 0.0}
STILL = {"research_share": 0.0, "cash_horizon": np.inf, "round_length": 1.0}
CERTAIN, HOPELESS = STILL | {"funding_base": 100.0}, STILL | {"funding_base": -100.0}


@pytest.fixture(params=["kernel", "twin"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a replication: path arrays summed over technologies (T,), account arrays (T,), firm arrays (I,), by name."""

    def by_kernel(world: World, policy: Policy) -> tuple[np.ndarray, ...]:
        block = kernel.simulate(world, policy, 1, 0, 1)
        return block.paths[..., 0], block.accounts[..., 0], block.firms

    def found(world: World, policy: Policy) -> dict[str, np.ndarray]:
        one = by_kernel if request.param == "kernel" else lambda *given: reference.simulate(*given, 1, 0)
        paths, accounts, firms = one(world, policy)
        names = [array.name for array in (*PATH_ARRAYS, *ACCOUNT_ARRAYS, *FIRM_ARRAYS)]
        return dict(zip(names, [*paths.sum(2), *accounts, *firms], strict=True))

    return found


def spender(rates: dict[str, Any], quarters: int = 5, **firms: Any) -> World:
    """Firms that spend 10 a quarter; where backers are certain they raise 10 in each quarter."""
    firms = {"cash": [5.0], "overhead": 10.0} | firms
    lines = {"technology": [0] * len(firms["cash"])}
    return builder.world(segments=NO_DEMAND, firms=firms, lines=lines, rates=rates, quarters=quarters)


def pledges(world: World, *awards: tuple[int, float, int], **given: Any) -> Policy:
    """Awards of matching: line, amount, quarter."""
    rows = [(line, MATCHING, amount, quarter) for line, amount, quarter in awards]
    return builder.policy(world, **{"match_rate": 1.0, "matching_window": 2, "awards": rows} | given)


def test_a_pledge_matches_what_is_raised_up_to_its_amount(run: Run) -> None:
    world = spender(CERTAIN)
    found = run(world, pledges(world, (0, 6.0, 1)))
    np.testing.assert_allclose(found["private_raised"], [10, 10, 10, 10, 10])
    np.testing.assert_allclose(found["matching"], [0, 6, 0, 0, 0])
    np.testing.assert_allclose(found["budget"], [0, 6, 0, 0, 0])
    np.testing.assert_allclose(found["public_to_venture"], [0, 6, 0, 0, 0])
    np.testing.assert_allclose(found["returned"], 0, atol=1e-12)
    np.testing.assert_allclose(found["cash"], [5, 11, 11, 11, 11])
    np.testing.assert_allclose(found["public_received"], [6])
    np.testing.assert_allclose(found["supported"], 0)


def test_what_is_left_comes_back_when_the_window_ends(run: Run) -> None:
    world = spender(CERTAIN)
    found = run(world, pledges(world, (0, 30.0, 1), match_rate=0.5, matching_window=3))
    np.testing.assert_allclose(found["matching"], [0, 5, 5, 5, 0])
    np.testing.assert_allclose(found["returned"], [0, 0, 0, 15, 0])
    np.testing.assert_allclose(found["budget"], [0, 5, 5, 20, 0])
    cut = run(world, pledges(world, (0, 30.0, 3), match_rate=0.5, matching_window=3))
    np.testing.assert_allclose(cut["matching"], [0, 0, 0, 5, 5])
    np.testing.assert_allclose(cut["returned"], [0, 0, 0, 0, 20])


def test_the_newest_money_is_drawn_first(run: Run) -> None:
    world = spender(CERTAIN)
    found = run(world, pledges(world, (0, 10.0, 0), (0, 10.0, 1), match_rate=0.3))
    np.testing.assert_allclose(found["matching"], [3, 3, 3, 0, 0])
    np.testing.assert_allclose(found["returned"], [0, 10, 1, 0, 0], atol=1e-12)


def test_a_dead_firm_gives_its_pledge_back(run: Run) -> None:
    world = spender(HOPELESS, cash=[15.0, 1000.0])  # the first dies in quarter 1
    found = run(world, pledges(world, (0, 7.0, 0), (0, 5.0, 2), (1, 3.0, 0), matching_window=4))
    np.testing.assert_allclose(found["survived"], [0, 1])
    np.testing.assert_allclose(found["matching"], 0)
    np.testing.assert_allclose(found["returned"], [0, 7, 5, 3, 0])
    np.testing.assert_allclose(found["budget"], found["returned"])
    np.testing.assert_allclose(found["cash"], [995, 980, 970, 960, 950])


def test_an_entrant_has_no_pledge(run: Run) -> None:
    technology = {"slots": 1, "entry_rate": 1e3, "entrant_cash": 25.0}
    firms = {"alive": [True, False], "cash": [1000.0, 0.0], "overhead": 10.0}
    world = builder.world(technology, NO_DEMAND, firms, {"technology": [0, 0]}, HOPELESS, quarters=6)
    # the slot is filled in quarter 0, its firm dies in quarter 3, and the next comes at once
    found = run(world, pledges(world, (1, 9.0, 0), (1, 8.0, 1), matching_window=9))
    np.testing.assert_allclose(found["entries"], [1, 0, 0, 1, 0, 0])
    np.testing.assert_allclose(found["returned"], [9, 0, 0, 8, 0, 0])


@pytest.mark.parametrize("size_class", [MID, LARGE, FOREIGN])
def test_firms_that_do_not_raise_give_it_back_whole(run: Run, size_class: int) -> None:
    world = spender(CERTAIN, size_class=[size_class])
    found = run(world, pledges(world, (0, 6.0, 1)))
    np.testing.assert_allclose(found["matching"], 0)
    np.testing.assert_allclose(found["returned"], [0, 0, 6, 0, 0])


def test_pot_and_pledge_pay_beside_each_other(run: Run) -> None:
    world = spender(CERTAIN, quarters=3, cash=[5.0, 5.0], size_class=[VENTURE, SME])
    pot = {"budget": 8.0, "mix": np.array([0, 0, 1.0])}
    found = run(world, pledges(world, (1, 6.0, 0), **pot))
    np.testing.assert_allclose(found["public_received"], [12, 18])
    np.testing.assert_allclose(found["matching"], [14, 8, 8])
    np.testing.assert_allclose(found["budget"], [14, 8, 8])
    np.testing.assert_allclose(found["returned"], 0, atol=1e-12)


@pytest.mark.parametrize(("pledge", "chance"), [(100.0, 0.5), (20.0, 0.339), (0.0, 0.119)])
def test_backers_count_on_a_pledge(run: Run, pledge: float, chance: float) -> None:
    n = 4000
    rates = {"funding_base": -2.0, "funding_certification": 4.0, "round_length": 8.0}
    world = spender(STILL | rates, quarters=1, cash=np.zeros(n))
    # A round is 8 quarters of 10 and its match 40, beside a year's spending of 40: certification 1/2, and 1/3 for 20.
    found = run(world, pledges(world, *((line, pledge, 0) for line in range(0, n, 2)), match_rate=0.5))
    assert found["survived"][::2].mean() == pytest.approx(chance, abs=0.03)
    assert found["survived"][1::2].mean() == pytest.approx(0.119, abs=0.03)


def test_what_matched_certifies_as_an_award(run: Run) -> None:
    """40 paid in the first quarter, when all find backers, are 30 in the second, beside a year's spending of 40."""
    n = 4000
    rates = {"funding_base": -2.0, "funding_certification": 4.0, "funding_hype": 100.0, "hype_smoothing": 1.0}
    firms = {"cash": np.zeros(n), "overhead": 10.0}
    world = builder.world({"hype": 1.0}, NO_DEMAND, firms, {"technology": np.zeros(n, int)}, STILL | rates, quarters=2)
    found = run(world, pledges(world, *((line, 40.0, 0) for line in range(n)), match_rate=4.0, matching_window=1))
    np.testing.assert_allclose(found["matching"], [40 * n, 0])
    assert found["private_raised"][1] / (10 * n) == pytest.approx(0.429, abs=0.03)  # 0.119 without the award
