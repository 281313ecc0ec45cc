"""What is kept of a block of replications of one strategy, and how it is reduced to that.

Reducing is a pure function of what the kernel gave, so that a block has the same bytes whatever thread, process or
machine it was made on. It is numpy on arrays of megabytes, which lets go of the GIL.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.evidence.takeoff import NEVER, simulated_takeoff
from majung.market.kernel import LANES, Block

if TYPE_CHECKING:
    import xarray as xr

    from majung.scenario import Scenario

__all__ = ["BlockResult", "Part", "Reducer", "Status", "founding_lines", "home_totals"]

Floats = NDArray[np.float64]

_PATH: Final = {array.name: row for row, array in enumerate(dims.PATH_ARRAYS)}
_ACCOUNT: Final = tuple(array.name for array in dims.ACCOUNT_ARRAYS)
_TAKEOFF: Final = ("takeoff_growth_at_zero", "takeoff_growth_halving", "takeoff_growth_floor")
_HASHED: Final = np.dtype("<f8")
LASTING: Final = 4
"""Quarters for which a line must lead to count as its technology's leader: a year; free."""


class Status(Enum):
    """What became of a replication; the value is the message."""

    DONE = "ensemble.status.done"
    NOT_FINITE = "ensemble.status.not_finite"

    @property
    def code(self) -> int:
        """The number that stands for it in an array."""
        return list(Status).index(self)


def _none() -> NDArray[Any]:
    return np.zeros(0)


class Part(NamedTuple):
    """A kernel's block as it was checked.

    ``block.firms`` are sums over the replications that are ``finite`` (n,) alone.
    """

    block: Block
    finite: NDArray[np.bool_]


