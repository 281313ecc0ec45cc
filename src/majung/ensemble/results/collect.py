"""The result as labelled arrays that say where they come from: its statistics, or every world whole.

Nothing in it tells when, how fast or on what it was made: the same design gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xarray as xr

from majung import dims
from majung.ensemble.design import BASELINE, BLOCK
from majung.ensemble.reduce.block import Part, Reducer, Status
from majung.ensemble.reduce.statistics import Tally
from majung.ensemble.results.labels import (
    attributes_of,
    coordinates_of,
    identity_of,
    line_technology,
    meaning_of,
    status_attributes,
)
from majung.errors import MajungError
from majung.market.kernel import Block

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from majung.ensemble.reduce.statistics import Accumulator
    from majung.ensemble.results.worlds import Worlds

__all__ = ["STATISTICS", "as_statistics", "collect", "collect_worlds", "is_statistics", "result_hash"]

STATISTICS: Final = ("mean", "variance")
_NO_MEAN: Final = "leader"
"""The path array that counts rows, whose mean is of nothing."""


def collect(accumulator: Accumulator, **provenance: str | int | float) -> xr.Dataset:
    """Label the statistics of a design.

    Parameters
    ----------
    accumulator : Accumulator
    **provenance
        Further attributes of the dataset.

    Returns
    -------
    xarray.Dataset
        Means and sample variances of the arrays of `dims`, statistics of the outcomes and of their differences from
        the baseline in the same worlds, and the outcomes of the first worlds; labels as coordinates, and as attributes
        the run's identity, the parameters that weigh outcomes, and all that was given here.
    """
    design, tally = accumulator.design, accumulator.tally
    dataset = xr.Dataset(
        _statistics(tally, {"money": design.scenario.unit}), coordinates_of(design, accumulator.market) | _axes(tally)
    )
    failed = tally.replications * tally.worlds.size - int(tally.worlds.sum())
    attributes = identity_of(design, accumulator.market, tally.replications, failed)
    ids = [strategy.id for strategy in design.strategies]
    dataset.attrs = {
        **attributes,
        "complete": tally.complete,
        "result_hash": _total_hash(dict(zip(ids, tally.strategy_digests(), strict=True))),
        **provenance,
    }
    return dataset


def collect_worlds(worlds: Worlds, **provenance: str | int | float) -> xr.Dataset:
    """Label every replication's own paths.

    Returns
    -------
    xarray.Dataset
        The arrays of `dims` with their units and names, ``status`` of each replication, labels as coordinates, and the
        same attributes as `collect` gives.
    """
    design = worlds.design
    units = {"money": design.scenario.unit}
    axes = ("strategy", "replication")
    finished = (worlds.status == Status.DONE.code).sum(axis=1)
    with np.errstate(invalid="ignore"):
        firm_means = worlds.firms / finished[None, :, None]
    variables: dict[str, xr.Variable] = {}
    for arrays, found in ((dims.PATH_ARRAYS, worlds.paths), (dims.ACCOUNT_ARRAYS, worlds.accounts)):
        for array, values in zip(arrays, found, strict=True):
            variables[array.name] = xr.Variable((*axes, *array.dims), values, attributes_of(array, units))
    for array, values in zip(dims.FIRM_ARRAYS, firm_means, strict=True):
        variables[array.name] = xr.Variable(("strategy", *array.dims), values, attributes_of(array, units))
    variables["status"] = xr.Variable(axes, worlds.status, status_attributes())
    numbers = np.arange(worlds.status.shape[1], dtype=np.int64)
    labels = coordinates_of(design, worlds.market)
    labels["replication"] = xr.Variable(("replication",), numbers, meaning_of("replication"))
    dataset = xr.Dataset(variables, labels)
    failed = int((worlds.status != Status.DONE.code).sum())
    dataset.attrs = {
        **identity_of(design, worlds.market, worlds.status.shape[1], failed),
        "complete": int((worlds.status == Status.DONE.code).all(axis=0).sum()),
        "result_hash": result_hash(dataset),
        **provenance,
    }
    return dataset


def is_statistics(dataset: xr.Dataset) -> bool:
    """Whether a result is one of `collect`, and not every world whole."""
    return "replication" not in dataset.dims


def as_statistics(dataset: xr.Dataset) -> xr.Dataset:
    """Return the statistics of a result that holds every world whole; statistics as they are.

    Raises
    ------
    MajungError
        When the baseline is not among its strategies.
    """
    if is_statistics(dataset):
        return dataset
    ids = [str(strategy) for strategy in dataset["strategy"].values]
    baseline = str(dataset.attrs.get("baseline", BASELINE))
    if baseline not in ids:
        raise MajungError("ensemble.no_baseline", baseline=baseline, strategies=ids)
    cost = json.loads(dataset.attrs["parameters"])["marginal_cost_of_public_funds"]
    tally = Tally(dataset.sizes["line"], cost, ids.index(baseline))
    led = _add_worlds(tally, dataset)
    units = {"money": dataset.attrs["unit"]}
    kept = {str(name): c.variable for name, c in dataset.coords.items() if "replication" not in c.dims}
    if "line_technology" not in kept:
        names = [str(name) for name in dataset["technology"].values]
        of_line = np.array([names[row.argmax()] if row.any() else "" for row in led.T], dtype=object)
        kept["line_technology"] = line_technology(of_line)
    found = xr.Dataset(_statistics(tally, units), kept | _axes(tally))
    for array in dims.FIRM_ARRAYS:
        # Sums that were divided once are not multiplied again.
        found[array.name] = dataset[array.name].transpose("strategy", *array.dims)
    failed = tally.replications * len(ids) - int(tally.worlds.sum())
    found.attrs = {
        **dataset.attrs,
        "replications": tally.replications,
        "failed": failed,
        "complete": tally.complete,
    }
    return found


def result_hash(dataset: xr.Dataset) -> str:
    """Return the SHA-256 of the results, independent of threads, time and the order of strategies.

    The hash of a strategy is over the hashes of what the kernel simulates side by side, so that it can be formed while
    blocks come in, and then over the firms; strategies enter by the order of their ids.
    """
    if is_statistics(dataset):
        return str(dataset.attrs["result_hash"])
    by_replication = [
        dataset[array.name].transpose("strategy", "replication", *array.dims).values
        for array in (*dims.PATH_ARRAYS, *dims.ACCOUNT_ARRAYS)
    ]
    by_firm = [dataset[array.name].transpose("strategy", *array.dims).values for array in dims.FIRM_ARRAYS]
    by_strategy = {}
    for row, strategy in enumerate(dataset["strategy"].values):
        of_strategy = hashlib.sha256()
        for first in range(0, dataset.sizes["replication"], BLOCK):
            block = hashlib.sha256()
            for values in by_replication:
                block.update(_bytes(values[row, first : first + BLOCK]))
            of_strategy.update(block.digest())
        for values in by_firm:
            of_strategy.update(_bytes(values[row]))
        by_strategy[str(strategy)] = of_strategy.digest()
    return _total_hash(by_strategy)


def _add_worlds(tally: Tally, dataset: xr.Dataset) -> NDArray[np.int64]:
    """Reduce whole worlds block by block; return in how many each line leads each technology, (technology, line)."""
    reducer = Reducer.of_dataset(dataset)
    paths, accounts = (
        [dataset[array.name].transpose("strategy", *array.dims, "replication").values for array in arrays]
        for arrays in (dims.PATH_ARRAYS, dims.ACCOUNT_ARRAYS)
    )
    nothing = np.zeros((len(dims.FIRM_ARRAYS), reducer.firms))
    replications, size = dataset.sizes["replication"], int(dataset.attrs.get("block", BLOCK))
    led = np.zeros((dataset.sizes["technology"], dataset.sizes["line"]), dtype=np.int64)
    for start in range(0, replications, size):
        blocks = []
        for row in range(dataset.sizes["strategy"]):
            parts = []
            for first in range(start, min(start + size, replications), BLOCK):
                lanes = slice(first, min(first + BLOCK, start + size))
                block = Block(
                    np.stack([values[row, ..., lanes] for values in paths]),
                    np.stack([values[row, ..., lanes] for values in accounts]),
                    nothing,
                )
                finite = np.isfinite(block.paths).all(axis=(0, 1, 2)) & np.isfinite(block.accounts).all(axis=(0, 1))
                parts.append(Part(block, np.asarray(finite)))
            blocks.append(reducer(parts))
        for block_result in blocks:
            for k, leader in enumerate(block_result.leader.T):
                led[k] += np.bincount(leader[leader >= 0], minlength=led.shape[1])
        tally.add(start, blocks)
    return led


def _statistics(tally: Tally, units: Mapping[str, str]) -> dict[str, xr.Variable]:
    variables: dict[str, xr.Variable] = {}
    for arrays, moments in ((dims.PATH_ARRAYS, tally.paths), (dims.ACCOUNT_ARRAYS, tally.accounts)):
        means, variances = moments.means, moments.variances
        for row, array in enumerate(arrays):
            if array.name != _NO_MEAN:
                values = np.stack([means[:, row], variances[:, row]], axis=1)
                axes = ("strategy", "statistic", *array.dims)
                variables[array.name] = xr.Variable(axes, values, attributes_of(array, units))
    firms = tally.mean_firms()
    for row, array in enumerate(dims.FIRM_ARRAYS):
        variables[array.name] = xr.Variable(("strategy", *array.dims), firms[:, row], attributes_of(array, units))
    worlds = tally.worlds.astype(np.float64)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        best = tally.best / tally.complete if tally.complete else np.full(tally.best.shape, np.nan)
        takeoff = np.cumsum(tally.takeoffs, axis=2) / worlds[..., None]
        leads, changes = tally.leads / worlds, tally.leader_changes / worlds
    outcomes = np.stack([tally.outcomes.means, tally.outcomes.variances], axis=1)
    series = np.stack([tally.series_differences.means, tally.series_differences.variances], axis=1)
    sample_outcomes, sample_series = tally.sample()
    values_by_name: dict[str, NDArray[Any]] = {
        "worlds": tally.worlds,
        "pairs": tally.differences.count.astype(np.int64),
        "outcomes": outcomes,
        "difference": np.concatenate([tally.differences.means, tally.share_differences.means], axis=1),
        "difference_covariance": _covariance(tally),
        "sales_difference": series[:, :, 0],
        "live_ventures_difference": series[:, :, 1],
        "probability_best": best,
        "expected_regret": tally.regret.means,
        "takeoff": takeoff,
        "leads_at_end": leads,
        "leader_changes": changes,
        "sample_outcomes": sample_outcomes,
        "sample_sales": sample_series[:, 0],
        "sample_live_ventures": sample_series[:, 1],
    }
    for array in dims.STATISTICS:
        variables[array.name] = xr.Variable(
            ("strategy", *array.dims), values_by_name[array.name], attributes_of(array, units)
        )
    return variables


def _covariance(tally: Tally) -> NDArray[np.float64]:
    """Return the covariances of the differences; of the shares, which may be missing, only their own variances."""
    count, whole = len(dims.OUTCOMES), len(dims.OUTCOMES) - len(dims.SHARES)
    found = np.full((tally.worlds.size, count, count), np.nan)
    found[:, :whole, :whole] = tally.differences.covariances
    shares = np.arange(whole, count)
    found[:, shares, shares] = tally.share_differences.variances
    return found


def _axes(tally: Tally) -> dict[str, xr.Variable]:
    """Return the coordinates that statistics have beside those of every result."""
    names = np.array([array.name for array in dims.OUTCOMES], dtype=object)
    units = np.array([array.unit for array in dims.OUTCOMES], dtype=object)
    sample = np.arange(tally.sample()[0].shape[1], dtype=np.int64)
    return {
        "statistic": xr.Variable(("statistic",), np.array(STATISTICS, dtype=object), meaning_of("statistic")),
        "outcome": xr.Variable(("outcome",), names, meaning_of("outcome")),
        "other_outcome": xr.Variable(("other_outcome",), names, meaning_of("outcome")),
        "outcome_unit": xr.Variable(("outcome",), units, {"long_name": "unit of the outcome"}),
        "sample": xr.Variable(("sample",), sample, meaning_of("sample")),
    }


def _total_hash(by_strategy: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for strategy in sorted(by_strategy):
        total.update(strategy.encode() + by_strategy[strategy])
    return total.hexdigest()


def _bytes(values: np.ndarray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f8").tobytes()
