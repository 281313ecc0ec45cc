"""Run a comparison: all strategies under the same luck, as many replications as are asked for or needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

import numpy as np

from majung import dims
from majung.decision.outcomes import additionality, outcomes
from majung.ensemble import BLOCK, Design, Ensemble, Market, Progress, collect, design, run, thread_count
from majung.errors import InputError, Problem

if TYPE_CHECKING:
    import xarray as xr

    from majung.scenario import Scenario, Strategy

__all__ = ["FIRST_BATCH", "MAX_REPLICATIONS", "compare", "planned", "widest_interval"]

FIRST_BATCH: Final = 64
"""Replications before the width of an interval is trusted to decide anything."""
MAX_REPLICATIONS: Final = 2_000
_LARGEST_GROWTH: Final = 2.0


def compare(
    scenario: Scenario,
    replications: int | None = None,
    strategies: str | Sequence[str | Strategy] | None = None,
    seed: int | None = None,
    threads: int | None = None,
    precision: float | None = None,
    *,
    max_replications: int = MAX_REPLICATIONS,
    progress: Callable[[Progress], None] | None = None,
    cancel: Event | None = None,
    market: Market | None = None,
) -> xr.Dataset:
    """Compare strategies in the same simulated worlds.

    Parameters
    ----------
    scenario : Scenario
        From `majung.load`.
    replications : int, optional
        Paired worlds; the scenario's own number by default.
    strategies : str or sequence of str or Strategy, optional
        All of the scenario's by default; hands-off is always with them, first.
    seed : int, optional
        The scenario's own by default.
    threads : int, optional
        ``MAJUNG_NUM_THREADS`` or all cores by default. The numbers do not depend on it.
    precision : float, optional
        Instead of `replications`: add replications until, for every strategy that spends, the half-width of the
        interval of private sales created per unit of public money is at most this. A fixed-width sequential rule
        (Chow and Robbins 1965), started with `FIRST_BATCH`.
    max_replications : int
        Where `precision` gives up; the dataset's attribute ``precision_reached`` says how wide the interval then is.
    progress : callable, optional
        Called with a `majung.ensemble.Progress` after each block.
    cancel : threading.Event, optional
        Stops the comparison when set.
    market : Market, optional
        A stand-in for the compiled kernel, for tests.

    Returns
    -------
    xarray.Dataset
        strategy x replication x quarter x technology; see the reference of arrays.

    Raises
    ------
    InputError
        When what was asked for makes no sense.
    Interrupted
        When `cancel` was set.
    """
    started = time.perf_counter()
    plan = planned(scenario, replications, strategies, seed, precision, max_replications)
    threads = thread_count(threads)
    if precision is None:
        result = run(plan, threads=threads, progress=progress, cancel=cancel, market=market)
        reached: dict[str, float] = {}
    else:
        result = _until(plan, precision, partial(run, threads=threads, progress=progress, cancel=cancel, market=market))
        reached = {"precision_asked": precision, "precision_reached": widest_interval(result)}
    return collect(result, threads=threads, seconds=round(time.perf_counter() - started, 3), **reached)


def planned(
    scenario: Scenario,
    replications: int | None = None,
    strategies: str | Sequence[str | Strategy] | None = None,
    seed: int | None = None,
    precision: float | None = None,
    max_replications: int = MAX_REPLICATIONS,
) -> Design:
    """Check what `compare` is asked for, and return the design of its largest extent.

    Raises
    ------
    InputError
        When what was asked for makes no sense.
    """
    problems = []
    if precision is not None:
        if not (np.isfinite(precision) and precision > 0):
            problems.append(Problem(key="decision.precision", found=f"{precision:g}"))
        if replications is not None:
            problems.append(Problem(key="decision.precision_or_replications"))
        replications = max_replications
    try:
        plan = design(scenario, strategies, replications, seed)
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return plan


def widest_interval(ensemble: Ensemble) -> float:
    """Return the largest half-width of additionality's interval over the strategies that spend; 0 if none does.

    Infinite where there are too few replications for an interval.
    """
    parameters = ensemble.design.scenario.parameters
    arrays = {a.name: values for a, values in zip(dims.PATH_ARRAYS, ensemble.paths, strict=True)}
    arrays |= {a.name: values for a, values in zip(dims.ACCOUNT_ARRAYS, ensemble.accounts, strict=True)}
    result = outcomes(arrays.__getitem__, baseline=0, marginal_cost=1.0)
    intervals = [additionality(result, row, parameters.value("confidence")) for row in range(len(ensemble.status))]
    widths = [interval.half_width for interval in intervals if interval is not None]
    return max((np.inf if np.isnan(width) else width for width in widths), default=0.0)


def _until(plan: Design, precision: float, run_part: Callable[..., Ensemble]) -> Ensemble:
    """Add batches until the widest interval is narrow enough or the plan's replications are all run."""
    largest = plan.stop - plan.stop % BLOCK or plan.stop
    result: Ensemble | None = None
    start, stop = 0, min(FIRST_BATCH, largest)
    while True:
        result = run_part(plan.part(start, stop), before=result)
        width = widest_interval(result)
        if width <= precision or stop == largest:
            return result
        # The width falls with the root of the number; a little more than that would need saves a last small batch.
        needed = stop * min(1.1 * (width / precision) ** 2, _LARGEST_GROWTH)
        start, stop = stop, min(largest, BLOCK * int(np.ceil(max(needed, stop + 1) / BLOCK)))
