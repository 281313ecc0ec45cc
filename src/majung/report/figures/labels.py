"""Numbers beside the points of a scatter, so that none lies on another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import pandas as pd

from majung.report.figures.panels import Rows, Specification, mark, nominal
from majung.report.figures.style import INK

__all__ = ["Span", "labels", "span_of"]

_OFFSETS: Final = ((9, -9), (-9, 9), (-9, -9), (9, 9), (0, -14), (0, 14), (18, 0), (-18, 0), (18, -18), (-18, 18))
"""Places that are tried, pixels to the right and down."""
_LETTER: Final = 7.0
_HEIGHT: Final = 14.0


class Span(NamedTuple):
    """What an axis shows: its ends, and its length in pixels."""

    low: float
    high: float
    pixels: int


def span_of(values: Sequence[float], pixels: int, *, zero: bool = False) -> Span:
    """Return an axis that holds values with some room around; from zero on where `zero`."""
    known = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = (min(known), max(known))
    room = 0.09 * ((high - low) or abs(high) or 1.0)
    return Span(0.0 if zero and low >= 0 else low - room, high + room, pixels)


def labels(
    data: Rows,
    points: Sequence[tuple[float, float, str]],
    x: Span,
    y: Span,
    channels: tuple[Specification, Specification],
) -> list[Specification]:
    """Write words beside points; those that find no place are left out.

    Parameters
    ----------
    data : Rows
        Of the chart.
    points : sequence of (x, y, words)
        The most important first.
    x, y : Span
        Of the axes.
    channels : tuple
        Horizontal and vertical, whose fields are ``x`` and ``y`` here.
    """
    across, upwards = x.pixels / (x.high - x.low), y.pixels / (y.high - y.low)
    taken: list[tuple[float, float, float]] = []
    rows = []
    for at, height, words in points:
        for right, down in _OFFSETS:
            left, top = (at - x.low) * across + right, (height - y.low) * upwards - down
            width = _LETTER * len(words) + 4
            clear = all(abs(left - a) >= (width + w) / 2 or abs(top - b) >= _HEIGHT for a, b, w in taken)
            inside = width / 2 <= left <= x.pixels - width / 2 and _HEIGHT / 2 <= top <= y.pixels - _HEIGHT / 2
            if clear and inside:
                taken.append((left, top, width))
                rows.append({"x": x.low + left / across, "y": y.low + top / upwards, "words": words})
                break
    own = data.named(pd.DataFrame(rows, columns=["x", "y", "words"]))
    place = {"x": channels[0] | {"field": "x"}, "y": channels[1] | {"field": "y"}, "text": nominal("words")}
    look = {"fontSize": 11, "fontWeight": 600, "baseline": "middle"}
    return [
        mark("text", own, place, color="white", stroke="white", strokeWidth=3, **look),
        mark("text", own, place, color=INK, **look),
    ]
