"""Sessions with a store: what was finished is not done again, whatever stopped it and whoever finished it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from tests.unit.fake_market import market, random_value, small_scenario

from majung.decision import compare
from majung.ensemble import Accumulator, Design, Progress, Session, Store, collect, design
from majung.errors import Interrupted, StoreError

CHOSEN = ("blanket", "first-buyer")
ROWS = len(CHOSEN) + 1


class Counted:
    """A stand-in for the kernel that notes the blocks that it is asked for, and can be told to break at one."""

    def __init__(self, plan: Design, breaks: Callable[[int, int], bool] = lambda strategy, first: False) -> None:
        self._breaks = breaks
        self._turn = threading.Lock()
        self.begun: list[tuple[int, int]] = []
        self.size = plan.block
        self.market = market(plan.strategies, delay=self._note)

    @property
    def blocks(self) -> set[tuple[int, int]]:
        """Blocks that were begun: row and first replication."""
        return {(row, first - first % self.size) for row, first in self.begun}

    def _note(self, strategy: int, first: int) -> float:
        with self._turn:
            self.begun.append((strategy, first))
        if self._breaks(strategy, first):
            raise RuntimeError("broken")
        return 0.0


def plan(replications: int = 320) -> Design:
    return design(small_scenario(), CHOSEN, replications)


def all_blocks(of: Design) -> set[tuple[int, int]]:
    return {(task.strategy, task.key.first) for task in of.tasks()}


def ran(root: Path | None, of: Design, work: Counted, **options: object) -> tuple[xr.Dataset, Progress]:
    accumulator = Accumulator(of, work.market)
    with Session(root, **options) as session:  # type: ignore[arg-type]
        session.begin(of.record("run", {}))
        for first, blocks in session.ranges(of, work.market):
            accumulator.add(first, blocks)
        dataset = collect(accumulator)
        session.keep(dataset)
        return dataset, session.so_far


def same(ours: xr.Dataset, theirs: xr.Dataset) -> bool:
    return ours.identical(theirs) and all(ours[n].values.tobytes() == theirs[n].values.tobytes() for n in theirs)


@pytest.fixture(scope="module")
def undisturbed() -> xr.Dataset:
    return ran(None, plan(), Counted(plan()))[0]


def test_a_run_in_a_store_is_the_run_without_one(tmp_path: Path, undisturbed: xr.Dataset) -> None:
    work = Counted(plan())
    dataset, so_far = ran(tmp_path, plan(), work)
    assert same(dataset, undisturbed)
    assert so_far == Progress(ROWS * 320, ROWS * 320)
    assert work.blocks == all_blocks(plan())
    with Store.open(tmp_path, create=False) as store:
        (run,) = store.runs()
        assert (run.run_id, run.complete, run.blocks_done) == (plan().run_id, True, ROWS * 5)
        assert run.result_hash == undisturbed.attrs["result_hash"]
        assert store.verify(run.run_id).sound


def test_what_broke_in_the_middle_goes_on_where_it_stopped(tmp_path: Path, undisturbed: xr.Dataset) -> None:
    broken = Counted(plan(), lambda strategy, first: first >= 128)
    with pytest.raises(RuntimeError, match="broken"):
        ran(tmp_path, plan(), broken, threads=1)
    with Store.open(tmp_path, create=False) as store:
        (run,) = store.runs()
        assert (run.complete, run.blocks_total) == (False, ROWS * 5)
        done = {task for task in plan().tasks() if store.blocks.path(task.key.digest).exists()}
    assert {(task.strategy, task.key.first) for task in done} == {
        block for block in all_blocks(plan()) if block[1] < 128
    }
    work = Counted(plan())
    seen: list[Progress] = []
    dataset, so_far = ran(tmp_path, plan(), work, progress=seen.append)
    assert same(dataset, undisturbed)
    assert work.blocks == {block for block in all_blocks(plan()) if block[1] >= 128}
    assert so_far == Progress(ROWS * 320, ROWS * 320, reused=ROWS * 128)
    assert [progress.reused for progress in seen] == [ROWS * 64, *[ROWS * 128] * 4]


def test_what_was_cancelled_keeps_what_was_finished(tmp_path: Path, undisturbed: xr.Dataset) -> None:
    cancel = threading.Event()
    with pytest.raises(Interrupted):
        ran(tmp_path, plan(), Counted(plan()), cancel=cancel, progress=lambda progress: cancel.set(), threads=1)
    work = Counted(plan())
    dataset, so_far = ran(tmp_path, plan(), work)
    assert same(dataset, undisturbed)
    assert so_far.reused >= ROWS * 64
    assert not {block for block in work.blocks if block[1] < 64}


def test_a_finished_run_is_not_simulated_again_and_not_written_again(tmp_path: Path, undisturbed: xr.Dataset) -> None:
    ran(tmp_path, plan(), Counted(plan()))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / plan().run_id).rglob("*")}
    work = Counted(plan())
    dataset, so_far = ran(tmp_path, plan(), work)
    assert same(dataset, undisturbed)
    assert work.begun == []
    assert so_far == Progress(ROWS * 320, ROWS * 320, reused=ROWS * 320)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / plan().run_id).rglob("*")} == before


def test_more_replications_and_other_strategies_take_what_is_there(tmp_path: Path) -> None:
    ran(tmp_path, plan(), Counted(plan()))
    more = design(small_scenario(), [*CHOSEN, "selective-mix"], 384)
    work = Counted(more)
    _, so_far = ran(tmp_path, more, work)
    assert so_far.reused == ROWS * 320
    added = [strategy.id for strategy in more.strategies].index("selective-mix")
    assert work.blocks == {block for block in all_blocks(more) if block[1] >= 320 or block[0] == added}
    with Store.open(tmp_path, create=False) as store:
        assert all(run.complete for run in store.runs())
        assert len(store.runs()) == 2


DAMAGE = {
    "cut short": lambda data: data[: len(data) // 2],
    "a bit turned": lambda data: (
        data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
    ),
    "emptied": lambda data: b"",
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_block_is_found_computed_again_and_counted(tmp_path: Path, undisturbed: xr.Dataset, how: str) -> None:
    ran(tmp_path, plan(), Counted(plan()))
    with Store.open(tmp_path, create=False) as store:
        hurt = [task for task in plan().tasks() if task.key.first == 64][1]
        path = store.blocks.path(hurt.key.digest)
    whole = path.read_bytes()
    path.write_bytes(DAMAGE[how](whole))
    work = Counted(plan())
    dataset, so_far = ran(tmp_path, plan(), work)
    assert same(dataset, undisturbed)
    assert work.blocks == {(1, 64)}
    assert so_far == Progress(ROWS * 320, ROWS * 320, reused=ROWS * 320 - 64, damaged=1)
    assert path.read_bytes() == whole


def test_a_missing_block_is_computed_again(tmp_path: Path, undisturbed: xr.Dataset) -> None:
    ran(tmp_path, plan(), Counted(plan()))
    with Store.open(tmp_path, create=False) as store:
        store.blocks.path(next(plan().tasks()).key.digest).unlink()
    dataset, so_far = ran(tmp_path, plan(), Counted(plan()))
    assert same(dataset, undisturbed)
    assert (so_far.reused, so_far.damaged) == (ROWS * 320 - 64, 0)


def test_failed_replications_stay_failed_when_their_block_is_taken_from_the_store(tmp_path: Path) -> None:
    broken = frozenset({("blanket", 3), ("blanket", 70)})
    scenario = small_scenario()
    stand_in = market(plan().strategies, broken=broken)
    first = compare(scenario, 80, CHOSEN, paths=False, store=tmp_path, market=stand_in)
    again = compare(scenario, 80, CHOSEN, paths=False, store=tmp_path, market=market(plan().strategies))
    assert again.attrs["failed"] == first.attrs["failed"] == 2
    assert same(again, first)


@pytest.mark.parametrize("paths", [False, True])
def test_the_same_comparison_twice_is_simulated_once(tmp_path: Path, paths: bool) -> None:
    first, second = Counted(plan()), Counted(plan())
    scenario = small_scenario()
    seen: list[Progress] = []
    one = compare(scenario, 150, CHOSEN, paths=paths, store=tmp_path, market=first.market)
    two = compare(scenario, 150, CHOSEN, paths=paths, store=tmp_path, market=second.market, progress=seen.append)
    plain = compare(scenario, 150, CHOSEN, paths=paths, market=market(plan().strategies))
    assert second.begun == []
    assert seen[-1] == Progress(ROWS * 150, ROWS * 150, reused=ROWS * 150)
    assert same(one, two)
    assert same(one, plain)
    assert ("replication" in one.dims) == paths


def test_a_comparison_to_a_precision_goes_on_too(tmp_path: Path) -> None:
    scenario = small_scenario()

    def noisy(strategy: str, array: str, replication: int) -> float:
        if array == "budget":
            return 0.0 if strategy == "hands-off" else 100.0
        return 1000 + 100 * (random_value(strategy, array, replication) - 10) if array == "private_final_sales" else 0.0

    def asked(store: Path | None, progress: Callable[[Progress], None] | None = None) -> xr.Dataset:
        stand_in = market(plan().strategies, noisy)
        return compare(
            scenario, None, CHOSEN, precision=0.4, paths=False, store=store, progress=progress, market=stand_in
        )

    def stop(progress: Progress) -> None:
        if progress.done > ROWS * 64:
            raise KeyboardInterrupt

    whole = asked(None)
    assert whole.attrs["replications"] > 128
    with pytest.raises(KeyboardInterrupt):
        asked(tmp_path, stop)
    seen: list[Progress] = []
    assert same(asked(tmp_path, seen.append), whole)
    assert seen[0].reused == ROWS * 64
    assert seen[-1].done == seen[-1].total == ROWS * whole.attrs["replications"]
    assert seen[-1].reused < seen[-1].total


def test_two_on_one_store_at_once_come_to_the_same(tmp_path: Path, undisturbed: xr.Dataset) -> None:
    found: list[xr.Dataset] = []
    failures: list[BaseException] = []
    start = threading.Barrier(3)

    def work() -> None:
        try:
            start.wait(30)
            found.append(ran(tmp_path, plan(), Counted(plan()), threads=2)[0])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    assert len(found) == 3
    assert all(same(dataset, undisturbed) for dataset in found)
    with Store.open(tmp_path, create=False) as store:
        (run,) = store.runs()
        assert run.complete
        assert store.verify(run.run_id).sound
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".majung")]
    assert not list((tmp_path / "blocks" / ".partial").iterdir())


def test_a_run_goes_on_where_another_has_begun_the_same_blocks(tmp_path: Path, undisturbed: xr.Dataset) -> None:
    """Another session finishes all of it while this one has only begun."""
    first = Counted(plan())
    outer = Accumulator(plan(), first.market)
    with Session(tmp_path, threads=1) as session:
        session.begin(plan().record("run", {}))
        ranges = session.ranges(plan(), first.market)
        outer.add(*next(ranges))
        ran(tmp_path, plan(), Counted(plan()))
        for start, blocks in ranges:
            outer.add(start, blocks)
        assert same(collect(outer), undisturbed)
        assert session.so_far.reused > 0


def test_a_store_that_cannot_be_written_to_ends_the_run_and_keeps_what_was_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from majung.ensemble.store import Blocks

    save, saved = Blocks.save, []

    def full(self: Blocks, digest: str, arrays: dict[str, np.ndarray]) -> object:
        if len(saved) == 4:
            raise StoreError("ensemble.store.full_block", path=self.root, reason="No space left on device")
        saved.append(digest)
        return save(self, digest, arrays)

    with monkeypatch.context() as patched:
        patched.setattr(Blocks, "save", full)
        with pytest.raises(StoreError, match="no space left"):
            ran(tmp_path, plan(), Counted(plan()), threads=1)
    _, so_far = ran(tmp_path, plan(), Counted(plan()))
    assert so_far.reused == 4 * 64
