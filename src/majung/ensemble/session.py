"""The one door through which every ensemble is run: who works on it, what is kept of it, how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from majung.ensemble.reduce.block import Reducer
from majung.ensemble.store import RunRecord, Staging, Store, default_root, write
from majung.ensemble.work.blocks import BlockWork, Done, Job, Pool, Progress, Threads, results
from majung.ensemble.work.cluster import Cluster

if TYPE_CHECKING:
    import xarray as xr

    from majung.ensemble.design import Design
    from majung.ensemble.reduce.block import BlockResult
    from majung.ensemble.work.market import Market
    from majung.messages import Lang

__all__ = ["DATA", "Session"]

DATA: Final = "data.zarr"
"""The name of a result in the folder of its run."""


class Session(AbstractContextManager["Session"]):
    """Workers and, if wanted, a store, as a context.

    With a store, finished blocks are kept: what is begun again goes on where it stopped, whatever stopped it.

    Parameters
    ----------
    store : path, optional
        The store's folder. A cluster needs one: ``MAJUNG_STORE`` or ``majung-runs`` by default.
    threads : int, optional
        See `thread_count`.
    cluster : str, optional
        Instead of threads; see `Cluster`.
    progress : callable, optional
        Called in this thread with a `Progress` after each range of replications; counts all designs of the session.
    cancel : threading.Event, optional
        Stops a run when set.

    Attributes
    ----------
    store : Store or None
    so_far : Progress
        Of all designs of the session.

    Raises
    ------
    InputError, StoreError, ClusterError
        On entering, when there cannot be such a store, or there is no such cluster.
    """

    def __init__(
        self,
        store: str | Path | None = None,
        *,
        threads: int | None = None,
        cluster: str | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: Event | None = None,
    ) -> None:
        self.store: Store | None = None
        self.progress = progress
        self._root = default_root(None) if store is None and cluster is not None else store
        self._workers: Threads | Cluster = Threads(threads) if cluster is None else Cluster(cluster)
        self._pool: Pool = self._workers
        self._cancel = cancel
        self.so_far = Progress(0, 0)
        self._run_id = ""
        self._markets: set[str] = set()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            if self._root is not None:
                self.store = stack.enter_context(Store.open(Path(self._root), create=True))
            stack.enter_context(self._workers)
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    @property
    def workers(self) -> int:
        """Blocks that are worked on at a time."""
        return self._pool.size

    def begin(self, run: RunRecord, inputs: Mapping[str, Path] | Iterable[Path] = ()) -> None:
        """Note in the store, if there is one, what run the designs that follow are of.

        Parameters
        ----------
        run : RunRecord
        inputs : mapping of str to Path, or iterable of Path
            Files that it is made from; copies are kept, see `Store.begin`.
        """
        if self.store is not None:
            self._run_id = run.run_id
            self._open.enter_context(self.store.working(run.run_id))
            self.store.begin(run, [], inputs)

    def finish(self, result_hash: str, outputs: Path, files: Iterable[str], lang: Lang = "en") -> None:
        """Note in the store, if there is one, that the run's results were written.

        Parameters
        ----------
        result_hash : str
        outputs : Path
            Their folder.
        files : iterable of str
            What in the folder is of the run.
        lang : {"en", "ko"}
            Language of the description that is put beside them.
        """
        if self.store is not None:
            for market in self._markets:
                self.store.blocks.remove(market)
            self.store.finish(self._run_id, result_hash, outputs, files=files, lang=lang)

    def keep(self, dataset: xr.Dataset) -> None:
        """Write a result into the store, if there is one, unless the run has its results there already."""
        if self.store is None or self.store.run(self._run_id).complete:
            return
        outputs = self.store.root / self._run_id
        with Staging(self.store.root) as staging:
            write(dataset, staging.path / DATA)
            staging.publish(outputs)
        # Not before the staging folder is let go, which may have become the outputs' own.
        self.finish(dataset.attrs["result_hash"], outputs, [DATA])

    def ranges(self, design: Design, market: Market) -> Iterator[tuple[int, list[BlockResult]]]:
        """Run a design; yield the first replication of each range with the blocks of all strategies, in order.

        Raises
        ------
        Interrupted
            When the session's `cancel` was set. A KeyboardInterrupt passes through.
        """
        for _, first, blocks in self.ranges_of([(design, market)]):
            yield first, blocks

    def ranges_of(self, parts: Iterable[tuple[Design, Market]]) -> Iterator[tuple[Design, int, list[BlockResult]]]:
        """Run designs one after the other, as `ranges`, but without a pause between them; yield of which each range is.

        Parameters
        ----------
        parts : iterable of (Design, Market)
            Asked for one by one, as workers come free, so that the markets of many worlds need not be held at once.
        """
        finished: list[Done] = []
        for job, done in results(self._jobs(parts), self._pool, self._cancel):
            finished.append(done)
            if len(finished) < len(job.design.strategies):
                continue
            self._note(job, finished)
            yield job.design, job.task.key.first, [one.result for one in finished]
            finished = []

    def _jobs(self, parts: Iterable[tuple[Design, Market]]) -> Iterator[Job]:
        blocks = None if self.store is None else self.store.blocks
        for design, market in parts:
            work = BlockWork(market.simulate, Reducer.of(design.scenario), blocks, design.market_digest)
            if self.store is not None:
                self._markets.add(work.name)
                self.store.extend(self._run_id, [task.key.digest for task in design.tasks()])
            self.so_far = self._more(total=design.replications * len(design.strategies))
            for task in design.tasks():
                yield Job(design, work, task)

    def _note(self, job: Job, finished: Sequence[Done]) -> None:
        """Note a range of a design that is finished, and say so."""
        if self.store is not None:
            key = job.task.key
            design = job.design.part(key.first, key.first + key.count)
            digests = (task.key.digest for task in design.tasks())
            written = [(digest, done.kept) for digest, done in zip(digests, finished, strict=True) if done.kept]
            self.store.done_many(self._run_id, written)
        counts = [done.result.replications for done in finished]
        reused = sum(count for count, done in zip(counts, finished, strict=True) if done.reused)
        self.so_far = self._more(done=sum(counts), reused=reused, damaged=sum(done.damaged for done in finished))
        if self.progress is not None:
            self.progress(self.so_far)

    def _more(self, done: int = 0, total: int = 0, reused: int = 0, damaged: int = 0) -> Progress:
        so_far = self.so_far
        return Progress(so_far.done + done, so_far.total + total, so_far.reused + reused, so_far.damaged + damaged)
