"""A row of a table of series, reading of tables, and writing."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """What is known of a series at a date."""

    id: str
    name: str
    date: dt.date
    value: float
    unit: str
    kind: str
    published: dt.date | None
    """The day on which the value became known; where it is None the series counts as known from its date."""
    market: float | None
    source: str
    """A key of ``sources.csv``, which also says the status of the figure."""


def read(path: Path) -> list[dict[str, str]]:
    """Read a table of text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def find(folder: Path, name: str) -> Path:
    """Return a raw file of a folder or of a folder in it."""
    found = sorted([*folder.glob(name), *folder.glob(f"*/{name}")])
    if not found:
        raise SystemExit(f"{folder}: {name} is neither here nor one folder below")
    return found[0]


def write(path: Path, rows: list[Row], korean: Mapping[str, str] | None = None) -> None:
    """Write rows as UTF-8 with Unix line ends, by series in the order given and by date; Korean names by id."""
    order = {name: i for i, name in enumerate(dict.fromkeys(row.id for row in rows))}
    rows = sorted(rows, key=lambda row: (order[row.id], row.date, row.published or row.date))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        named = [] if korean is None else ["name_ko"]
        writer.writerow([*(field.name for field in fields(Row)), *named])
        for row in rows:
            writer.writerow([*map(_shown, astuple(row)), *([] if korean is None else [korean[row.id]])])


def _shown(cell: object) -> object:
    """Show numbers to six digits, which is more than any source has."""
    if cell is None:
        return ""
    return f"{cell:.6g}" if isinstance(cell, float) and abs(cell) < 1e6 else _whole(cell)


def _whole(cell: object) -> object:
    return f"{cell:.0f}" if isinstance(cell, float) else cell
