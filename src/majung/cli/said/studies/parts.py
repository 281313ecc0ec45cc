"""What tables of studies have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["cut", "plain_table"]


def plain_table() -> Table:
    """Return an empty table as all commands show them."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False)


def cut(words: str, columns: int) -> str:
    """Return a text of at most so many columns; a Hangul syllable takes two."""
    from rich.cells import cell_len, set_cell_size

    return words if cell_len(words) <= columns else f"{set_cell_size(words, columns - 1).rstrip()}…"
