"""A result as a Zarr folder."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from majung.ensemble.store.staging import storing
from majung.errors import StoreError

__all__ = ["append", "read", "write"]

_CHUNKED: Final = "strategy"
"""A chunk is one strategy's, so that one can be read alone."""
_TURN: Final = threading.Lock()


def write(dataset: xr.Dataset, path: Path) -> None:
    """Write a result as a Zarr version 3 folder; groups that stand in it already stay.

    Raises
    ------
    StoreError
        When the disk is full or the folder cannot be written to.
    """
    encoding = {
        str(name): {"chunks": tuple(1 if d == _CHUNKED else n for d, n in variable.sizes.items())}
        for name, variable in dataset.data_vars.items()
        if variable.size
    }
    with storing(path), _own_metadata():
        dataset.to_zarr(path, mode="a", zarr_format=3, consolidated=True, encoding=encoding)


def append(dataset: xr.Dataset, path: Path, *, group: str, along: str, chunk: int) -> None:
    """Write a piece of a result into a group of its Zarr folder, after the pieces that were written before.

    Parameters
    ----------
    dataset : Dataset
    path : Path
        The result's folder.
    group : str
    along : str
        The dimension that grows. Every piece but the last has whole chunks.
    chunk : int
        Length of a chunk along it; other dimensions are not cut, but strategies are.

    Raises
    ------
    StoreError
        When the disk is full or the folder cannot be written to.
    """
    lengths = {_CHUNKED: 1, along: chunk}
    with storing(path), _own_metadata():
        if (path / group / "zarr.json").exists():
            dataset.to_zarr(path, group=group, append_dim=along, zarr_format=3, consolidated=False)
            return
        encoding = {
            str(name): {"chunks": tuple(lengths.get(str(d), n) for d, n in variable.sizes.items())}
            for name, variable in {**dataset.data_vars, along: dataset[along]}.items()
        }
        dataset.to_zarr(path, group=group, mode="w", zarr_format=3, consolidated=False, encoding=encoding)


@contextmanager
def _own_metadata() -> Iterator[None]:
    """Bear that metadata in one file is not in the Zarr specification yet; others read the files of each array."""
    # What warnings are shown is set for the whole process: two threads would undo each other's setting.
    with _TURN, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Consolidated metadata", category=UserWarning)
        yield


def read(path: Path) -> xr.Dataset:
    """Read a result into memory.

    Raises
    ------
    StoreError
        When there is none, or it cannot be read.
    """
    with storing(path):
        if not (path / "zarr.json").is_file():
            raise StoreError("ensemble.store.no_result", path=path)
        try:
            with xr.open_zarr(path, chunks=None) as dataset:
                loaded: xr.Dataset = dataset.load()
        except (KeyError, ValueError, RuntimeError) as reason:
            raise StoreError("ensemble.store.unreadable", path=path, reason=reason) from reason
    # Zarr gives text back in numpy's own string type; everywhere else it is objects.
    texts = {
        name: (c.dims, np.asarray(c.values, dtype=object), c.attrs)
        for name, c in loaded.coords.items()
        if c.dtype.kind == "T"
    }
    return loaded.assign_coords(texts)
