"""A store: a folder with blocks that prove themselves, an index of the runs that need them, and the runs' results."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from majung.ensemble.store.blocks import Blocks, Damaged, Kept
from majung.ensemble.store.index import Index
from majung.ensemble.store.opening import enter, json_of, now, opened, title_of
from majung.ensemble.store.records import RunInfo, RunRecord, Verification
from majung.ensemble.store.sealing.crate import INPUTS
from majung.ensemble.store.sealing.manifest import Manifest
from majung.ensemble.store.sealing.results import compared, sealed, taken_away
from majung.ensemble.store.staging import PREFIX, Staging, free, locked, storing, used
from majung.errors import InputError, Problem, nearest
from majung.messages import Lang, Phrase
from majung.parameters.model import LocalText

__all__ = ["RUN_ID", "Store", "default_root"]

_DEFAULT: Final = "majung-runs"
RUN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_TAKEN: Final = frozenset({"blocks", INPUTS})
_RUNS: Final = """
    SELECT run_id, kind, title, request, identity, created, finished, result_hash, outputs, output_bytes,
        (SELECT count(*) FROM needs WHERE needs.number = runs.number),
        (SELECT count(*) FROM needs JOIN blocks USING (digest) WHERE needs.number = runs.number),
        (SELECT coalesce(sum(bytes), 0) FROM needs JOIN blocks USING (digest) WHERE needs.number = runs.number)
    FROM runs
"""
_NEEDED: Final = """
    SELECT digest, sha256, bytes FROM needs JOIN runs USING (number) LEFT JOIN blocks USING (digest)
    WHERE run_id = ? ORDER BY digest
