"""The charts of the report on a search, as Vega-Lite specifications."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import pandas as pd

from majung.decision.worlds.measures import MEASURES
from majung.messages import Lang, text
from majung.report.figures.labels import labels, span_of
from majung.report.figures.panels import Rows, Specification, grid, layered, mark, nominal
from majung.report.figures.panels import number as channel
from majung.report.figures.style import ACCENT, GREY, INK, NARROW, NUMBER, finish, heading, legend, row_names, wrap
from majung.report.figures.worlds import AGAINST
from majung.report.outcomes import scale_of
from majung.report.search.words import best_own, budget_words, contender_name, objective_name

if TYPE_CHECKING:
    from majung.decision.search.result import Contender, Found, Search
    from majung.report.figures.style import MoneyScale

__all__ = ["CHARTS", "MOST_SHOWN", "budgets_chart", "curse_chart", "pareto_chart", "regrets_chart"]

Chart: TypeAlias = Callable[["Found", "Search", Lang, int], Specification | None]

MOST_SHOWN: Final = 14
"""Finalists of a picture, the best first."""
_LETTER: Final = 6.6
_PANEL: Final = 210
"""Pixels of the height of a panel."""


class _Series(NamedTuple):
    """Points with intervals that share a colour and a shape."""

    word: str
    colour: str
    shape: str
    filled: bool


def budgets_chart(search: Search, lang: Lang, width: int) -> Specification | None:
    """Draw what the strategy chosen for each budget makes, and what one of the scenario's own would have."""
    if len(search.budgets) < 2:
        return None
    rows: list[dict[str, Any]] = []
    for place, found in enumerate(search.budgets):
        for kind, one in (("found", found.winner), ("own", best_own(found))):
            if one is not None:
                rows.append({"row": str(place), "kind": kind, **_interval(one.value)})
    names = {str(place): budget_words(found, search, lang) for place, found in enumerate(search.budgets)}
    series = {
        "found": _Series(text("report.search.chart.found", lang), ACCENT, "circle", True),
        "own": _Series(text("report.search.chart.own", lang), AGAINST, "square", True),
    }
    title = heading("search_budgets", lang, width, objective=objective_name(search.objective, lang))
    return _dots(rows, names, series, search, lang, width, title)


def pareto_chart(found: Found, search: Search, lang: Lang, width: int) -> Specification | None:
    """Draw the finalists by what was searched for and each of what else was measured: efficient ones are filled."""
    others = [name for name in search.objectives if name != search.objective and name in found.winner.objectives]
    panels = [name for name in [*others, "risk"] if _spread(found, name)]
    if len(found.contenders) < 2 or not panels:
        return None
    narrow = width < NARROW
    columns = 1 if narrow else min(len(panels), 2)
    plot = (width - 24) // columns - 66
    data = Rows()
    key = [text(f"report.search.chart.{word}", lang) for word in ("efficient", "beaten")]
    drawn = [
        _pareto_panel(found, name, search, lang, plot, data, key, shown=place == 0) for place, name in enumerate(panels)
    ]
    shown = found.contenders[:MOST_SHOWN]
    named = [f"{place} {contender_name(one, lang)}" for place, one in enumerate(shown, 1) if one.efficient]
    title = heading("search_pareto", lang, width, note="; ".join(named) + ".")
    return finish(grid(drawn, columns, title), data)


def curse_chart(found: Found, search: Search, lang: Lang, width: int) -> Specification | None:
    """Draw what each finalist made in the worlds in which it was found, and in fresh ones."""
    shown = [one for one in found.contenders[:MOST_SHOWN] if math.isfinite(one.in_search.mean)]
    if not shown:
        return None
    series = {
        "in_search": _Series(text("report.search.chart.in_search", lang), GREY, "square", False),
        "fresh": _Series(text("report.search.chart.fresh", lang), ACCENT, "circle", True),
    }
    rows = [
        {"row": one.id, "kind": kind, **_interval(interval)}
        for one in shown
        for kind, interval in (("in_search", one.in_search), ("fresh", one.value))
    ]
    title = heading("search_curse", lang, width, objective=objective_name(search.objective, lang))
    return _dots(rows, _numbered(shown, found, lang), series, search, lang, width, title)


def regrets_chart(found: Found, search: Search, lang: Lang, width: int) -> Specification | None:
    """Draw by how much each finalist is behind the best of a world, at most and on average."""
    if len(found.contenders) < 2:
        return None
    shown = sorted(found.contenders, key=lambda one: one.regret.most)[:MOST_SHOWN]
    series = {
        "mean": _Series(text("report.search.chart.mean_regret", lang), GREY, "square", True),
        "most": _Series(text("report.search.chart.most_regret", lang), AGAINST, "circle", True),
    }
    rows = [
        {"row": one.id, "kind": kind, "mean": value, "low": math.nan, "high": math.nan}
        for one in shown
        for kind, value in (("mean", one.regret.mean), ("most", one.regret.most))
    ]
    title = heading("search_regrets", lang, width)
    return _dots(rows, _numbered(shown, found, lang), series, search, lang, width, title, zero=True)


CHARTS: Final[Mapping[str, Chart]] = MappingProxyType(
    {"curse": curse_chart, "pareto": pareto_chart, "regrets": regrets_chart}
)
"""The charts of a budget by the ends of their files' names."""


