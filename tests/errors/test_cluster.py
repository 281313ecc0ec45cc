"""Runs on a cluster: the same bytes as on threads, whatever dies; and plain words where there is no cluster."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from tests.unit.fake_market import market, small_scenario

import majung as mj
from majung.cli.main import exit_code
from majung.ensemble import Progress, Store
from majung.ensemble.work.cluster import Cluster
from majung.errors import ClusterError, InputError
from majung.scenario import skeleton

pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    # Dask tells of processes that the tests kill, and closes sockets of theirs when it gets round to it.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]

CHOSEN = ("first-buyer",)
KILLS = 10


def compared(replications: int, **options: Any) -> xr.Dataset:
    return mj.compare(small_scenario(), replications, CHOSEN, paths=False, **options)


def same(ours: xr.Dataset, theirs: xr.Dataset) -> bool:
    return ours.identical(theirs) and all(ours[n].values.tobytes() == theirs[n].values.tobytes() for n in theirs)


def workers() -> list[int]:
    """Return the processes that this one's local cluster works with."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


class Killer:
    """Kills a worker every so often, until enough are dead; the run goes on meanwhile."""

    def __init__(self, kills: int, pause: float) -> None:
        self.killed: list[int] = []
        self.seen: list[Progress] = []
        self._kills, self._pause = kills, pause
        self._random = random.Random(5)
        self._since: dict[int, float] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._kill)

    def see(self, progress: Progress) -> None:
        """Begin with the first news of the run; hold its end up until all killing is done."""
        if not self.seen:
            self._thread.start()
        self.seen.append(progress)
        if progress.done > 0.9 * progress.total:
            self._thread.join(120)

    def stop(self) -> None:
        self._done.set()
        if self.seen:
            self._thread.join()

    def _kill(self) -> None:
        while len(self.killed) < self._kills and not self._done.wait(self._pause):
            now = time.monotonic()
            self._since = {process: self._since.get(process, now) for process in workers()}
            # Not one that has hardly begun.
            at_work = [process for process, since in self._since.items() if now - since > 2]
            if at_work and len(self._since) >= 3 and (chosen := self._random.choice(at_work)) not in self.killed:
                with suppress(ProcessLookupError):
                    os.kill(chosen, signal.SIGKILL)
                    self.killed.append(chosen)


SLOW = """
import time
from majung.ensemble.work.blocks import BlockWork
def slow(self, task, quick=BlockWork._simulated):
    time.sleep(0.3)
    return quick(self, task)
# It is loaded more than once.
if BlockWork._simulated.__name__ != "slow":
    BlockWork._simulated = slow
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="worker processes are found in /proc")
def test_ten_workers_killed_during_a_run_change_no_byte(tmp_path: Path) -> None:
    import dask

    slow = tmp_path / "slow.py"
    slow.write_text(SLOW)
    killer = Killer(KILLS, pause=0.7)
    store = tmp_path / "runs"
    try:
        with dask.config.set({"distributed.worker.preload": [str(slow)]}):
            dataset = compared(5_120, store=store, cluster="local:4", progress=killer.see)
    finally:
        killer.stop()
    assert len(set(killer.killed)) == KILLS
    assert workers() == []
    assert [(progress.done, progress.total) for progress in killer.seen] == [
        (done, 10_240) for done in range(128, 10_241, 128)
    ]
    assert same(dataset, compared(5_120))
    with Store.open(store, create=False) as opened:
        (run,) = opened.runs()
        assert run.complete
        assert opened.verify(run.run_id).sound
    assert {path.name for path in store.iterdir()} <= {run.run_id, "blocks", "inputs", "index.sqlite"}
    # What workers were sent is gone as well.
    assert len(list(store.rglob("*.npz"))) == run.blocks_total == 160


SCHEDULER = ("-m", "distributed.cli.dask_scheduler")
WORKER = ("-m", "distributed.cli.dask_worker")


@contextmanager
def started(*command: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen([sys.executable, *command], cwd=folder, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start a scheduler of its own on a free port."""
    file = folder / "scheduler.json"
    options = (
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--dashboard-address",
        ":0",
        "--scheduler-file",
        str(file),
    )
    with started(*SCHEDULER, *options, folder=folder) as process:
        deadline = time.monotonic() + 60
        while not (file.exists() and '"address"' in file.read_text()):
            assert time.monotonic() < deadline, (folder / "log.txt").read_text()
            assert process.poll() is None, (folder / "log.txt").read_text()
            time.sleep(0.1)
        yield process, file.read_text().split('"address": "')[1].split('"')[0]


