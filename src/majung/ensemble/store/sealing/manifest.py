"""What a complete run consists of: a file beside its results that names every block and every file with its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from majung.ensemble.store.blocks import Kept
from majung.ensemble.store.records import RunRecord
from majung.ensemble.store.staging import PREFIX, storing
from majung.errors import StoreError
from majung.parameters.model import LocalText

__all__ = ["LARGEST", "MANIFEST", "Manifest", "described", "dumped", "hashed"]

MANIFEST: Final = "manifest.json"
_FORMAT: Final = "majung run"
_VERSION: Final = 1
LARGEST: Final = 1 << 28
"""Bytes of a manifest that is still read."""


@dataclass(frozen=True, kw_only=True)
class Manifest(RunRecord):
    """What a complete run consists of.

    Parameters
    ----------
    number : int
        The run's place in the order in which its store met runs.
    created, finished : str
        ISO 8601, UTC.
    result_hash : str
    blocks, files : mapping of str to Kept
        Hash and size of every block, by digest, and of every file but this one, by its path from here, with slashes.
    """

    number: int
    created: str
    finished: str
    result_hash: str
    blocks: Mapping[str, Kept]
    files: Mapping[str, Kept]

    def text(self) -> str:
        """Return the manifest's file."""
        values = {field: getattr(self, field) for field in self.__dataclass_fields__}
        values |= {
            "title": asdict(self.title),
            "blocks": {name: kept._asdict() for name, kept in sorted(self.blocks.items())},
            "files": {name: kept._asdict() for name, kept in sorted(self.files.items())},
        }
        return dumped({"format": _FORMAT, "version": _VERSION, **values})

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read a manifest's file.

        Raises
        ------
        StoreError
            When there is none, or it is damaged or of a newer majung.
        """
        with storing(path):
            if path.stat().st_size > LARGEST:
                raise StoreError("ensemble.store.no_manifest", path=path)
            data = path.read_bytes()
        return cls.parse(data, path)

    @classmethod
    def parse(cls, data: bytes, path: Path) -> Manifest:
        """Return what a manifest says; `path` is where it stands, for messages."""
        try:
            values = json.loads(data)
            if values.pop("format") != _FORMAT:
                raise ValueError
            if int(version := values.pop("version")) > _VERSION:
                raise StoreError("ensemble.store.newer", path=path, found=version, known=_VERSION)
            values["title"] = LocalText(**values["title"])
            values["blocks"] = {name: _kept(kept) for name, kept in values["blocks"].items()}
            values["files"] = {name: _kept(kept) for name, kept in values["files"].items()}
            texts = [values[name] for name in ("run_id", "kind", "created", "finished", "result_hash")]
            if not all(isinstance(found, str) for found in texts) or not isinstance(values["number"], int):
                raise ValueError
            if not all(_safe(name) for name in values["files"]):
                raise ValueError
            return cls(**values)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise StoreError("ensemble.store.no_manifest", path=path) from None


def described(folder: Path, names: Iterable[str] | None = None) -> dict[str, Kept]:
    """Return the hash and size of every file in a folder, by its path from there.

    Parameters
    ----------
    folder : Path
    names : iterable of str, optional
        Only these entries of the folder; all by default. What is being written and has no name yet is left out.
    """
    with storing(folder):
        entries = sorted(folder.iterdir()) if names is None else [folder / name for name in sorted(set(names))]
        files: list[Path] = []
        for entry in entries:
            if not entry.name.startswith(PREFIX):
                files += [entry] if entry.is_file() else sorted(path for path in entry.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): hashed(path) for path in files}


def hashed(path: Path) -> Kept:
    """Return a file's SHA-256 and size."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return Kept(sha256, file.tell())


def dumped(values: Mapping[str, Any]) -> str:
    """Return JSON for a file, the same for the same values."""
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _kept(values: Mapping[str, Any]) -> Kept:
    kept = Kept(str(values["sha256"]), int(values["bytes"]))
    if kept.bytes < 0:
        raise ValueError
    return kept


def _safe(name: str) -> bool:
    """Whether a path leads to a place under the folder that it is from, on any system."""
    path = PurePosixPath(name)
    parts = path.parts
    return (
        bool(parts)
        and path.as_posix() == name
        and not path.is_absolute()
        and not any(part in {"..", "."} or "\\" in part or ":" in part or "\0" in part for part in parts)
    )