def _interval(found: Any) -> dict[str, float]:
    return {"mean": float(found.mean), "low": float(found.low), "high": float(found.high)}


def _numbered(shown: Sequence[Contender], found: Found, lang: Lang) -> dict[str, str]:
    places = {one.id: place for place, one in enumerate(found.contenders, 1)}
    return {one.id: f"{places[one.id]}. {contender_name(one, lang)}" for one in shown}


def _scale(values: Sequence[float], name: str, search: Search, lang: Lang) -> MoneyScale:
    unit = MEASURES[search.objective if name == "risk" else name].unit
    return scale_of([value for value in values if math.isfinite(value)], unit, search.unit, lang)


def _values(found: Found, name: str) -> list[float]:
    return [one.risk if name == "risk" else one.objectives[name].mean for one in found.contenders]


def _spread(found: Found, name: str) -> bool:
    values = [value for value in _values(found, name) if math.isfinite(value)]
    return len(values) > 1 and max(values) > min(values)


def _dots(
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    series: Mapping[str, _Series],
    search: Search,
    lang: Lang,
    width: int,
    title: Specification,
    *,
    zero: bool = False,
) -> Specification:
    """Draw rows of points with their intervals, each kind in its own lane of the row."""
    frame = pd.DataFrame(rows)
    ends = frame[["mean", "low", "high"]].to_numpy(dtype=float).ravel().tolist()
    scale = _scale(ends, search.objective, search, lang)
    frame[["mean", "low", "high"]] *= scale.factor
    frame["word"] = [series[kind].word for kind in frame["kind"]]
    narrow = width < NARROW
    room = row_names(names, 130 if narrow else 260)
    plot = width - room.room - 30
    words = [one.word for one in series.values()]
    y = nominal("row", sort=list(names), axis=room.axis(), scale={"paddingInner": 0.3})
    side = {"yOffset": nominal("word", sort=words)}
    axis = {"format": NUMBER, "tickCount": 4 if narrow else 7, "domain": False, "title": scale.label or None}
    x = channel("mean", scale={"zero": zero, "nice": True}, axis=axis)
    key = legend(words, width - 40, symbolType="circle")
    key.pop("symbolType")
    colour = nominal("word", scale={"domain": words, "range": [one.colour for one in series.values()]}, legend=key)
    shape = nominal("word", scale={"domain": words, "range": [one.shape for one in series.values()]}, legend=key)
    data = Rows()
    layers = [
        mark(
            "rule",
            data.named(frame.dropna(subset=["low", "high"])),
            {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y, **side, "color": colour},
            strokeWidth=1.8,
        )
    ]
    layers += [
        mark(
            "point",
            data.named(frame[frame["kind"] == kind]),
            {"x": x, "y": y, **side, "color": colour, "shape": shape},
            filled=one.filled,
            size=60,
            opacity=1,
        )
        for kind, one in series.items()
    ]
    height = {"step": max(room.step, 30), "for": "position"}
    return finish(layered(layers, title, width=plot, height=height), data)


def _pareto_panel(
    found: Found, name: str, search: Search, lang: Lang, plot: int, data: Rows, words: Sequence[str], *, shown: bool
) -> Specification:
    contenders = found.contenders[:MOST_SHOWN]
    across = _scale([one.value.mean for one in contenders], search.objective, search, lang)
    upwards = _scale(_values(found, name), name, search, lang)
    frame = pd.DataFrame(
        {
            "x": [across.factor * one.value.mean for one in contenders],
            "y": [upwards.factor * value for value in _values(found, name)[:MOST_SHOWN]],
            "place": [str(place) for place in range(1, len(contenders) + 1)],
            "kind": [words[0] if one.efficient else words[1] for one in contenders],
        }
    )
    frame = frame.dropna(subset=["x", "y"])
    look = {"tickCount": 5, "format": NUMBER, "domain": True, "titleColor": INK, "titleFontSize": 11}
    letters = int(plot / _LETTER)
    titles = [
        wrap(_titled(objective_name(search.objective, lang), across), letters),
        wrap(_titled(objective_name(name, lang), upwards), 34),
    ]
    across_span, up_span = span_of(frame["x"].tolist(), plot), span_of(frame["y"].tolist(), _PANEL)
    ends = [[one.low, one.high] for one in (across_span, up_span)]
    x = channel("x", scale={"domain": ends[0], "nice": False, "zero": False}, axis={**look, "title": titles[0]})
    y = channel("y", scale={"domain": ends[1], "nice": False, "zero": False}, axis={**look, "title": titles[1]})
    scale = {"domain": list(words), "range": [ACCENT, GREY]}
    key = legend(words, plot) if shown else None
    colour = nominal("kind", scale=scale, legend=key)
    shape = nominal("kind", scale={"domain": list(words), "range": ["circle", "square"]}, legend=key)
    base = data.named(frame)
    layers = [mark("point", base, {"x": x, "y": y, "color": colour, "shape": shape}, filled=True, size=60, opacity=0.9)]
    points = [(at, height, str(place)) for at, height, place in frame[["x", "y", "place"]].itertuples(index=False)]
    layers += labels(data, points, across_span, up_span, (x, y))
    return layered(layers, {"text": ""}, width=plot, height=_PANEL)


def _titled(name: str, scale: MoneyScale) -> str:
    return f"{name} ({scale.label})" if scale.label else name
