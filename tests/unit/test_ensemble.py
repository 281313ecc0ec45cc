from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from tests.unit.fake_market import market, random_value, small_scenario

from majung import dims
from majung.ensemble import (
    BASELINE,
    Accumulator,
    Design,
    Market,
    Progress,
    Session,
    Status,
    Worlds,
    collect,
    collect_worlds,
    design,
    result_hash,
    thread_count,
)
from majung.errors import InputError, Interrupted
from majung.scenario import Strategy


def ran(*parts: Design, stand_in: Market | None = None, **options: object) -> tuple[Accumulator, Worlds]:
    """Run designs that follow each other, the first of which has the largest extent; keep all of it."""
    stand_in = stand_in or market(parts[0].strategies)
    parts = tuple(replace(part, detail="paths") for part in parts)
    accumulator, worlds = Accumulator(parts[0], stand_in), Worlds(parts[0], stand_in)
    with Session(**options) as session:  # type: ignore[arg-type]
        for part in parts[1:] or parts:
            for first, blocks in session.ranges(part, stand_in):
                accumulator.add(first, blocks)
                worlds.add(first, blocks)
    return accumulator, worlds


def collected(plan: Design, stand_in: Market | None = None) -> xr.Dataset:
    return collect_worlds(ran(plan, stand_in=stand_in)[1])


def test_one_strategy_needs_no_list() -> None:
    scenario = small_scenario()
    assert design(scenario, "blanket").strategies == design(scenario, ["blanket"]).strategies
    with pytest.raises(InputError, match="'blnket'") as caught:
        design(scenario, "blnket")
    assert len(caught.value.problems) == 1


def test_a_design_holds_hands_off_first_and_each_strategy_once() -> None:
    plan = design(small_scenario(), ["first-buyer", "first-buyer"])
    assert [strategy.id for strategy in plan.strategies] == [BASELINE, "first-buyer"]
    assert design(small_scenario()).strategies == small_scenario().strategies


def test_blocks_are_aligned_and_cover_every_replication_once() -> None:
    plan = design(small_scenario(), ["blanket"], replications=150)
    keys = [(task.strategy, task.key.first, task.key.count) for task in plan.tasks()]
    assert keys == [(row, first, count) for first, count in ((0, 64), (64, 64), (128, 22)) for row in (0, 1)]
    assert len({task.key.digest for task in plan.tasks()}) == len(keys)


def test_a_block_is_named_by_what_decides_it_and_nothing_else() -> None:
    scenario = small_scenario()
    alone = {task.key.digest for task in design(scenario, ["blanket"], replications=128).tasks()}
    more = {task.key.digest for task in design(scenario, replications=640).tasks()}
    assert alone <= more
    renamed = Strategy(**scenario.strategy("blanket").model_dump() | {"id": "other", "title": "another name"})
    assert {task.key.digest for task in design(scenario, [renamed], replications=128).tasks()} == alone
    assert not alone & {task.key.digest for task in design(scenario, ["blanket"], replications=128, seed=1).tasks()}
    whole = replace(design(scenario, ["blanket"], replications=128), detail="paths")
    assert not alone & {task.key.digest for task in whole.tasks()}


