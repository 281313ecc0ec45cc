"""The picture of one series: what was known, what came later, the curve, the forecast, the take-off, the stage."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pandas as pd

from majung.evidence.takeoff import STAGES
from majung.messages import Lang, text
from majung.report.figures.panels import Rows, Specification, grid, layered, mark, nominal, number
from majung.report.figures.style import ACCENT, GREY, INK, MUTED, NARROW, NUMBER, finish, heading, row_names, wrap
from majung.report.takeoff.shown import QUANTILES, Shown, Span
from majung.report.takeoff.words import grain_of, odds, period, title

__all__ = ["TAKEOFF", "series_chart", "time_channel"]

TAKEOFF: Final = "#d55e00"
"""Colour of the take-off."""
_LATER: Final = "#8a939b"
_HEIGHT: Final = 230
_STAGES_WIDE: Final = 226
_AXIS_ROOM: Final = 52
_LETTER: Final = 6.6
_MANY: Final = 60
"""Points that are drawn small."""
_HEADROOM: Final = 2.5
"""How far above all values a band may reach before it is cut."""
_POWERS: Final = {"en": (12, 9, 6), "ko": (12, 8, 4)}
_LARGE: Final = 1e6


def series_chart(shown: Shown, lang: Lang, width: int) -> Specification:
    """Draw a series with its curve, forecast and take-off, and how likely each stage is."""
    narrow = width < NARROW
    verdict = shown.verdict
    data = Rows()
    known, later, fan, fitted = shown.known(), shown.not_known(), shown.fan(), shown.fitted()
    top = _top(known, later, fan, fitted)
    factor, suffix = _scale(top, lang)
    with_stages = bool(verdict.stage_probabilities)
    plot = width - _AXIS_ROOM - 30 - (0 if narrow or not with_stages else _STAGES_WIDE + 40)
    axis = shown.axis()
    x = time_channel(axis, grain_of(verdict.series), plot)
    y = number(
        "value",
        scale={"domain": [0.0, top * factor], "nice": True, "clamp": False},
        axis={"format": NUMBER, "tickCount": 4, "domain": False, "ticks": False, "minExtent": _AXIS_ROOM - 8},
    )
    layers = _fan_layers(data, fan, factor, x, y)
    layers += _takeoff_layers(data, shown, axis, x, lang)
    layers += _line(data, fitted, factor, x, y)
    layers += _point_layers(data, known, later, factor, x, y)
    layers += _day_layers(data, shown, axis, x, lang)
    unit = f"{verdict.series.unit}{suffix}" if verdict.series.unit else suffix.removeprefix(", ")
    words = text(f"report.takeoff.kind.{verdict.series.kind}", lang)
    main = layered(
        layers,
        {"text": wrap(f"{words}, {unit}" if unit else words, int(plot / _LETTER)), "frame": "group", "offset": 10},
        width=plot,
        height=_HEIGHT if not narrow else 190,
    )
    panels = [main]
    if with_stages:
        panels.append(_stages(data, shown, lang, width - 20 if narrow else _STAGES_WIDE))
    spanned = shown.takeoff_span(axis) is not None
    drawn = {"known": len(known), "later": len(later), "curve": len(fitted), "fan": len(fan), "span": spanned}
    note = " ".join(text(f"report.takeoff.chart.{part}", lang) for part, there in drawn.items() if there)
    head = heading("takeoff_series", lang, width, note=note, name=title(verdict, lang))
    return finish(grid(panels, 1 if narrow else 2, head), data)


def time_channel(axis: Span, grain: str, width: int) -> Specification:
    """Return the axis of time: a year's name stands at its end where data are yearly, at its beginning elsewhere."""
    first, last = math.ceil(axis.low), math.floor(axis.high)
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    step = next((s for s in steps if (last - first) / s <= max(width / 44, 1)), steps[-1])
    shift = 1 if grain == "year" else 0
    ticks = [year for year in range(first, last + 1) if (year - shift) % step == 0]
    options = {"values": ticks, "grid": False, "labelFlush": False, "offset": 6, "domain": False, "tickSize": 4}
    label = f"format(datum.value - {shift}, 'd')"
    domain = {"domain": [axis.low, axis.high], "nice": False, "zero": False}
    return number("year", scale=domain, axis={**options, "labelExpr": label})


def _fan_layers(
    data: Rows, fan: pd.DataFrame, factor: float, x: Specification, y: Specification
) -> list[Specification]:
    if fan.empty:
        return []
    scaled = fan.assign(**{name: fan[name] * factor for name in QUANTILES})
    own = data.named(scaled)
    layers = []
    for low, high, opacity in (("p05", "p95", 0.16), ("p25", "p75", 0.3)):
        channels = {"x": x, "y": y | {"field": low}, "y2": {"field": high}}
        layers.append(mark("area", own, channels, color=ACCENT, opacity=opacity, clip=True))
    middle = {"x": x, "y": y | {"field": "p50"}}
    return [*layers, mark("line", own, middle, color=ACCENT, strokeWidth=1.6, strokeDash=[5, 3], clip=True)]


def _line(data: Rows, fitted: pd.DataFrame, factor: float, x: Specification, y: Specification) -> list[Specification]:
    if fitted.empty:
        return []
    own = data.named(fitted.assign(value=fitted["value"] * factor))
    return [mark("line", own, {"x": x, "y": y}, color=ACCENT, strokeWidth=2, clip=True)]