@dataclass(frozen=True)
class BlockResult:
    """What is kept of n replications of one strategy.

    An array that is not kept has no elements. Of totals only those before `series` are kept; of outcomes those up to
    `leader_changes`, and `named`. P, B and F are the numbers of path, account and firm arrays, T of quarters and K of
    technologies.

    Parameters
    ----------
    outcomes : (n, outcome) ndarray
        In the order of `dims.OUTCOMES`; NaN where the replication failed.
    takeoff : (n, K) ndarray of int16
        Quarter of take-off; -1 for none.
    status : (n,) ndarray of int8
        Codes of `Status`.
    digests : (kernel block, 32) ndarray of uint8
        SHA-256 of the paths and accounts of each kernel block.
    series : (2, n, T) ndarray
        Private domestic sales and live ventures by quarter; NaN where the replication failed.
    leader : (n, K) ndarray of int32
        The domestic line that leads in the last quarter; -1 for none.
    leader_changes : (n, K) ndarray of int16
        Quarters in which another domestic line takes the lead.
    path_mean, path_m2 : (P, T, K) ndarray
        Mean, and sum of squared deviations from it, over the replications that did not fail; 0 where all did.
    account_mean, account_m2 : (B, T) ndarray
    firms : (F, firm) ndarray
        Sums over the replications that did not fail, without entry slots.
    named : (F, m, n) ndarray, optional
        Of outcomes: `firms` by replication, of those that awards name, or of all with the entry slots where there are
        none (see `majung.market.kernel.Block`); NaN where the replication failed.
    paths : (P, n, T, K) ndarray, optional
        NaN where the replication failed.
    accounts : (B, n, T) ndarray, optional
    """

    outcomes: Floats
    takeoff: NDArray[np.int16]
    status: NDArray[np.int8]
    digests: NDArray[np.uint8]
    series: Floats = field(default_factory=_none)
    leader: NDArray[np.int32] = field(default_factory=_none)
    leader_changes: NDArray[np.int16] = field(default_factory=_none)
    path_mean: Floats = field(default_factory=_none)
    path_m2: Floats = field(default_factory=_none)
    account_mean: Floats = field(default_factory=_none)
    account_m2: Floats = field(default_factory=_none)
    firms: Floats = field(default_factory=_none)
    named: Floats | None = None
    paths: Floats | None = None
    accounts: Floats | None = None

    @property
    def replications(self) -> int:
        """How many replications there are, failed ones too."""
        return self.status.size

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Which replications did not fail, (n,)."""
        return np.asarray(self.status == Status.DONE.code)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, without those that are not kept."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: values for name, values in found.items() if values is not None}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> BlockResult:
        """Return the block whose `arrays` these are."""
        return cls(**arrays)


@dataclass(frozen=True)
class Reducer:
    """Makes a `BlockResult` of what the kernel gave.

    Parameters
    ----------
    firms : int
        Firms of the scenario; entry slots come after them.
    founding_lines : int
        Lines of its small firms.
    potential, adopters_at_start : (K,) ndarray
        Potential adopters at home, and those there before the first quarter.
    growth : (K,) ndarray
        Growth of the market in the year before the start.
    takeoff_growth_at_zero, takeoff_growth_halving, takeoff_growth_floor : float
        See `majung.evidence.required_growth`.
    """

    firms: int
    founding_lines: int
    potential: Floats
    adopters_at_start: Floats
    growth: Floats
    takeoff_growth_at_zero: float
    takeoff_growth_halving: float
    takeoff_growth_floor: float

    @classmethod
    def of(cls, scenario: Scenario) -> Reducer:
        """Return the reducer of a scenario."""
        return cls(
            len(scenario.firms.id),
            int(founding_lines(scenario).sum()),
            home_totals(scenario, scenario.segments.potential),
            home_totals(scenario, scenario.segments.adopters),
            np.asarray(scenario.technologies.growth, dtype=np.float64),
            *(scenario.parameters.value(name) for name in _TAKEOFF),
        )

    @classmethod
    def of_dataset(cls, dataset: xr.Dataset) -> Reducer:
        """Return the reducer of the scenario that a result is of."""
        parameters = json.loads(dataset.attrs["parameters"])
        return cls(
            dataset.sizes["firm"],
            int(dataset["founding_lines_at_start"].sum()),
            np.asarray(dataset["home_potential"].values, dtype=np.float64),
            np.asarray(dataset["home_adopters_at_start"].values, dtype=np.float64),
            np.asarray(dataset["growth_before_start"].values, dtype=np.float64),
            *(parameters[name] for name in _TAKEOFF),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all of it as arrays by name."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Reducer:
        """Return the reducer whose `arrays` these are."""
        found: dict[str, Any] = {name: values.item() if values.ndim == 0 else values for name, values in arrays.items()}
        return cls(**found)

    @np.errstate(over="ignore", invalid="ignore")
    def __call__(self, parts: Sequence[Part], *, paths: bool = False) -> BlockResult:
        """Reduce the kernel's blocks of consecutive replications; `paths` keeps each replication's own.

        Every part but the last has as many replications as the kernel simulates side by side.
        """
        worlds = _Worlds.of(parts)
        path_mean, path_m2 = _moments(worlds.paths, worlds.finite)
        account_mean, account_m2 = _moments(worlds.accounts, worlds.finite)
        return replace(
            self._with_series(worlds),
            path_mean=path_mean,
            path_m2=path_m2,
            account_mean=account_mean,
            account_m2=account_m2,
            firms=np.sum([part.block.firms[:, : self.firms] for part in parts], axis=0),
            paths=worlds.paths if paths else None,
            accounts=worlds.accounts if paths else None,
        )

    @np.errstate(over="ignore", invalid="ignore")
    def outcomes(self, parts: Sequence[Part]) -> BlockResult:
        """Reduce blocks to each replication's outcomes, series and firms: for ensembles of many sets of awards."""
        worlds = _Worlds.of(parts)
        return replace(self._with_series(worlds), named=_named(parts, worlds.finite))

    @np.errstate(over="ignore", invalid="ignore")
    def totals(self, parts: Sequence[Part]) -> BlockResult:
        """Reduce blocks to what each replication came to, and nothing else: for ensembles of many worlds."""
        worlds = _Worlds.of(parts)
        return self._totals(worlds, _leaders(worlds)[1])

    def _with_series(self, worlds: _Worlds) -> BlockResult:
        leader, changes = _leaders(worlds)
        found = self._totals(worlds, changes)
        return replace(found, series=_series(worlds.paths), leader=leader, leader_changes=changes)

    def _totals(self, worlds: _Worlds, changes: NDArray[np.int16]) -> BlockResult:
        return BlockResult(
            outcomes=self._outcomes(worlds, changes),
            takeoff=self._takeoff(worlds),
            status=np.where(worlds.finite, Status.DONE.code, Status.NOT_FINITE.code).astype(np.int8),
            digests=_digests(worlds),
        )

    def _outcomes(self, worlds: _Worlds, changes: NDArray[np.int16]) -> Floats:
        """Return `dims.OUTCOMES` of each replication, (n, outcome)."""
        totals = worlds.paths.reshape(*worlds.paths.shape[:2], -1).sum(axis=2)
        paths = dict(zip(_PATH, totals, strict=True))
        at_end = {name: worlds.paths[_PATH[name], :, -1].sum(axis=1) for name in ("live_ventures", "founding_lines")}
        accounts = dict(zip(_ACCOUNT, worlds.accounts.sum(axis=2), strict=True))
        sales = paths["private_final_sales"] + paths["private_derived_sales"]
        columns = [paths[array.name] for array in dims.PATH_TOTALS]
        columns += [accounts[array.name] for array in dims.ACCOUNT_TOTALS]
        columns.append(sales)
        columns.append(accounts["budget"] - accounts["returned"])
        columns.append(at_end["live_ventures"])
        columns.append(np.where(np.isnan(sales), np.nan, changes.sum(axis=1)))
        columns.append(_share(paths["sme_sales"], sales))
        columns.append(1.0 - _share(paths["imports"], paths["home_sales"]))
        columns.append(_share(at_end["founding_lines"], np.full_like(sales, self.founding_lines)))
        return np.stack(columns, axis=1)

    def _takeoff(self, worlds: _Worlds) -> NDArray[np.int16]:
        quarters = simulated_takeoff(
            worlds.paths[_PATH["adopters"]].transpose(0, 2, 1),
            self.adopters_at_start,
            self.potential,
            self.growth,
            growth_at_zero=self.takeoff_growth_at_zero,
            growth_halving=self.takeoff_growth_halving,
            growth_floor=self.takeoff_growth_floor,
        )
        return np.where(worlds.finite[:, None], quarters, NEVER).astype(np.int16)


