"""A store: a folder with blocks that prove themselves, an index of the runs that need them, and the runs' results."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from majung.ensemble.store.blocks import Blocks, Damaged, Kept
from majung.ensemble.store.index import Index
from majung.ensemble.store.opening import opened
from majung.ensemble.store.records import RunInfo, RunRecord
from majung.ensemble.store.staging import Staging, locked, storing
from majung.errors import InputError, Problem, nearest
from majung.messages import Phrase
from majung.parameters.model import LocalText

__all__ = ["Store", "default_root"]

_DEFAULT: Final = "majung-runs"
_RUN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_TAKEN: Final = frozenset({"blocks", "inputs"})
_RUNS: Final = """
    SELECT run_id, kind, title, request, identity, created, finished, result_hash, outputs, output_bytes,
        (SELECT count(*) FROM needs WHERE needs.number = runs.number),
        (SELECT count(*) FROM needs JOIN blocks USING (digest) WHERE needs.number = runs.number),
        (SELECT coalesce(sum(bytes), 0) FROM needs JOIN blocks USING (digest) WHERE needs.number = runs.number)
    FROM runs
"""


def default_root(asked: Path | None, environ: Mapping[str, str] | None = None) -> Path:
    """Return the store's folder: the one asked for, or else ``$MAJUNG_STORE``, or else ``majung-runs``."""
    environ = os.environ if environ is None else environ
    return asked or Path(environ.get("MAJUNG_STORE") or _DEFAULT)


