"""Blocks on a cluster: an adapter over Dask distributed.

What a worker needs is in the store, which all machines must see: it reads the lowered market by its digest, once, and
writes blocks itself. Through the scheduler go a block's key and the hash of what was written, nothing else.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from majung.ensemble.reduce.block import BlockResult, Reducer
from majung.ensemble.release import release
from majung.ensemble.store import Blocks, Kept
from majung.ensemble.work.blocks import BlockWork, Done
from majung.ensemble.work.market import Kernel
from majung.errors import ClusterError, InputError, MajungError, Problem

if TYPE_CHECKING:
    from majung.ensemble.design import Task

__all__ = ["Cluster"]

_ADDRESS: Final = re.compile(r"(?:tcp|tls)://[^\s/]+:\d+")
_OWN: Final = re.compile(r"(local|slurm)(?::([1-9]\d{0,4}))?")
_PATIENCE: Final = 15
"""Seconds to wait for a scheduler, and for the first worker of one that was there before."""
_DEATHS: Final = 20
"""Workers that may die over one block before the block is to blame."""
_ALONE: Final = 180
"""Seconds without any worker after which a cluster of this machine's own processes is given up."""
_GLANCE: Final = 5.0
"""Seconds between looks at whether there are workers."""
_STARTING: Final = "120s"
"""Time for a process of this machine to start: on a busy one imports alone take more than Dask's half minute."""
_OVER: Final = ("closed", "failed")
"""States of a worker's keeper in which it will not start its worker again."""
_REMEMBERED: Final = 8
"""Lowered markets that a worker holds."""
_KERNEL, _REDUCER = "kernel.", "reducer."


