"""What a store knows of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from majung.parameters.model import LocalText

if TYPE_CHECKING:
    from majung.messages import Lang

__all__ = ["RunInfo", "RunRecord", "Verification"]


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """What a run is, as it is told to a store when it begins.

    Parameters
    ----------
    run_id : str
        The same for the same scenario, strategies, seed and version.
    kind : str
        ``run``; other commands have kinds of their own.
    title : LocalText
    request : mapping
        What was asked for, as JSON; enough to ask for it again.
    identity : mapping
        What the results depend on, as JSON: the scenario's and the parameters' hash, the seed, majung's version.
    """

    run_id: str
    kind: str
    title: LocalText
    request: Mapping[str, Any] = field(default_factory=dict)
    identity: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RunInfo(RunRecord):
    """What a store knows of a run.

    Parameters
    ----------
    created : str
        When it first began: ISO 8601, UTC.
    bytes : int
        Of its blocks and of what was written for it.
    blocks_done, blocks_total : int
    complete : bool
        Whether its results were written.
    result_hash : str, optional
        Of a complete run.
    outputs : Path, optional
        Where the results of a complete run were written.
    """

    created: str
    bytes: int
    blocks_done: int
    blocks_total: int
    complete: bool
    result_hash: str | None = None
    outputs: Path | None = None

    def as_json(self, lang: Lang = "en") -> dict[str, Any]:
        """Return what ``majung runs --json`` says of it."""
        return {
            "run_id": self.run_id,
            "kind": self.kind,
            "title": self.title.text(lang),
            "created": self.created,
            "bytes": self.bytes,
            "blocks_done": self.blocks_done,
            "blocks_total": self.blocks_total,
            "complete": self.complete,
        }


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was found when all that a run left was read again.

    Parameters
    ----------
    run_id : str
    blocks, files : int
        How many were looked at.
    missing, damaged, extra : tuple of str
        Paths in the store, or whole ones where the results lie elsewhere. `extra` are files beside the results that
        the run did not write.
    """

    run_id: str
    blocks: int
    files: int
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is missing or damaged."""
        return not (self.missing or self.damaged)

    def as_json(self) -> dict[str, Any]:
        """Return what ``majung verify --json`` says."""
        return {
            "run_id": self.run_id,
            "sound": self.sound,
            "blocks": self.blocks,
            "files": self.files,
            "missing": list(self.missing),
            "damaged": list(self.damaged),
            "extra": list(self.extra),
        }
