"""A kernel that cannot be kept on disk is compiled all the same."""

from __future__ import annotations

from typing import Any

import pytest
from numba.core.caching import FunctionCache

from majung.market.engine import compile as engine


def doubled(x: float) -> float:
    return 2 * x


def refuse(error: Exception) -> Any:
    def refused(*_: Any, **__: Any) -> None:
        raise error

    return refused


def test_where_no_place_can_be_written_the_kernel_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FunctionCache, "__init__", refuse(RuntimeError("no locator available")))
    function = engine.block(doubled)
    assert not engine.is_compiled(function)
    assert function(2.0) == 4.0
    assert engine.is_compiled(function)


def test_a_full_disk_does_not_stop_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FunctionCache, "save_overload", refuse(OSError(28, "No space left on device")))
    assert engine.block(doubled)(2.0) == 4.0