@contextmanager
def worker(address: str, folder: Path) -> Iterator[None]:
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder))
    with started(*WORKER, address, *options, folder=folder):
        yield


def no_later_than(seconds: float, call: Callable[[], object]) -> BaseException:
    """Return what a call raises; fail where it takes longer."""
    started = time.monotonic()
    with pytest.raises((ClusterError, InputError)) as caught:
        call()
    assert time.monotonic() - started < seconds
    return caught.value


def test_a_scheduler_killed_in_the_middle_is_said_and_threads_go_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    skeleton.write(tmp_path / "small")
    monkeypatch.chdir(tmp_path)
    command = ["run", "small", "-n", "20000", "-s", "first-buyer", "--store", "runs", "--lang", "en"]
    with scheduler(tmp_path) as (process, address), worker(address, tmp_path):
        running = subprocess.Popen(
            [sys.executable, "-m", "majung", *command, "--cluster", address],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip
        assert running.stderr is not None
        for line in running.stderr:
            if line.startswith("simulating: "):
                break
        process.kill()
        out, err = running.communicate(timeout=60)
    assert running.returncode == 4, err
    assert out == ""
    told = [line for line in err.splitlines() if not line.startswith("simulating: ")]
    assert len(told) == 1, err
    assert told[0].startswith(f"majung: {address}: the cluster went away (")
    assert told[0].endswith("the same command goes on from there.")
    capfd.readouterr()
    assert exit_code([*command, "--json"]) == 0
    out, err = capfd.readouterr()
    assert "replications were in the store" in err
    with Store.open(tmp_path / "runs", create=False) as store:
        (run,) = store.runs()
        assert run.complete
        assert run.result_hash == mj.compare(mj.load("small"), 20_000, "first-buyer", paths=False).attrs["result_hash"]
    assert not [path for path in (tmp_path / "runs").rglob("*") if path.name.startswith(".majung")]


def test_a_cluster_that_was_there_before_is_used_and_left_alone(tmp_path: Path) -> None:
    seen: list[Progress] = []
    with scheduler(tmp_path) as (process, address), worker(address, tmp_path):
        first = compared(1_000, store=tmp_path / "runs", cluster=address, progress=seen.append)
        assert process.poll() is None
        again = compared(1_000, store=tmp_path / "runs", cluster=address)
        assert process.poll() is None
    assert [progress.done for progress in seen] == [*range(128, 2_000, 128), 2_000]
    assert {progress.total for progress in seen} == {2_000}
    assert same(first, again)
    assert same(first, compared(1_000))


def test_a_scheduler_without_workers_is_said(tmp_path: Path) -> None:
    with scheduler(tmp_path) as (_, address):
        error = no_later_than(60, lambda: compared(100, store=tmp_path / "runs", cluster=address))
    assert "no worker has come within 15 s" in str(error)


def test_where_nobody_listens_that_is_said_with_code_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    skeleton.write(tmp_path / "small")
    arguments = ["run", str(tmp_path / "small"), "--store", str(tmp_path / "runs"), "--lang", "en"]
    started = time.monotonic()
    assert exit_code([*arguments, "--cluster", "tcp://127.0.0.1:9"]) == 4
    assert time.monotonic() - started < 60
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].startswith("majung: tcp://127.0.0.1:9: the cluster cannot be used: ")
    assert "Traceback" not in err


