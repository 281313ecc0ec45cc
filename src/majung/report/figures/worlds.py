"""Charts of many worlds: how an outcome is spread, where it turns, and what it hangs on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from majung.messages import Lang, text
from majung.report.figures.panels import Rows, Specification, layered, mark, nominal, number
from majung.report.figures.style import (
    ACCENT,
    INK,
    MUTED,
    NARROW,
    NUMBER,
    columns,
    finish,
    legend,
    row_names,
    wrap,
)
from majung.report.wording import count

__all__ = [
    "AGAINST",
    "FOR",
    "Axis",
    "Bar",
    "Bins",
    "Flag",
    "Region",
    "beyond_words",
    "binned",
    "interval_bars",
    "spread_chart",
    "world_map",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FOR: Final = ACCENT
AGAINST: Final = "#d55e00"
MOST_POINTS: Final = 600
"""Worlds that a map shows: more hide each other, and make the page large."""

_LETTER: Final = 6.4
_BINS: Final = 28
_LOG_SPAN: Final = 5.0
_TAIL: Final = 0.01
"""Share of worlds at each end that may lie beyond a histogram, where that is one world at least."""
_CROSS: Final = "M-0.8,-0.8L0.8,0.8M0.8,-0.8L-0.8,0.8"
_SHAPES: Final = ("circle", _CROSS, "M-0.2,-0.2L0.2,-0.2L0.2,0.2L-0.2,0.2Z")
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


class Flag(NamedTuple):
    """An upright line with words above it."""

    value: float
    words: str
    colour: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of a map of worlds.

    Parameters
    ----------
    title : str
        What it is, and its unit.
    values : (n,) array
        Of each world.
    low, high : float
        Its ends.
    log : bool
        Whether it is logarithmic.
    """

    title: str
    values: Floats
    low: float
    high: float
    log: bool = False


class Region(NamedTuple):
    """A part of a map; None where an end is open."""

    x: tuple[float | None, float | None]
    y: tuple[float | None, float | None]


class Bins(NamedTuple):
    """Worlds counted in bins of equal width.

    Parameters
    ----------
    edges : (bins + 1,) array
    worlds : (bins,) array
    upper : (bins,) array
        Which bins are above the edge that parts the sides.
    beyond : int
        Worlds that lie outside.
    """

    edges: Floats
    worlds: NDArray[np.int64]
    upper: Flags
    beyond: int


class Bar(NamedTuple):
    """A bar with the interval of its length, what is written at its end, and its colour."""

    value: float
    low: float
    high: float
    words: str
    colour: str


def binned(values: Floats, upper: Flags, edge: float, flags: Sequence[Flag]) -> Bins:
    """Count how many worlds come to which value; of a hundred or more, the last hundredth at each end may lie outside.

    Parameters
    ----------
    values : (n,) array
        Finite, at least one.
    upper : (n,) array
        Which are above the edge.
    edge : float
        Bins begin and end there, so that none stands for both sides.
    flags : sequence of Flag
        Values that are within.
    """
    tail = _TAIL if values.size * _TAIL >= 1 else 0.0
    low, high = (float(found) for found in np.quantile(values, (tail, 1 - tail)))
    low, high = min(low, *(flag.value for flag in flags), edge), max(high, *(flag.value for flag in flags), edge)
    step = _round_step((high - low) / _BINS) if high > low else max(abs(edge), 1.0) / _BINS
    first, last = math.floor((low - edge) / step) - 1, math.ceil((high - edge) / step) + 1
    cells = np.floor((values - edge) / step).astype(int)
    # A world just at the edge belongs to its side, in spite of the last digits.
    cells = np.where(upper, np.maximum(cells, 0), np.minimum(cells, -1))
    held = cells[(cells >= first) & (cells < last)] - first
    places = np.arange(first, last + 1)
    worlds = np.bincount(held, minlength=last - first)
    return Bins(np.asarray(edge + step * places, dtype=np.float64), worlds, places[:-1] >= 0, values.size - held.size)


def beyond_words(bins: Bins, lang: Lang) -> str:
    """Say how many worlds a histogram does not show; empty where it shows all."""
    key = f"report.study.beyond{'_one' if bins.beyond == 1 else ''}"
    return text(key, lang, count=count(bins.beyond)) if bins.beyond else ""


