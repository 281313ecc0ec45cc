"""Lists on a command line: given several times, with commas, or both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from majung.errors import InputError, Problem

__all__ = ["amounts_listed", "listed"]

_BETWEEN_DIGITS: Final = re.compile(r"\d,\d{3}(?!\d)")


def listed(given: Sequence[str] | None, option: str) -> list[str] | None:
    """Return the entries of a list in their order, each once; None where none was given.

    Raises
    ------
    InputError
        When there is nothing in it.
    """
    if not given:
        return None
    entries = (entry.strip() for written in given for entry in written.split(","))
    found = list(dict.fromkeys(entry for entry in entries if entry))
    if not found:
        raise InputError([Problem(key="cli.list_empty", values={"option": option})])
    return found


def amounts_listed(given: Sequence[str] | None) -> list[str] | None:
    """Return amounts of money as they are written; see `listed`.

    Raises
    ------
    InputError
        When there are none, or a comma may as well be a thousands separator: ``1,200억``.
    """
    wrong = [written for written in given or () if _BETWEEN_DIGITS.search(written)]
    if wrong:
        raise InputError([Problem(key="cli.search.comma", found=written) for written in wrong])
    return listed(given, "--budgets")
