"""How far long work has come."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Step"]


class Step(NamedTuple):
    """How far a stage has come, in worlds: one strategy, or set of awards, in one world."""

    stage: str
    done: int
    total: int
