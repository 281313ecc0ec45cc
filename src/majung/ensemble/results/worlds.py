"""Every replication's own paths, kept in memory: for looking at single worlds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from majung import dims
from majung.errors import InputError, Problem

if TYPE_CHECKING:
    from majung.ensemble.design import Design
    from majung.ensemble.reduce.block import BlockResult
    from majung.ensemble.work.market import Market

__all__ = ["Worlds"]

_MEMORY_SHARE: Final = 0.8


class Worlds:
    """All that the replications of a design came to; takes blocks as an `Accumulator` does.

    Parameters
    ----------
    design : Design
        Its largest extent, where the number of replications is not decided yet.
    market : Market

    Attributes
    ----------
    paths : (P, strategy, replication, T, K) ndarray
        In the order of `dims.PATH_ARRAYS`; NaN where a replication failed.
    accounts : (B, strategy, replication, T) ndarray
        In the order of `dims.ACCOUNT_ARRAYS`.
    firms : (F, strategy, firm) ndarray
        Sums over the replications that did not fail, in the order of `dims.FIRM_ARRAYS`; without entry slots.
    status : (strategy, replication) ndarray of int8
        Codes of `Status`.

    Raises
    ------
    InputError
        When they would not fit into memory.
    """

    def __init__(self, design: Design, market: Market) -> None:
        self.design = design
        self.market = market
        self.replications = 0
        scenario = design.scenario
        whole = (len(design.strategies), design.replications)
        paths = (len(dims.PATH_ARRAYS), *whole, scenario.quarters, len(scenario.technologies.id))
        accounts = (len(dims.ACCOUNT_ARRAYS), *whole, scenario.quarters)
        _check_memory(8 * (int(np.prod(paths)) + int(np.prod(accounts))))
        self._paths = np.empty(paths)
        self._accounts = np.empty(accounts)
        self._status = np.empty(whole, dtype=np.int8)
        self.firms = np.zeros((len(dims.FIRM_ARRAYS), whole[0], len(scenario.firms.id)))
        self.paths, self.accounts, self.status = self._paths[:, :, :0], self._accounts[:, :, :0], self._status[:, :0]

    def add(self, first: int, blocks: Sequence[BlockResult]) -> None:
        """Add a range of replications under every strategy, in the order of their rows.

        Raises
        ------
        ValueError
            When the range is not the next one, or the blocks hold no paths.
        """
        if first != self.replications or len({block.replications for block in blocks}) != 1:
            raise ValueError(f"replications from {first} do not follow {self.replications} for every strategy alike")
        last = first + blocks[0].replications
        for row, block in enumerate(blocks):
            if block.paths is None or block.accounts is None:
                raise ValueError("the blocks hold no paths")
            self._paths[:, row, first:last] = block.paths
            self._accounts[:, row, first:last] = block.accounts
            self._status[row, first:last] = block.status
            self.firms[:, row] += block.firms
        self.replications = last
        self.paths, self.accounts = self._paths[:, :, :last], self._accounts[:, :, :last]
        self.status = self._status[:, :last]


def _check_memory(needed: int) -> None:
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return
    if needed > _MEMORY_SHARE * physical:
        values = {"needed": f"{needed / 1e9:,.0f}", "physical": f"{physical / 1e9:,.0f}"}
        raise InputError([Problem(key="ensemble.memory", values=values)])
