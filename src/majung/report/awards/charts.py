"""The charts of the report on awards, as Vega-Lite specifications."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from majung.messages import Lang, text
from majung.money import parse_unit
from majung.report.awards.words import named, objective, ratio, region_name, sentence, worth_scale
from majung.report.figures.panels import Rows, Specification, grid, layered, mark, nominal
from majung.report.figures.panels import number as channel
from majung.report.figures.style import (
    ACCENT,
    GREY,
    INK,
    NARROW,
    NUMBER,
    RowNames,
    finish,
    heading,
    legend,
    money_scale,
    row_names,
    wrap,
)
from majung.report.wording import interval, number, percent

if TYPE_CHECKING:
    from majung.decision.awards.result import Allocation

__all__ = ["CHARTS", "money_chart", "practices_chart", "scatter_chart"]

Floats: TypeAlias = NDArray[np.float64]
Chart: TypeAlias = Callable[["Allocation", Lang, int, str], Specification | None]

_NEAR: Final = "#e69f00"
_LETTER: Final = 6.6
_MOST_BARS: Final = 8
_OTHER: Final = "…"
_FAR: Final = 10.0
_TICK: Final = 20
"""Pixels between ticks at least."""
_SPLITS: Final = ("instrument", "size_class", "region", "technology")


def scatter_chart(allocation: Allocation, lang: Lang, width: int, level: str) -> Specification | None:
    """Draw value per unit of money against evaluators' score: awards with their intervals, near misses hollow."""
    rows = [
        {"score": float(one.score), **_bounds(one), "kind": kind}
        for kind, found in (("near", allocation.near_misses), ("chosen", allocation.awards))
        for one in found
        if math.isfinite(one.score) and math.isfinite(one.value.mean) and one.amount > 0
    ]
    if len(rows) < 2:
        return None
    frame = pd.DataFrame(rows, columns=["score", "mean", "low", "high", "kind"])
    words = {kind: text(f"report.awards.kind.{kind}", lang) for kind in ("chosen", "near")}
    present = [kind for kind in words if (frame["kind"] == kind).any()]
    unscored = len(allocation.near_misses) + len(allocation.awards) - len(frame)
    frame["kind"] = frame["kind"].map(words)
    colours = {"domain": [words[kind] for kind in present], "range": [_colour(kind) for kind in present]}
    colour = nominal("kind", scale=colours, legend=legend(colours["domain"], width - 60, symbolType="circle"))
    narrow = width < NARROW
    axis = {"format": NUMBER, "tickCount": 4 if narrow else 8, "domain": False}
    x = channel("score", scale={"zero": False, "nice": True, "padding": 8}, axis=axis)
    height = 240 if narrow else 320
    scale, ticks = _value_axis(frame[["mean", "low", "high"]].to_numpy().ravel(), frame["mean"].to_numpy(), height)
    y = channel("mean", **scale, axis={"format": NUMBER, "domain": False, "ticks": False, **ticks})
    data = Rows()
    base = data.named(frame)
    chosen = data.named(frame[frame["kind"] == words["chosen"]].dropna())
    spread = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour}
    layers = [
        mark("rule", data.named(pd.DataFrame({"mean": [0.0]})), {"y": y}, color=INK, strokeWidth=1),
        mark("rule", chosen, spread, strokeWidth=1.2, opacity=0.4),
        mark("circle", base, {"x": x, "y": y, "color": colour}, size=40, opacity=0.8),
    ]
    notes = [text("report.awards.compressed", lang)] if scale else []
    notes += [text("report.awards.unscored", lang, count=unscored)] if unscored else []
    values = {"what": objective(allocation, lang), "level": level, "currency": _currency(allocation, lang)}
    title = heading("awards_scatter", lang, width, note=" ".join(notes), **values)
    return finish(layered(layers, title, width=width - 62, height=height), data)


