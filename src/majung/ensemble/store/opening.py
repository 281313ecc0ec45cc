"""How a store is found, made, and mended where its index is lost."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from majung.ensemble.store.blocks import Kept
from majung.ensemble.store.index import FILE, Foreign, Index
from majung.ensemble.store.sealing.manifest import MANIFEST, Manifest, hashed
from majung.ensemble.store.staging import PREFIX, locked, make, reason_of, storing, sweep
from majung.errors import InputError, Problem, StoreError
from majung.messages import Phrase
from majung.parameters.model import LocalText

__all__ = ["enter", "is_store", "json_of", "now", "opened", "title_of"]

_BESIDE: Final = ("", "-wal", "-shm", "-journal")


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
    if create:
        _make_writable(root)
    elif not is_store(root):
        raise StoreError("ensemble.store.none", path=root)
    path = root / FILE
    if not os.access(root, os.W_OK):
        try:
            return Index(root, write=False), ()
        except Foreign as reason:
            raise StoreError("ensemble.store.index_damaged", path=path, reason=reason) from reason
    with locked(root), storing(root):
        sweep(root)
        is_new, notices = not path.exists() or not path.stat().st_size, []
        try:
            index = Index(root, write=True)
        except Foreign:
            aside = _moved_aside(root)
            index, is_new = Index(root, write=True), True
            notices = [Phrase("ensemble.store.index_aside", path=path, aside=aside.name)]
        if is_new and (found := _entered(index, root)):
            notices.append(Phrase("ensemble.store.index_rebuilt", path=path, runs=found))
        return index, tuple(notices)


def is_store(root: Path) -> bool:
    """Whether a folder holds runs, or an index of them."""
    return (root / FILE).is_file() or next(_manifests(root), None) is not None


def enter(connection: sqlite3.Connection, run: Manifest, place: Path, root: Path, own: Kept) -> None:
    """Note, within a change, that a run is complete.

    Parameters
    ----------
    connection : sqlite3.Connection
    run : Manifest
    place, root : Path
        The folders of its results and of the store.
    own : Kept
        Hash and size of its manifest.
    """
    # A store may be moved as a whole.
    kept = place.relative_to(root).as_posix() if place.is_relative_to(root) else str(place)
    size = own.bytes + sum(file.bytes for file in run.files.values())
    connection.execute(
        "INSERT OR IGNORE INTO runs (run_id, kind, title, request, identity, created) VALUES (?, ?, ?, ?, ?, ?)",
        (run.run_id, run.kind, title_of(run.title), json_of(run.request), json_of(run.identity), run.created),
    )
    connection.execute(
        "UPDATE runs SET finished = ?, result_hash = ?, outputs = ?, output_bytes = ?, manifest = ? WHERE run_id = ?",
        (run.finished, run.result_hash, kept, size, own.sha256, run.run_id),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO needs SELECT number, ? FROM runs WHERE run_id = ?",
        [(digest, run.run_id) for digest in run.blocks],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO blocks (digest, sha256, bytes) VALUES (?, ?, ?)",
        [(digest, *kept) for digest, kept in run.blocks.items()],
    )


def now() -> str:
    """Return the time as it is kept: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def json_of(values: Mapping[str, Any]) -> str:
    """Return values as the index keeps them."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, allow_nan=False)


def title_of(title: LocalText) -> str:
    """Return a title as the index keeps it."""
    return json_of({"en": title.en, "ko": title.ko})


def _manifests(root: Path) -> Iterator[Path]:
    return (path for path in root.glob(f"*/{MANIFEST}") if not path.parent.name.startswith(PREFIX))


def _entered(index: Index, root: Path) -> int:
    """Put every complete run into a new index, by its manifest, in the old order; return how many there are."""
    runs = []
    for path in _manifests(root):
        # What is damaged is no run that could be told of.
        with suppress(StoreError):
            runs.append((Manifest.read(path), path.parent, hashed(path)))
    with index.change() as connection:
        for run, place, own in sorted(runs, key=lambda each: (each[0].number, each[0].run_id)):
            enter(connection, run, place, root, own)
    return len(runs)


def _moved_aside(root: Path) -> Path:
    number = 1
    while (aside := root / f"{FILE}.damaged-{number}").exists():
        number += 1
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            (root / f"{FILE}{ending}").rename(f"{aside}{ending}")
    return aside


def _make_writable(root: Path) -> None:
    try:
        make(root)
        if not os.access(root, os.W_OK):
            (root / f"{PREFIX}try").touch()
    except (FileExistsError, NotADirectoryError):
        raise InputError([Problem(key="ensemble.store.store_is_file", found=str(root))]) from None
    except OSError as reason:
        problem = Problem(key="ensemble.store.store_unwritable", found=str(root), values=reason_of(reason))
        raise InputError([problem]) from reason
