"""A complete run as one zip file: its results and its blocks, all named by its manifest with their hashes."""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from majung.ensemble.store.blocks import Damaged, Kept, proven
from majung.ensemble.store.records import RunRecord
from majung.ensemble.store.sealing.manifest import LARGEST, MANIFEST, Manifest, hashed
from majung.ensemble.store.staging import Staging, beside, storing
from majung.ensemble.store.store import RUN_ID, Store
from majung.errors import InputError, Problem, StoreError

__all__ = ["export", "import_"]

_BLOCKS: Final = "blocks"
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_MODE: Final = (stat.S_IFREG | 0o644) << 16
_CHUNK: Final = 1 << 20
_HOW: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 1
_MANIFEST: Final = re.compile(rf"({RUN_ID.pattern})/{re.escape(MANIFEST)}")
_CANNOT_BE_READ: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def export(store: Store, run_id: str, file: Path) -> None:
    """Write a complete run and its blocks into a zip file; the same run gives the same file.

    Parameters
    ----------
    store : Store
    run_id : str
        An id or its beginning.
    file : Path
        Replaced where it exists, once the new one is whole.

    Raises
    ------
    InputError
        When there is no such run, or it is not complete.
    StoreError
        When something of it is missing or damaged, or the file cannot be written.
    """
    info = store.run(run_id)
    if not info.complete or info.outputs is None:
        raise InputError([Problem(key="ensemble.store.not_complete", found=info.run_id)])
    if not (found := store.verify(info.run_id)).sound:
        worst = (*found.missing, *found.damaged)
        raise StoreError("ensemble.store.unsound", run_id=info.run_id, name=worst[0], count=len(worst))
    manifest = Manifest.read(info.outputs / MANIFEST)
    with beside(file) as written, zipfile.ZipFile(written, "w", allowZip64=True) as archive:
        _put(archive, f"{info.run_id}/{MANIFEST}", info.outputs / MANIFEST, zipfile.ZIP_DEFLATED)
        for name in sorted(manifest.files):
            _put(archive, f"{info.run_id}/{name}", info.outputs / name, zipfile.ZIP_DEFLATED)
        for digest in sorted(manifest.blocks):
            path = store.blocks.path(digest)
            # Numbers that luck made do not get smaller.
            _put(archive, path.relative_to(store.root).as_posix(), path, zipfile.ZIP_STORED)


def import_(store: Store, file: Path) -> str:
    """Take in a run that was exported, and return its id.

    Nothing is kept before every hash was checked. A run that is there already, with the same results, is left alone.

    Parameters
    ----------
    store : Store
    file : Path

    Raises
    ------
    InputError
        When the file is not an export, or is damaged or made to deceive, or the store has a run of the same id with
        other results.
    StoreError
        When the file system refuses.
    """
    with storing(file), _reading(file), zipfile.ZipFile(file) as archive:
        entries = _entries(archive, file)
        manifest, data = _manifest(archive, entries, file)
        blocks = {store.blocks.path(d).relative_to(store.root).as_posix(): d for d in manifest.blocks}
        expected = {f"{manifest.run_id}/{name}": kept for name, kept in manifest.files.items()}
        sizes = {name: kept.bytes for name, kept in expected.items()}
        sizes |= {name: manifest.blocks[digest].bytes for name, digest in blocks.items()}
        found = {name: entry.file_size for name, entry in entries.items()}
        if found != {**sizes, f"{manifest.run_id}/{MANIFEST}": len(data)}:
            raise _refused(file, "ensemble.store.archive.differs")
        if _has(store, manifest):
            return manifest.run_id
        place = store.root / manifest.run_id
        with storing(store.root), Staging(store.root) as staging, store.working(manifest.run_id):
            if sum(sizes.values()) > shutil.disk_usage(store.root).free:
                raise StoreError("ensemble.store.full_block", path=store.root)
            outputs, waiting = staging.path / "run", staging.path / _BLOCKS
            waiting.mkdir()
            for name, kept in expected.items():
                target = outputs / name.removeprefix(f"{manifest.run_id}/")
                if _extract(archive, entries[name], target) != kept:
                    raise _refused(file, "ensemble.store.archive.hash", name=name)
            for name, digest in blocks.items():
                _extract(archive, entries[name], waiting / digest)
                try:
                    sha256 = proven(digest, (waiting / digest).read_bytes())
                except Damaged:
                    raise _refused(file, "ensemble.store.archive.hash", name=name) from None
                if sha256 != manifest.blocks[digest].sha256:
                    raise _refused(file, "ensemble.store.archive.hash", name=name)
            (outputs / MANIFEST).write_bytes(data)
            own = hashed(outputs / MANIFEST)
            _take_in(store, manifest, place, own, waiting, outputs)
    return manifest.run_id


