"""What is written for a complete run: sealed with a manifest, compared with it again, and taken away."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from majung.ensemble.store.blocks import Kept
from majung.ensemble.store.sealing.crate import CRATE, INPUTS, REQUIREMENTS, crate, requirements
from majung.ensemble.store.sealing.manifest import MANIFEST, Manifest, described, hashed
from majung.ensemble.store.staging import PARTIAL, Staging, storing
from majung.errors import StoreError
from majung.messages import Lang

__all__ = ["Compared", "compared", "sealed", "taken_away"]


class Compared(NamedTuple):
    """How a folder differs from its manifest; paths from the folder."""

    files: int
    missing: list[str]
    damaged: list[str]
    extra: list[str]


def sealed(place: Path, run: Manifest, inputs: Path, files: Iterable[str] | None, lang: Lang) -> tuple[Manifest, Kept]:
    """Write beside results what they consist of and come from.

    Parameters
    ----------
    place : Path
        The results' folder.
    run : Manifest
        Without its files.
    inputs : Path
        A folder with copies of the inputs; where it is missing, those from an earlier time are kept.
    files : iterable of str, optional
        The names in `place` that belong to the run; all by default.
    lang : {"en", "ko"}
        The language of the RO-Crate.

    Returns
    -------
    Manifest, Kept
        With its files; and the hash and size of its own.
    """
    written = [CRATE, MANIFEST, REQUIREMENTS, *([INPUTS] if inputs.is_dir() else [])]
    with Staging(place) as staging, storing(place):
        names = [path.name for path in place.iterdir()] if files is None else [*files, INPUTS]
        results = described(place, [name for name in names if name not in written and (place / name).exists()])
        if inputs.is_dir():
            shutil.copytree(inputs, staging.path / INPUTS)
        (staging.path / REQUIREMENTS).write_text(requirements(), encoding="utf-8")
        run = replace(run, files=results | described(staging.path))
        (staging.path / CRATE).write_text(crate(run, lang), encoding="utf-8")
        run = replace(run, files=results | described(staging.path))
        (staging.path / MANIFEST).write_text(run.text(), encoding="utf-8")
        own = hashed(staging.path / MANIFEST)
        staging.publish(place)
    return run, own


def compared(folder: Path, own: str | None, *, shared: bool) -> Compared:
    """Read a complete run's files again.

    Parameters
    ----------
    folder : Path
    own : str, optional
        The SHA-256 of its manifest, where it is known.
    shared : bool
        Whether the folder may hold what is not of the run; that is not looked at then.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return Compared(1, [MANIFEST], [], [])
    try:
        run = Manifest.read(path)
    except StoreError:
        return Compared(1, [], [MANIFEST], [])
    names = [*run.files, MANIFEST]
    found = described(folder, [name for name in names if (folder / name).is_file()] if shared else None)
    damaged = [name for name, kept in run.files.items() if name in found and found[name] != kept]
    if own is not None and found[MANIFEST].sha256 != own:
        damaged.insert(0, MANIFEST)
    missing = [name for name in run.files if name not in found]
    extra = [name for name in found if name not in run.files and name != MANIFEST]
    return Compared(len(run.files) + 1, missing, damaged, extra)


def taken_away(folder: Path, root: Path) -> int:
    """Remove a folder of the store at once, even if killed meanwhile, and return the bytes that it took."""
    if not folder.is_dir():
        return 0
    with storing(folder):
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        beside = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=root))
        os.rename(folder, beside / folder.name)
        shutil.rmtree(beside)
    return size
