"""The charts of the report on an exploration, as Vega-Lite specifications."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from majung.decision.worlds.measures import MEASURES
from majung.messages import Lang, text
from majung.report.explore.sentences import ordered, share_bounds
from majung.report.factors import by_name, factor_name, tendency
from majung.report.figures.factors import factor_axis, region_of
from majung.report.figures.labels import labels, span_of
from majung.report.figures.panels import Rows, Specification, layered, mark, nominal
from majung.report.figures.panels import number as channel
from majung.report.figures.style import ACCENT, GREY, INK, NARROW, NUMBER, finish, heading, legend, row_names, wrap
from majung.report.figures.worlds import (
    AGAINST,
    FOR,
    MOST_POINTS,
    Bar,
    Flag,
    beyond_words,
    binned,
    interval_bars,
    spread_chart,
    world_map,
)
from majung.report.outcomes import scale_of
from majung.report.wording import number

if TYPE_CHECKING:
    from majung.decision.explore.result import Exploration
    from majung.report.figures.style import MoneyScale

__all__ = ["CHARTS", "MOST_FACTORS", "drivers_chart", "screening_chart", "spread", "variance_chart"]

Chart: TypeAlias = Callable[["Exploration", Lang, int], Specification | None]

MOST_FACTORS: Final = 12
_MOST_NAMED: Final = {True: 4, False: 8}
"""Points of a scatter that have names, on a telephone and on a desk."""
_PALE: Final = "#9cc3de"


def spread(found: Exploration, lang: Lang, width: int) -> Specification | None:
    """Draw how many worlds come to which outcome, by halves."""
    values = found.values[np.isfinite(found.values)]
    if not values.size:
        return None
    scale = _scale(found, values, lang)
    median = found.quantiles.median
    flags = [
        Flag(
            scale.factor * value,
            text(f"report.explore.chart.{key}", lang, value=number(scale.factor * value)),
            INK,
            dash,
        )
        for key, value, dash in (("median", median, False), ("central", found.quantiles.central, True))
        if math.isfinite(value)
    ]
    above, below = (text(f"report.explore.chart.{side}", lang) for side in ("above", "below"))
    bins = binned(scale.factor * values, values >= median, scale.factor * median, flags)
    outcome = MEASURES[found.outcome].label.text(lang)
    title = heading("explore_spread", lang, width, note=beyond_words(bins, lang), outcome=outcome)
    return spread_chart(bins, above, below, (FOR, _PALE), flags, title, scale.label, width)


def screening_chart(found: Exploration, lang: Lang, width: int) -> Specification | None:
    """Draw each factor by how large the steps of the outcome are on average, and how much they vary (Morris 1991)."""
    effects = found.screening.effects
    if not effects:
        return None
    narrow = width < NARROW
    known = by_name(found.factors)
    scale = _scale(found, (one.mu_star.value for one in effects), lang)
    frame = pd.DataFrame(
        {
            "mu": [scale.factor * one.mu_star.value for one in effects],
            "low": [scale.factor * one.mu_star.low for one in effects],
            "high": [scale.factor * one.mu_star.high for one in effects],
            "sigma": [scale.factor * one.sigma for one in effects],
        }
    )
    named = [one for one in effects[: _MOST_NAMED[narrow]] if one.mu_star.value > 0]
    frame["place"] = [str(place) if place <= len(named) else "" for place in range(1, len(effects) + 1)]
    frame["colour"] = [ACCENT if place else GREY for place in frame["place"]]
    across = span_of([*frame["mu"], *frame["high"]], width - 76, zero=True)
    upwards = span_of(frame["sigma"].tolist(), 230 if narrow else 320, zero=True)
    axis = {"format": NUMBER, "tickCount": 4 if narrow else 7, "domain": True, "titleColor": INK, "titleFontSize": 12}
    titles = [text(f"report.explore.chart.{key}", lang) for key in ("mu_star", "sigma")]
    domains = [{"domain": [span.low, span.high], "nice": False} for span in (across, upwards)]
    x = channel("mu", scale=domains[0], axis={**axis, "title": titles[0]})
    y = channel("sigma", scale=domains[1], axis={**axis, "title": wrap(titles[1], 34)})
    data = Rows()
    # With a normal spread of steps that are all of one sign, sigma stays below the mean.
    diagonal = data.named(pd.DataFrame({"mu": [0.0, min(across.high, upwards.high)]}))
    colour = nominal("colour", scale=None)
    places = frame.loc[frame["place"] != "", ["mu", "sigma", "place"]]
    points = [(at, height, str(place)) for at, height, place in places.itertuples(index=False)]
    bounds = {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour}
    layers = [
        mark("line", diagonal, {"x": x, "y": y | {"field": "mu"}}, color=GREY, strokeDash=[4, 3], strokeWidth=1),
        mark("rule", data.named(frame.dropna(subset=["low", "high"])), bounds, strokeWidth=1, opacity=0.5),
        mark("circle", data.named(frame), {"x": x, "y": y, "color": colour}, size=50, opacity=1),
        *labels(data, points, across, upwards, (x, y)),
    ]
    words = [f"{place} {factor_name(one.parameter, known, lang)}" for place, one in enumerate(named, 1)]
    unit = {"unit": scale.label or MEASURES[found.outcome].label.text(lang)}
    title = heading("explore_screening", lang, width, note="; ".join(words) + ".", **unit)
    return finish(layered(layers, title, width=across.pixels, height=upwards.pixels), data)


def variance_chart(found: Exploration, lang: Lang, width: int) -> Specification | None:
    """Draw the shares of variance that are due to each factor, alone and together with others (Sobol).

    Estimates beyond nothing and all are drawn as these.
    """
    if found.decomposition is None or not found.decomposition.shares:
        return None
    known = by_name(found.factors)
    by_order = {name: place for place, name in enumerate(ordered(found))}
    shares = sorted(found.decomposition.shares, key=lambda one: by_order[one.parameter])[:MOST_FACTORS]
    words = {key: text(f"report.explore.chart.{key}", lang) for key in ("first", "total")}
    frame = pd.DataFrame(
        [
            {"key": one.parameter, "kind": words[kind], "words": share_bounds(bar, lang)[0],
             **{end: min(max(getattr(bar, end), 0.0), 1.0) for end in ("value", "low", "high")}}
            for one in shares
            for kind, bar in (("first", one.first), ("total", one.total))
        ]
    )  # fmt: skip
    frame["end"] = frame[["value", "high"]].max(axis=1)
    narrow = width < NARROW
    rows = row_names({one.parameter: factor_name(one.parameter, known, lang) for one in shares}, 150 if narrow else 330)
    plot = max(80, width - rows.room - 66)
    ends = [min(0.0, float(frame[["value", "low"]].min().min())), max(float(frame["end"].max()), 0.01)]
    axis = {"format": "%", "tickCount": 3 if narrow else 6, "domain": False}
    x = channel("value", scale={"domain": ends, "nice": False}, axis=axis)
    y = nominal("key", sort=[one.parameter for one in shares], axis=rows.axis(), scale={"paddingInner": 0.25})
    both = list(words.values())
    side = {"yOffset": nominal("kind", sort=both)}
    shades = {"domain": both, "range": [ACCENT, _PALE]}
    colour = nominal("kind", scale=shades, legend=legend(both, width - 40))
    data = Rows()
    base = data.named(frame)
    bounds = {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y, **side}
    layers = [
        mark("bar", base, {"x": x, "y": y, **side, "color": colour}),
        mark("rule", data.named(frame.dropna(subset=["low", "high"])), bounds, color=INK, strokeWidth=1.2),
        mark("text", base, {"x": x | {"field": "end"}, "y": y, **side, "text": nominal("words")},
             align="left", dx=6, fontSize=11, color=INK),
    ]  # fmt: skip
    title = heading("explore_variance", lang, width)
    return finish(layered(layers, title, width=plot, height={"step": max(rows.step, 38), "for": "position"}), data)


def drivers_chart(found: Exploration, lang: Lang, width: int) -> Specification | None:
    """Draw how much the outcome hangs on what over all plausible worlds, and what luck alone makes of that."""
    drivers = found.drivers[:MOST_FACTORS]
    if not drivers:
        return None
    known = by_name(found.factors)
    order = [factor.name for factor in found.factors]
    bars = {}
    for one in drivers:
        rises = tendency(found.points[:, order.index(one.parameter)], found.values)
        colour = GREY if not one.matters or not rises else FOR if rises > 0 else AGAINST
        bars[one.parameter] = Bar(one.index, one.low, one.high, number(one.index, decimals=2), colour)
    kinds = {FOR: "rises", AGAINST: "falls", GREY: "neither"}
    return interval_bars(
        bars,
        {name: factor_name(name, known, lang) for name in bars},
        heading("explore_drivers", lang, width),
        width,
        threshold=drivers[0].threshold,
        kinds={colour: text(f"report.explore.chart.{word}", lang) for colour, word in kinds.items()},
    )


def high_chart(found: Exploration, lang: Lang, width: int) -> Specification | None:
    """Draw where the highest quarter of the worlds is."""
    return _map(found, "high", lang, width)


def low_chart(found: Exploration, lang: Lang, width: int) -> Specification | None:
    """Draw where the lowest quarter of the worlds is."""
    return _map(found, "low", lang, width)


CHARTS: Final[Mapping[str, Chart]] = MappingProxyType(
    {
        "spread": spread,
        "drivers": drivers_chart,
        "screening": screening_chart,
        "variance": variance_chart,
        "high": high_chart,
        "low": low_chart,
    }
)
"""The charts of the report by the names of their files."""


def _map(found: Exploration, side: str, lang: Lang, width: int) -> Specification | None:
    boxes = (found.high if side == "high" else found.low)[:1]
    if not boxes:
        return None
    known = by_name(found.factors)
    limited = [limit.name for limit in boxes[0].limits]
    names = list(dict.fromkeys([*limited, *(one.parameter for one in found.drivers)]))[:2]
    if len(names) < 2:
        return None
    finite = np.isfinite(found.values)
    values, order = found.values[finite], [factor.name for factor in found.factors]
    kinds = np.where(values >= found.quantiles.p75, 0, np.where(values <= found.quantiles.p25, 1, 2))
    x, y = (factor_axis(known[name], found.points[finite, order.index(name)], lang) for name in names)
    notes = [text(f"report.explore.chart.box_{side}", lang)]
    others = [factor_name(name, known, lang) for name in limited if name not in names]
    notes += [text("report.claims.chart.box_more", lang, names=", ".join(others))] if others else []
    if len(values) > MOST_POINTS:
        notes.append(text("report.claims.chart.points", lang, shown=MOST_POINTS))
    words = [text(f"report.explore.chart.{word}", lang) for word in ("high", "low", "between")]
    region = region_of(boxes[0], known[names[0]], known[names[1]])
    title = heading(f"explore_{side}", lang, width, note=" ".join(notes))
    return world_map(x, y, kinds, words, (FOR, AGAINST, GREY), [region], title, width)


def _scale(found: Exploration, values: object, lang: Lang) -> MoneyScale:
    return scale_of(values, MEASURES[found.outcome].unit, found.unit, lang)  # type: ignore[arg-type]