class Store:
    """An open store, as a context. Made by `open`.

    Blocks are safe from several threads and processes at once; of the rest, threads take turns.

    Parameters
    ----------
    root : Path
    index : Index
    notices : tuple of Phrase
        What a person should know of how the store was found.
    """

    def __init__(self, root: Path, index: Index, notices: tuple[Phrase, ...] = ()) -> None:
        self.root, self.notices = root, notices
        self.blocks = Blocks(root)
        self._index = index

    @classmethod
    def open(cls, root: Path, *, create: bool) -> Store:
        """Open a store.

        Parameters
        ----------
        root : Path
            Its folder.
        create : bool
            Whether it is made where there is none. One that is only to be read may lie on a read-only disk.

        Raises
        ------
        InputError
            When a store is to be made or written to and cannot be.
        StoreError
            When there is none, or it is of a newer majung.
        """
        root = root.absolute()
        index, notices = opened(root, create=create)
        store = cls(root, index, notices)
        if index.writable:
            store._sweep()
        return store

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def load(self, digest: str) -> dict[str, NDArray[Any]] | None:
        """Return a block's arrays; None where there is none. Raises `Damaged`; see `Blocks.load`."""
        return self.blocks.load(digest)

    def save(self, digest: str, arrays: Mapping[str, NDArray[Any]]) -> Kept:
        """Write a block and return its hash and size; see `Blocks.save`."""
        return self.blocks.save(digest, arrays)

    def begin(self, run: RunRecord, blocks: Iterable[str], inputs: Iterable[Path] = ()) -> None:
        """Note that a run is under way, or goes on.

        Parameters
        ----------
        run : RunRecord
        blocks : iterable of str
            The digests of the blocks that it needs. Those that the store has already are counted as done.
        inputs : iterable of Path
            Files, or folders of files, that the run was made from; copies are kept.
        """
        if not _RUN_ID.fullmatch(run.run_id) or run.run_id in _TAKEN:
            raise ValueError(f"{run.run_id!r} cannot be a run's id")
        digests = list(blocks)
        title = json.dumps({"en": run.title.en, "ko": run.title.ko}, ensure_ascii=False)
        values = (run.kind, title, _json(run.request), _json(run.identity))
        # A run that is being removed goes first, as it takes blocks away that it thinks nobody needs.
        with locked(self.root), self._index.change() as connection:
            connection.execute(
                "INSERT INTO runs (run_id, kind, title, request, identity, created) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (run_id) DO UPDATE SET kind = ?, title = ?, request = ?, identity = ?",
                (run.run_id, *values, now(), *values),
            )
            self._need(connection, run.run_id, digests)
        self._adopt(digests)
        self._keep_inputs(run.run_id, list(inputs))

    def extend(self, run_id: str, blocks: Iterable[str]) -> None:
        """Note that a run needs more blocks than it thought."""
        digests = list(blocks)
        with locked(self.root), self._index.change() as connection:
            self._need(connection, run_id, digests)
        self._adopt(digests)

    def done(self, run_id: str, digest: str, sha256: str, bytes: int) -> None:
        """Note that a block is in the store."""
        self.done_many(run_id, [(digest, Kept(sha256, bytes))])

    def done_many(self, run_id: str, blocks: Iterable[tuple[str, Kept]]) -> None:
        """Note that blocks are in the store; one change for all of them."""
        rows = [(digest, kept.sha256, kept.bytes) for digest, kept in blocks]
        with self._index.change() as connection:
            self._number(connection, run_id)
            connection.executemany("INSERT OR REPLACE INTO blocks (digest, sha256, bytes) VALUES (?, ?, ?)", rows)

    def finish(self, run_id: str, result_hash: str, outputs: Path | None = None) -> None:
        """Note that a run is complete.

        Parameters
        ----------
        run_id : str
        result_hash : str
        outputs : Path, optional
            The folder of the results that were written, in the store or elsewhere.
        """
        kept, size = None, 0
        if outputs is not None:
            place = outputs.absolute()
            inside = place.is_relative_to(self.root)
            with storing(place):
                size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
            kept = place.relative_to(self.root).as_posix() if inside else str(place)
        with self._index.change() as connection:
            connection.execute(
                "UPDATE runs SET finished = ?, result_hash = ?, outputs = ?, output_bytes = ? WHERE number = ?",
                (now(), result_hash, kept, size, self._number(connection, run_id)),
            )

    def runs(self) -> list[RunInfo]:
        """Return the runs, the newest last."""
        return [self._info(row) for row in self._index.rows(f"{_RUNS} ORDER BY number")]

    def run(self, run_id: str) -> RunInfo:
        """Return one run.

        Parameters
        ----------
        run_id : str
            Its id, or the beginning of it where no other run's id begins so.

        Raises
        ------
        InputError
            When there is no such run, or more than one.
        """
        known = {run.run_id: run for run in self.runs()}
        if run_id in known:
            return known[run_id]
        found = [name for name in known if run_id and name.startswith(run_id)]
        if len(found) == 1:
            return known[found[0]]
        if found:
            problem = Problem(key="ensemble.store.several_runs", found=run_id, values={"runs": found})
        else:
            problem = Problem(
                key="ensemble.store.no_run", found=run_id, suggestion=nearest(run_id, known), values={"path": self.root}
            )
        raise InputError([problem])

    def inputs(self, run_id: str) -> Path:
        """Return the folder with the copies of what a run was made from."""
        info = self.run(run_id)
        under_way = self.root / "inputs" / info.run_id
        return under_way if under_way.is_dir() or info.outputs is None else info.outputs / "inputs"

    def _info(self, row: tuple[Any, ...]) -> RunInfo:
        run_id, kind, title, request, identity, created, finished, result_hash, outputs, size, total, done, held = row
        return RunInfo(
            run_id=run_id, kind=kind, title=LocalText(**json.loads(title)), request=json.loads(request),
            identity=json.loads(identity), created=created, bytes=size + held, blocks_done=done, blocks_total=total,
            complete=finished is not None, result_hash=result_hash,
            outputs=None if outputs is None else self.root / outputs,
        )  # fmt: skip

    def _number(self, connection: Any, run_id: str) -> int:
        row = connection.execute("SELECT number FROM runs WHERE run_id = ?", (run_id,)).fetchone()
        if row is None:
            raise InputError([Problem(key="ensemble.store.no_run", found=run_id, values={"path": self.root})])
        return int(row[0])

    def _need(self, connection: Any, run_id: str, digests: Iterable[str]) -> None:
        number = self._number(connection, run_id)
        before = connection.total_changes
        self._index.need(connection, number, digests)
        if connection.total_changes != before:
            connection.execute("UPDATE runs SET finished = NULL WHERE number = ?", (number,))

    def _adopt(self, digests: Iterable[str]) -> None:
        """Count blocks as done that are in the folder and not in the index: a run was killed, or the index lost."""
        known = {digest for (digest,) in self._index.rows("SELECT digest FROM blocks")}
        found = []
        for digest in digests:
            if digest not in known:
                with suppress(Damaged):
                    if (kept := self.blocks.check(digest)) is not None:
                        found.append((digest, *kept))
        if found:
            with self._index.change() as connection:
                connection.executemany("INSERT OR REPLACE INTO blocks (digest, sha256, bytes) VALUES (?, ?, ?)", found)

    def _keep_inputs(self, run_id: str, inputs: list[Path]) -> None:
        place = self.root / "inputs" / run_id
        if not inputs or place.exists():
            return
        with Staging(self.root) as staging, storing(place):
            for path in inputs:
                if path.is_dir():
                    shutil.copytree(path, staging.path / path.name)
                else:
                    shutil.copyfile(path, staging.path / path.name)
            place.parent.mkdir(exist_ok=True)
            staging.publish(place)

    def _sweep(self) -> None:
        """Take away what was left by processes that were killed."""
        self.blocks.sweep()


def now() -> str:
    """Return the time as it is kept: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, allow_nan=False)