class Cluster(AbstractContextManager["Cluster"]):
    """Workers on a cluster, as a context.

    Parameters
    ----------
    address : str
        ``tcp://host:port`` of a Dask scheduler; ``local:8`` for eight processes on this machine; ``slurm:20`` for
        twenty jobs as the configuration of dask-jobqueue describes them.

    Raises
    ------
    InputError
        When the address has another form, or what it needs is not installed.
    ClusterError
        On entering, when nobody answers or works there.
    """

    def __init__(self, address: str) -> None:
        own = _OWN.fullmatch(address)
        if own is None and not _ADDRESS.fullmatch(address):
            raise InputError([Problem(key="ensemble.cluster.address", found=address)])
        self.address = address
        self._kind, self._count = (own[1], int(own[2] or 0)) if own else ("", 0)
        self._open = ExitStack()
        self._waiting: set[Future[Done]] = set()
        self._mine: Any = None
        self._closing = Event()

    def __enter__(self) -> Self:
        try:
            self._client = self._open.enter_context(self._connected())
            if self._kind == "local":
                self._open.enter_context(self._watched())
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._open.close()

    @property
    def size(self) -> int:
        """Blocks that can be worked on at a time; workers come and go."""
        with suppress(OSError, TimeoutError, ValueError):
            return max(1, sum(map(int, self._client.nthreads().values())))
        return 1

    def submit(self, work: BlockWork, task: Task) -> Future[Done]:
        """Give a block to a worker; one that dies over it is replaced."""
        promise: Future[Done] = Future()
        self._waiting.add(promise)
        promise.add_done_callback(self._waiting.discard)
        self._give(work, task, promise, _DEATHS)
        return promise

    def _give(self, work: BlockWork, task: Task, promise: Future[Done], tries: int) -> None:
        if work.blocks is None:
            raise ValueError("a cluster needs a store")
        _publish(work, work.blocks)
        order = (str(work.blocks.root), work.name, release(), task)
        try:
            future = self._client.submit(_simulated, *order, pure=False)
        except Exception as reason:
            raise self._lost(reason) from reason
        future.add_done_callback(lambda finished: self._settle(finished, work, task, promise, tries))

    def _settle(self, finished: Any, work: BlockWork, task: Task, promise: Future[Done], tries: int) -> None:
        """Hand on what became of a block, or give it to another worker. Called in a thread of the client."""
        from distributed import KilledWorker

        if promise.cancelled() or work.blocks is None:
            return
        try:
            try:
                # What a worker that died had to say is said again by another, which may have to start.
                kept, reused, damaged = finished.result(timeout=_ALONE if self._kind == "local" else _PATIENCE)
                if (found := work.blocks.load(task.key.digest)) is None:
                    raise ClusterError("ensemble.cluster.not_shared", address=self.address, path=work.blocks.root)
                done = Done(BlockResult.from_arrays(found), kept, reused, damaged)
            except KilledWorker as reason:
                if not tries:
                    raise ClusterError("ensemble.cluster.killed", address=self.address, times=_DEATHS) from reason
                self._give(work, task, promise, tries - 1)
                return
            except (CancelledError, OSError, TimeoutError) as reason:
                raise self._lost(reason) from reason
        except BaseException as error:
            with suppress(InvalidStateError):
                promise.set_exception(error)
        else:
            with suppress(InvalidStateError):
                promise.set_result(done)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Replace workers that died while they were starting, which Dask does not; give up when none comes for long."""
        watch = Thread(target=self._watch, name="majung-watch", daemon=True)
        watch.start()
        try:
            yield
        finally:
            self._closing.set()
            watch.join()

    def _watch(self) -> None:
        last = time.monotonic()
        while not self._closing.wait(_GLANCE):
            with suppress(Exception):
                there = len(self._client.nthreads())
                if there:
                    last = time.monotonic()
                if there < len(self._mine.worker_spec):
                    self._mine.loop.add_callback(self._replace)
            if time.monotonic() - last > _ALONE:
                for promise in tuple(self._waiting):
                    with suppress(InvalidStateError):
                        promise.set_exception(
                            ClusterError("ensemble.cluster.no_workers", address=self.address, seconds=_ALONE)
                        )

    def _replace(self) -> None:
        """Let the cluster begin anew those of its workers that are over; called in its loop."""
        for name, worker in tuple(self._mine.workers.items()):
            if worker.status.name in _OVER:
                del self._mine.workers[name]
        self._mine.scale(len(self._mine.worker_spec))

    def _lost(self, reason: BaseException) -> MajungError:
        if isinstance(reason, MajungError):
            return reason
        return ClusterError("ensemble.cluster.lost", address=self.address, reason=_words(reason))

    def _unusable(self, reason: BaseException) -> ClusterError:
        return ClusterError("ensemble.cluster.unreachable", address=self.address, reason=_words(reason))

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            import dask
            from distributed import Client
        except ImportError:
            raise _missing("distributed", "cluster") from None

        with ExitStack() as stack:
            stack.enter_context(_quiet())
            # A block is not to blame for the workers that die under it; see also `_DEATHS`.
            stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": _DEATHS}))
            target: Any = self.address
            if self._kind == "local":
                patience = ("distributed.comm.timeouts.connect", "distributed.deploy.lost-worker-timeout")
                stack.enter_context(dask.config.set(dict.fromkeys(patience, _STARTING)))
                target = stack.enter_context(self._local())
            elif self._kind == "slurm":
                target = stack.enter_context(self._slurm())
            try:
                client: Any = stack.enter_context(_untyped(Client)(target, timeout=_PATIENCE, set_as_default=False))
            except (OSError, TimeoutError, ValueError) as reason:
                raise self._unusable(reason) from reason
            if not self._kind:
                try:
                    client.wait_for_workers(1, timeout=_PATIENCE)
                except TimeoutError as reason:
                    raise ClusterError(
                        "ensemble.cluster.no_workers", address=self.address, seconds=_PATIENCE
                    ) from reason
            yield client

    @contextmanager
    def _local(self) -> Iterator[Any]:
        from distributed import LocalCluster

        from majung.ensemble.work.blocks import thread_count

        folder = tempfile.mkdtemp(prefix="majung-workers-")
        try:
            with _untyped(LocalCluster)(
                n_workers=self._count or thread_count(),
                threads_per_worker=1,
                processes=True,
                memory_limit=0,
                dashboard_address="127.0.0.1:0",
                local_directory=folder,
                silence_logs=logging.CRITICAL,
            ) as cluster:
                self._mine = cluster
                yield cluster
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _slurm(self) -> Iterator[Any]:
        try:
            from dask_jobqueue import SLURMCluster
        except ImportError:
            raise _missing("dask-jobqueue", "slurm") from None
        try:
            cluster = SLURMCluster()
        except (ValueError, OSError, RuntimeError) as reason:
            raise self._unusable(reason) from reason
        with cluster:
            cluster.scale(jobs=self._count or 1)
            yield cluster


def _publish(work: BlockWork, blocks: Blocks) -> None:
    """Put what workers need where they find it; it goes when the run is finished."""
    if not isinstance(work.simulate, Kernel):
        raise ValueError("only the kernel can be sent to a cluster")
    if not blocks.path(work.name).exists():
        arrays = {_KERNEL + name: values for name, values in work.simulate.arrays().items()}
        blocks.save(work.name, arrays | {_REDUCER + name: values for name, values in work.reducer.arrays().items()})


def _simulated(root: str, name: str, ours: str, task: Task) -> tuple[Kept | None, bool, bool]:
    """Work on a block, on a worker; return what the store says of it, and whether it was there, sound or damaged."""
    if release() != ours:
        raise ClusterError("ensemble.cluster.version", theirs=release(), ours=ours)
    done = _work(root, name)(task)
    return done.kept, done.reused, done.damaged


@lru_cache(maxsize=_REMEMBERED)
def _work(root: str, name: str) -> BlockWork:
    blocks = Blocks(Path(root))
    if (found := blocks.load(name)) is None:
        raise ClusterError("ensemble.cluster.not_shared", address="", path=root)

    def part(prefix: str) -> dict[str, Any]:
        return {name.removeprefix(prefix): values for name, values in found.items() if name.startswith(prefix)}

    kernel, reducer = Kernel.from_arrays(part(_KERNEL)), Reducer.from_arrays(part(_REDUCER))
    return BlockWork(kernel, reducer, blocks, name)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from telling of workers that come and go; what matters is raised."""
    # Dask gives some of its loggers a level and a handler of their own.
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in {"distributed", *names}}
    for name in before:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _missing(package: str, extra: str) -> InputError:
    return InputError([Problem(key="ensemble.cluster.not_installed", found=package, values={"extra": extra})])


def _untyped(kind: Any) -> Any:
    """Dask annotates parts of itself."""
    return kind


def _words(reason: BaseException) -> str:
    return " ".join(str(reason).split()) or type(reason).__name__