def test_a_run_is_named_by_all_that_decides_its_result() -> None:
    scenario = small_scenario()
    first = design(scenario, ["blanket", "first-buyer"], replications=32)
    assert design(scenario, ["first-buyer", "blanket"], replications=32).run_id == first.run_id
    others = [
        design(scenario, ["blanket"], replications=32),
        design(scenario, ["blanket", "first-buyer"], replications=33),
        design(scenario, ["blanket", "first-buyer"], replications=32, seed=1),
        design(scenario.with_parameters({"quality_weight": 2.2}), ["blanket", "first-buyer"], replications=32),
    ]
    assert len({first.run_id, *(other.run_id for other in others)}) == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strategies": ["first-byer"]}, "Did you mean 'first-buyer'?"),
        ({"replications": 0}, "1 or more"),
        ({"seed": -1}, "'-1' is not a seed"),
        ({"seed": 2**63}, "is not a seed"),
        ({"strategies": [Strategy(id="x", budget=1, quarters=999, mix={"subsidy": 1})]}, "x"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        design(small_scenario(), **options)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_every_number_gets_to_its_place() -> None:
    plan = design(small_scenario(), ["blanket"], replications=37)
    dataset = collected(plan)
    for strategy in ("hands-off", "blanket"):
        for replication in (0, 15, 16, 36):
            here = dataset.sel(strategy=strategy, replication=replication)
            for array in (*dims.PATH_ARRAYS, *dims.ACCOUNT_ARRAYS):
                expected = random_value(strategy, array.name, replication)
                assert float(here[array.name].sum()) == pytest.approx(expected), array.name
        for array in dims.FIRM_ARRAYS:
            mean = np.mean([random_value(strategy, array.name, replication) for replication in range(37)])
            assert dataset.sel(strategy=strategy)[array.name].values == pytest.approx(np.full(12, mean)), array.name


def test_parts_one_after_the_other_are_the_same_bytes_as_all_at_once() -> None:
    plan = design(small_scenario(), replications=150)
    whole, worlds = ran(plan)
    seen: list[Progress] = []
    parts = (plan.part(0, 64), plan.part(64, 128), plan.part(128, 150))
    by_parts, worlds_by_parts = ran(plan, *parts, progress=seen.append)
    assert seen == [Progress(5 * 64, 5 * 64), Progress(5 * 128, 5 * 128), Progress(5 * 150, 5 * 150)]
    for name in ("paths", "accounts", "firms", "status"):
        assert getattr(worlds_by_parts, name).tobytes() == getattr(worlds, name).tobytes()
    ours, theirs = collect(whole), collect(by_parts)
    assert ours.identical(theirs)
    assert all(ours[name].values.tobytes() == theirs[name].values.tobytes() for name in ours.data_vars)


def test_the_order_in_which_blocks_finish_changes_nothing() -> None:
    plan = design(small_scenario(), ["blanket", "first-buyer"], replications=400)
    whole, worlds = ran(plan, threads=1)

    def late(strategy: int, first: int) -> float:
        return 0.01 if first % 128 < 64 and strategy != 1 else 0.0

    delayed, delayed_worlds = ran(plan, stand_in=market(plan.strategies, delay=late), threads=7)
    assert delayed_worlds.paths.tobytes() == worlds.paths.tobytes()
    assert collect(delayed).identical(collect(whole))


def test_a_failed_replication_is_masked_and_counted_and_nothing_else_is_lost() -> None:
    plan = design(small_scenario(), ["blanket"], replications=20)
    _, sound = ran(plan)
    broken = frozenset({("blanket", 3), ("blanket", 17)})
    accumulator, hurt = ran(plan, stand_in=market(plan.strategies, broken=broken))
    assert np.argwhere(hurt.status == Status.NOT_FINITE.code).tolist() == [[1, 3], [1, 17]]
    assert np.isnan(hurt.paths[:, 1, [3, 17]]).all()
    assert np.isnan(hurt.accounts[:, 1, [3, 17]]).all()
    kept = [replication for replication in range(20) if replication not in (3, 17)]
    assert np.array_equal(hurt.paths[:, 1, kept], sound.paths[:, 1, kept])
    assert np.array_equal(hurt.paths[:, 0], sound.paths[:, 0])
    expected = np.mean([random_value("blanket", "survived", replication) for replication in kept])
    for dataset in (collect_worlds(hurt), collect(accumulator)):
        assert dataset.attrs["failed"] == 2
        assert dataset["survived"].sel(strategy="blanket").values == pytest.approx(np.full(12, expected))
    assert collect(accumulator)["worlds"].values.tolist() == [20, 18]


def test_a_strategy_that_always_fails_has_no_means() -> None:
    plan = design(small_scenario(), ["blanket"], replications=4)
    broken = frozenset(("blanket", replication) for replication in range(4))
    accumulator, worlds = ran(plan, stand_in=market(plan.strategies, broken=broken))
    for dataset in (collect(accumulator), collect_worlds(worlds)):
        assert np.isnan(dataset["survived"].sel(strategy="blanket")).all()
        assert len(dataset.attrs["result_hash"]) == 64


def test_progress_counts_up_to_all_of_it_once_for_each_range_of_replications() -> None:
    plan = design(small_scenario(), ["blanket"], replications=150)
    seen: list[Progress] = []
    ran(plan, progress=seen.append)
    assert seen == [Progress(done, 300) for done in (128, 256, 300)]


def test_a_run_stops_soon_after_it_is_asked_to() -> None:
    plan = design(small_scenario(), replications=6_400)
    cancel = threading.Event()
    begun = []

    def slow(strategy: int, first: int) -> float:
        begun.append(first)
        cancel.set()
        return 0.02

    started = time.monotonic()
    with pytest.raises(Interrupted):
        ran(plan, stand_in=market(plan.strategies, delay=slow), threads=2, cancel=cancel)
    assert time.monotonic() - started < 5
    assert len(begun) < 100


def test_what_breaks_in_a_thread_is_raised_and_stops_the_others() -> None:
    plan = design(small_scenario(), replications=6_400)
    calls = []

    def fail(strategy: int, first: int) -> float:
        calls.append(first)
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        ran(plan, stand_in=market(plan.strategies, delay=fail), threads=2)
    assert len(calls) < 30


def test_work_given_out_is_bounded() -> None:
    plan = design(small_scenario(), replications=6_400)
    waiting, most = 0, 0
    lock = threading.Lock()

    def count(strategy: int, first: int) -> float:
        nonlocal waiting, most
        with lock:
            # A block is simulated in four kernel blocks.
            waiting += first % plan.block == 0
            most = max(most, waiting)
        return 0.0

    stand_in = market(plan.strategies, delay=count)
    with Session(threads=3) as session:
        for _, blocks in session.ranges(plan, stand_in):
            with lock:
                waiting -= len(blocks)
    # Beside what is given out, the blocks of the range that is being gathered are held.
    assert 3 < most <= 4 * 3 + len(plan.strategies)
    assert waiting == 0


def test_ranges_that_nobody_reads_on_are_not_worked_on() -> None:
    plan = design(small_scenario(), replications=6_400)
    begun = []

    def note(strategy: int, first: int) -> float:
        begun.append(first)
        return 0.001

    with Session(threads=2) as session:
        ranges = session.ranges(plan, market(plan.strategies, delay=note))
        next(ranges)
        ranges.close()  # type: ignore[attr-defined]
    assert len(begun) < 4 * (4 * 2 + 2 * len(plan.strategies))


@pytest.mark.parametrize(
    ("threads", "environ", "expected"),
    [(3, {}, 3), (3, {"MAJUNG_NUM_THREADS": "2"}, 3), (None, {"MAJUNG_NUM_THREADS": " 2 "}, 2)],
)
def test_threads_are_those_asked_for(threads: int | None, environ: dict[str, str], expected: int) -> None:
    assert thread_count(threads, environ) == expected


def test_by_default_all_cores_work() -> None:
    assert thread_count(None, {}) == thread_count(None, {"MAJUNG_NUM_THREADS": ""}) >= 1


@pytest.mark.parametrize(("threads", "environ"), [(0, {}), (-2, {}), (None, {"MAJUNG_NUM_THREADS": "many"})])
def test_threads_that_are_no_number_are_refused(threads: int | None, environ: dict[str, str]) -> None:
    with pytest.raises(InputError, match="is not a number of threads"):
        thread_count(threads, environ)


def test_what_does_not_fit_into_memory_is_refused_before_it_starts() -> None:
    plan = design(small_scenario(), replications=2_000_000_000)
    with pytest.raises(InputError, match="fewer replications"):
        Worlds(plan, market(plan.strategies))
    # Statistics take as much memory for any number of them.
    assert Accumulator(plan, market(plan.strategies)).replications == 0


def test_the_dataset_says_what_everything_is() -> None:
    plan = design(small_scenario(), ["blanket"], replications=2)
    dataset = collected(plan)
    for array in (*dims.PATH_ARRAYS, *dims.ACCOUNT_ARRAYS, *dims.FIRM_ARRAYS):
        attributes = dataset[array.name].attrs
        assert attributes["long_name"] == array.meaning_en
        assert attributes["long_name_ko"] == array.meaning_ko
        assert attributes["units"] == ("million KRW" if array.unit == "money" else array.unit)
    assert dataset["quarter"].values[:2].tolist() == ["2024Q2", "2024Q3"]
    assert dataset["firm_class"].sel(firm="l1") == "large"
    assert dataset["home_potential"].sel(technology="service") == 103_000
    assert dataset["home_adopters_at_start"].sel(technology="service") == 6_250
    assert dataset["founding_lines_at_start"].values.tolist() == [5, 1, 1]
    wanted = {"run_id", "majung_version", "scenario_id", "scenario_hash", "seed", "result_hash", "baseline"}
    assert wanted <= dataset.attrs.keys()
    # Two runs must give the same bytes, whenever and on whatever they were.
    assert not dataset.attrs.keys() & {"created", "seconds", "threads"}
    assert dataset.attrs["result_hash"] == result_hash(dataset)


def test_the_hash_of_results_sees_every_number_and_no_order_of_strategies() -> None:
    plan = design(small_scenario(), ["blanket", "first-buyer"], replications=20)
    accumulator, worlds = ran(plan)
    dataset = collect_worlds(worlds)
    assert dataset.attrs["result_hash"] == collect(accumulator).attrs["result_hash"]
    turned = dataset.isel(strategy=[2, 0, 1])
    assert result_hash(turned) == dataset.attrs["result_hash"]
    for name in ("hype", "written_off", "public_received"):
        changed = dataset.copy(deep=True)
        changed[name].values.flat[-1] += 1e-9
        assert result_hash(changed) != dataset.attrs["result_hash"], name