def home_totals(scenario: Scenario, values: NDArray[Any]) -> Floats:
    """Sum a column of segments over those at home, by technology; (S,) -> (K,)."""
    home = scenario.segments.region == dims.REGIONS.index("home")
    count = len(scenario.technologies.id)
    return np.bincount(scenario.segments.technology, weights=values * home, minlength=count).astype(np.float64)


def founding_lines(scenario: Scenario) -> NDArray[np.int64]:
    """Count the lines of small firms by technology, (K,)."""
    small = np.isin(scenario.firms.size_class, [dims.CLASSES.index(name) for name in dims.SMALL_CLASSES])
    technology = np.asarray(scenario.lines.technology, dtype=np.int64)[small[scenario.lines.firm]]
    return np.bincount(technology, minlength=len(scenario.technologies.id))


class _Worlds(NamedTuple):
    """What the kernel gave, by replication: which did not fail, (n,), (P, n, T, K) and (B, n, T)."""

    finite: NDArray[np.bool_]
    paths: Floats
    accounts: Floats

    @classmethod
    def of(cls, parts: Sequence[Part]) -> _Worlds:
        """Join parts; NaN where a replication failed."""
        finite = np.concatenate([part.finite for part in parts])
        paths = _together([part.block.paths.transpose(0, 3, 1, 2) for part in parts])
        accounts = _together([part.block.accounts.transpose(0, 2, 1) for part in parts])
        if not finite.all():
            paths[:, ~finite] = np.nan
            accounts[:, ~finite] = np.nan
        return cls(finite, paths, accounts)


def _series(by_path: Floats) -> Floats:
    """Return private domestic sales and live ventures by quarter, (2, n, T)."""
    sold = by_path[_PATH["private_final_sales"]] + by_path[_PATH["private_derived_sales"]]
    return np.stack([sold.sum(axis=2), by_path[_PATH["live_ventures"]].sum(axis=2)])


def _named(parts: Sequence[Part], finite: NDArray[np.bool_]) -> Floats | None:
    """Return the firms in question by replication; None where the market does not tell them."""
    told = [part.block.named for part in parts if part.block.named is not None]
    if len(told) < len(parts):
        return None
    return np.where(finite, np.concatenate(told, axis=2), np.nan)


def _together(parts: Sequence[Floats]) -> Floats:
    """Join along the second axis, always in the same layout in memory: it decides in what order sums are formed."""
    first = parts[0]
    joined = np.empty((first.shape[0], sum(part.shape[1] for part in parts), *first.shape[2:]))
    return np.concatenate(parts, axis=1, out=joined)


def _moments(values: Floats, finite: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return mean and sum of squared deviations over the finite replications; (A, n, ...) -> (A, ...) twice."""
    kept = values if finite.all() else values[:, finite]
    if not kept.shape[1]:
        nothing = np.zeros((values.shape[0], *values.shape[2:]))
        return nothing, nothing.copy()
    mean = kept.mean(axis=1)
    deviation = kept - mean[:, None]
    return mean, np.einsum("ij...,ij...->i...", deviation, deviation)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole != 0)


def _leaders(worlds: _Worlds) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """Return who leads at the end and how often another line comes to lead for good, (n, K) each.

    A line that leads counts once it has led for `LASTING` quarters running: two that are level do not take turns.
    """
    lines = np.where(worlds.finite[:, None, None], worlds.paths[_PATH["leader"]], -1.0).astype(np.int32)
    lasting = np.full_like(lines[:, 0], -1)
    running = np.zeros_like(lasting)
    changes = np.zeros(lasting.shape, dtype=np.int16)
    for quarter in range(lines.shape[1]):
        now = lines[:, quarter]
        running = np.where(now == lines[:, max(quarter - 1, 0)], running + 1, 1)
        settled = (running == LASTING) & (now >= 0) & (now != lasting)
        changes += settled & (lasting >= 0)
        lasting = np.where(settled, now, lasting)
    return np.ascontiguousarray(lines[:, -1]), changes


def _digests(worlds: _Worlds) -> NDArray[np.uint8]:
    found = []
    for first in range(0, worlds.finite.size, LANES):
        digest = hashlib.sha256()
        for values in (*worlds.paths, *worlds.accounts):
            digest.update(np.ascontiguousarray(values[first : first + LANES], dtype=_HASHED).data)
        found.append(np.frombuffer(digest.digest(), dtype=np.uint8))
    return np.stack(found)