"""
_ALONE: Final = """
    SELECT digest FROM needs WHERE number = ?
    AND NOT EXISTS (SELECT 1 FROM needs AS other WHERE other.digest = needs.digest AND other.number != ?)
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

    def begin(
        self,
        run: RunRecord,
        blocks: Iterable[str],
        inputs: Mapping[str, Path] | Iterable[Path] = (),
        *,
        created: str | None = None,
    ) -> None:
        """Note that a run is under way, or goes on.

        Parameters
        ----------
        run : RunRecord
        blocks : iterable of str
            The digests of the blocks that it needs. Those that the store has already are counted as done.
        inputs : mapping of str to Path, or iterable of Path
            Files, or folders of files, that the run was made from; copies are kept under their own names, or under
            those that are given, such as ``claims/M1.toml``.
        created : str, optional
            When it first began, for a run that was made elsewhere: ISO 8601, UTC. Now by default.
        """
        if not RUN_ID.fullmatch(run.run_id) or run.run_id in _TAKEN:
            raise ValueError(f"{run.run_id!r} cannot be a run's id")
        digests = list(blocks)
        values = (run.kind, title_of(run.title), json_of(run.request), json_of(run.identity))
        # A run that is being removed goes first, as it takes blocks away that it thinks nobody needs.
        with locked(self.root), self._index.change() as connection:
            connection.execute(
                "INSERT INTO runs (run_id, kind, title, request, identity, created) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (run_id) DO UPDATE SET kind = ?, title = ?, request = ?, identity = ?",
                (run.run_id, *values, created or now(), *values),
            )
            self._need(connection, run.run_id, digests)
        self._adopt(digests)
        named = inputs if isinstance(inputs, Mapping) else {path.name: path for path in inputs}
        self._keep_inputs(run.run_id, named)

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

    def finish(
        self, run_id: str, result_hash: str, outputs: Path, *, files: Iterable[str] | None = None, lang: Lang = "en"
    ) -> None:
        """Note that a run's results were written, and write beside them what they consist of and come from.

        The inputs, the releases of all packages, an RO-Crate and a manifest with every hash are put into the folder.

        Parameters
        ----------
        run_id : str
        result_hash : str
        outputs : Path
            The results' folder, in the store or elsewhere.
        files : iterable of str, optional
            The names in the folder that belong to the run; all by default.
        lang : {"en", "ko"}
            The language of the RO-Crate.
        """
        place, inputs = outputs.absolute(), self.root / INPUTS / run_id
        info = self.run(run_id)
        with self._index.change() as connection:
            number = self._number(connection, run_id)
        rows = self._index.rows(_NEEDED, (run_id,))
        self._adopt(digest for digest, sha256, _ in rows if sha256 is None)
        blocks = {d: Kept(sha256, size) for d, sha256, size in self._index.rows(_NEEDED, (run_id,)) if sha256}
        # A clock may have been set back since the run began.
        manifest = Manifest(
            run_id=run_id, kind=info.kind, title=info.title, request=info.request, identity=info.identity,
            number=number, created=info.created, finished=max(info.created, now()), result_hash=result_hash,
            blocks=blocks, files={},
        )  # fmt: skip
        manifest, own = sealed(place, manifest, inputs, files, lang)
        self.accept(manifest, place, own)
        shutil.rmtree(inputs, ignore_errors=True)
        with suppress(OSError):
            inputs.parent.rmdir()

    def accept(self, run: Manifest, outputs: Path, own: Kept) -> None:
        """Note that a run is complete as it was made elsewhere; `own` is the hash and size of its manifest."""
        with self._index.change() as connection:
            enter(connection, run, outputs, self.root, own)

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
        under_way = self.root / INPUTS / info.run_id
        return under_way if under_way.is_dir() or info.outputs is None else info.outputs / INPUTS

    @contextmanager
    def working(self, run_id: str) -> Iterator[None]:
        """Say to other processes, for as long as the context lasts, that a run is being worked on.

        Several processes may work on one run; while any does, it cannot be removed.
        """
        with used(self._working(run_id)):
            yield

    def remove(self, run_id: str) -> int:
        """Take a run away: its results if they lie in the store, its inputs, and the blocks that no other run needs.

        Returns
        -------
        int
            The bytes that were freed.

        Raises
        ------
        InputError
            When there is no such run, or it is being worked on.
        """
        info = self.run(run_id)
        # Under the lock no run can begin, and so none can count on a block that is about to go.
        with locked(self.root), free(self._working(info.run_id)) as is_free:
            if not is_free:
                raise InputError([Problem(key="ensemble.store.in_use", found=info.run_id)])
            ((number,),) = self._index.rows("SELECT number FROM runs WHERE run_id = ?", (info.run_id,))
            freed = 0
            # The run goes last, so that a removal that was broken off can be asked for again.
            for folder in (info.outputs, self.root / INPUTS / info.run_id):
                if folder is not None and folder != self.root and folder.is_relative_to(self.root):
                    freed += taken_away(folder, self.root)
            alone = self._index.rows(_ALONE, (number, number))
            for (digest,) in alone:
                freed += self.blocks.remove(digest)
            with self._index.change() as connection:
                connection.executemany("DELETE FROM blocks WHERE digest = ?", alone)
                connection.execute("DELETE FROM runs WHERE number = ?", (number,))
        return freed

    def verify(self, run_id: str) -> Verification:
        """Read all of a run's blocks and results again and compare them with what was written."""
        info = self.run(run_id)
        rows = [row for row in self._index.rows(_NEEDED, (info.run_id,)) if info.complete or row[1]]
        bad: dict[str, list[str]] = {"missing": [], "damaged": [], "extra": []}
        for digest, sha256, _ in rows:
            name = self.blocks.path(digest).relative_to(self.root).as_posix()
            try:
                kept = self.blocks.check(digest)
            except Damaged:
                bad["damaged"].append(name)
                continue
            if kept is None:
                bad["missing"].append(name)
            elif sha256 and kept.sha256 != sha256:
                bad["damaged"].append(name)
        files = 0
        if info.complete and info.outputs is not None:
            ((own,),) = self._index.rows("SELECT manifest FROM runs WHERE run_id = ?", (info.run_id,))
            inside = info.outputs.is_relative_to(self.root)
            found = compared(info.outputs, own, shared=not inside)
            files = found.files
            before = info.outputs.relative_to(self.root).as_posix() if inside else str(info.outputs)
            for kind, names in bad.items():
                names += [f"{before}/{name}" for name in getattr(found, kind)]
        return Verification(
            run_id=info.run_id, blocks=len(rows), files=files, **{kind: tuple(names) for kind, names in bad.items()}
        )

    def _info(self, row: tuple[Any, ...]) -> RunInfo:
        run_id, kind, title, request, identity, created, finished, result_hash, outputs, size, total, done, held = row
        return RunInfo(
            run_id=run_id, kind=kind, title=LocalText(**json.loads(title)), request=json.loads(request),
            identity=json.loads(identity), created=created, bytes=size + held, blocks_done=done, blocks_total=total,
            complete=finished is not None, result_hash=result_hash,
            outputs=None if outputs is None else self.root / outputs,
        )  # fmt: skip

    def _working(self, run_id: str) -> Path:
        return self.root / f"{PREFIX}working-{run_id}"

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
        wanted = list(digests)
        # Of these alone: a store may hold a hundred thousand others.
        those = "SELECT digest FROM blocks WHERE digest IN (SELECT value FROM json_each(?))"
        known = {digest for (digest,) in self._index.rows(those, (json.dumps(wanted),))}
        found = []
        for digest in wanted:
            if digest not in known:
                with suppress(Damaged):
                    if (kept := self.blocks.check(digest)) is not None:
                        found.append((digest, *kept))
        if found:
            with self._index.change() as connection:
                connection.executemany("INSERT OR REPLACE INTO blocks (digest, sha256, bytes) VALUES (?, ?, ?)", found)

    def _keep_inputs(self, run_id: str, inputs: Mapping[str, Path]) -> None:
        place = self.root / INPUTS / run_id
        if not inputs or place.exists():
            return
        with Staging(self.root) as staging, storing(place):
            for name, path in inputs.items():
                copy = staging.path / name
                copy.parent.mkdir(parents=True, exist_ok=True)
                if path.is_dir():
                    shutil.copytree(path, copy)
                else:
                    shutil.copyfile(path, copy)
            place.parent.mkdir(exist_ok=True)
            staging.publish(place)

    def _sweep(self) -> None:
        """Take away what was left by processes that were killed."""
        self.blocks.sweep()
        for left in self.root.glob(f"{PREFIX}working-*"):
            with free(left):
                pass
