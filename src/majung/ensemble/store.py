"""Results on disk. What is written stands beside its place until it is whole, and is then renamed into it."""

from __future__ import annotations

import errno
import os
import platform
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

import numpy as np
import xarray as xr

from majung.errors import InputError, Problem, StoreError

__all__ = ["Staging", "read", "storing", "write"]

_CHUNKED: Final = "strategy"
"""A chunk is one strategy's, so that one can be read alone."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_PARTIAL: Final = f".majung-partial-{platform.node()}-"
"""Begins the name of a folder in use; names the machine, as a lock may not be seen from another one."""


class Staging:
    """A folder beside the results' place, as a context; what is not published vanishes with it.

    The folder is locked while it is in use. One that nobody holds belonged to a run that was killed and is taken away.

    Parameters
    ----------
    root : Path
        The folder that results go to; made where it does not exist, and taken away again if nothing was published.

    Raises
    ------
    InputError
        When `root` is a file or cannot be written to.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._made: list[Path] = []
        self._path: Path | None = None
        self._lock: int | None = None

    @property
    def path(self) -> Path:
        """Where to write."""
        if self._path is None:
            raise RuntimeError("the staging folder is not open")
        return self._path

    def __enter__(self) -> Staging:
        try:
            self._made = _make(self._root)
            with _locked(self._root):
                _sweep(self._root)
                self._path = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=self._root))
                self._lock = _lock(self._path)
        except (FileExistsError, NotADirectoryError):
            raise InputError([Problem(key="ensemble.store.not_a_folder", found=str(self._root))]) from None
        except OSError as reason:
            self._forget()
            raise InputError(
                [Problem(key="ensemble.store.unwritable", found=str(self._root), values=_reason(reason))]
            ) from reason
        # mkdtemp keeps others out; results are as readable as any other file.
        self._path.chmod(self._root.stat().st_mode & 0o777)
        return self

    def publish(self, target: Path) -> None:
        """Rename all that was written into a folder; what stood there under the same names is replaced.

        Parameters
        ----------
        target : Path
            `root` or a folder in it.
        """
        with storing(target), _locked(self._root):
            if target != self._root and not target.exists():
                # All at once, so that not even a kill leaves a part of it.
                self.path.rename(target)
                self._made.clear()
                return
            replaced = self.path / ".replaced"
            replaced.mkdir()
            for item in sorted(self.path.iterdir()):
                if item == replaced:
                    continue
                place = target / item.name
                if place.exists() or place.is_symlink():
                    place.rename(replaced / item.name)
                item.rename(place)
            self._made.clear()

    def __exit__(self, *_: object) -> None:
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._forget()

    def _forget(self) -> None:
        for folder in reversed(self._made):
            try:
                folder.rmdir()
            except OSError:
                return


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


def _make(folder: Path) -> list[Path]:
    """Make a folder and its parents, and return those that were not there."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(folder)
    for path in reversed(missing):
        path.mkdir()
    return missing[::-1]


def _lock(folder: Path, *, wait: bool = False) -> int | None:
    """Lock a folder and return what holds the lock until it is closed; None where that cannot be had."""
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one run at a time change what stands in a folder, where the file system has locks."""
    lock = _lock(folder, wait=True)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _sweep(root: Path) -> None:
    """Take away the folders of runs that were killed."""
    for left in root.glob(f"{_PARTIAL}*"):
        with suppress(OSError):
            if (lock := _lock(left)) is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Say in majung's words what the file system refuses while results are written or read.

    Raises
    ------
    StoreError
        Instead of an OSError.
    """
    try:
        yield
    except OSError as reason:
        key = "ensemble.store.full" if reason.errno in _FULL else "ensemble.store.failed"
        raise StoreError(key, path=path, **_reason(reason)) from reason


def _reason(reason: OSError) -> dict[str, str]:
    return {"reason": reason.strerror or str(reason)}
