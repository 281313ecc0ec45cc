"""How a store is found, made, and mended where its index is lost."""

from __future__ import annotations

import os
from pathlib import Path

from majung.ensemble.store.index import FILE, Foreign, Index
from majung.ensemble.store.staging import locked, make, reason_of, sweep
from majung.errors import InputError, Problem, StoreError
from majung.messages import Phrase

__all__ = ["opened"]


def opened(root: Path, *, create: bool) -> tuple[Index, tuple[Phrase, ...]]:
    """Open the index of a store, and say what a person should know of it.

    Parameters
    ----------
    root : Path
        The store's folder.
    create : bool
        Whether the store is made where there is none.

    Raises
    ------
    InputError, StoreError
        As `Store.open` does.
    """
    if not create and not root.is_dir():
        raise StoreError("ensemble.store.none", path=root)
    if create:
        _made(root)
    write = os.access(root, os.W_OK)
    if not write and not (root / FILE).is_file():
        raise StoreError("ensemble.store.none", path=root)
    if not write:
        try:
            return Index(root, write=False), ()
        except Foreign as reason:
            raise StoreError("ensemble.store.index_damaged", path=root / FILE, reason=reason) from reason
    with locked(root):
        sweep(root)
        try:
            return Index(root, write=True), ()
        except Foreign as reason:
            raise StoreError("ensemble.store.index_damaged", path=root / FILE, reason=reason) from reason


def _made(root: Path) -> None:
    try:
        make(root)
        if not os.access(root, os.W_OK):
            raise PermissionError(None, "read-only")
    except (FileExistsError, NotADirectoryError):
        raise InputError([Problem(key="ensemble.store.store_is_file", found=str(root))]) from None
    except OSError as reason:
        problem = Problem(key="ensemble.store.store_unwritable", found=str(root), values=reason_of(reason))
        raise InputError([problem]) from reason
