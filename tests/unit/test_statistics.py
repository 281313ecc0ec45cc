"""Statistics that are formed while blocks come in, against plain numpy over all replications at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from tests.unit.raw_worlds import (
    COST,
    FIRMS,
    FOUNDERS,
    LINES,
    PATH,
    QUARTERS,
    TECHNOLOGIES,
    Raw,
    blocks,
    parts,
    raw,
    reducer,
    tallied,
)

from majung import dims
from majung.ensemble.reduce.block import LASTING, BlockResult, Reducer, Status
from majung.ensemble.reduce.statistics import SAMPLE, Tally
from majung.evidence.takeoff import simulated_takeoff

BROKEN = ((1, 3), (1, 20), (2, 20), (0, 33), (2, 49))
NAMES = [array.name for array in dims.OUTCOMES]
WHOLE = len(NAMES) - len(dims.SHARES)


@pytest.fixture(scope="module")
def worlds() -> Raw:
    return raw(3, 50, BROKEN)


@pytest.fixture(scope="module")
def tally(worlds: Raw) -> Tally:
    return tallied(worlds, (0, 32, 48, 50))


def outcomes(worlds: Raw) -> np.ndarray:
    """All outcomes by the words of their table, (S, n, outcome)."""
    found = [worlds.total(a.name) for a in (*dims.PATH_TOTALS, *dims.ACCOUNT_TOTALS)]
    sales = worlds.total("private_final_sales") + worlds.total("private_derived_sales")
    found += [sales, worlds.total("budget") - worlds.total("returned")]
    found.append(np.where(worlds.finite, worlds.paths[:, PATH["live_ventures"], :, -1].sum(axis=2), np.nan))
    found.append(np.where(worlds.finite, leader_changes(worlds).sum(axis=2), np.nan))
    found.append(worlds.total("sme_sales") / sales)
    found.append(1 - worlds.total("imports") / worlds.total("home_sales"))
    left = worlds.paths[:, PATH["founding_lines"], :, -1].sum(axis=2) / FOUNDERS
    found.append(np.where(worlds.finite, left, np.nan))
    return np.stack(found, axis=2)


def leader_changes(worlds: Raw) -> np.ndarray:
    """Runs of one leader that last a year, by the words: all but the first are a change, two of one line are none."""
    leader = worlds.paths[:, PATH["leader"]]
    changes = np.zeros((*worlds.finite.shape, TECHNOLOGIES))
    for row, world, technology in np.ndindex(changes.shape):
        runs = [(line, len(list(run))) for line, run in groupby(leader[row, world, :, technology])]
        lasting = [line for line, length in runs if length >= LASTING and line != -1]
        changes[row, world, technology] = max(len(list(groupby(lasting))) - 1, 0)
    return changes


def test_levels_are_those_of_all_replications_at_once(worlds: Raw, tally: Tally) -> None:
    for row, finite in enumerate(worlds.finite):
        assert tally.worlds[row] == finite.sum()
        for moments, values in ((tally.paths, worlds.paths), (tally.accounts, worlds.accounts)):
            kept = values[row][:, finite]
            np.testing.assert_allclose(moments.means[row], kept.mean(axis=1), rtol=1e-10)
            np.testing.assert_allclose(moments.variances[row], kept.var(axis=1, ddof=1), rtol=1e-10, atol=1e-18)
        np.testing.assert_allclose(
            tally.mean_firms()[row], worlds.firms[row][:, finite, :FIRMS].mean(axis=1), rtol=1e-12
        )
        kept = outcomes(worlds)[row][finite]
        np.testing.assert_allclose(tally.outcomes.means[row], kept.mean(axis=0), rtol=1e-10)
        np.testing.assert_allclose(tally.outcomes.variances[row], kept.var(axis=0, ddof=1), rtol=1e-10, atol=1e-18)


def test_differences_are_paired(worlds: Raw, tally: Tally) -> None:
    gaps = outcomes(worlds) - outcomes(worlds)[0]
    for row in range(3):
        joint = worlds.finite[row] & worlds.finite[0]
        kept = gaps[row][joint]
        assert tally.differences.count[row] == joint.sum()
        np.testing.assert_allclose(tally.differences.means[row], kept[:, :WHOLE].mean(axis=0), rtol=1e-10)
        expected = np.cov(kept[:, :WHOLE], rowvar=False)
        scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
        np.testing.assert_array_less(np.abs(tally.differences.covariances[row] - expected), 1e-10 * scale + 1e-300)
        np.testing.assert_allclose(tally.share_differences.means[row], kept[:, WHOLE:].mean(axis=0), rtol=1e-10)
        sales = worlds.paths[:, PATH["private_final_sales"]] + worlds.paths[:, PATH["private_derived_sales"]]
        series = (sales[row] - sales[0])[joint].sum(axis=2)
        np.testing.assert_allclose(tally.series_differences.means[row, 0], series.mean(axis=0), rtol=1e-10)
        np.testing.assert_allclose(tally.series_differences.variances[row, 0], series.var(axis=0, ddof=1), rtol=1e-10)


def test_choices_are_counted_in_the_worlds_that_failed_nowhere(worlds: Raw, tally: Tally) -> None:
    gaps = (outcomes(worlds) - outcomes(worlds)[0])[:, worlds.finite.all(axis=0)]
    gains = gaps[..., NAMES.index("private_domestic_sales")] - COST * gaps[..., NAMES.index("public_spent")]
    assert tally.complete == gains.shape[1] == 46
    assert tally.best.tolist() == [(gains.argmax(axis=0) == row).sum() for row in range(3)]
    np.testing.assert_allclose(tally.regret.means, (gains.max(axis=0) - gains).mean(axis=1), rtol=1e-10)


def test_leaders_and_takeoffs_are_counted(worlds: Raw, tally: Tally) -> None:
    assert leader_changes(worlds).sum() > 10
    made = reducer()
    for row, finite in enumerate(worlds.finite):
        last = worlds.paths[row, PATH["leader"]][finite, -1]
        assert tally.leads[row].tolist() == [(last == line).sum() for line in range(LINES)]
        assert tally.leader_changes[row].tolist() == leader_changes(worlds)[row][finite].sum(axis=0).tolist()
        quarters = simulated_takeoff(
            worlds.paths[row, PATH["adopters"]][finite].transpose(0, 2, 1),
            made.adopters_at_start,
            made.potential,
            made.growth,
            growth_at_zero=made.takeoff_growth_at_zero,
            growth_halving=made.takeoff_growth_halving,
            growth_floor=made.takeoff_growth_floor,
        )
        assert (quarters >= 0).any()
        for quarter in range(QUARTERS):
            assert tally.takeoffs[row, :, quarter].tolist() == (quarters == quarter).sum(axis=0).tolist()


def test_the_first_worlds_are_kept_whole(worlds: Raw, tally: Tally) -> None:
    found, series = tally.sample()
    np.testing.assert_allclose(found, outcomes(worlds), rtol=1e-12)
    live = np.where(worlds.finite[..., None], worlds.paths[:, PATH["live_ventures"]].sum(axis=3), np.nan)
    np.testing.assert_allclose(series[:, 1], live, rtol=1e-12)


def test_the_hash_of_a_strategy_is_over_its_kernel_blocks_and_firms(worlds: Raw, tally: Tally) -> None:
    for row, found in enumerate(tally.strategy_digests()):
        whole = hashlib.sha256()
        for first in range(0, 50, 16):
            block = hashlib.sha256()
            lanes = slice(first, first + 16)
            for values in (*worlds.paths[row], *worlds.accounts[row]):
                kept = values[lanes].copy()
                kept[~worlds.finite[row, lanes]] = np.nan
                block.update(kept.astype("<f8").tobytes())
            whole.update(block.digest())
        for values in tally.mean_firms()[row]:
            whole.update(values.tobytes())
        assert found == whole.digest()


def test_the_same_ranges_are_the_same_bytes_and_others_the_same_numbers(worlds: Raw, tally: Tally) -> None:
    again = tallied(worlds, (0, 32, 48, 50))
    assert [values.tobytes() for values in arrays(again)] == [values.tobytes() for values in arrays(tally)]
    for bounds in ((0, 50), (0, 16, 32, 48, 50), (0, 16, 48, 50)):
        other = tallied(worlds, bounds)
        for one, two in zip(numbers(other), numbers(tally), strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-12 * np.nanmax(np.abs(two)))


def test_a_strategy_does_not_depend_on_its_company(worlds: Raw, tally: Tally) -> None:
    kept = [0, 2]
    alone = tallied(Raw(*(values[kept] for values in vars(worlds).values())), (0, 32, 48, 50))
    for one, two in zip(numbers(alone), numbers(tally), strict=True):
        assert one.tobytes() == two[kept].tobytes()


def test_one_replication_has_means_and_no_variances() -> None:
    tally = tallied(raw(2, 1), (0, 1))
    assert np.isfinite(tally.paths.means).all()
    assert np.isfinite(tally.differences.means).all()
    assert np.isnan(tally.paths.variances).all()
    assert np.isnan(tally.differences.covariances).all()


def test_the_baseline_alone_is_best_and_regrets_nothing() -> None:
    tally = tallied(raw(1, 20), (0, 16, 20))
    assert tally.best.tolist() == [20]
    assert tally.regret.means.tolist() == [0]
    assert not tally.differences.means.any()


def test_a_range_that_failed_whole_changes_no_mean() -> None:
    broken = tuple((1, replication) for replication in range(16, 32))
    hurt, sound = raw(2, 48, broken), raw(2, 48)
    kept = Raw(
        *(np.delete(values, range(16, 32), axis=1 if values.ndim == 2 else 2) for values in vars(sound).values())
    )
    for found, expected in zip(
        numbers(tallied(hurt, (0, 16, 32, 48))), numbers(tallied(kept, (0, 16, 32))), strict=True
    ):
        np.testing.assert_allclose(found[1], expected[1], rtol=1e-12)


def test_a_strategy_that_always_fails_has_nothing() -> None:
    tally = tallied(raw(2, 20, [(1, replication) for replication in range(20)]), (0, 20))
    assert (tally.worlds.tolist(), tally.complete) == ([20, 0], 0)
    for moments in (tally.paths, tally.outcomes, tally.differences):
        assert np.isnan(moments.means[1]).all()
    assert np.isnan(tally.regret.means).all()


def test_a_share_of_nothing_is_missing_and_does_not_count() -> None:
    worlds = raw(2, 20)
    worlds.paths[1, PATH["home_sales"], 4:9] = 0.0
    tally = tallied(worlds, (0, 16, 20))
    expected = 1 - worlds.total("imports")[1] / np.where(
        worlds.total("home_sales")[1] > 0, worlds.total("home_sales")[1], np.nan
    )
    column = NAMES.index("domestic_share")
    assert tally.outcomes.count[1, column] == 15
    assert tally.outcomes.means[1, column] == pytest.approx(np.nanmean(expected), rel=1e-12)
    assert tally.worlds.tolist() == [20, 20]


def test_ranges_come_one_after_the_other(worlds: Raw) -> None:
    tally = Tally(LINES, COST)
    with pytest.raises(ValueError, match="do not follow"):
        tally.add(16, blocks(worlds, 16, 32))
    tally.add(0, blocks(worlds, 0, 16))
    with pytest.raises(ValueError, match="do not follow"):
        tally.add(0, blocks(worlds, 0, 16))
    with pytest.raises(ValueError, match="alike"):
        tally.add(16, [blocks(worlds, 16, 32)[0], blocks(worlds, 16, 20)[1]])


def test_memory_does_not_grow_with_the_replications_beyond_the_sample() -> None:
    one = blocks(raw(2, 64), 0, 64)
    tally = Tally(LINES, COST)
    held = {}
    for first in range(0, 4 * SAMPLE, 64):
        tally.add(first, one)
        held[first + 64] = sum(values.nbytes for values in arrays(tally))
    assert held[SAMPLE] == held[4 * SAMPLE]
    assert tally.sample()[0].shape[1] == SAMPLE


@pytest.mark.parametrize("replications", [5, 16, 40])
def test_a_block_is_its_arrays(replications: int) -> None:
    worlds = raw(2, replications, [(1, 2)])
    for paths in (False, True):
        for block in blocks(worlds, 0, replications, paths=paths):
            again = BlockResult.from_arrays({name: values.copy() for name, values in block.arrays().items()})
            assert again.arrays().keys() == block.arrays().keys()
            assert ("paths" in block.arrays()) is paths
            for name, values in block.arrays().items():
                assert again.arrays()[name].tobytes() == values.tobytes()
                assert values.flags.c_contiguous, name
    assert block.status.tolist() == [
        Status.NOT_FINITE.code if replication == 2 else Status.DONE.code for replication in range(replications)
    ]
    assert block.paths is not None
    assert np.isnan(block.paths[:, 2]).all()
    assert block.digests.shape == (-(-replications // 16), 32)


def test_a_block_does_not_depend_on_the_layout_of_what_it_is_made_of() -> None:
    worlds = raw(1, 40)
    turned = Raw(np.asfortranarray(worlds.paths), np.asfortranarray(worlds.accounts), worlds.firms, worlds.finite)
    one, two = blocks(worlds, 0, 40)[0], blocks(turned, 0, 40)[0]
    assert all(values.tobytes() == two.arrays()[name].tobytes() for name, values in one.arrays().items())


def test_totals_and_outcomes_are_a_part_of_what_statistics_need() -> None:
    worlds = raw(1, 40, [(0, 2), (0, 17)])
    whole = blocks(worlds, 0, 40)[0].arrays()
    totals = {"outcomes", "takeoff", "status", "digests"}
    for detail, names in (("totals", totals), ("outcomes", totals | {"series", "leader", "leader_changes"})):
        found = getattr(reducer(), detail)(parts(worlds, 0, 0, 40)).arrays()
        assert {name for name, values in found.items() if values.size} == names
        assert all(found[name].tobytes() == whole[name].tobytes() for name in names)


def test_where_no_small_firm_was_there_none_can_survive() -> None:
    worlds = raw(1, 20)
    found = replace(reducer(), founding_lines=0).totals(parts(worlds, 0, 0, 20)).outcomes
    assert np.isnan(found[:, NAMES.index("survival")]).all()
    assert np.isfinite(np.delete(found, NAMES.index("survival"), axis=1)).all()


def test_a_reducer_is_its_arrays() -> None:
    made = reducer()
    again = Reducer.from_arrays({name: values.copy() for name, values in made.arrays().items()})
    assert again.arrays().keys() == made.arrays().keys()
    for name, values in made.arrays().items():
        assert again.arrays()[name].tobytes() == values.tobytes()
    assert isinstance(again.firms, int)
    assert isinstance(again.founding_lines, int)


def numbers(tally: Tally) -> list[np.ndarray]:
    """What does not depend on the other strategies but the baseline, strategies first."""
    found = [tally.worlds, tally.takeoffs, tally.leads, tally.leader_changes, tally.mean_firms()]
    for moments in (tally.paths, tally.accounts, tally.outcomes, tally.share_differences, tally.series_differences):
        found += [moments.means, moments.variances]
    return [*found, tally.differences.means, tally.differences.covariances]


def arrays(tally: Tally) -> list[np.ndarray]:
    """Every array that a tally holds."""
    return list(_arrays(vars(tally)))


def _arrays(found: Any) -> Iterator[np.ndarray]:
    if isinstance(found, np.ndarray):
        yield found
    elif isinstance(found, dict):
        for value in found.values():
            yield from _arrays(value)
    elif isinstance(found, list | tuple):
        for value in found:
            yield from _arrays(value)
    elif hasattr(found, "__dataclass_fields__"):
        yield from _arrays(vars(found))
