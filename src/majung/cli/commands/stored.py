"""What the commands on kept runs do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from majung.cli.commands.gathering import Gathering
from majung.cli.said.runs import size
from majung.cli.said.show import dumped
from majung.errors import StoreError
from majung.messages import Lang, text

if TYPE_CHECKING:
    from majung.ensemble.store import RunInfo, Store

__all__ = ["export", "import_", "remove", "runs", "verify"]


def runs(store: Path | None, lang: Lang, *, json: bool) -> None:
    """List what is kept, the newest last."""
    from majung.ensemble.store import default_root, is_store

    root = default_root(store)
    found: list[RunInfo] = []
    # Nobody has run anything yet: no error, unless a folder was asked for that is not there.
    if is_store(root) or (store is not None and not root.is_dir()):
        with _opened(root, lang) as opened:
            found = opened.runs()
    if json:
        print(dumped([run.as_json(lang) for run in found], sys.stdout.encoding))
    elif found:
        _show(found, lang)
    else:
        print(text("cli.runs.none", lang, path=root))


def remove(ids: Sequence[str], store: Path | None, lang: Lang) -> None:
    """Remove runs, and say what that freed; none where one of them is unknown."""
    with _root(store, lang) as opened:
        gathering = Gathering()
        found = [gathering.tried(partial(opened.run, run_id)) for run_id in ids]
        gathering.settle()
        for run_id in dict.fromkeys(run.run_id for run in found if run is not None):
            print(text("cli.rm.removed", lang, run_id=run_id, size=size(opened.remove(run_id))))


def verify(run_id: str, store: Path | None, lang: Lang, *, json: bool) -> None:
    """Read all of a run again and name what is not as it was written.

    Raises
    ------
    StoreError
        When something is missing or damaged.
    """
    with _root(store, lang) as opened:
        found = opened.verify(run_id)
    if json:
        print(dumped(found.as_json(), sys.stdout.encoding))
    else:
        for kind in ("missing", "damaged", "extra"):
            for name in getattr(found, kind):
                print(text(f"cli.verify.{kind}", lang, name=name))
        if found.sound:
            print(text("cli.verify.sound", lang, run_id=found.run_id, blocks=found.blocks, files=found.files))
    if not found.sound:
        raise StoreError(
            "cli.verify.unsound", run_id=found.run_id, missing=len(found.missing), damaged=len(found.damaged)
        )


def export(run_id: str, out: Path | None, store: Path | None, lang: Lang) -> None:
    """Write a run into one file."""
    from majung.ensemble.store import export as write

    with _root(store, lang) as opened:
        info = opened.run(run_id)
        file = out or Path(f"{info.run_id}.zip")
        write(opened, info.run_id, file)
    print(text("cli.export.written", lang, run_id=info.run_id, path=file, size=size(file.stat().st_size)))


def import_(file: Path, store: Path | None, lang: Lang) -> None:
    """Take a run in from a file that another store wrote."""
    from majung.ensemble.store import Store, default_root
    from majung.ensemble.store import import_ as take_in

    with Store.open(default_root(store), create=True) as opened:
        _say_notices(opened, lang)
        run_id = take_in(opened, file)
        place = opened.run(run_id).outputs
    print(text("cli.import.done", lang, run_id=run_id, path=place))


@contextmanager
def _root(store: Path | None, lang: Lang) -> Iterator[Store]:
    from majung.ensemble.store import default_root

    with _opened(default_root(store), lang) as opened:
        yield opened


@contextmanager
def _opened(root: Path, lang: Lang) -> Iterator[Store]:
    from majung.ensemble.store import Store

    with Store.open(root, create=False) as opened:
        _say_notices(opened, lang)
        yield opened


def _say_notices(store: Store, lang: Lang) -> None:
    for notice in store.notices:
        print(text("cli.warning", lang, warning=notice), file=sys.stderr)


def _show(found: Sequence[RunInfo], lang: Lang) -> None:
    from majung.cli.said.runs import runs_table
    from majung.cli.said.speaker import console

    console(to_stderr=False).print(runs_table(found, lang))
