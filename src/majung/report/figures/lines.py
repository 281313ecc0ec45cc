"""Charts over time: a small panel for each strategy, or for each technology, all on the same axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd

from majung.dims import INSTRUMENTS
from majung.messages import Lang, text
from majung.report.figures.panels import Rows, Specification, grid, layered, mark, nominal, number
from majung.report.figures.style import (
    ACCENT,
    GREY,
    NARROW,
    NUMBER,
    PALETTE,
    finish,
    heading,
    legend,
    money_scale,
    wrap,
)
from majung.report.series import QUANTILES, Results
from majung.report.wording import count

__all__ = ["chain_flows", "difference_fans", "money_over_time", "sales_fans", "venture_fans"]

_AXIS_ROOM: Final = 44
_GAP: Final = 16
_LETTER: Final = 6.6
_IMPORTS: Final = "#7d1538"
_PROGRAMME: Final = "#e69f00"


def sales_fans(results: Results, lang: Lang, width: int) -> Specification:
    """Private domestic sales over time, a fan for each strategy."""
    frame = results.fan("sales")
    scale = money_scale(_numbers(frame), results.unit, lang)
    return _fans(results, frame, lang, width, "sales", factor=scale.factor, unit=scale.label)


def difference_fans(results: Results, lang: Lang, width: int) -> Specification | None:
    """Paired difference against hands-off over time, a fan for each other strategy; None where there is no other."""
    if not results.others:
        return None
    frame = results.fan("difference")
    scale = money_scale(_numbers(frame), results.unit, lang)
    frame = frame[frame["strategy"] != results.baseline]
    return _fans(results, frame, lang, width, "difference", factor=scale.factor, unit=scale.label)


def venture_fans(results: Results, lang: Lang, width: int) -> Specification:
    """Live lines of small firms over time, a fan for each strategy."""
    return _fans(results, results.fan("ventures"), lang, width, "ventures", factor=1.0, unit="")


def money_over_time(results: Results, lang: Lang, width: int) -> Specification | None:
    """Public money paid over time by instrument, a panel for each strategy that pays; None where none does."""
    frame = results.money_over_time()
    paying = [name for name in results.strategies if frame.loc[frame["strategy"] == name, "amount"].any()]
    if not paying:
        return None
    totals = frame.groupby(["strategy", "year"], sort=False)["amount"].sum()
    scale = money_scale(totals, results.unit, lang)
    frame["amount"] *= scale.factor
    names = {name: text(f"report.instrument.{name}", lang) for name in INSTRUMENTS}
    frame["position"] = frame["instrument"].map(list(names).index)
    frame["instrument"] = frame["instrument"].map(names)
    columns = ["year", "amount", "instrument", "position"]
    layout = _Layout(len(paying), width)
    colours = {"domain": list(names.values()), "range": list(PALETTE[:3])}
    colour = nominal("instrument", scale=colours, legend=legend(names.values(), width - _AXIS_ROOM))
    x = _time_axis(results, layout.panel)
    y = _axis(0.0, float(totals.max()) * scale.factor)
    data = Rows()
    panels = []
    for place, strategy in enumerate(paying):
        height = y(place % layout.columns == 0) | {"stack": "zero"}
        channels = {"x": x, "y": height, "color": colour, "order": number("position")}
        own = data.named(frame.loc[frame["strategy"] == strategy, columns])
        area = mark("area", own, channels, interpolate="step", opacity=0.85)
        panels.append(layout.panel_of((area,), results.titles(lang)[strategy]))
    return layout.grid(panels, data, "money_over_time", lang, unit=scale.label)


def chain_flows(results: Results, lang: Lang, width: int) -> Specification:
    """Sales over time by technology under the leading strategy, by what set them off, with hands-off and imports."""
    kinds = {kind: text(f"report.kind.{kind}", lang) for kind in ("final", "derived", "induced")}
    frame = results.chain()
    base = frame[frame["strategy"] == results.baseline].set_index(["technology", "quarter"])
    frame = frame[frame["strategy"] == results.leading].set_index(["technology", "quarter"])
    frame["reference"] = base["final"] + base["derived"]
    frame = frame.reset_index()
    scale = money_scale((frame["final"] + frame["derived"]).tolist() + frame["imports"].tolist(), results.unit, lang)
    columns = [*kinds, "imports", "reference"]
    frame[columns] *= scale.factor
    layout = _Layout(len(results.technologies), width, labelled=True)
    colours = {"domain": list(kinds.values()), "range": list(PALETTE[:3])}
    colour = nominal("kind", scale=colours, legend=legend(kinds.values(), width - _AXIS_ROOM))
    x = _time_axis(results, layout.panel)
    data = Rows()
    panels = []
    for technology in results.technologies:
        part = frame[frame["technology"] == technology]
        top = max(
            (part["final"] + part["derived"] + part["induced"]).max(), part["imports"].max(), part["reference"].max()
        )
        y = _axis(0.0, float(top))(True)
        long = part.melt(["year"], list(kinds), "kind", "amount")
        long = long.assign(position=long["kind"].map(list(kinds).index), kind=long["kind"].map(kinds))
        channels = {"x": x, "y": y | {"stack": "zero"}, "color": colour, "order": number("position")}
        area = mark("area", data.named(long), channels, opacity=0.8)
        own = data.named(part[["year", "imports", "reference"]])
        reference = mark("line", own, {"x": x, "y": number("reference")}, color="#1f2933", strokeWidth=1.2)
        dashes = {"color": _IMPORTS, "strokeWidth": 1.6, "strokeDash": [4, 3]}
        imports = mark("line", own, {"x": x, "y": number("imports")}, **dashes)
        shown = [area, imports] + ([reference] if results.others else [])
        panels.append(layout.panel_of(shown, results.technology_titles(lang)[technology]))
    leading = results.titles(lang)[results.leading]
    return layout.grid(panels, data, "chain", lang, unit=scale.label, strategy=leading)


def _fans(
    results: Results, frame: pd.DataFrame, lang: Lang, width: int, key: str, *, factor: float, unit: str
) -> Specification:
    """Median, the middle half and the middle nine tenths of the worlds, with the median of hands-off in grey."""
    frame = frame.assign(**{name: frame[name] * factor for name in ("mean", *QUANTILES)})
    # One world has no spread: its own path is drawn.
    bands = results.replications > 1
    frame["middle"] = frame["p50"] if bands else frame["mean"]
    extent = frame[["p05", "p95"] if bands else ["middle"]].to_numpy()
    strategies = list(dict.fromkeys(frame["strategy"]))
    layout = _Layout(len(strategies), width)
    low, high = min(0.0, float(np.nanmin(extent))), max(0.0, float(np.nanmax(extent)))
    y = _axis(low, high)
    spans = results.programme()
    reference = frame[frame["strategy"] == results.baseline].rename(columns={"middle": "amount"})[["year", "amount"]]
    columns = ["year", "p05", "p25", "p75", "p95", "middle"] if bands else ["year", "middle"]
    data = Rows()
    # The line to compare with: hands-off where it is shown, nothing at all where differences are.
    x = _time_axis(results, layout.panel)
    level = data.named(reference if len(reference) else pd.DataFrame({"amount": [0.0]}))
    panels = []
    for place, strategy in enumerate(strategies):
        own = data.named(frame.loc[frame["strategy"] == strategy, columns])
        colour = GREY if strategy == results.baseline else ACCENT
        axis = y(place % layout.columns == 0)
        layers = []
        if bands:
            for lower, upper, opacity in (("p05", "p95", 0.18), ("p25", "p75", 0.32)):
                channels = {"x": x, "y": axis | {"field": lower}, "y2": {"field": upper}}
                layers.append(mark("area", own, channels, color=colour, opacity=opacity))
        if len(reference) and strategy != results.baseline:
            grey = {"color": "#444b52", "strokeWidth": 1.2, "strokeDash": [4, 2]}
            layers.append(mark("line", level, {"x": x, "y": axis}, **grey))
        elif not len(reference):
            layers.append(mark("rule", level, {"y": axis}, color="#444b52"))
        layers.append(mark("line", own, {"x": x, "y": axis | {"field": "middle"}}, color=colour, strokeWidth=2))
        if strategy in spans:
            span = data.named(pd.DataFrame({"start": [spans[strategy][0]], "end": [spans[strategy][1]]}))
            ends = {"x": number("start"), "x2": {"field": "end"}, "y": {"value": layout.height + 4}}
            layers.append(mark("rule", span, ends, color=_PROGRAMME, strokeWidth=3))
        panels.append(layout.panel_of(layers, results.titles(lang)[strategy]))
    counts = {"sampled": count(results.sampled), "worlds": count(results.asked)}
    note = "" if results.all_sampled else text("report.sampled", lang, **counts)
    return layout.grid(panels, data, key if bands else f"{key}_one", lang, note=note, unit=unit)


class _Layout:
    """A grid of equal panels; only those at the left carry the labels of the shared axis, unless all do."""

    def __init__(self, count: int, width: int, *, labelled: bool = False) -> None:
        self.width = width
        self.columns = max(1, min(count, 2 if width < NARROW else 4))
        room = width - (_AXIS_ROOM + 4) * (self.columns if labelled else 1) - (_GAP + 8) * (self.columns - 1) - 20
        self.panel = max(90, min(room // self.columns, 420))
        self.height = 110 if self.columns > 1 else 180

    def panel_of(self, layers: Sequence[Specification], words: str) -> Specification:
        title = {"text": wrap(words, int(self.panel / _LETTER)), "frame": "group"}
        return layered(layers, title, width=self.panel, height=self.height)

    def grid(
        self, panels: Sequence[Specification], data: Rows, key: str, lang: Lang, *, note: str = "", **values: object
    ) -> Specification:
        title = heading(key, lang, self.width, note=note, **values)
        return finish(grid(panels, self.columns, title), data)


def _time_axis(results: Results, width: int) -> Specification:
    first, last = math.floor(results.years[0]), math.ceil(results.years[-1])
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / s <= max(width / 32, 1))
    ticks = [year for year in range(first, last + 1) if year % step == 0]
    domain = [float(results.years[0]) - 0.125, float(results.years[-1]) + 0.125]
    axis = {"format": "d", "values": ticks, "grid": False, "labelFlush": False, "offset": 8, "domain": False}
    return number("year", scale={"domain": domain, "nice": False, "zero": False}, axis=axis)


def _axis(low: float, high: float) -> Callable[[bool], Specification]:
    """Return a maker of the same y axis, with or without labels."""
    scale = {"domain": [low, high if high > low else low + 1], "nice": 4}

    def made(labelled: bool) -> Specification:
        axis = {"format": NUMBER, "tickCount": 4, "domain": False, "ticks": False, "labels": labelled}
        axis["minExtent"] = _AXIS_ROOM - 8 if labelled else 0
        return number("amount", scale=scale, axis=axis)

    return made


def _numbers(frame: pd.DataFrame) -> Iterable[float]:
    return frame[["mean", "p95"]].to_numpy().ravel().tolist()
