"""Headline outcomes of many replications, run on all cores."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from common.machine import cores
from common.worlds import Case
from majung.dims import ACCOUNT_ARRAYS, PATH_ARRAYS
from majung.market import kernel
from majung.market.kernel import LANES

__all__ = ["Outcome", "outcomes"]

Floats = NDArray[np.float64]
_PRIVATE = [n for n, array in enumerate(PATH_ARRAYS) if array.name in ("private_final_sales", "private_derived_sales")]
_BUDGET, _RETURNED = ([array.name for array in ACCOUNT_ARRAYS].index(name) for name in ("budget", "returned"))


class Outcome(NamedTuple):
    """Of one strategy, (replication,) each."""

    sales: Floats
    """Private domestic sales over the whole horizon."""
    spent: Floats
    """Public money."""


def outcomes(case: Case, replications: int, strategies: list[str], seed: int) -> dict[str, Outcome]:
    """Run strategies under the same luck; ``replications`` must be a multiple of the lanes."""
    tasks = [(name, first) for name in strategies for first in range(0, replications, LANES)]

    def run(task: tuple[str, int]) -> Floats:
        block = kernel.simulate(case.world, case.policies[task[0]], seed, task[1], LANES)
        spent = (block.accounts[_BUDGET] - block.accounts[_RETURNED]).sum(axis=0)
        return np.stack([block.paths[_PRIVATE].sum(axis=(0, 1, 2)), spent])

    with ThreadPoolExecutor(cores()) as pool:
        found = np.array(list(pool.map(run, tasks))).reshape(len(strategies), -1, 2, LANES)
    both = found.transpose(0, 2, 1, 3).reshape(len(strategies), 2, -1)
    return {name: Outcome(both[n, 0], both[n, 1]) for n, name in enumerate(strategies)}
