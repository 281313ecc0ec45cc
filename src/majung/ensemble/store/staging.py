"""What is written stands beside its place until it is whole, and is then renamed into it."""

from __future__ import annotations

import errno
import os
import platform
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

if sys.platform != "win32":
    import fcntl

from majung.errors import InputError, Problem, StoreError

__all__ = [
    "FULL",
    "PARTIAL",
    "PREFIX",
    "Staging",
    "beside",
    "free",
    "lock",
    "locked",
    "make",
    "reason_of",
    "storing",
    "sweep",
    "used",
]

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
PREFIX: Final = ".majung-"
"""Begins the name of whatever is not for people: folders in use, and locks."""
PARTIAL: Final = f"{PREFIX}partial-{platform.node()}-"
"""Begins the name of a folder in use; names the machine, as a lock may not be seen from another one."""


class Staging:
    """A folder beside the results' place, as a context; what is not published vanishes with it.

    The folder is locked while it is in use. One that nobody holds belonged to a run that was killed and is taken away.

    Parameters
    ----------
    root : Path
        The folder that results go to; made where it does not exist, and taken away again if nothing was published.

    Raises
    ------
    InputError
        When `root` is a file or cannot be written to.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._made: list[Path] = []
        self._path: Path | None = None
        self._lock: int | None = None

    @property
    def path(self) -> Path:
        """Where to write."""
        if self._path is None:
            raise RuntimeError("the staging folder is not open")
        return self._path

    def __enter__(self) -> Staging:
        try:
            self._made = make(self._root)
            with locked(self._root):
                sweep(self._root)
                self._path = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=self._root))
                self._lock = lock(self._path)
        except (FileExistsError, NotADirectoryError):
            raise InputError([Problem(key="ensemble.store.not_a_folder", found=str(self._root))]) from None
        except OSError as reason:
            self._forget()
            raise InputError(
                [Problem(key="ensemble.store.unwritable", found=str(self._root), values=reason_of(reason))]
            ) from reason
        # mkdtemp keeps others out; results are as readable as any other file.
        self._path.chmod(self._root.stat().st_mode & 0o777)
        return self

    def publish(self, target: Path) -> None:
        """Rename all that was written into a folder; what stood there under the same names is replaced.

        Parameters
        ----------
        target : Path
            `root` or a folder in it.
        """
        with storing(target), locked(self._root):
            if target != self._root and not target.exists():
                # All at once, so that not even a kill leaves a part of it.
                self.path.rename(target)
                self._made.clear()
                return
            replaced = self.path / ".replaced"
            replaced.mkdir()
            for item in sorted(self.path.iterdir()):
                if item == replaced:
                    continue
                place = target / item.name
                if place.exists() or place.is_symlink():
                    place.rename(replaced / item.name)
                item.rename(place)
            self._made.clear()

    def __exit__(self, *_: object) -> None:
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._forget()

    def _forget(self) -> None:
        for folder in reversed(self._made):
            try:
                folder.rmdir()
            except OSError:
                return


def make(folder: Path) -> list[Path]:
    """Make a folder and its parents, and return those that were not there."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(folder)
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
    return missing[::-1]


def lock(path: Path, *, wait: bool = False, shared: bool = False) -> int | None:
    """Lock a folder or file and return what holds the lock until it is closed; None where that cannot be had."""
    if sys.platform == "win32":
        return None
    try:
        # Some file systems lock only what is open for writing.
        descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one run at a time change what stands in a folder, where the file system has locks."""
    held = lock(folder, wait=True)
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


@contextmanager
def beside(file: Path) -> Iterator[IO[bytes]]:
    """Write a file that gets its name only when it is whole; what killed writers left beside it is taken away."""
    prefix = f"{PREFIX}file-{platform.node()}-"
    with storing(file):
        for left in file.absolute().parent.glob(f"{prefix}*"):
            with free(left):
                pass
        path = file.with_name(f"{prefix}{os.getpid()}-{secrets.token_hex(8)}")
        try:
            with path.open("xb") as written:
                held = lock(path)
                try:
                    yield written
                finally:
                    if held is not None:
                        os.close(held)
            path.replace(file)
        except BaseException:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise


@contextmanager
def used(path: Path) -> Iterator[None]:
    """Hold a lock file together with others that use the same thing; who leaves last takes it away."""
    held = None
    while held is None:
        with storing(path):
            path.touch()
        held = lock(path, wait=True, shared=True)
        if held is None:
            # No locks on this system.
            break
        if not _is(path, held):
            # Whoever was last took the file away in between.
            os.close(held)
            held = None
    try:
        yield
    finally:
        if held is not None:
            os.close(held)
        with free(path):
            pass


@contextmanager
def free(path: Path) -> Iterator[bool]:
    """Hold a lock file alone, if nobody uses it, and take it away; give whether nobody does."""
    held = lock(path)
    is_free = not path.exists() if held is None else _is(path, held)
    is_free = is_free or sys.platform == "win32"
    try:
        yield is_free
    finally:
        if is_free:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        if held is not None:
            os.close(held)


def _is(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def sweep(root: Path) -> None:
    """Take away the folders of runs that were killed."""
    for left in root.glob(f"{PARTIAL}*"):
        with suppress(OSError):
            if (held := lock(left)) is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(held)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Say in majung's words what the file system refuses while results are written or read.

    Raises
    ------
    StoreError
        Instead of an OSError.
    """
    try:
        yield
    except OSError as reason:
        key = "ensemble.store.full" if reason.errno in FULL else "ensemble.store.failed"
        raise StoreError(key, path=path, **reason_of(reason)) from reason


def reason_of(reason: OSError) -> dict[str, str]:
    """Return what the system says of an error, as a message's value."""
    return {"reason": reason.strerror or str(reason)}