def _point_layers(
    data: Rows, known: pd.DataFrame, later: pd.DataFrame, factor: float, x: Specification, y: Specification
) -> list[Specification]:
    size = 26 if len(known) + len(later) <= _MANY else 9
    layers = []
    if len(later):
        own = data.named(later.assign(value=later["value"] * factor))
        look = {"filled": False, "color": _LATER, "size": size, "strokeWidth": 1.2, "opacity": 1}
        layers.append(mark("point", own, {"x": x, "y": y}, **look))
    own = data.named(known.assign(value=known["value"] * factor))
    layers.append(mark("circle", own, {"x": x, "y": y}, color=INK, size=size, opacity=1))
    return layers


def _takeoff_layers(data: Rows, shown: Shown, axis: Span, x: Specification, lang: Lang) -> list[Specification]:
    layers = []
    if (span := shown.takeoff_span(axis)) is not None:
        own = data.named(pd.DataFrame({"year": [span.low], "high": [span.high]}))
        layers.append(mark("rect", own, {"x": x, "x2": {"field": "high"}}, color=TAKEOFF, opacity=0.13))
    when = shown.takeoff()
    if when is not None and axis.low <= when <= axis.high:
        reading = shown.verdict.takeoff
        day = period(reading.date, grain_of(shown.verdict.series), lang)
        words = text("report.takeoff.chart.takeoff", lang, day=day)
        layers += _flag(data, when, words, TAKEOFF, axis, x, -6, [])
    return layers


def _day_layers(data: Rows, shown: Shown, axis: Span, x: Specification, lang: Lang) -> list[Specification]:
    """Mark the day as of which the verdict is; not where the picture ends there anyway."""
    if shown.as_of >= axis.high:
        return []
    day = period(shown.verdict.as_of, "day", lang)
    return _flag(data, shown.as_of, text("report.takeoff.chart.as_of", lang, day=day), MUTED, axis, x, -20, [2, 3])


def _flag(
    data: Rows, year: float, words: str, colour: str, axis: Span, x: Specification, height: int, dash: list[int]
) -> list[Specification]:
    """Draw an upright line with its words above it, on the side where there is room for them."""
    left = year > (axis.low + axis.high) / 2
    own = data.named(pd.DataFrame({"year": [year], "words": [words]}))
    options = {"strokeDash": dash} if dash else {}
    line = {"x": x, "y": {"value": height + 8}, "y2": {"value": "height"}}
    side = {"align": "right" if left else "left", "dx": 3 if left else -3}
    words_at = {"x": x, "y": {"value": height}, "text": nominal("words")}
    return [
        mark("rule", own, line, color=colour, strokeWidth=1.4, **options),
        mark("text", own, words_at, fontSize=11, color=colour, **side),
    ]


def _stages(data: Rows, shown: Shown, lang: Lang, width: int) -> Specification:
    """Draw how likely each stage is, in the order of a life."""
    found = shown.verdict.stage_probabilities
    names: dict[str, str] = {stage: text(f"report.takeoff.stage.{stage}", lang) for stage in STAGES}
    rows = row_names(names, 120)
    frame = pd.DataFrame({"stage": list(STAGES), "share": [float(found.get(stage, 0.0)) for stage in STAGES]})
    frame["words"] = [odds(share) for share in frame["share"]]
    frame["colour"] = [ACCENT if stage == shown.verdict.stage else GREY for stage in STAGES]
    own = data.named(frame)
    y = nominal("stage", sort=list(STAGES), axis=rows.axis())
    x = number("share", scale={"domain": [0, 1]}, axis=None)
    bars = mark("bar", own, {"x": x, "y": y, "color": nominal("colour", scale=None)}, size=11)
    words = {"x": x, "y": y, "text": nominal("words")}
    notes = mark("text", own, words, align="left", dx=5, fontSize=11, color=INK)
    plot = max(40, width - rows.room - 44)
    head = {"text": wrap(text("report.takeoff.chart.stages", lang), int(width / _LETTER)), "frame": "group"}
    return layered((bars, notes), {**head, "offset": 12}, width=plot, height={"step": 24})


def _top(known: pd.DataFrame, later: pd.DataFrame, fan: pd.DataFrame, fitted: pd.DataFrame) -> float:
    """Return the height of the picture: all values and the middle of the forecast; its bands as far as is bearable."""
    parts = [known["value"], later["value"], fitted["value"], fan["p50"]]
    values = np.concatenate([np.asarray(part, dtype=float) for part in parts])
    values = values[np.isfinite(values)]
    seen = float(values.max()) if values.size else 1.0
    seen = seen if seen > 0 else 1.0
    bands = np.asarray(fan["p95"], dtype=float)
    highest = float(bands[np.isfinite(bands)].max(initial=0.0))
    return max(seen, min(highest, _HEADROOM * seen))


def _scale(top: float, lang: Lang) -> tuple[float, str]:
    """Return what values are multiplied by, and how the unit says so; large values are written in millions or 억."""
    power = next((p for p in _POWERS[lang] if top >= 10.0 ** (p + 1)), 0) if top >= _LARGE else 0
    return 10.0**-power, f", {text(f'report.takeoff.power.{power}', lang)}" if power else ""
