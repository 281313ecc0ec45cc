"""A table of the page as written cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Block", "Cell"]


class Cell(NamedTuple):
    """A cell: what it says and, smaller below, how sure that is; `tone` is the colour of a verdict."""

    main: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A table of the page.

    Parameters
    ----------
    caption : str
        What it shows, and the unit of its amounts.
    words : int
        How many columns at the left are words; the others are numbers.
    marked : str
        The first cell of the row that others are held against, which is set in grey.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: int = 1
    marked: str = ""