def practices_chart(allocation: Allocation, lang: Lang, width: int, level: str) -> Specification | None:
    """Draw what each way to choose creates, and how far the chosen awards are above it."""
    practices = [one for one in allocation.practices if math.isfinite(one.value.mean)]
    if not practices or not allocation.awards:
        return None
    names = {"": text("report.awards.chosen", lang)} | {one.id: sentence(one.title.label(lang)) for one in practices}
    value = {"": allocation.portfolio_value} | {one.id: one.value for one in practices}
    difference = {one.id: one.difference for one in practices if math.isfinite(one.difference.mean)}
    every = [bound for one in (*value.values(), *difference.values()) for bound in (one.mean, one.low, one.high)]
    scale = worth_scale(every, allocation, lang)
    narrow = width < NARROW
    rows = row_names(names, 116 if narrow else 200)
    columns = 1 if narrow else 2
    room = width - rows.room * columns - 24
    data = Rows()
    panels = [
        _dots(data, found, rows, room // columns - 24, scale.factor, text(f"report.awards.panel.{key}", lang), lang)
        for key, found in (("value", value), ("difference", difference))
        if found
    ]
    title = heading("awards_practices", lang, width, unit=scale.label, level=level)
    return finish(grid(panels, columns, title), data)


def money_chart(allocation: Allocation, lang: Lang, width: int, level: str) -> Specification | None:
    """Draw what the awards give by instrument, size class, region and technology."""
    if not allocation.awards:
        return None
    unit = parse_unit(allocation.unit)
    splits = {split: _sums(allocation, split, lang) for split in _SPLITS}
    splits = {split: found for split, found in splits.items() if len(found) > 1} or {"instrument": splits["instrument"]}
    scale = money_scale((amount for found in splits.values() for amount in found.values()), unit, lang)
    narrow = width < NARROW
    columns = 1 if narrow else 2
    every = {f"{split}/{name}": name for split, found in splits.items() for name in found}
    rows = row_names(every, 116 if narrow else 150)
    plot = (width - 24) // columns - rows.room - 64
    top = max(amount for found in splits.values() for amount in found.values()) * scale.factor
    data = Rows()
    panels = []
    for split, found in splits.items():
        words = text(f"report.awards.split.{split}", lang)
        panels.append(_bars(data, split, found, rows, plot, scale.factor, top, allocation.spent, words))
    return finish(grid(panels, columns, heading("awards_money", lang, width, unit=scale.label)), data)


CHARTS: Final[Mapping[str, Chart]] = MappingProxyType(
    {"scatter": scatter_chart, "practices": practices_chart, "money": money_chart}
)
"""The charts of the report by the name of their files."""


def _bounds(one: Any) -> dict[str, float]:
    per = ratio(one.value, one.amount)
    return {"mean": per.mean, "low": per.low, "high": per.high}


def _value_axis(every: Floats, means: Floats, height: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the scale of values per unit of money, and its ticks.

    A few far values would press all others flat onto zero: where the farthest is `_FAR` times the middle one, equal
    steps on the axis are equal ratios, but for those near zero (the symmetric logarithm of Webber 2013).

    Parameters
    ----------
    every : (n,) array
        Means and bounds; NaN for none.
    means : (n,) array
    height : int
        Pixels.
    """
    middle = float(np.median(np.abs(means)))
    low, high = min(float(np.nanmin(every)), 0.0), max(float(np.nanmax(every)), 0.0)
    if not max(high, -low) > _FAR * middle > 0:
        return {}, {"tickCount": 5}

    def place(value: float) -> float:
        return math.copysign(math.log1p(abs(value) / middle), value)

    step = _TICK * (place(high) - place(low)) / height
    first, last = (math.floor(math.log10(found)) for found in (middle, max(high, -low)))
    # One for one, and powers of ten, before what lies between them.
    ticks = [0.0]
    for tick in (digit * 10.0**power for digit in (1, 5, 2) for power in range(first - 1, last + 1)):
        if all(abs(place(tick) - place(other)) >= step for other in ticks):
            ticks.append(tick)
    ticks.sort()
    ticks = [tick for tick in (*(-tick for tick in reversed(ticks[1:])), *ticks) if low <= tick <= high]
    return {"scale": {"type": "symlog", "constant": middle}}, {"values": ticks}


def _colour(kind: str) -> str:
    return ACCENT if kind == "chosen" else _NEAR


def _currency(allocation: Allocation, lang: Lang) -> str:
    return text(f"money.currency.{parse_unit(allocation.unit).currency}", lang)


def _dots(
    data: Rows, found: Mapping[str, Any], names: RowNames, plot: int, factor: float, words: str, lang: Lang
) -> Specification:
    frame = pd.DataFrame({"practice": list(found)})
    for bound in ("mean", "low", "high"):
        frame[bound] = [factor * getattr(one, bound) for one in found.values()]
    frame["written"] = [interval(one, lang, factor) for one in found.values()]
    frame["colour"] = [ACCENT if not name else GREY for name in found]
    y = nominal("practice", sort=list(found), axis=names.axis())
    x = channel("mean", scale={"nice": True}, axis={"format": NUMBER, "tickCount": 4, "domain": False})
    colour = nominal("colour", scale=None)
    base = data.named(frame)
    zero = mark("rule", data.named(pd.DataFrame({"mean": [0.0]})), {"x": x}, color=INK, strokeWidth=1)
    spread = {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": colour}
    written = {"y": y, "x": {"value": plot}, "text": nominal("written")}
    look = {"align": "right", "dy": -13, "fontSize": 11}
    layers = [
        zero,
        mark("text", base, written, color="white", stroke="white", strokeWidth=4, **look),
        mark("rule", data.named(frame.dropna()), spread, strokeWidth=2.5),
        mark("circle", base, {"x": x, "y": y, "color": colour}, size=70, opacity=1),
        mark("text", base, written, color=INK, **look),
    ]
    title = {"text": wrap(words, int((plot + names.room) / _LETTER)), "frame": "group", "offset": 16}
    return layered(layers, title, width=plot, height={"step": max(names.step, 40)})


def _sums(allocation: Allocation, split: str, lang: Lang) -> dict[str, float]:
    """Return awarded money by the name of a part, most first; the smallest put together where there are many."""
    sums: dict[str, float] = {}
    for one in allocation.awards:
        name = _part(one, split, lang)
        sums[name] = sums.get(name, 0.0) + one.amount
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    if len(ordered) > _MOST_BARS:
        rest = math.fsum(amount for _, amount in ordered[_MOST_BARS - 1 :])
        ordered = [*ordered[: _MOST_BARS - 1], (text("report.other", lang), rest)]
    return dict(ordered)


def _part(one: Any, split: str, lang: Lang) -> str:
    if split == "technology":
        return str(one.technology_name.text(lang) or one.technology)
    if split == "region":
        return region_name(one.region, lang) or text("report.awards.region_unsaid", lang)
    prefix = {"instrument": "report.instrument", "size_class": "report.class"}[split]
    return named(prefix, getattr(one, split), lang)


def _bars(
    data: Rows,
    split: str,
    found: Mapping[str, float],
    names: RowNames,
    plot: int,
    factor: float,
    top: float,
    spent: float,
    words: str,
) -> Specification:
    keys: Sequence[str] = [f"{split}/{name}" for name in found]
    frame = pd.DataFrame({"part": keys, "amount": [factor * amount for amount in found.values()]})
    frame["written"] = [f"{number(factor * amount)} ({percent(amount / spent)})" for amount in found.values()]
    y = nominal("part", sort=list(keys), axis=names.axis())
    x = channel("amount", scale={"domain": [0.0, top or 1.0]}, axis=None)
    base = data.named(frame)
    bars = mark("bar", base, {"x": x, "y": y}, size=13, color=ACCENT)
    notes = mark("text", base, {"x": x, "y": y, "text": nominal("written")}, align="left", dx=5, fontSize=11, color=INK)
    title = {"text": wrap(words, int((plot + names.room) / _LETTER)), "frame": "group"}
    return layered((bars, notes), title, width=plot, height={"step": max(names.step, 22)})
