"""The index of a store: one SQLite file that says which runs there are and which blocks each needs.

Nothing in it is without a copy elsewhere, but for the runs that are not complete: blocks prove themselves, and every
complete run has a manifest. A transaction never waits for anything but the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from majung.errors import StoreError

__all__ = ["FILE", "Foreign", "Index"]

FILE: Final = "index.sqlite"
_APPLICATION: Final = 0x6D616A75
"""Marks the file as ours: the letters ``maju``."""
_BUSY_MILLISECONDS: Final = 60_000
_READ_ONLY: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


def _first(connection: sqlite3.Connection) -> None:
    for statement in (
        """CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            run_id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            request TEXT NOT NULL,
            identity TEXT NOT NULL,
            created TEXT NOT NULL,
            finished TEXT,
            result_hash TEXT,
            outputs TEXT,
            output_bytes INTEGER NOT NULL DEFAULT 0,
            manifest TEXT
        )""",
        "CREATE TABLE blocks (digest TEXT PRIMARY KEY, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID",
        """CREATE TABLE needs (
            number INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
            digest TEXT NOT NULL,
            PRIMARY KEY (number, digest)
        ) WITHOUT ROWID""",
        "CREATE INDEX needs_by_digest ON needs (digest)",
    ):
        connection.execute(statement)


_MIGRATIONS: Final[Sequence[Callable[[sqlite3.Connection], None]]] = (_first,)
"""Each takes the index from its place in the list to the next; the version is how many were done."""


class Foreign(Exception):
    """The file is damaged, or not an index of majung's."""


class Index:
    """An open index; one connection, which threads share in turn.

    Parameters
    ----------
    root : Path
        The store's folder.
    write : bool
        Whether the index may be made and migrated; otherwise it is only read.

    Raises
    ------
    Foreign
        When the file is not an index.
    StoreError
        When it is of a newer majung, or cannot be opened.
    """

    def __init__(self, root: Path, *, write: bool) -> None:
        self._path = root / FILE
        self._turn = threading.RLock()
        self.writable = write
        with self._said(Foreign):
            self._connection = self._opened(write)

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Return what a query finds."""
        with self._turn, self._said():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Make several changes at once or, where anything goes wrong, none."""
        with self._turn, self._said():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def need(self, connection: sqlite3.Connection, number: int, digests: Iterable[str]) -> None:
        """Note, within a change, that a run needs blocks."""
        connection.executemany(
            "INSERT OR IGNORE INTO needs (number, digest) VALUES (?, ?)", [(number, digest) for digest in digests]
        )

    def _opened(self, write: bool) -> sqlite3.Connection:
        if not write:
            for way in ("mode=ro", "mode=ro&immutable=1"):
                connection = self._connect(way)
                try:
                    self._inspect(connection)
                except sqlite3.OperationalError as reason:
                    # A journal of the new kind wants to write beside the file even to read it.
                    connection.close()
                    if way == "mode=ro" and _code(reason) in _READ_ONLY:
                        continue
                    raise
                except BaseException:
                    connection.close()
                    raise
                return connection
        connection = self._connect("mode=rwc")
        try:
            version = self._inspect(connection)
            # Where there is no shared memory the answer is another mode or an error, and the old journal does.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL").fetchone()
            # A lost index can be made again, so it need not wait for the disk.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            if version < len(_MIGRATIONS):
                self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self, way: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self._path.absolute().as_uri()}?{way}",
            uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_MILLISECONDS / 1000,
        )  # fmt: skip

    def _inspect(self, connection: sqlite3.Connection) -> int:
        """Return the version, having seen that the file is whole and ours."""
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != _APPLICATION and (tables or version):
            raise Foreign("not of majung")
        if version > len(_MIGRATIONS):
            raise StoreError("ensemble.store.newer", path=self._path, found=version, known=len(_MIGRATIONS))
        if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise Foreign(found)
        return int(version)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been quicker.
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            for migration in _MIGRATIONS[version:]:
                migration(connection)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    @contextmanager
    def _said(self, damaged: type[Exception] | None = None) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as reason:
            code = _code(reason)
            if damaged and code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                raise damaged(str(reason)) from reason
            key = "ensemble.store.full_block" if code == sqlite3.SQLITE_FULL else "ensemble.store.failed"
            raise StoreError(key, path=self._path, reason=reason) from reason


def _code(reason: sqlite3.Error) -> int | None:
    """Return the primary result code; the extended ones carry it in their lowest byte."""
    code = getattr(reason, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF
