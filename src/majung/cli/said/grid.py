"""Tables for a terminal that break lines between words, and leave out what matters least where there is no room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rich import box
from rich.cells import cell_len
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["Cell", "Column", "Grid", "Side", "within"]

Cell: TypeAlias = "str | Text"
"""What stands in a row and a column; a string is never read as markup."""
Side: TypeAlias = Literal["left", "right"]

_EDGES: Final = 2
_GAP: Final = 2
_TALLEST: Final = 3
"""Lines that most rows should not exceed while there is a column that can be left out."""
_MOST: Final = 0.9
_LONGEST: Final = 24
"""Columns that a word may claim for itself; a longer one is broken where there is no room."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a `Grid`.

    Parameters
    ----------
    key : str
        By which others know it.
    head : str
    justify : {"left", "right"}
    lesser : int
        Where there is no room, columns of the highest number are left out first; one of 0 always stays.
    lines : int, optional
        Lines that a cell may have; what is longer is cut.
    """

    key: str
    head: str
    justify: Side = "left"
    lesser: int = 0
    lines: int | None = None


class Grid:
    """A table that fits the width it is shown in.

    Lines are broken at spaces, not at no-break spaces, and within a word only where it alone is too wide.

    Parameters
    ----------
    columns : sequence of Column
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = tuple(columns)
        self.rows: list[tuple[Text, ...]] = []

    def add(self, *cells: Cell) -> None:
        """Add a row, a cell for each column."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{len(cells)} cells for {len(self.columns)} columns")
        self.rows.append(tuple(cell if isinstance(cell, Text) else Text(cell) for cell in cells))

    def shown(self, width: int) -> frozenset[str]:
        """Return the keys of the columns that have room in so many columns of a terminal."""
        return frozenset(self.columns[place].key for place in self._layout(width))

    def table(self, width: int) -> Table:
        """Return the table as it is shown in so many columns of a terminal."""
        layout = self._layout(width)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for place, cells in layout.items():
            column = self.columns[place]
            head = _joined(_broken(Text(column.head), cells))
            table.add_column(head, justify=column.justify, width=cells, no_wrap=True, vertical="top")
        for row in self.rows:
            table.add_row(*(self._cell(row[place], place, cells) for place, cells in layout.items()))
        return table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Show the table in what room there is."""
        yield self.table(options.max_width)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return how much room the table takes."""
        return Measurement.get(console, options, self.table(options.max_width))

    def _cell(self, cell: Text, place: int, width: int) -> Text:
        lines, most = _broken(cell, width), self.columns[place].lines
        if most is not None and len(lines) > most:
            last = lines[most - 1].copy()
            last.truncate(width - 1)
            last.rstrip()
            lines = [*lines[: most - 1], last.append("…")]
        return _joined(lines)

    def _layout(self, width: int) -> dict[int, int]:
        """Return the width of each column that is shown, by its place."""
        places = list(range(len(self.columns)))
        while True:
            widths, tallest = self._widths(places, width - _EDGES - _GAP * (len(places) - 1))
            dispensable = [place for place in places if self.columns[place].lesser]
            if (widths is not None and tallest <= _TALLEST) or not dispensable:
                break
            places.remove(max(dispensable, key=lambda place: (self.columns[place].lesser, place)))
        if widths is None:
            each = max((width - _EDGES - _GAP * (len(places) - 1)) // len(places), 1)
            widths = [each] * len(places)
        return dict(zip(places, widths, strict=True))

    def _widths(self, places: Sequence[int], room: int) -> tuple[list[int] | None, int]:
        """Share out the room where the longest words fit; return the widths, and how many lines most rows have."""
        cells = [[_measured(Text(self.columns[p].head)), *(_measured(row[p]) for row in self.rows)] for p in places]
        widths = [min(max(word for cell in column for line in cell for word in line), _LONGEST) for column in cells]
        free = room - sum(widths)
        if free < 0:
            return None, 0
        heights = [_heights(column, width) for column, width in zip(cells, widths, strict=True)]
        growing = set(range(len(places)))
        while growing:
            # What is given to the tallest column makes rows lower, as far as another width does.
            one = max(growing, key=lambda place: (max(heights[place]), sum(heights[place]), -place))
            for wider in range(widths[one] + 1, widths[one] + free + 1):
                found = _heights(cells[one], wider)
                if sum(found) < sum(heights[one]):
                    free -= wider - widths[one]
                    widths[one], heights[one] = wider, found
                    break
            else:
                growing.discard(one)
        limits = [self.columns[place].lines or height for place, height in zip(places, map(max, heights), strict=True)]
        rows = sorted(max(map(min, row, limits)) for row in list(zip(*heights, strict=True))[1:])
        return widths, rows[int(_MOST * (len(rows) - 1))] if rows else 1


def within(value: str, around: str, *, form: Callable[[str], str] = "({})".format) -> Text:
    """Return a number with its interval, which is dim and stays in one piece unless it is long: ``1.36 (−0.2 to 3)``.

    Parameters
    ----------
    value : str
    around : str
        Empty where there is none.
    form : callable, optional
        How the interval is written; in brackets by default.
    """
    if not around:
        return Text(value)
    written = form(around)
    piece = written.replace(" ", "\N{NO-BREAK SPACE}") if cell_len(written) <= _LONGEST else written
    return Text.assemble(value, " ", (piece, "dim"))


def _measured(cell: Text) -> list[list[int]]:
    """Return the widths of a cell's words, line by line."""
    return [[cell_len(word) for word in line.split(" ")] for line in cell.plain.split("\n")]


def _heights(column: Sequence[Sequence[Sequence[int]]], width: int) -> list[int]:
    """Return the lines of each cell of a column of some width."""
    return [sum(_lines_of(line, width) for line in cell) for cell in column]


def _lines_of(words: Sequence[int], width: int) -> int:
    lines, used = 1, -1
    for word in words:
        if used >= 0 and used + 1 + word > width:
            lines, used = lines + 1, -1
        used += 1 + word
        while used > width:
            lines, used = lines + 1, used - width
    return lines


def _broken(cell: Text, width: int) -> list[Text]:
    """Return a cell's lines, none wider than `width`, each with its styles."""
    lines: list[Text] = []
    for line in cell.split("\n", allow_blank=True):
        breaks, start, used = [], 0, -1
        for word in line.plain.split(" "):
            if used >= 0 and used + 1 + cell_len(word) > width:
                breaks.append(start)
                used = -1
            used += 1
            for place, letter in enumerate(word):
                if used + cell_len(letter) > width:
                    breaks.append(start + place)
                    used = 0
                used += cell_len(letter)
            start += len(word) + 1
        for part in line.divide(breaks):
            part.rstrip()
            lines.append(part)
    return lines


def _joined(lines: Sequence[Text]) -> Text:
    return Text("\n").join(lines)
