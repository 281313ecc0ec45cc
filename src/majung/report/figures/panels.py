"""Charts put together of parts: Altair writes each part, plain dictionaries hold them.

Altair would copy all parts and all rows at every step, which takes longer than drawing them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import altair as alt
import pandas as pd

__all__ = ["Rows", "Specification", "grid", "layered"]

Specification: TypeAlias = dict[str, Any]


class Rows:
    """The rows that the marks of a chart stand for, by name."""

    def __init__(self) -> None:
        self.datasets: dict[str, list[dict[str, Any]]] = {}

    def named(self, frame: pd.DataFrame) -> alt.NamedData:
        """Keep rows, and return the name by which a chart finds them."""
        name = f"rows{len(self.datasets)}"
        columns = [column.astype(object).where(column.notna(), None).tolist() for _, column in frame.items()]
        names = list(map(str, frame.columns))
        self.datasets[name] = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
        return alt.NamedData(name=name)


def layered(layers: Sequence[alt.Chart], title: alt.TitleParams, **size: object) -> Specification:
    """Lay charts over each other.

    Parameters
    ----------
    size
        ``width`` and ``height``.
    """
    plain = [_plain(layer) for layer in layers]
    return {**(plain[0] if len(plain) == 1 else {"layer": plain}), "title": title.to_dict(validate=False), **size}


def grid(panels: Sequence[Specification], columns: int, title: alt.TitleParams) -> Specification:
    """Set panels beside and below each other."""
    return {"concat": list(panels), "columns": columns, "title": title.to_dict(validate=False)}


def _plain(chart: alt.Chart) -> Specification:
    return chart.to_dict(validate=False, context={"top_level": False, "datasets": {}})
