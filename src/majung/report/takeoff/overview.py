"""The picture of all series at once: how likely each has taken off, and when."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import pandas as pd

from majung.messages import Lang, text
from majung.report.figures.panels import Rows, Specification, grid, layered, mark, nominal, number
from majung.report.figures.style import ACCENT, GREY, INK, MUTED, NARROW, RowNames, finish, heading, row_names, wrap
from majung.report.takeoff.charts import TAKEOFF, time_channel
from majung.report.takeoff.shown import Shown, Span, year_of
from majung.report.takeoff.words import grain_of, odds, title

if TYPE_CHECKING:
    from majung.evidence.takeoff import RuleReading

__all__ = ["overview_chart", "ranked", "says_yes"]

_ODDS: Final = 190
_ROW: Final = 22
_LETTER: Final = 6.6
_HALF: Final = 0.5
_HALVES: Final = MappingProxyType({"year": 0.5, "quarter": 0.125, "month": 1 / 24, "day": 0.0})
_MOST_ROWS: Final = 80
"""More would not be read, and take long to draw."""


def ranked(found: Sequence[Shown]) -> list[Shown]:
    """Return the series, the likeliest to have taken off first, those of which nothing is said last."""

    def place(shown: Shown) -> tuple[bool, float, float]:
        reading = shown.verdict.takeoff
        likely = reading.probability
        if likely is None:
            likely = float(reading.date is not None)
        when = float("inf") if reading.date is None else year_of(reading.date)
        return shown.verdict.stage is None, -likely, when

    return sorted(found, key=place)


def says_yes(reading: RuleReading) -> bool:
    """Return whether there has been a take-off: more likely than not, where there are odds."""
    if reading.probability is not None:
        return reading.probability >= _HALF
    return reading.date is not None


def overview_chart(found: Sequence[Shown], lang: Lang, width: int) -> Specification | None:
    """Draw odds and dates of all series; None where there are too few or too many to compare."""
    spoken = [shown for shown in ranked(found) if shown.verdict.stage is not None]
    if not 1 < len(spoken) <= _MOST_ROWS:
        return None
    narrow = width < NARROW
    names = {shown.key: title(shown.verdict, lang) for shown in spoken}
    rows = row_names(names, 128 if narrow else 230)
    data = Rows()
    panels = [_odds(data, spoken, rows, lang, width - rows.room - 60 if narrow else _ODDS)]
    if not narrow and (axis := _axis(spoken)) is not None:
        plot = width - rows.room - _ODDS - 60 - 30
        panels.append(_dates(data, spoken, rows, axis, lang, plot))
    key = "takeoff_overview" if len(panels) > 1 else "takeoff_odds"
    earlier = len(panels) > 1 and any(shown.verdict.takeoff.before_data for shown in spoken)
    note = text("report.takeoff.chart.before", lang) if earlier else ""
    return finish(grid(panels, len(panels), heading(key, lang, width, note=note)), data)


def _odds(data: Rows, found: Sequence[Shown], rows: RowNames, lang: Lang, width: int) -> Specification:
    frame = pd.DataFrame({"series": [shown.key for shown in found]})
    frame["share"] = [_share(shown) for shown in found]
    frame["words"] = [_words(shown, lang) for shown in found]
    frame["colour"] = [ACCENT if share >= _HALF else GREY for share in frame["share"]]
    own = data.named(frame)
    y = nominal("series", sort=[shown.key for shown in found], axis=rows.axis())
    x = number("share", scale={"domain": [0, 1]}, axis=None)
    bars = mark("bar", own, {"x": x, "y": y, "color": nominal("colour", scale=None)}, size=12)
    words = mark("text", own, {"x": x, "y": y, "text": nominal("words")}, align="left", dx=5, fontSize=11, color=INK)
    even = mark("rule", data.named(pd.DataFrame({"share": [_HALF]})), {"x": x}, color="white", strokeWidth=1)
    head = {"text": wrap(text("report.takeoff.chart.odds", lang), int((width + 50) / _LETTER)), "frame": "bounds"}
    return layered((bars, even, words), head, width=width, height={"step": max(rows.step, _ROW)})


def _dates(data: Rows, found: Sequence[Shown], rows: RowNames, axis: Span, lang: Lang, width: int) -> Specification:
    points, spans, before = [], [], []
    for shown in found:
        reading = shown.verdict.takeoff
        if reading.before_data and reading.date is not None:
            before.append((shown.key, year_of(reading.date) - _half(shown)))
        if (when := shown.takeoff()) is not None:
            points.append((shown.key, when - _half(shown)))
        if (span := shown.takeoff_span(axis)) is not None:
            spans.append((shown.key, *(max(end - _half(shown), axis.low) for end in span)))
    order = [shown.key for shown in found]
    y = nominal("series", sort=order, scale={"domain": order}, axis=rows.axis(shown=False))
    x = _years(axis, width)
    day = data.named(pd.DataFrame({"year": [found[0].as_of]}))
    layers = [mark("rule", day, {"x": x}, color=MUTED, strokeDash=[2, 3], strokeWidth=1.4)]
    if spans:
        own = data.named(pd.DataFrame(spans, columns=["series", "year", "high"]))
        layers.append(mark("rule", own, {"x": x, "x2": {"field": "high"}, "y": y}, color=TAKEOFF, strokeWidth=2.5))
    if before:
        own = data.named(pd.DataFrame(before, columns=["series", "year"]))
        look = {"shape": "triangle-left", "filled": True, "color": TAKEOFF, "size": 60, "opacity": 1}
        layers.append(mark("point", own, {"x": x, "y": y}, **look))
    own = data.named(pd.DataFrame(points, columns=["series", "year"]))
    layers.append(mark("circle", own, {"x": x, "y": y}, color=TAKEOFF, size=60, opacity=1))
    head = {"text": wrap(text("report.takeoff.chart.dates", lang), int(width / _LETTER)), "frame": "group"}
    return layered(layers, head, width=width, height={"step": max(rows.step, _ROW)})


def _axis(found: Sequence[Shown]) -> Span | None:
    """Return the years from the first bound of a take-off to the day; None where nothing took off."""
    years = []
    for shown in found:
        reading = shown.verdict.takeoff
        if reading.date is not None:
            years += [year_of(day) for day in (reading.date, reading.low, reading.high) if day is not None]
    if not years:
        return None
    years.append(max(shown.as_of for shown in found))
    room = max(0.03 * (max(years) - min(years)), 0.3)
    return Span(min(years) - room, max(years) + room)


def _years(axis: Span, width: int) -> Specification:
    """Return the axis of time, each year's name in the middle of the year."""
    x = time_channel(Span(axis.low - 0.5, axis.high - 0.5), "", width)
    middles = [year + 0.5 for year in x["axis"]["values"]]
    domain = {"domain": [axis.low, axis.high], "nice": False, "zero": False}
    label = "format(floor(datum.value), 'd')"
    return x | {"scale": domain, "axis": x["axis"] | {"values": middles, "labelExpr": label, "grid": True}}


def _half(shown: Shown) -> float:
    """Return half a period: a take-off that is dated by the end of its period is drawn in the middle of it."""
    return _HALVES[grain_of(shown.verdict.series)]


def _share(shown: Shown) -> float:
    reading = shown.verdict.takeoff
    return float(reading.date is not None) if reading.probability is None else float(reading.probability)


def _words(shown: Shown, lang: Lang) -> str:
    reading = shown.verdict.takeoff
    if reading.probability is None:
        return text(f"report.takeoff.{'yes' if reading.date is not None else 'no'}", lang)
    return odds(reading.probability)
