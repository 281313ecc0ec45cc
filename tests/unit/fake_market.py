"""A market without economics, so that ensembles and comparisons can be tested against numbers known beforehand."""

from __future__ import annotations

import functools
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from majung import dims
from majung.ensemble import Market
from majung.market.kernel import Block
from majung.scenario import Scenario, Strategy, load, skeleton

LINES = 30

Values = Callable[[str, str, int], float]


@functools.cache
def small_scenario() -> Scenario:
    """The scenario that `majung new` writes: 3 technologies, 12 firms, 24 quarters, 4 strategies and hands-off."""
    with tempfile.TemporaryDirectory() as folder:
        skeleton.write(Path(folder) / "small")
        return load(Path(folder) / "small")


def random_value(strategy: str, array: str, replication: int) -> float:
    """A number for each strategy, array and replication."""
    return 5 + 10 * zlib.crc32(f"{strategy}:{array}:{replication}".encode()) / 2**32


def market(
    strategies: Sequence[Strategy],
    values: Values = random_value,
    *,
    scenario: Scenario | None = None,
    broken: frozenset[tuple[str, int]] = frozenset(),
    delay: Callable[[int, int], float] = lambda strategy, first: 0.0,
) -> Market:
    """Return a market whose arrays hold one value each per replication, spread evenly over quarters and technologies.

    `broken` replications of a strategy come out as NaN and as infinity.
    """
    scenario = scenario or small_scenario()
    quarters, technologies = scenario.quarters, len(scenario.technologies.id)
    firms = len(scenario.firms.id) + 3

    def simulate(strategy: int, seed: int, first: int, count: int) -> Block:
        time.sleep(delay(strategy, first))
        name = strategies[strategy].id
        lanes = range(first, first + count)

        def row(array: str, parts: int) -> np.ndarray:
            return np.array([values(name, array, lane) / parts for lane in lanes])

        paths = np.zeros((len(dims.PATH_ARRAYS), quarters, technologies, count))
        accounts = np.zeros((len(dims.ACCOUNT_ARRAYS), quarters, count))
        per_firm = np.zeros((len(dims.FIRM_ARRAYS), firms))
        for index, array in enumerate(dims.PATH_ARRAYS):
            paths[index] = row(array.name, quarters * technologies)
        for index, array in enumerate(dims.ACCOUNT_ARRAYS):
            accounts[index] = row(array.name, quarters)
        for index, array in enumerate(dims.FIRM_ARRAYS):
            per_firm[index] = row(array.name, 1).sum()
        for lane in lanes:
            if (name, lane) in broken:
                paths[3, -1, 0, lane - first] = np.nan
                accounts[2, 0, lane - first] = np.inf
                per_firm[:] = np.nan
        return Block(paths, accounts, per_firm)

    return Market(simulate, tuple(f"line-{number}" for number in range(LINES)))
