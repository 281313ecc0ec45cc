"""Run a design's blocks on all cores.

Blocks come back in the order of the design, whatever thread ran them, so the arrays and the order in which sums are
formed depend neither on the number of threads nor on which strategies run together.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import Enum
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.ensemble.design import Design, Task
from majung.ensemble.market import Market, Simulate, lowered
from majung.errors import InputError, Interrupted, Problem

if TYPE_CHECKING:
    from majung.market.kernel import Block

__all__ = ["Ensemble", "Floats", "Progress", "Status", "run", "thread_count"]

Floats = NDArray[np.float64]
T = TypeVar("T")
R = TypeVar("R")

_WINDOW: Final = 4
"""Blocks given out at a time, for each thread: what bounds the memory of results not yet in their place."""
_PATIENCE: Final = 0.1
"""Seconds between looks at whether to stop."""
_MEMORY_SHARE: Final = 0.8


class Status(Enum):
    """What became of a replication; the value is the message."""

    DONE = "ensemble.status.done"
    NOT_FINITE = "ensemble.status.not_finite"

    @property
    def code(self) -> int:
        """The number that stands for it in an array."""
        return list(Status).index(self)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come, in replications of a strategy."""

    done: int
    total: int


@dataclass(frozen=True)
class Ensemble:
    """The result of a design.

    Parameters
    ----------
    design : Design
    market : Market
    paths : (array, strategy, replication, quarter, technology) ndarray
        In the order of `dims.PATH_ARRAYS`; NaN where a replication failed.
    accounts : (array, strategy, replication, quarter) ndarray
        In the order of `dims.ACCOUNT_ARRAYS`.
    firms : (array, strategy, firm) ndarray
        Sums over the replications that did not fail, in the order of `dims.FIRM_ARRAYS`; without entry slots.
    status : (strategy, replication) ndarray of int8
        Codes of `Status`.
    """

    design: Design
    market: Market
    paths: Floats
    accounts: Floats
    firms: Floats
    status: NDArray[np.int8]


def run(
    design: Design,
    *,
    threads: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: Event | None = None,
    before: Ensemble | None = None,
    market: Market | None = None,
) -> Ensemble:
    """Simulate every replication of every strategy.

    Parameters
    ----------
    design : Design
    threads : int, optional
        See `thread_count`.
    progress : callable, optional
        Called in this thread after each block; counts what came before, too.
    cancel : threading.Event, optional
        Stops the run when set.
    before : Ensemble, optional
        Replications of the same design up to where this part starts; the result covers both, and is the same as if
        they had been run at once.
    market : Market, optional
        The design's own, lowered, by default.

    Raises
    ------
    Interrupted
        When `cancel` was set. A KeyboardInterrupt passes through; both wait for the blocks at work and start no other.
    InputError
        When the result would not fit into memory.
    """
    if market is None:
        market = before.market if before else lowered(design.scenario, design.strategies)
    ensemble = _empty(design, market)
    if before is not None:
        ensemble.firms[:] = before.firms
    rows = len(design.strategies)
    done = 0 if before is None else before.design.replications * rows
    total = done + design.replications * rows

    for task, block, finite in _in_order(
        partial(_checked, market.simulate), design.tasks(), thread_count(threads), cancel
    ):
        _place(ensemble, task, block, finite)
        done += task.key.count
        if progress is not None:
            progress(Progress(done, total))
    return ensemble if before is None else _join(before, ensemble)


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


def _in_order(work: Callable[[T], R], tasks: Iterator[T], threads: int, cancel: Event | None) -> Iterator[R]:
    """Yield the results in the order of the tasks, with a bounded number of them under way."""
    with ThreadPoolExecutor(threads, thread_name_prefix="majung") as pool:
        under_way: deque[Future[R]] = deque()
        try:
            for task in tasks:
                under_way.append(pool.submit(work, task))
                if len(under_way) == _WINDOW * threads:
                    yield _result(under_way.popleft(), cancel)
            while under_way:
                yield _result(under_way.popleft(), cancel)
        finally:
            for future in under_way:
                future.cancel()


def _result(future: Future[R], cancel: Event | None) -> R:
    while True:
        if cancel is not None and cancel.is_set():
            future.cancel()
            raise Interrupted("ensemble.interrupted")
        wait([future], timeout=_PATIENCE)
        if future.done():
            return future.result()


def _checked(simulate: Simulate, task: Task) -> tuple[Task, Block, NDArray[np.bool_]]:
    """Simulate a block; where a replication failed, form the sums over firms from the others alone."""
    first, count = task.key.first, task.key.count
    block = simulate(task.strategy, task.key.seed, first, count)
    finite = np.asarray(np.isfinite(block.paths).all(axis=(0, 1, 2)), dtype=np.bool_)
    finite &= np.isfinite(block.accounts).all(axis=(0, 1))
    if finite.all() and np.isfinite(block.firms).all():
        return task, block, finite
    firms = np.zeros_like(block.firms)
    for lane in np.flatnonzero(finite):
        alone = simulate(task.strategy, task.key.seed, first + int(lane), 1).firms
        if np.isfinite(alone).all():
            firms += alone
        else:
            finite[lane] = False
    return task, block._replace(firms=firms), finite


def _empty(design: Design, market: Market) -> Ensemble:
    strategies, replications = len(design.strategies), design.replications
    quarters, technologies = design.scenario.quarters, len(design.scenario.technologies.id)
    paths = (len(dims.PATH_ARRAYS), strategies, replications, quarters, technologies)
    accounts = (len(dims.ACCOUNT_ARRAYS), strategies, replications, quarters)
    _check_memory(8 * (int(np.prod(paths)) + int(np.prod(accounts))))
    return Ensemble(
        design,
        market,
        np.empty(paths),
        np.empty(accounts),
        np.zeros((len(dims.FIRM_ARRAYS), strategies, len(design.scenario.firms.id))),
        np.empty((strategies, replications), dtype=np.int8),
    )


def _place(ensemble: Ensemble, task: Task, block: Block, finite: NDArray[np.bool_]) -> None:
    row, start = task.strategy, task.key.first - ensemble.design.start
    lanes = slice(start, start + task.key.count)
    ensemble.paths[:, row, lanes] = np.where(finite, block.paths, np.nan).transpose(0, 3, 1, 2)
    ensemble.accounts[:, row, lanes] = np.where(finite, block.accounts, np.nan).transpose(0, 2, 1)
    ensemble.firms[:, row] += block.firms[:, : ensemble.firms.shape[2]]
    ensemble.status[row, lanes] = np.where(finite, Status.DONE.code, Status.NOT_FINITE.code)


def _join(before: Ensemble, after: Ensemble) -> Ensemble:
    return Ensemble(
        after.design.part(before.design.start, after.design.stop),
        after.market,
        np.concatenate([before.paths, after.paths], axis=2),
        np.concatenate([before.accounts, after.accounts], axis=2),
        after.firms,
        np.concatenate([before.status, after.status], axis=1),
    )


def _check_memory(needed: int) -> None:
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return
    if needed > _MEMORY_SHARE * physical:
        values = {"needed": f"{needed / 1e9:,.0f}", "physical": f"{physical / 1e9:,.0f}"}
        raise InputError([Problem(key="ensemble.memory", values=values)])