def _take_in(store: Store, manifest: Manifest, place: Path, own: Kept, waiting: Path, outputs: Path) -> None:
    """Give what was checked its place, in an order that can be broken off anywhere and begun again."""
    record = RunRecord(
        run_id=manifest.run_id,
        kind=manifest.kind,
        title=manifest.title,
        request=manifest.request,
        identity=manifest.identity,
    )
    store.begin(record, manifest.blocks, created=manifest.created)
    for digest in manifest.blocks:
        store.blocks.place(digest, waiting / digest)
    with Staging(store.root) as last:
        for item in sorted(outputs.iterdir()):
            item.rename(last.path / item.name)
        last.publish(place)
    store.accept(manifest, place, own)


def _has(store: Store, manifest: Manifest) -> bool:
    """Whether the store has the run already, whole; refuse where what it has is something else."""
    for run in store.runs():
        same = run.result_hash in (None, manifest.result_hash)
        if run.run_id == manifest.run_id and not (same and _agrees(store, manifest)):
            raise InputError([Problem(key="ensemble.store.other_content", found=manifest.run_id)])
        if run.run_id == manifest.run_id and run.complete:
            return store.verify(run.run_id).sound
    if not _agrees(store, manifest):
        raise InputError([Problem(key="ensemble.store.other_content", found=manifest.run_id)])
    return False


def _agrees(store: Store, manifest: Manifest) -> bool:
    """Whether each block that the store has, and that is sound, is the same in the manifest."""
    for digest, kept in manifest.blocks.items():
        try:
            known = store.blocks.check(digest)
        except Damaged:
            continue
        if known is not None and known != kept:
            return False
    return True


def _entries(archive: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name; refuse what is not a plain file, is there twice, or is packed in an unknown way."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        kind = stat.S_IFMT(entry.external_attr >> 16)
        plain = kind in (0, stat.S_IFREG) and not entry.is_dir() and not entry.flag_bits & _ENCRYPTED
        if not plain or entry.filename in entries or entry.compress_type not in _HOW:
            raise _refused(file, "ensemble.store.archive.entry", name=entry.filename)
        entries[entry.filename] = entry
    return entries


def _manifest(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], file: Path) -> tuple[Manifest, bytes]:
    """Return the only manifest, and its bytes; every path in it is seen to be safe."""
    named = [match for name in entries if (match := _MANIFEST.fullmatch(name))]
    if len(named) != 1 or entries[named[0].string].file_size > LARGEST:
        raise _refused(file, "ensemble.store.archive.no_manifest")
    data = archive.read(named[0].string)
    try:
        manifest = Manifest.parse(data, file)
    except StoreError:
        raise _refused(file, "ensemble.store.archive.no_manifest") from None
    if manifest.run_id != named[0].group(1) or manifest.run_id == _BLOCKS or MANIFEST in manifest.files:
        raise _refused(file, "ensemble.store.archive.no_manifest")
    return manifest, data


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> Kept:
    """Write an entry, never more than its size, and return its hash and size."""
    target.parent.mkdir(parents=True, exist_ok=True)
    total, count = hashlib.sha256(), 0
    with archive.open(entry) as source, target.open("xb") as written:
        while data := source.read(min(_CHUNK, entry.file_size - count + 1)):
            count += len(data)
            if count > entry.file_size:
                break
            total.update(data)
            written.write(data)
    return Kept(total.hexdigest(), count)


def _put(archive: zipfile.ZipFile, name: str, path: Path, how: int) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _MODE, how
    with path.open("rb") as source:
        entry.file_size = path.stat().st_size
        with archive.open(entry, "w") as target:
            shutil.copyfileobj(source, target, _CHUNK)


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except _CANNOT_BE_READ:
        raise _refused(file, "ensemble.store.archive.not_a_zip") from None


def _refused(file: Path, key: str, **values: object) -> InputError:
    return InputError([Problem(key=key, found=str(file), values=values)])
