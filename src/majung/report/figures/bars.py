"""Charts of totals: means with their intervals, and bars that are split into parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from majung.decision import Interval
from majung.dims import DOMESTIC_CLASSES, INSTRUMENTS
from majung.messages import Lang, text
from majung.report.figures.panels import Rows, Specification, grid, layered, mark, nominal
from majung.report.figures.panels import number as channel
from majung.report.figures.style import (
    ACCENT,
    GREY,
    INK,
    NARROW,
    NUMBER,
    PALETTE,
    finish,
    heading,
    legend,
    money_scale,
    row_names,
    wrap,
)
from majung.report.series import Results
from majung.report.wording import interval, number, percent

__all__ = [
    "chain_difference",
    "money_by_class",
    "money_by_instrument",
    "money_by_technology",
    "net_gain",
    "private_raised",
]

_RETURNED: Final = "#c3c9ce"
_OTHER: Final = "…"
_MOST_PARTS: Final = len(PALETTE)


def net_gain(results: Results, lang: Lang, width: int) -> Specification:
    """Net gain of each strategy with its 95 % interval, best first."""
    found = {summary.id: summary.net_gain for summary in results.summaries}
    return _intervals(results, found, "net_gain", lang, width)


def private_raised(results: Results, lang: Lang, width: int) -> Specification | None:
    """Private money raised by small firms, against hands-off; None where there is no other strategy."""
    if not results.others:
        return None
    found = {name: gap for name, (_, gap) in results.raised().items() if name != results.baseline}
    return _intervals(results, found, "private_raised", lang, width)


def money_by_instrument(results: Results, lang: Lang, width: int) -> Specification | None:
    """Public money by instrument, with what was returned."""
    names = {name: text(f"report.instrument.{name}", lang) for name in (*INSTRUMENTS, "returned")}
    colours = dict(zip(names, (*PALETTE[:3], _RETURNED), strict=True))
    return _stacked(
        results, results.money_by_instrument(), "instrument", names, colours, "money_by_instrument", lang, width
    )


def money_by_class(results: Results, lang: Lang, width: int) -> Specification | None:
    """Public money by size class of the firm that got it."""
    names = {name: text(f"report.class.{name}", lang) for name in DOMESTIC_CLASSES}
    colours = dict(zip(names, (PALETTE[2], PALETTE[4], PALETTE[0], PALETTE[5]), strict=True))
    return _stacked(results, results.money_by_class(), "size_class", names, colours, "money_by_class", lang, width)


def money_by_technology(results: Results, lang: Lang, width: int) -> Specification | None:
    """Public money by technology; the smallest are put together where there are more than colours."""
    frame = results.money_by_technology()
    names = {name: results.technology_titles(lang)[name] for name in results.technologies}
    if len(names) > _MOST_PARTS:
        kept = set(frame.groupby("technology")["amount"].sum().nlargest(_MOST_PARTS - 1).index)
        frame["technology"] = frame["technology"].where(frame["technology"].isin(kept), _OTHER)
        frame = frame.groupby(["strategy", "technology"], sort=False, as_index=False)[["amount"]].sum()
        names = {name: title for name, title in names.items() if name in kept}
        names[_OTHER] = text("report.other", lang)
    colours = dict(zip(names, PALETTE, strict=False))
    return _stacked(results, frame, "technology", names, colours, "money_by_technology", lang, width)


def chain_difference(results: Results, lang: Lang, width: int) -> Specification | None:
    """Sales of all quarters above hands-off by technology and by what set them off, a panel for each strategy."""
    if not results.others:
        return None
    kinds = {kind: text(f"report.kind.{kind}", lang) for kind in ("final", "derived", "induced")}
    wide = results.chain_difference()
    rising = wide[list(kinds)].clip(lower=0).sum(axis=1)
    falling = wide[list(kinds)].clip(upper=0).sum(axis=1)
    scale = money_scale([*rising, *falling], results.unit, lang)
    frame = wide.melt(["strategy", "technology"], list(kinds), "kind", "amount")
    frame["position"] = frame["kind"].map(list(kinds).index)
    frame["kind"] = frame["kind"].map(kinds)
    frame["amount"] *= scale.factor
    columns = 1 if width < NARROW else min(3, len(results.others))
    rows = row_names(results.technology_titles(lang), 132 if width < NARROW else 170)
    panel = max(100, min((width - rows.room - 16 * (columns - 1) - 16) // columns, 420))
    low, high = float(falling.min()) * scale.factor, float(rising.max()) * scale.factor
    colours = {"domain": list(kinds.values()), "range": list(PALETTE[:3])}
    extent = {"domain": [min(low, 0.0), max(high, 0.0) or 1.0], "nice": 4}
    x = channel("amount", scale=extent, axis={"format": NUMBER, "tickCount": 4, "domain": False})
    colour = nominal("kind", scale=colours, legend=legend(kinds.values(), panel * columns))
    data = Rows()
    zero = mark("rule", data.named(pd.DataFrame({"amount": [0.0]})), {"x": channel("amount")}, color=INK, strokeWidth=1)
    panels = []
    for place, summary in enumerate(results.others):
        y = nominal("technology", sort=list(results.technologies), axis=rows.axis(shown=place % columns == 0))
        channels = {"x": x, "y": y, "color": colour, "order": channel("position")}
        bars = mark("bar", data.named(frame.loc[frame["strategy"] == summary.id]), channels, size=13)
        title = {"text": wrap(results.titles(lang)[summary.id], int(panel / 6.6)), "frame": "group"}
        panels.append(layered((bars, zero), title, width=panel, height={"step": max(rows.step, 19)}))
    title = heading("chain_difference", lang, width, unit=scale.label)
    return finish(grid(panels, columns, title), data)


def _intervals(results: Results, found: Mapping[str, Interval], key: str, lang: Lang, width: int) -> Specification:
    """Mean and interval of each strategy, in the unit that suits the largest."""
    amounts = [value for gap in found.values() for value in (gap.mean, gap.low, gap.high)]
    scale = money_scale(amounts, results.unit, lang)
    frame = pd.DataFrame({"strategy": list(found)})
    for name in ("mean", "low", "high"):
        frame[name] = [scale.factor * getattr(gap, name) for gap in found.values()]
    frame["written"] = [interval(gap, lang, scale.factor) for gap in found.values()]
    frame["colour"] = [GREY if name == results.baseline else ACCENT for name in found]
    narrow = width < NARROW
    rows = row_names(results.titles(lang), 112 if narrow else 250)
    y = nominal("strategy", sort=list(results.strategies), axis=rows.axis())
    x = channel("mean", axis={"format": NUMBER, "tickCount": 3 if narrow else 6, "domain": False})
    colour = nominal("colour", scale=None)
    data = Rows()
    base = data.named(frame)
    zero = mark("rule", data.named(pd.DataFrame({"mean": [0.0]})), {"x": x}, color=INK, strokeWidth=1)
    bounds = {"y": y, "x": channel("low"), "x2": {"field": "high"}, "color": colour}
    spread = mark("rule", data.named(frame.dropna()), bounds, strokeWidth=2.5)
    means = mark("circle", base, {"x": x, "y": y, "color": colour}, size=70, opacity=1)
    side = 0 if narrow else 190
    plot = width - rows.room - side - 16
    # On a narrow page the numbers stand over the points, else in a column of their own at the right.
    place = {"align": "right", "dy": -13} if narrow else {"align": "left", "dx": 14}
    words = {"y": y, "x": {"value": plot}, "text": nominal("written")}
    # White around the letters, which may cross the line of zero.
    around = mark("text", base, words, fontSize=11, color="white", stroke="white", strokeWidth=4, **place)
    note = mark("text", base, words, fontSize=11, color=INK, **place)
    title = heading(key, lang, width, unit=scale.label, level=percent(results.confidence))
    height = {"step": max(rows.step, 40 if narrow else 30)}
    chart = layered((zero, around, spread, means, note), title, width=plot, height=height)
    return finish(chart, data)


def _stacked(
    results: Results,
    frame: pd.DataFrame,
    part: str,
    names: Mapping[str, str],
    colours: Mapping[str, str],
    key: str,
    lang: Lang,
    width: int,
) -> Specification | None:
    frame = frame[frame["strategy"] != results.baseline]
    if not frame["amount"].any():
        return None
    totals = frame.groupby("strategy", sort=False)["amount"].sum()
    scale = money_scale(totals, results.unit, lang)
    present: Sequence[str] = [name for name in names if frame.loc[frame[part] == name, "amount"].any()]
    frame = frame[frame[part].isin(present)]
    position = {name: place for place, name in enumerate(present)}
    frame = frame.assign(amount=frame["amount"] * scale.factor, position=frame[part].map(position))
    total = totals.mul(scale.factor).rename("total").reset_index()
    total["written"] = [number(value) for value in total["total"]]
    narrow = width < NARROW
    rows = row_names(results.titles(lang), 112 if narrow else 250)
    y = nominal("strategy", sort=list(results.strategies), axis=rows.axis())
    words = {name: names[name] for name in present}
    key_of = legend(
        words.values(), width - rows.room, labelExpr=f"{json.dumps(words, ensure_ascii=False)}[datum.value]"
    )
    data = Rows()
    axis = {"format": NUMBER, "tickCount": 3 if narrow else 6, "domain": False}
    scale_of = {"domain": list(present), "range": [colours[name] for name in present]}
    channels = {
        "x": channel("amount", aggregate="sum", axis=axis),
        "y": y,
        "color": nominal(part, sort=list(present), scale=scale_of, legend=key_of),
        "order": channel("position"),
    }
    bars = mark("bar", data.named(frame), channels, size=16)
    ends = {"x": channel("total"), "y": y, "text": nominal("written")}
    sums = mark("text", data.named(total), ends, align="left", dx=5, fontSize=11, color=INK)
    title = heading(key, lang, width, unit=scale.label)
    chart = layered((bars, sums), title, width=width - rows.room - 66, height={"step": max(rows.step, 27)})
    return finish(chart, data)
