"""What every world came to, written while a run goes on, so that memory does not grow with the replications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from majung import dims
from majung.ensemble.results.labels import attributes_of, meaning_of, status_attributes
from majung.ensemble.store import append

if TYPE_CHECKING:
    from majung.ensemble.design import Design
    from majung.ensemble.reduce.block import BlockResult

__all__ = ["WORLDS", "WorldsOnDisk"]

WORLDS: Final = "replications"
"""The Zarr group beside the statistics."""
_CHUNK: Final = 256
"""Replications of a chunk; so many are held until they are written."""
_AXES: Final = ("strategy", "replication")


class WorldsOnDisk:
    """A Zarr group ``replications`` in a result's folder; takes blocks as an `Accumulator` does.

    It holds ``outcomes`` (strategy, replication, outcome) and ``status`` (strategy, replication), and every
    replication's paths and accounts where the design keeps them.

    Parameters
    ----------
    path : Path
        The result's folder.
    design : Design
        Its largest extent, where the number of replications is not decided yet.
    """

    def __init__(self, path: Path, design: Design) -> None:
        self._path = path
        self._design = design
        self._held: list[Sequence[BlockResult]] = []
        self._written = 0

    def add(self, first: int, blocks: Sequence[BlockResult]) -> None:
        """Add a range of replications under every strategy, in the order of their rows; they follow each other."""
        self._held.append(blocks)
        if first + blocks[0].replications - self._written >= _CHUNK:
            self._write()

    def close(self) -> None:
        """Write what is held yet.

        Raises
        ------
        StoreError
            When the disk is full or the folder cannot be written to.
        """
        if self._held:
            self._write()

    def _write(self) -> None:
        outcomes = xr.Variable((*_AXES, "outcome"), self._joined("outcomes"), {"long_name": "what a world came to"})
        variables = {"outcomes": outcomes, "status": xr.Variable(_AXES, self._joined("status"), status_attributes())}
        if self._design.detail == "paths":
            units = {"money": self._design.scenario.unit}
            for arrays, field in ((dims.PATH_ARRAYS, "paths"), (dims.ACCOUNT_ARRAYS, "accounts")):
                values = self._joined(field)
                for row, array in enumerate(arrays):
                    axes = (*_AXES, *array.dims)
                    variables[array.name] = xr.Variable(axes, values[:, :, row], attributes_of(array, units))
        stop = self._written + variables["status"].sizes["replication"]
        numbers = np.arange(self._written, stop, dtype=np.int64)
        coordinates = {"replication": xr.Variable(("replication",), numbers, meaning_of("replication"))}
        if not self._written:
            coordinates |= self._labels()
        append(xr.Dataset(variables, coordinates), self._path, group=WORLDS, along="replication", chunk=_CHUNK)
        self._written = stop
        self._held.clear()

    def _joined(self, field: str) -> NDArray[Any]:
        """Return what is held of a field of `BlockResult`, replications before all other axes: (strategy, n, ...)."""
        by_range = []
        for blocks in self._held:
            values = np.stack([getattr(block, field) for block in blocks])
            by_range.append(values.swapaxes(1, 2) if field in ("paths", "accounts") else values)
        return np.concatenate(by_range, axis=1)

    def _labels(self) -> dict[str, xr.Variable]:
        scenario = self._design.scenario
        labels: dict[str, Iterable[Any]] = {
            "strategy": [strategy.id for strategy in self._design.strategies],
            "outcome": [array.name for array in dims.OUTCOMES],
        }
        if self._design.detail == "paths":
            labels |= {"quarter": scenario.quarter_labels, "technology": scenario.technologies.id}
        return {
            name: xr.Variable((name,), np.array(list(values), dtype=object), meaning_of(name))
            for name, values in labels.items()
        }
