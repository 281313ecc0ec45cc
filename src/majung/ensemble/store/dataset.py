"""A result as a Zarr folder."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr

from majung.ensemble.store.staging import storing
from majung.errors import StoreError

__all__ = ["read", "write"]

_CHUNKED: Final = "strategy"
"""A chunk is one strategy's, so that one can be read alone."""


def write(dataset: xr.Dataset, path: Path) -> None:
    """Write a result as a Zarr version 3 folder.

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
    with storing(path), warnings.catch_warnings():
        # Metadata in one file is not in the Zarr specification yet; readers that do not know it read the single ones.
        warnings.filterwarnings("ignore", message="Consolidated metadata", category=UserWarning)
        dataset.to_zarr(path, mode="w", zarr_format=3, consolidated=True, encoding=encoding)


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
