"""Blocks on disk: one file each, named by the digest of its key, that proves its own content.

A file is an uncompressed npz with two members more than the arrays that were given: ``sha256``, over the names, types,
shapes and bytes of all the others, and ``block``, the digest itself, so that a file under a wrong name is found out.
The same arrays give the same bytes, everywhere and always; a file is sound if it is, to the last bit, what would be
written for what it holds.
"""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import re
import secrets
import struct
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

if sys.platform != "win32":
    import fcntl

import numpy as np
from numpy.typing import NDArray

from majung.ensemble.store.staging import FULL, lock, reason_of, storing
from majung.errors import StoreError
from majung.messages import Phrase

__all__ = ["Blocks", "Damaged", "Kept", "proven"]

_DIGEST: Final = re.compile("[0-9a-f]{8,128}")
_HASH, _NAME = "sha256", "block"
_MAGIC: Final = b"\x93NUMPY\x01\x00"
_ALIGNED: Final = 64
_UNIX: Final = 3
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PARTIAL: Final = f"{platform.node()}-"
_TRIES: Final = 5
_TAKEN_AWAY: Final = (FileNotFoundError, FileExistsError)
"""What is met where another process removes an empty folder, or a file that it thinks is left over, under our hands."""
_CANNOT_BE_READ: Final = (
    zipfile.BadZipFile, ValueError, KeyError, TypeError, SyntaxError, EOFError, RuntimeError, OverflowError,
    MemoryError, IndexError, AttributeError, struct.error,
)  # fmt: skip


class Kept(NamedTuple):
    """What a store knows of a block.

    Parameters
    ----------
    sha256 : str
        Over the block's arrays.
    bytes : int
        Size of its file.
    """

    sha256: str
    bytes: int


class Damaged(StoreError):
    """A block's file is not what was written; the block has to be computed again.

    Parameters
    ----------
    digest : str
        The block.
    reason : Phrase
        What is wrong with it.
    """

    def __init__(self, digest: str, reason: Phrase) -> None:
        super().__init__("ensemble.store.damaged_block", digest=digest, reason=reason)
        self.digest, self.reason = digest, reason

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.digest, self.reason)


class Blocks:
    """The blocks of a store. Needs no index, so that any machine that sees the folder can read and write them.

    Safe from several threads and processes at once: a block appears under its name only when it is whole, and two that
    write the same one write the same bytes.

    Parameters
    ----------
    root : Path
        The store's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "blocks"
        self._partial = self.folder / ".partial"

    def path(self, digest: str) -> Path:
        """Return where a block stands or would stand."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is not the digest of a block")
        return self.folder / digest[:2] / f"{digest}.npz"

    def load(self, digest: str) -> dict[str, NDArray[Any]] | None:
        """Return a block's arrays, as they were saved; None where there is none.

        Raises
        ------
        Damaged
            When the file is not what was written.
        StoreError
            When the file system refuses.
        """
        data = self._read(digest)
        return None if data is None else _decoded(digest, data)[0]

    def check(self, digest: str) -> Kept | None:
        """Read a block and return its hash and size; None where there is none. Raises as `load` does."""
        data = self._read(digest)
        return None if data is None else Kept(_decoded(digest, data)[1], len(data))

    def save(self, digest: str, arrays: Mapping[str, NDArray[Any]]) -> Kept:
        """Write a block and return the hash over its arrays and its size.

        Parameters
        ----------
        digest : str
            SHA-256 of the block's key, as lower-case hexadecimal digits.
        arrays : mapping of str to array
            Numbers, booleans or text of any shape; ``sha256`` and ``block`` are taken.

        Raises
        ------
        StoreError
            When the disk is full or the folder cannot be written to; nothing of the block is left then.
        """
        place = self.path(digest)
        data, sha256 = _encoded(digest, arrays)
        with _saving(place):
            for remaining in reversed(range(_TRIES)):
                try:
                    self._write(place, data)
                except _TAKEN_AWAY:
                    if not remaining:
                        raise
                else:
                    break
        return Kept(sha256, len(data))

    def remove(self, digest: str) -> int:
        """Take a block away and return the bytes that it took; 0 where there was none."""
        place = self.path(digest)
        with storing(place):
            try:
                size = place.stat().st_size
                place.unlink()
            except FileNotFoundError:
                return 0
        with suppress(OSError):
            place.parent.rmdir()
        return size

    def place(self, digest: str, file: Path) -> None:
        """Move a file that was proven, from the same disk, to where the block belongs."""
        target = self.path(digest)
        with _saving(target):
            for remaining in reversed(range(_TRIES)):
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    file.replace(target)
                except _TAKEN_AWAY:
                    if not remaining:
                        raise
                else:
                    break

    def sweep(self) -> None:
        """Take away what writers left that were killed."""
        for left in self._partial.glob(f"{_PARTIAL}*"):
            if (held := lock(left)) is not None:
                with suppress(OSError):
                    left.unlink()
                os.close(held)

    def _read(self, digest: str) -> bytes | None:
        place = self.path(digest)
        with storing(place):
            try:
                return place.read_bytes()
            except FileNotFoundError:
                return None

    def _write(self, place: Path, data: bytes) -> None:
        for folder in (self._partial, place.parent):
            folder.mkdir(parents=True, exist_ok=True)
        beside = self._partial / f"{_PARTIAL}{os.getpid()}-{secrets.token_hex(8)}"
        try:
            with beside.open("xb") as file:
                # Held until the file has its name, so that nobody takes it for a leftover.
                if sys.platform != "win32":
                    with suppress(OSError):
                        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                    file.write(data)
                    file.flush()
                    beside.replace(place)
                else:
                    file.write(data)
            if sys.platform == "win32":
                beside.replace(place)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise


class _saving:  # noqa: N801 (used as a function)
    """Say in majung's words why a block could not be kept."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            key = "ensemble.store.full_block" if error.errno in FULL else "ensemble.store.failed"
            raise StoreError(key, path=self._place, **reason_of(error)) from error


def proven(digest: str, data: bytes) -> str:
    """Return the hash over the arrays in a block's file; raise `Damaged` where it is not what was written."""
    return _decoded(digest, data)[1]


def _encoded(digest: str, arrays: Mapping[str, NDArray[Any]]) -> tuple[bytes, str]:
    """Return a block's file and the hash over its arrays."""
    if taken := {_HASH, _NAME} & arrays.keys():
        raise ValueError(f"{sorted(taken)[0]!r} cannot be the name of an array")
    members = {name: _little_endian(name, values) for name, values in arrays.items()}
    members[_NAME] = np.frombuffer(digest.encode("ascii"), dtype=np.uint8)
    total = hashlib.sha256()
    for name, values in sorted(members.items()):
        total.update(f"{len(name.encode())} {name} {values.dtype.str} {values.shape}\n".encode())
        total.update(values.tobytes())
    members[_HASH] = np.frombuffer(total.digest(), dtype=np.uint8)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, values in sorted(members.items()):
            entry = zipfile.ZipInfo(f"{name}.npy", _DATE)
            entry.create_system = _UNIX
            archive.writestr(entry, _header(values) + values.tobytes())
    return file.getvalue(), total.hexdigest()


def _decoded(digest: str, data: bytes) -> tuple[dict[str, NDArray[Any]], str]:
    """Return a block's arrays and the hash over them.

    Raises
    ------
    Damaged
        When writing the arrays again would not give the same file.
    """
    try:
        members = dict(_members(data))
        name = members.pop(_NAME).tobytes().decode("ascii")
        members.pop(_HASH)
        again, sha256 = _encoded(name, members)
    except _CANNOT_BE_READ:
        raise Damaged(digest, Phrase("ensemble.store.reason.not_whole")) from None
    if again != data:
        raise Damaged(digest, Phrase("ensemble.store.reason.changed"))
    if name != digest:
        raise Damaged(digest, Phrase("ensemble.store.reason.another", found=name))
    return members, sha256


def _members(data: bytes) -> Iterator[tuple[str, NDArray[Any]]]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for entry in archive.infolist():
            member = archive.read(entry)
            start = len(_MAGIC) + 2
            end = start + int.from_bytes(member[start - 2 : start], "little")
            header = ast.literal_eval(member[start:end].decode("latin-1").strip())
            values = np.frombuffer(member, dtype=np.dtype(header["descr"]), offset=end)
            yield entry.filename.removesuffix(".npy"), values.reshape(header["shape"]).copy()


def _header(values: NDArray[Any]) -> bytes:
    """Return the head of a npy file, version 1.0; numpy's own has changed with its releases."""
    text = f"{{'descr': {values.dtype.str!r}, 'fortran_order': False, 'shape': {values.shape!r}, }}"
    length = -(len(_MAGIC) + 2 + len(text) + 1) % _ALIGNED + len(text) + 1
    return _MAGIC + length.to_bytes(2, "little") + text.ljust(length - 1).encode("latin-1") + b"\n"


def _little_endian(name: str, values: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(values)
    if array.dtype.kind not in "biufcUS":
        raise TypeError(f"{name}: a block cannot hold {array.dtype}")
    # Not ascontiguousarray, which makes a scalar a row.
    return np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
