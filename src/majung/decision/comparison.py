"""Run a comparison: all strategies under the same luck, as many replications as are asked for or needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from majung.decision.outcomes import widest_interval
from majung.ensemble import (
    LARGEST_BLOCK,
    Accumulator,
    BlockResult,
    Design,
    Market,
    Progress,
    Session,
    Worlds,
    collect,
    collect_worlds,
    design,
    lowered,
)
from majung.errors import InputError, Problem

if TYPE_CHECKING:
    import xarray as xr

    from majung.scenario import Scenario, Strategy

__all__ = ["FIRST_BATCH", "MAX_REPLICATIONS", "Sink", "compare", "planned", "simulated"]

FIRST_BATCH: Final = LARGEST_BLOCK
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
    paths: bool = True,
    store: str | Path | None = None,
    cluster: str | None = None,
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
    paths : bool
        Whether every replication's paths are returned, which need memory for each. Otherwise means, variances and
        quantiles are, and memory does not depend on the number of replications.
    store : path, optional
        A folder for finished blocks. What is in it is not simulated again: a comparison that was stopped goes on.
    cluster : str, optional
        Where to run instead of threads: see `majung.ensemble.Cluster`. The numbers do not depend on it. It
        needs a store: ``MAJUNG_STORE`` or ``majung-runs`` by default.
    progress : callable, optional
        Called with a `majung.ensemble.Progress` after each range of replications.
    cancel : threading.Event, optional
        Stops the comparison when set.
    market : Market, optional
        A stand-in for the compiled kernel, for tests.

    Returns
    -------
    xarray.Dataset
        strategy x replication x quarter x technology, or statistics over replications; see the reference of arrays.

    Raises
    ------
    InputError
        When what was asked for makes no sense.
    StoreError, ClusterError
        When the store or the cluster is in trouble; finished blocks are kept.
    Interrupted
        When `cancel` was set.
    """
    plan = planned(scenario, replications, strategies, seed, precision, max_replications, paths=paths)
    market = lowered(scenario, plan.strategies) if market is None else market
    with Session(store, threads=threads, cluster=cluster, progress=progress, cancel=cancel) as session:
        session.begin(plan.record("run", {}))
        worlds = Worlds(plan, market) if paths else None
        dataset = simulated(plan, session, precision=precision, market=market, into=[worlds] if worlds else [])
        session.keep(dataset)
    if worlds is None:
        return dataset
    return collect_worlds(worlds, **{name: value for name, value in dataset.attrs.items() if "precision" in name})


class Sink(Protocol):
    """What takes blocks beside the statistics."""

    def add(self, first: int, blocks: Sequence[BlockResult]) -> None:
        """Take the blocks of all strategies of a range of replications; ranges come in order."""


def simulated(
    plan: Design,
    session: Session,
    *,
    precision: float | None = None,
    market: Market | None = None,
    into: Sequence[Sink] = (),
) -> xr.Dataset:
    """Run a plan in a session that has begun.

    Parameters
    ----------
    plan : Design
        From `planned`, with the same `precision`.
    session : Session
    precision : float, optional
        See `compare`.
    market : Market, optional
        The plan's own, lowered, by default.
    into : sequence of Sink
        What takes each block, too.

    Returns
    -------
    xarray.Dataset
        Statistics over the replications.
    """
    accumulator = Accumulator(plan, lowered(plan.scenario, plan.strategies) if market is None else market)
    for part in _parts(plan, precision, accumulator):
        for first, blocks in session.ranges(part, accumulator.market):
            accumulator.add(first, blocks)
            for sink in into:
                sink.add(first, blocks)
    if precision is None:
        return collect(accumulator)
    return collect(accumulator, precision_asked=precision, precision_reached=widest_interval(accumulator))


def planned(
    scenario: Scenario,
    replications: int | None = None,
    strategies: str | Sequence[str | Strategy] | None = None,
    seed: int | None = None,
    precision: float | None = None,
    max_replications: int = MAX_REPLICATIONS,
    paths: bool = True,
) -> Design:
    """Check what `compare` is asked for, and return the design of its largest extent.

    Raises
    ------
    InputError
        When what was asked for makes no sense.
    """
    problems = []
    rule = ""
    if precision is not None:
        if not (np.isfinite(precision) and precision > 0):
            problems.append(Problem(key="decision.precision", found=f"{precision:g}"))
        if replications is not None:
            problems.append(Problem(key="decision.precision_or_replications"))
        replications, rule = max_replications, f"precision {precision!r}"
    try:
        plan = design(scenario, strategies, replications, seed)
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return replace(plan, detail="paths" if paths else "statistics", rule=rule)


def _parts(plan: Design, precision: float | None, accumulator: Accumulator) -> Iterator[Design]:
    """Yield the parts to run one after the other: everything, or batches until the widest interval is narrow."""
    if precision is None:
        yield plan
        return
    block = plan.block
    largest = plan.stop - plan.stop % block or plan.stop
    start, stop = 0, min(FIRST_BATCH, largest)
    while True:
        yield plan.part(start, stop)
        width = widest_interval(accumulator)
        if width <= precision or stop == largest:
            return
        # The width falls with the root of the number; a little more than that would need saves a last small batch.
        needed = stop * min(1.1 * (width / precision) ** 2, _LARGEST_GROWTH)
        start, stop = stop, min(largest, block * int(np.ceil(max(needed, stop + 1) / block)))
