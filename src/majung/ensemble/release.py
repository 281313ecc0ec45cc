"""What a block's bytes depend on beside its key: the model itself, as it is installed."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

__all__ = ["release"]

_DECIDES: Final = ("dims.py", "market", "evidence/takeoff/simulated.py", "ensemble/reduce/block.py")
_SHORT: Final = 12


@cache
def release(*beside: str) -> str:
    """Return majung's version and a digest of the source that decides results, such as ``0.1.0+5be4c1d20f3a``.

    Two states of one version, as there are while majung is worked on, must not take each other's blocks.

    Parameters
    ----------
    *beside : str
        Other parts of the package that the results depend on, such as ``decision``; none of blocks.
    """
    digest = hashlib.sha256()
    for name in (*_DECIDES, *beside):
        _feed(digest, files("majung").joinpath(name), name)
    return f"{version('majung')}+{digest.hexdigest()[:_SHORT]}"


def _feed(digest: hashlib._Hash, place: Traversable, name: str) -> None:
    if place.is_dir():
        for inner in sorted(place.iterdir(), key=lambda entry: entry.name):
            if inner.is_dir() or inner.name.endswith(".py"):
                _feed(digest, inner, f"{name}/{inner.name}")
    else:
        digest.update(name.encode() + b"\0" + place.read_bytes())
