"""Run the compiled code on many problems: on all cores, in chunks, with progress, to be stopped between two chunks."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from majung.errors import Interrupted
from majung.evidence.diffusion.estimate.problems import Problems
from majung.evidence.diffusion.kernel.batch import fit_batch
from majung.evidence.diffusion.kernel.levenberg import CONVERGED

__all__ = ["Progress", "Solved", "cores", "solve"]

Floats = NDArray[np.float64]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many problems are done and how many there are."""

_MOST_ITERATIONS: Final = 300
_CHUNK: Final = 256


@dataclass(frozen=True, eq=False)
class Solved:
    """What came out, in the user's scale.

    Parameters
    ----------
    parameters, se : (K, 1 + P) array
        The potential first. Standard errors are NaN for what is at a bound, and where they do not exist.
    raw : (K, 1 + P) array
        Parameters in the scale of the compiled code.
    rss : (K,) array
    converged, regular : (K,) array of bool
        Regular: the Jacobian's columns do not depend on each other.
    pinned : (K, 1 + P) array of bool
        At a bound.
    fitted, leverage : array
        As the problems' values lie; fitted values in the scale of the compiled code.
    """

    parameters: Floats
    se: Floats
    raw: Floats
    rss: Floats
    converged: NDArray[np.bool_]
    regular: NDArray[np.bool_]
    pinned: NDArray[np.bool_]
    fitted: Floats
    leverage: Floats


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def solve(
    problems: Problems,
    *,
    tries: int = 4,
    with_errors: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Solved:
    """Solve every problem; the same bytes on any number of threads.

    Parameters
    ----------
    problems : Problems
    tries : int
        How many starting values to follow, the best first.
    with_errors : bool
        Whether to compute standard errors and leverages.
    threads : int, optional
        By default as many as there are cores.
    progress : callable, optional
    cancelled : callable, optional
        Asked between chunks; True stops.

    Raises
    ------
    Interrupted
        ``cancelled`` said so.
    """
    size, params = problems.low.shape
    raw, se = np.full((size, params + 1), np.nan), np.full((size, params + 1), np.nan)
    rss, status = np.full(size, np.nan), np.full(size, -1, dtype=np.int64)
    pinned, regular = np.zeros((size, params + 1), dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    fitted, leverage = np.zeros(problems.values.size), np.zeros(problems.values.size)
    logs = np.array([parameter.positive for parameter in problems.model.parameters])
    p = problems

    def chunk(begin: int, stop: int) -> int:
        fit_batch(
            begin, stop, p.model.kind, p.dense,
            p.starts, p.ends, p.driver0, p.driver1, p.first, p.count, p.values, p.place,
            p.guesses, p.which, p.extra, logs, p.low, p.high, p.m_low, p.m_high,
            tries, _MOST_ITERATIONS, with_errors,
            raw, se, rss, status, pinned, regular, fitted, leverage,
        )  # fmt: skip
        return stop - begin

    tries = min(tries, p.guesses.shape[1] + 1)
    workers = cores() if threads is None else threads
    _spread(chunk, size, workers, progress, cancelled)
    factors = p.factors()
    return Solved(
        parameters=raw * factors + p.offsets(),
        se=se * factors,
        raw=raw,
        rss=rss * p.scale**2,
        converged=status == CONVERGED,
        regular=regular,
        pinned=pinned,
        fitted=fitted,
        leverage=leverage,
    )


def _spread(
    chunk: Callable[[int, int], int],
    size: int,
    workers: int,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    length = max(1, min(_CHUNK, -(-size // (4 * workers))))
    bounds = [(begin, min(begin + length, size)) for begin in range(0, size, length)]
    if workers == 1 or len(bounds) == 1:
        done = 0
        for begin, stop in bounds:
            _stop_if(cancelled)
            done += chunk(begin, stop)
            if progress is not None:
                progress(done, size)
        return
    done = 0
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[int]] = {pool.submit(chunk, *pair) for pair in bounds}
        try:
            while waiting:
                ended, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                done += sum(future.result() for future in ended)
                if progress is not None:
                    progress(done, size)
                if waiting:
                    _stop_if(cancelled)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Interrupted("evidence.fit.stopped")