def spread_chart(
    bins: Bins,
    above: str,
    below: str,
    colours: tuple[str, str],
    flags: Sequence[Flag],
    title: Specification,
    axis_title: str,
    width: int,
) -> Specification:
    """Draw how many worlds come to which value; sides differ by colour.

    Parameters
    ----------
    bins : Bins
    above, below : str
        What the sides are called.
    colours : tuple
        Of above and below.
    """
    edges = bins.edges
    frame = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "worlds": bins.worlds})
    frame["side"] = np.where(bins.upper, above, below)
    names = [name for name in (above, below) if (frame.loc[frame["worlds"] > 0, "side"] == name).any()]
    scale = {"domain": [above, below], "range": list(colours)}
    colour = nominal("side", scale=scale, legend=legend(names, width - 60, values=names, orient="bottom"))
    narrow = width < NARROW
    plot = width - 62
    ends = [float(edges[0]), float(edges[-1])]
    axis = {"format": NUMBER, "tickCount": 4 if narrow else 8, "domain": False, "grid": False}
    x = number("from", scale={"domain": ends, "nice": False, "zero": False}, axis={**axis, "title": axis_title or None})
    y = number("worlds", axis={"format": ",.0f", "tickCount": 4, "tickMinStep": 1, "domain": False, "ticks": False})
    data = Rows()
    sides = {"x": x, "x2": {"field": "to"}, "y": y, "y2": {"datum": 0}, "color": colour}
    bars = mark("bar", data.named(frame[frame["worlds"] > 0]), sides)
    layers = [bars]
    for place, flag in enumerate(flags):
        left = sum(flag.value <= other.value for other in flags) > len(flags) / 2
        layers += _flag(data, flag, x, ends, plot, 18 * (place - len(flags)) + 4, left)
    head = {**title, "offset": 12 + 18 * len(flags)} if flags else title
    return finish(layered(layers, head, width=plot, height=150 if narrow else 190), data)


def world_map(
    x: Axis,
    y: Axis,
    kinds: NDArray[np.intp],
    words: Sequence[str],
    colours: Sequence[str],
    regions: Sequence[Region],
    title: Specification,
    width: int,
) -> Specification:
    """Draw worlds as points of two factors, by kind, and the regions where one kind is common.

    Parameters
    ----------
    kinds : (n,) array
        Of each world: 0 is a circle, 1 a cross, 2 a dot.
    words, colours : sequence
        Of the kinds.
    """
    shown = slice(0, MOST_POINTS)
    names = np.asarray(words, dtype=object)[kinds[shown]]
    frame = pd.DataFrame({"x": x.values[shown], "y": y.values[shown], "kind": names})
    narrow = width < NARROW
    plot = width - 76
    channels = {"x": _map_axis("x", x, plot, 4 if narrow else 7), "y": _map_axis("y", y, 230, 5)}
    there = [word for word in words if word in set(names)]
    domain = {"domain": list(words)}
    key = legend(there, width - 60)
    colour = nominal("kind", scale={**domain, "range": list(colours)}, legend=key)
    shape = nominal("kind", scale={**domain, "range": list(_SHAPES[: len(words)])}, legend=key)
    data = Rows()
    layers = [_frame(data, region, x, y, channels) for region in regions]
    points = {**channels, "color": colour, "shape": shape}
    layers.append(mark("point", data.named(frame), points, filled=False, size=34, strokeWidth=1.3, opacity=0.85))
    return finish(layered(layers, title, width=plot, height=230 if narrow else 320), data)


def _frame(data: Rows, region: Region, x: Axis, y: Axis, channels: Specification) -> Specification:
    """Draw the part of a map that a rule holds in."""
    (x0, x1), (y0, y1) = _closed(region.x, x), _closed(region.y, y)
    corners = data.named(pd.DataFrame([{"x0": x0, "x1": x1, "y0": y0, "y1": y1}]))
    place = {
        "x": channels["x"] | {"field": "x0"},
        "x2": {"field": "x1"},
        "y": channels["y"] | {"field": "y0"},
        "y2": {"field": "y1"},
    }
    return mark("rect", corners, place, fill="#f0e442", fillOpacity=0.22, stroke=INK, strokeWidth=1.4)


def interval_bars(
    bars: Mapping[str, Bar],
    names: Mapping[str, str],
    title: Specification,
    width: int,
    *,
    threshold: float | None = None,
    kinds: Mapping[str, str] | None = None,
) -> Specification:
    """Draw bars from zero with their intervals, the largest at the top.

    Parameters
    ----------
    bars : mapping
        By id, in their order.
    names : mapping
        What each is called.
    threshold : float, optional
        A dashed line across: shorter bars say nothing.
    kinds : mapping, optional
        What the colours mean, word by colour.
    """
    narrow = width < NARROW
    rows = row_names({key: names[key] for key in bars}, 150 if narrow else 330)
    tail = 8 + max(int(_LETTER * len(bar.words)) for bar in bars.values())
    plot = max(80, width - rows.room - tail - 16)
    frame = pd.DataFrame({"key": list(bars)})
    for column in ("value", "low", "high", "words", "colour"):
        frame[column] = [getattr(bar, column) for bar in bars.values()]
    frame["end"] = frame[["value", "high"]].max(axis=1)
    lowest = min(0.0, float(np.nanmin(frame[["value", "low"]].to_numpy(dtype=float))))
    top = max(float(frame["end"].max()), threshold or 0.0, lowest + 1e-12)
    y = nominal("key", sort=list(bars), axis=rows.axis())
    axis = {"format": NUMBER, "tickCount": 3 if narrow else 5, "domain": False}
    x = number("value", scale={"domain": [lowest, top], "nice": False}, axis=axis)
    data = Rows()
    base = data.named(frame)
    found = kinds or {}
    colour = nominal("colour", scale=None)
    if found:
        shades = [shade for shade in found if shade in set(frame["colour"])]
        scale = {"domain": shades, "range": shades}
        said = " : ".join(f"datum.value == '{shade}' ? '{found[shade]}'" for shade in shades) + " : ''"
        words = [found[shade] for shade in shades]
        colour = nominal("colour", scale=scale, legend=legend(words, width - 40, labelExpr=said))
    layers = [
        mark("bar", base, {"x": x, "y": y, "color": colour}, size=12),
        mark(
            "rule",
            data.named(frame.dropna(subset=["low", "high"])),
            {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y},
            color=INK,
            strokeWidth=1.3,
        ),
    ]
    if threshold is not None and math.isfinite(threshold):
        line = data.named(pd.DataFrame({"value": [threshold]}))
        layers.append(mark("rule", line, {"x": x}, color=MUTED, strokeWidth=1.2, strokeDash=[4, 3]))
    notes = {"x": x | {"field": "end"}, "y": y, "text": nominal("words")}
    place = {"align": "left", "dx": 6, "fontSize": 11}
    layers.append(mark("text", base, notes, color="white", stroke="white", strokeWidth=4, **place))
    layers.append(mark("text", base, notes, color=INK, **place))
    return finish(layered(layers, title, width=plot, height={"step": max(rows.step, 24)}), data)


def _flag(
    data: Rows, flag: Flag, x: Specification, ends: Sequence[float], plot: int, height: int, left: bool
) -> list[Specification]:
    """Draw an upright line with its words above the plot, at its left or where there is room for them."""
    place = (flag.value - ends[0]) / (ends[1] - ends[0])
    needed = _LETTER * columns(flag.words) / plot
    if needed > (place if left else 1 - place):
        left = place > 0.5
    own = data.named(pd.DataFrame({"from": [flag.value], "words": [flag.words]}))
    dash = {"strokeDash": [4, 3]} if flag.dashed else {}
    line = {"x": x, "y": {"value": height + 4}, "y2": {"value": "height"}}
    side = {"align": "right" if left else "left", "dx": -4 if left else 4}
    words = {"x": x, "y": {"value": height + 6}, "text": nominal("words")}
    look = {"fontSize": 11, "baseline": "middle", **side}
    return [
        mark("rule", own, line, color=flag.colour, strokeWidth=1.5, **dash),
        # Another line may pass below the words.
        mark("text", own, words, color="white", stroke="white", strokeWidth=4, **look),
        mark("text", own, words, color=flag.colour, **look),
    ]


def _map_axis(field: str, axis: Axis, room: int, ticks: int) -> Specification:
    scale: Specification = {"domain": [axis.low, axis.high], "nice": False, "zero": False}
    # Over less than that, the axis of a logarithm has too few round numbers to write.
    if axis.log and axis.high >= _LOG_SPAN * axis.low:
        scale["type"] = "log"
    words = wrap(axis.title, max(int(room / _LETTER), 16))
    look = {
        "format": NUMBER,
        "tickCount": ticks,
        "domain": True,
        "title": words,
        "titleColor": INK,
        "titleFontSize": 12,
    }
    return number(field, scale=scale, axis=look)


def _closed(ends: tuple[float | None, float | None], axis: Axis) -> tuple[float, float]:
    low, high = ends
    return axis.low if low is None else max(low, axis.low), axis.high if high is None else min(high, axis.high)


def _round_step(rough: float) -> float:
    """Return a round number that is at least as large."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))
