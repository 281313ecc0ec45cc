"""Numbers that are asked for."""

from __future__ import annotations

from numbers import Integral

from majung.errors import Problem
from majung.scenario.settings import LARGEST_SEED

__all__ = ["whole_number"]


def whole_number(
    found: object, default: int, key: str, problems: list[Problem], *, least: int = 1, largest: int = LARGEST_SEED
) -> int:
    """Return a whole number that was asked for, or `default` where none was; note what is none under `key`."""
    if found is None:
        return default
    if not isinstance(found, bool) and isinstance(found, Integral) and least <= int(found) <= largest:
        return int(found)
    problems.append(Problem(key=key, found=str(found), values={"least": least, "largest": largest}))
    return default
