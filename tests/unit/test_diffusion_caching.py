"""Fits that cannot be kept compiled on disk are compiled all the same."""

from __future__ import annotations

from typing import Any

import pytest
from numba.core.caching import FunctionCache

from majung.evidence.diffusion.kernel import caching


def doubled(x: float) -> float:
    return 2 * x


def refuse(error: Exception) -> Any:
    def refused(*_: Any, **__: Any) -> None:
        raise error

    return refused


def test_without_a_place_to_write_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FunctionCache, "__init__", refuse(RuntimeError("no locator available")))
    assert caching.kept(doubled)(2.0) == 4.0


def test_on_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FunctionCache, "save_overload", refuse(OSError(28, "No space left on device")))
    assert caching.kept(doubled)(2.0) == 4.0


def test_each_version_of_the_source_has_files_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for digest in ("0" * 64, "1" * 64):
        monkeypatch.setattr(caching, "_source_digest", lambda digest=digest: digest)
        dispatcher: Any = caching.kept(doubled)
        names.append(dispatcher._cache._cache_file._index_name)
    assert names[0] != names[1]
