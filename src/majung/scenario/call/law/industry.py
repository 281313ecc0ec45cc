"""Codes of the Korean standard industrial classification (KSIC, tenth revision)."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["industry_codes"]

_CODE: Final = re.compile(r"([A-U])?(?:([0-9]{2})[0-9]{0,3})?")
_LAST_DIVISION: Final = (
    *(("A", 3), ("B", 8), ("C", 34), ("D", 35), ("E", 39), ("F", 42), ("G", 47), ("H", 52), ("I", 56), ("J", 63)),
    *(("K", 66), ("L", 68), ("M", 73), ("N", 76), ("O", 84), ("P", 85), ("Q", 87), ("R", 91), ("S", 96), ("T", 98)),
    ("U", 99),
)


def industry_codes(written: str) -> tuple[str, ...]:
    """Return what a code falls under, the closest first: ``58222`` is under J58 and J.

    Returns
    -------
    tuple of str
        Nothing where it is not a code.
    """
    match = _CODE.fullmatch(written.strip().upper().replace("-", "").replace(".", ""))
    if match is None or not (match[1] or match[2]):
        return ()
    if match[2] is None:
        return (match[1],)
    division = int(match[2])
    section = next((letter for letter, last in _LAST_DIVISION if division <= last), "")
    if division == 0 or not section or (match[1] and match[1] != section):
        return ()
    return f"{section}{match[2]}", section
