"""What a kernel might have given: random arrays, whole and as the blocks that they are reduced to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from majung import dims
from majung.ensemble.reduce.block import BlockResult, Part, Reducer
from majung.ensemble.reduce.statistics import Tally
from majung.market.kernel import LANES, Block

QUARTERS, TECHNOLOGIES, FIRMS, SLOTS, LINES, FOUNDERS = 13, 3, 5, 2, 9, 4
COST = 1.25
PATH = {array.name: row for row, array in enumerate(dims.PATH_ARRAYS)}
ACCOUNT = {array.name: row for row, array in enumerate(dims.ACCOUNT_ARRAYS)}


@dataclass(frozen=True)
class Raw:
    """All of some worlds: ``finite`` (S, n), the arrays (S, A, n, ...)."""

    paths: np.ndarray
    accounts: np.ndarray
    firms: np.ndarray
    finite: np.ndarray

    @property
    def replications(self) -> int:
        return self.finite.shape[1]

    def total(self, name: str) -> np.ndarray:
        """The sum of an array over quarters and technologies, (S, n); NaN where the world failed."""
        found = self.paths[:, PATH[name]].sum(axis=(2, 3)) if name in PATH else self.accounts[:, ACCOUNT[name]].sum(2)
        return np.where(self.finite, found, np.nan)


def raw(strategies: int, replications: int, broken: Sequence[tuple[int, int]] = (), seed: int = 3) -> Raw:
    """Make worlds of which some failed under some strategy; the first strategy spends nothing."""
    rng = np.random.default_rng(seed)
    luck = rng.gamma(2, 100, (1, 1, replications, QUARTERS, TECHNOLOGIES))
    paths = luck * np.exp(
        rng.normal(0, 0.2, (strategies, len(PATH), replications, QUARTERS, TECHNOLOGIES))
        + 0.1 * np.arange(strategies)[:, None, None, None, None]
    )
    accounts = rng.gamma(2, 100, (strategies, len(ACCOUNT), replications, QUARTERS))
    accounts[0, [ACCOUNT["budget"], ACCOUNT["returned"]]] = 0.0
    leader = rng.integers(-1, LINES // TECHNOLOGIES, (strategies, replications, QUARTERS, TECHNOLOGIES))
    stays = np.random.default_rng(seed + 1).random(leader.shape) < 0.7
    for quarter in range(1, QUARTERS):
        leader[:, :, quarter] = np.where(stays[:, :, quarter], leader[:, :, quarter - 1], leader[:, :, quarter])
    paths[:, PATH["leader"]] = np.where(leader < 0, -1, leader + LINES // TECHNOLOGIES * np.arange(TECHNOLOGIES))
    paths[:, PATH["adopters"]] = 50 + np.cumsum(paths[:, PATH["adopters"]], axis=2)
    firms = rng.gamma(2, 1, (strategies, len(dims.FIRM_ARRAYS), replications, FIRMS + SLOTS))
    finite = np.ones((strategies, replications), dtype=bool)
    for strategy, replication in broken:
        finite[strategy, replication] = False
        paths[strategy, 2, replication, 1] = np.inf
        accounts[strategy, 0, replication] = np.nan
    return Raw(paths, accounts, firms, finite)


def reducer() -> Reducer:
    share = np.arange(1.0, TECHNOLOGIES + 1)
    return Reducer(FIRMS, FOUNDERS, 40_000 * share, np.full(TECHNOLOGIES, 50.0), 0.1 * share, 4.0, 0.05, 0.1)


def parts(worlds: Raw, row: int, first: int, last: int) -> list[Part]:
    """Cut replications of a strategy as the kernel does."""
    found = []
    for start in range(first, last, LANES):
        lanes = slice(start, min(start + LANES, last))
        finite = worlds.finite[row, lanes]
        block = Block(
            worlds.paths[row][:, lanes].transpose(0, 2, 3, 1).copy(),
            worlds.accounts[row][:, lanes].transpose(0, 2, 1).copy(),
            worlds.firms[row][:, lanes][:, finite].sum(axis=1),
        )
        found.append(Part(block, finite))
    return found


def blocks(worlds: Raw, first: int, last: int, *, paths: bool = False) -> list[BlockResult]:
    """Reduce replications, the blocks of all strategies in their order."""
    return [reducer()(parts(worlds, row, first, last), paths=paths) for row in range(len(worlds.finite))]


def tallied(worlds: Raw, bounds: Sequence[int]) -> Tally:
    """Add ranges of replications, from each bound to the next."""
    tally = Tally(LINES, COST)
    for first, last in pairwise(bounds):
        tally.add(first, blocks(worlds, first, last))
    return tally
