"""Charts put together of parts, written as Vega-Lite has them: plain dictionaries.

Altair would copy all parts and all rows at every step, which takes longer than drawing them; the tests hold every chart
against its schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import pandas as pd

__all__ = ["Rows", "Specification", "grid", "layered", "mark", "nominal", "number"]

Specification: TypeAlias = dict[str, Any]


class Rows:
    """The rows that the marks of a chart stand for, by name."""

    def __init__(self) -> None:
        self.datasets: dict[str, list[dict[str, Any]]] = {}

    def named(self, frame: pd.DataFrame) -> Specification:
        """Keep rows, and return what a mark finds them by; what is missing is null."""
        name = f"rows{len(self.datasets)}"
        columns = [[None if value != value else value for value in column.tolist()] for _, column in frame.items()]
        names = list(map(str, frame.columns))
        self.datasets[name] = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return {"name": name}


def number(field: str, **options: object) -> Specification:
    """Return a channel that shows numbers; its axis has no title unless `options` give one."""
    return {"field": field, "type": "quantitative", "title": None, **options}


def nominal(field: str, **options: object) -> Specification:
    """Return a channel that shows names; no title, as `number`."""
    return {"field": field, "type": "nominal", "title": None, **options}


def mark(kind: str, rows: Specification, channels: Specification, **options: object) -> Specification:
    """Return a part of a chart.

    Parameters
    ----------
    kind : str
        ``bar``, ``line``, ...
    rows : mapping
        From `Rows.named`.
    channels : mapping
        What of the rows is shown how: ``x``, ``y``, ``color``, ...
    options
        How the mark looks.
    """
    return {"data": rows, "mark": {"type": kind, **options}, "encoding": channels}


def layered(layers: Sequence[Specification], title: Specification, **size: object) -> Specification:
    """Lay parts over each other.

    Parameters
    ----------
    size
        ``width`` and ``height``.
    """
    return {**(layers[0] if len(layers) == 1 else {"layer": list(layers)}), "title": title, **size}


def grid(panels: Sequence[Specification], columns: int, title: Specification) -> Specification:
    """Set panels beside and below each other."""
    return {"concat": list(panels), "columns": columns, "title": title}
