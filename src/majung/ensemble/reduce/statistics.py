"""What replications come to together, formed while they come in: as much memory for a thousand as for a million."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.ensemble.reduce.moments import CoMoments, Moments

if TYPE_CHECKING:
    from majung.ensemble.design import Design
    from majung.ensemble.reduce.block import BlockResult
    from majung.ensemble.work.market import Market

__all__ = ["SAMPLE", "Accumulator", "Tally"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SAMPLE: Final = 1024
"""Worlds kept whole, for quantiles: the first ones. Worlds are independent and alike, so they are a fair sample."""
_OUTCOME: Final = {array.name: column for column, array in enumerate(dims.OUTCOMES)}
_WHOLE: Final = len(dims.OUTCOMES) - len(dims.SHARES)
"""Outcomes that every world has; the shares come after them."""


class Tally:
    """Sums over the replications of S strategies in the same worlds.

    The result depends on the ranges that were added, to the last byte, and on nothing else; another cut into ranges
    changes no more than rounding.

    Parameters
    ----------
    lines : int
        Lines of the world, entry slots included.
    marginal_cost : float
        What a unit of public money costs society.
    baseline : int
        Row of the strategy that the others are held against.

    Attributes
    ----------
    replications : int
        Worlds that were added, failed ones too.
    complete : int
        Worlds that failed under no strategy.
    worlds : (S,) ndarray
        Worlds that did not fail, by strategy.
    outcomes, paths, accounts : Moments
        (S, outcome), (S, P, T, K) and (S, B, T), over each strategy's own worlds; a missing share does not count.
    differences : CoMoments
        Outcomes that every world has, less the baseline's in the same world.
    share_differences : Moments
        (S, share) the same for the shares.
    series_differences : Moments
        (S, 2, T) the same for sales and live ventures by quarter.
    best, regret : ndarray and Moments
        (S,) worlds in which a strategy's net gain is the largest, ties split; by how much it falls behind the best.
    takeoffs : (S, K, T) ndarray
        Worlds that take off in a quarter.
    leads, leader_changes : (S, line) and (S, K) ndarray
        Worlds in which a line leads at the end; changes of the leader in all worlds together.
    firms : (S, F, firm) ndarray
    """

    paths: Moments
    accounts: Moments
    outcomes: Moments
    differences: CoMoments
    share_differences: Moments
    series_differences: Moments
    regret: Moments
    worlds: Counts
    best: Floats
    takeoffs: Counts
    leads: Counts
    leader_changes: Counts
    firms: Floats

    def __init__(self, lines: int, marginal_cost: float, baseline: int = 0) -> None:
        self.replications = 0
        self.complete = 0
        self._lines = lines
        self._marginal_cost = marginal_cost
        self._baseline = baseline
        self._digests: list[Any] = []
        self._sample: list[tuple[Floats, Floats]] = []

    def add(self, first: int, blocks: Sequence[BlockResult]) -> None:
        """Add a range of replications under every strategy, in the order of their rows.

        Parameters
        ----------
        first : int
            The range's first replication: as many as were added before.
        blocks : sequence of BlockResult

        Raises
        ------
        ValueError
            When the range is not the next one.
        """
        if first != self.replications or len({block.replications for block in blocks}) != 1:
            raise ValueError(f"replications from {first} do not follow {self.replications} for every strategy alike")
        finite = np.stack([block.finite for block in blocks])
        outcomes = np.stack([block.outcomes for block in blocks])
        series = np.stack([block.series for block in blocks])
        self._add_levels(blocks, finite, outcomes)
        self._add_differences(outcomes, series)
        self._add_choice(outcomes[:, finite.all(axis=0)])
        self._add_counts(blocks, finite, quarters=series.shape[-1])
        if self.replications < SAMPLE:
            room = SAMPLE - self.replications
            self._sample.append((outcomes[:, :room].copy(), series[:, :, :room].copy()))
        if not self._digests:
            self._digests = [hashlib.sha256() for _ in blocks]
        for digest, block in zip(self._digests, blocks, strict=True):
            digest.update(np.ascontiguousarray(block.digests).data)
        self.replications += finite.shape[1]
        self.complete += int(finite.all(axis=0).sum())

    def sample(self) -> tuple[Floats, Floats]:
        """Return what the first worlds came to: (S, sample, outcome) and (S, 2, sample, T)."""
        outcomes, series = zip(*self._sample, strict=True)
        return np.concatenate(outcomes, axis=1), np.concatenate(series, axis=2)

    def strategy_digests(self) -> list[bytes]:
        """Return the SHA-256 of each strategy's replications and mean firms."""
        found = []
        for digest, firms in zip(self._digests, self.mean_firms(), strict=True):
            whole = digest.copy()
            whole.update(np.ascontiguousarray(firms, dtype="<f8").data)
            found.append(whole.digest())
        return found

    def mean_firms(self) -> Floats:
        """Return the means of the firm arrays, (S, F, firm); NaN where every replication failed."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.firms / self.worlds[:, None, None])

    def _add_levels(self, blocks: Sequence[BlockResult], finite: NDArray[np.bool_], outcomes: Floats) -> None:
        count = finite.sum(axis=1).astype(np.float64)
        paths = Moments(
            count[:, None, None, None],
            np.stack([block.path_mean for block in blocks]),
            np.stack([block.path_m2 for block in blocks]),
        )
        accounts = Moments(
            count[:, None, None],
            np.stack([block.account_mean for block in blocks]),
            np.stack([block.account_m2 for block in blocks]),
        )
        firms = np.stack([block.firms for block in blocks])
        levels = Moments.of(outcomes)
        if self.replications:
            paths, accounts, levels = self.paths + paths, self.accounts + accounts, self.outcomes + levels
            firms += self.firms
        self.paths, self.accounts, self.outcomes, self.firms = paths, accounts, levels, firms

    def _add_differences(self, outcomes: Floats, series: Floats) -> None:
        gaps = outcomes - outcomes[self._baseline]
        differences, shares = CoMoments.of(gaps[..., :_WHOLE]), Moments.of(gaps[..., _WHOLE:])
        by_quarter = Moments.of((series - series[self._baseline]).transpose(0, 2, 1, 3))
        if self.replications:
            differences, shares = self.differences + differences, self.share_differences + shares
            by_quarter = self.series_differences + by_quarter
        self.differences, self.share_differences, self.series_differences = differences, shares, by_quarter

    def _add_choice(self, outcomes: Floats) -> None:
        """Count who is best in the worlds that failed under no strategy, (S, n, outcome)."""
        sales, spent = outcomes[..., _OUTCOME["private_domestic_sales"]], outcomes[..., _OUTCOME["public_spent"]]
        base = self._baseline
        gains = (sales - sales[base]) - self._marginal_cost * (spent - spent[base])
        highest = gains.max(axis=0)
        leading = gains == highest
        best = (leading / leading.sum(axis=0)).sum(axis=1)
        regret = Moments.of(highest - gains)
        if self.replications:
            best, regret = self.best + best, self.regret + regret
        self.best, self.regret = best, regret

    def _add_counts(self, blocks: Sequence[BlockResult], finite: NDArray[np.bool_], *, quarters: int) -> None:
        technologies = blocks[0].takeoff.shape[1]
        takeoffs = np.stack([_counts(block.takeoff, quarters) for block in blocks])
        leads = np.stack([np.bincount(block.leader[block.leader >= 0], minlength=self._lines) for block in blocks])
        changes = np.stack([block.leader_changes.sum(axis=0, dtype=np.int64) for block in blocks])
        worlds = finite.sum(axis=1)
        takeoffs = takeoffs.reshape(len(blocks), technologies, quarters)
        if self.replications:
            takeoffs, leads = self.takeoffs + takeoffs, self.leads + leads
            changes, worlds = self.leader_changes + changes, self.worlds + worlds
        self.takeoffs, self.leads, self.leader_changes, self.worlds = takeoffs, leads, changes, worlds


class Accumulator:
    """A `Tally` of a design, which `majung.ensemble.results.collect` labels.

    Parameters
    ----------
    design : Design
        Its largest extent, where the number of replications is not decided yet.
    market : Market
    """

    def __init__(self, design: Design, market: Market) -> None:
        self.design = design
        self.market = market
        self.tally = Tally(len(market.lines), design.scenario.parameters.value("marginal_cost_of_public_funds"))

    @property
    def replications(self) -> int:
        """How many were added of each strategy."""
        return self.tally.replications

    def add(self, first: int, blocks: Sequence[BlockResult]) -> None:
        """Add a range of replications under every strategy; see `Tally.add`."""
        self.tally.add(first, blocks)


def _counts(takeoff: NDArray[np.int16], quarters: int) -> Counts:
    """Count by technology and quarter; (n, K) -> (K * T,)."""
    technologies = takeoff.shape[1]
    places = np.where(takeoff >= 0, takeoff + quarters * np.arange(technologies), -1)
    return np.bincount(places[places >= 0], minlength=technologies * quarters)