@pytest.fixture
def within() -> Iterator[Any]:
    """Give a cluster of one worker that is a thread of this process, so that a test can change what it sees."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        dashboard_address="127.0.0.1:0",
        protocol="tcp://",
        host="127.0.0.1",
    ) as cluster:
        yield cluster


def test_a_worker_with_another_majung_is_refused(within: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("majung.ensemble.work.cluster.release", lambda: f"0.{threading.current_thread().name[:4]}")
    error = no_later_than(60, lambda: compared(100, store=tmp_path, cluster=within.scheduler_address))
    assert isinstance(error, ClusterError)
    assert "a worker has majung 0." in str(error)
    assert "this machine has 0.Main" in str(error)


def test_a_worker_that_does_not_see_the_store_is_refused(
    within: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from majung.ensemble.work import cluster

    genuine = cluster._work

    def elsewhere(root: str, name: str) -> object:
        return genuine(root.replace("shared", "another"), name)

    monkeypatch.setattr(cluster, "_work", elsewhere)
    error = no_later_than(60, lambda: compared(100, store=tmp_path / "shared", cluster=within.scheduler_address))
    assert isinstance(error, ClusterError)
    assert "do not see the same store" in str(error)


def test_a_block_that_a_worker_wrote_where_nobody_sees_it_is_missed(
    within: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from majung.ensemble.work import cluster

    genuine = cluster._simulated

    def lost(root: str, name: str, ours: str, task: Any) -> object:
        told = genuine(root, name, ours, task)
        cluster.Blocks(Path(root)).remove(task.key.digest)
        return told

    monkeypatch.setattr(cluster, "_simulated", lost)
    error = no_later_than(60, lambda: compared(100, store=tmp_path, cluster=within.scheduler_address))
    assert "do not see the same store" in str(error)
    assert str(tmp_path) in str(error)


def test_only_keys_and_hashes_go_through_the_scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    returned: list[int] = []
    settle = Cluster._settle
    give = Cluster._give

    def watched_give(self: Cluster, work: Any, task: Any, promise: Any, tries: int) -> None:
        submit = self._client.submit

        def watched(function: Any, *order: Any, **options: Any) -> Any:
            sent.append(len(pickle.dumps((function, order))))
            return submit(function, *order, **options)

        with monkeypatch.context() as patched:
            patched.setattr(self._client, "submit", watched)
            give(self, work, task, promise, tries)

    def watched_settle(self: Cluster, finished: Any, *others: Any) -> None:
        returned.append(len(pickle.dumps(finished.result())))
        settle(self, finished, *others)

    monkeypatch.setattr(Cluster, "_give", watched_give)
    monkeypatch.setattr(Cluster, "_settle", watched_settle)
    compared(600, store=tmp_path, cluster="local:2")
    assert len(sent) == len(returned) == 20
    assert max(sent) < 4_096
    assert max(returned) < 4_096
    # A block itself is another matter.
    assert min(path.stat().st_size for path in tmp_path.rglob("*.npz")) > 10 * max(sent)


@pytest.mark.parametrize(("address", "extra"), [("local:2", "cluster"), ("tcp://127.0.0.1:9", "cluster")])
def test_where_dask_is_missing_its_installation_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    address: str,
    extra: str,
) -> None:
    skeleton.write(tmp_path / "small")
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setitem(sys.modules, "dask", None)
    assert exit_code(["run", str(tmp_path / "small"), "--store", str(tmp_path / "runs"), "--cluster", address]) == 2
    assert f"pip install 'majung[{extra}]'" in capsys.readouterr().err


def test_where_the_queue_is_missing_its_installation_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask_jobqueue", None)
    with pytest.raises(InputError, match=r"dask-jobqueue is not installed.*pip install 'majung\[slurm\]'"):
        compared(100, store=tmp_path, cluster="slurm:2")


def test_a_stand_in_of_a_test_is_not_sent_to_a_cluster(tmp_path: Path) -> None:
    scenario = small_scenario()
    stand_in = market(scenario.strategies)
    with pytest.raises(ValueError, match="only the kernel"):
        mj.compare(scenario, 100, paths=False, store=tmp_path, cluster="local:1", market=stand_in)
