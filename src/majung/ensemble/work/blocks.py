"""Run designs' blocks, past those that a store already has.

Blocks come back in the order of the designs, whatever ran them, so the arrays and the order in which sums are formed
depend neither on the number of workers nor on which strategies run together, nor on what was there from before.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Event
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self

import numpy as np

from majung.ensemble.design import BLOCK, Design, Task
from majung.ensemble.reduce.block import BlockResult, Part, Reducer
from majung.ensemble.store import Blocks, Damaged, Kept
from majung.ensemble.work.market import Simulate
from majung.errors import InputError, Interrupted, Problem

__all__ = ["BlockWork", "Done", "Job", "Pool", "Progress", "Threads", "results", "thread_count"]

_WINDOW: Final = 4
"""Blocks given out at a time, for each worker: what bounds the memory of results that wait for their turn."""
_PATIENCE: Final = 0.1
"""Seconds between looks at whether to stop."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come, in replications of a strategy.

    Parameters
    ----------
    done, total : int
    reused : int
        Of those done, the replications that were in the store.
    damaged : int
        Blocks that the store had, but damaged, and that were computed again.
    """

    done: int
    total: int
    reused: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """A block that is finished.

    Parameters
    ----------
    result : BlockResult
    kept : Kept or None
        Hash and size of its file, where it was written.
    reused, damaged : bool
        Whether the store had it, and whether it had it damaged.
    """

    result: BlockResult
    kept: Kept | None = None
    reused: bool = False
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class BlockWork:
    """What a worker does with a task: take the block from the store, or simulate, reduce and keep it.

    Parameters
    ----------
    simulate : Simulate
    reducer : Reducer
    blocks : Blocks, optional
        Where blocks are kept.
    name : str
        Digest of the lowered market, by which workers elsewhere find it in the store.
    """

    simulate: Simulate
    reducer: Reducer
    blocks: Blocks | None = None
    name: str = ""

    def __call__(self, task: Task) -> Done:
        """Return a task's block.

        Raises
        ------
        StoreError
            When it cannot be kept.
        """
        if self.blocks is None:
            return Done(self._simulated(task))
        digest, damaged = task.key.digest, False
        try:
            if (found := self.blocks.load(digest)) is not None:
                return Done(BlockResult.from_arrays(found), reused=True)
        except Damaged:
            damaged = True
        result = self._simulated(task)
        return Done(result, self.blocks.save(digest, result.arrays()), damaged=damaged)

    def _simulated(self, task: Task) -> BlockResult:
        key = task.key
        firsts = range(key.first, key.first + key.count, BLOCK)
        parts = [self._part(task, first, min(BLOCK, key.first + key.count - first)) for first in firsts]
        if key.detail == "totals":
            return self.reducer.totals(parts)
        if key.detail == "outcomes":
            return self.reducer.outcomes(parts)
        return self.reducer(parts, paths=key.detail == "paths")

    def _part(self, task: Task, first: int, count: int) -> Part:
        """Simulate replications; where some failed, form the sums over firms from the others alone."""
        block = self.simulate(task.strategy, task.key.seed, first, count)
        finite = np.asarray(np.isfinite(block.paths).all(axis=(0, 1, 2)), dtype=np.bool_)
        finite &= np.isfinite(block.accounts).all(axis=(0, 1))
        if finite.all() and np.isfinite(block.firms).all():
            return Part(block, finite)
        firms = np.zeros_like(block.firms)
        for lane in np.flatnonzero(finite):
            alone = self.simulate(task.strategy, task.key.seed, first + int(lane), 1).firms
            if np.isfinite(alone).all():
                firms += alone
            else:
                finite[lane] = False
        return Part(block._replace(firms=firms), finite)


class Job(NamedTuple):
    """A block to be worked on: of which design, by what."""

    design: Design
    work: BlockWork
    task: Task


class Pool(Protocol):
    """Where blocks are worked on: the threads of this process, or a cluster."""

    @property
    def size(self) -> int:
        """Blocks that can be worked on at a time."""

    def submit(self, work: BlockWork, task: Task) -> Future[Done]:
        """Give a block to a worker."""


class Threads(AbstractContextManager["Threads"]):
    """The threads of this process, as a context.

    Parameters
    ----------
    threads : int, optional
        See `thread_count`.
    """

    def __init__(self, threads: int | None = None) -> None:
        self.size = thread_count(threads)
        self._pool = ThreadPoolExecutor(self.size, thread_name_prefix="majung")

    def submit(self, work: BlockWork, task: Task) -> Future[Done]:
        """Give a block to a thread."""
        return self._pool.submit(work, task)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        # Blocks at work are waited for: a kernel cannot be stopped half way.
        self._pool.shutdown(cancel_futures=True)


def results(jobs: Iterable[Job], pool: Pool, cancel: Event | None = None) -> Iterator[tuple[Job, Done]]:
    """Run blocks; yield them in the order in which they are given out.

    Parameters
    ----------
    jobs : iterable of Job
        Asked for one by one, as workers come free: a bounded number of blocks is under way at a time.
    pool : Pool
    cancel : threading.Event, optional
        Stops the run when set.

    Raises
    ------
    Interrupted
        When `cancel` was set. A KeyboardInterrupt passes through. Finished blocks are in the store, if there is one.
    """
    under_way: deque[tuple[Job, Future[Done]]] = deque()
    try:
        for job in jobs:
            under_way.append((job, pool.submit(job.work, job.task)))
            while len(under_way) >= _WINDOW * pool.size:
                yield _first(under_way, cancel)
        while under_way:
            yield _first(under_way, cancel)
    finally:
        for _, future in under_way:
            future.cancel()


def thread_count(threads: int | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Return how many threads to run.

    Parameters
    ----------
    threads : int, optional
        What was asked for. By default ``MAJUNG_NUM_THREADS``, or else the cores that this process may use.

    Raises
    ------
    InputError
        When it is not a whole number above zero.
    """
    found = (os.environ if environ is None else environ).get("MAJUNG_NUM_THREADS") if threads is None else str(threads)
    if not found:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not found.strip().isdecimal() or int(found) < 1:
        name = "MAJUNG_NUM_THREADS" if threads is None else "threads"
        raise InputError([Problem(key="ensemble.threads", found=found, values={"name": name})])
    return int(found)


def _first(under_way: deque[tuple[Job, Future[Done]]], cancel: Event | None) -> tuple[Job, Done]:
    job, future = under_way.popleft()
    while True:
        if cancel is not None and cancel.is_set():
            future.cancel()
            raise Interrupted("ensemble.interrupted")
        wait([future], timeout=_PATIENCE)
        if future.done():
            return job, future.result()
