"""What each rule would have said whenever something became known: how early, how often wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from majung.evidence.takeoff import RULES, hindsight
from majung.messages import Lang, text
from majung.report.figures.panels import Rows, Specification, layered, mark, nominal, number
from majung.report.figures.style import INK, NARROW, finish, heading, row_names
from majung.report.page.cells import Block, Cell
from majung.report.takeoff.charts import TAKEOFF, time_channel
from majung.report.takeoff.shown import Shown, Span, year_of
from majung.report.takeoff.words import grain_of, odds, period, title, within, years_of
from majung.report.wording import NOTHING, count, percent

if TYPE_CHECKING:
    from datetime import date

    from majung.evidence.takeoff import RuleReading

__all__ = ["hindsight_block", "replay_block", "replay_chart"]

_SILENT: Final = "#eef0f2"
_TOGETHER: Final = "together"


def hindsight_block(shown: Shown, lang: Lang) -> Block:
    """Return how early and how often wrong each rule was, held against the date in the end."""
    grain = grain_of(shown.verdict.series)
    days = _grain_of_days(shown)
    rule = shown.verdict.takeoff.rule
    found = hindsight(shown.verdict.series, list(shown.replay), rule)
    rows = []
    for name in RULES:
        one = found[name]
        rows.append(
            [
                Cell(text(f"report.takeoff.rule.{name}", lang)),
                Cell(period(one.first_said, days, lang)),
                Cell(years_of(one.years_after, lang)),
                Cell(percent(one.wrong) if one.spoke else NOTHING),
                Cell(count(one.spoke)),
            ]
        )
    columns = ("rule", "first_alarm", "years_after", "wrong", "spoke")
    head = [text(f"report.takeoff.column.{column}", lang) for column in columns]
    truth = shown.replay[-1].rules[rule].date
    key = "hindsight" if truth is not None else "hindsight_none"
    values = {"day": within(truth, grain, lang), "rule": text(f"report.takeoff.rule.{rule}", lang)}
    return Block(text(f"report.takeoff.table.{key}", lang, **values), head, rows)


def replay_block(shown: Shown, lang: Lang) -> Block:
    """Return what each rule said on each day on which something became known."""
    grain = grain_of(shown.verdict.series)
    days = _grain_of_days(shown)
    rows = [
        [
            Cell(period(step.day, days, lang)),
            Cell(odds(step.probability)),
            *(_said(step.rules.get(rule), grain, lang) for rule in RULES),
        ]
        for step in shown.replay
    ]
    head = [
        *(text(f"report.takeoff.column.{column}", lang) for column in ("known", "odds")),
        *(text(f"report.takeoff.rule.{rule}", lang) for rule in RULES),
    ]
    return Block(text("report.takeoff.table.replay", lang), head, rows)


def replay_chart(shown: Shown, lang: Lang, width: int) -> Specification | None:
    """Draw each rule as a row, filled from the day on which it said that there had been a take-off."""
    if not shown.replay:
        return None
    narrow = width < NARROW
    names = {_TOGETHER: text("report.takeoff.together", lang)}
    names |= {rule: text(f"report.takeoff.rule.{rule}", lang) for rule in RULES}
    rows = row_names(names, 112 if narrow else 190)
    plot = width - rows.room - 40
    begins = [year_of(step.day) for step in shown.replay]
    ends = [*begins[1:], max(shown.as_of, begins[-1] + _last_stretch(begins))]
    axis = Span(begins[0], ends[-1])
    x = time_channel(axis, "", plot)
    order = list(names)
    y = nominal("rule", sort=order, scale={"domain": order, "paddingInner": 0.25}, axis=rows.axis())
    tiles, marks = [], []
    for step, begin, end in zip(shown.replay, begins, ends, strict=True):
        tiles.append((_TOGETHER, begin, end, float(step.probability)))
        for rule in RULES:
            if (share := _share(step.rules.get(rule))) is not None:
                tiles.append((rule, begin, end, share))
    last = shown.replay[-1].rules
    for rule in RULES:
        settled = last[rule].date if rule in last else None
        if settled is not None and axis.low <= year_of(settled) <= axis.high:
            marks.append((rule, year_of(settled)))
    data = Rows()
    own = data.named(pd.DataFrame(tiles, columns=["rule", "year", "end", "share"]))
    shades = {"domain": [0, 1], "range": [_SILENT, TAKEOFF], "interpolate": "rgb"}
    channels = {"x": x, "x2": {"field": "end"}, "y": y, "color": number("share", scale=shades, legend=None)}
    layers = [mark("rect", own, channels, stroke="white", strokeWidth=0.6 if len(begins) < plot / 4 else 0)]
    if marks:
        own = data.named(pd.DataFrame(marks, columns=["rule", "year"]))
        layers.append(mark("tick", own, {"x": x, "y": y}, color=INK, thickness=2.5, size=22))
    title_of = heading("takeoff_replay", lang, width, name=title(shown.verdict, lang))
    return finish(layered(layers, title_of, width=plot, height={"step": max(rows.step, 30)}), data)


def _share(reading: RuleReading | None) -> float | None:
    """Return how sure a rule is of a take-off; None where it says nothing."""
    if reading is None or reading.reason is not None:
        return None
    return float(reading.date is not None) if reading.probability is None else float(reading.probability)


def _said(reading: RuleReading | None, grain: str, lang: Lang) -> Cell:
    if reading is None or reading.reason is not None:
        return Cell(NOTHING)
    day = text("report.takeoff.none_seen", lang) if reading.date is None else period(reading.date, grain, lang)
    return Cell(day, "" if reading.probability is None else odds(reading.probability))


def _last_stretch(begins: list[float]) -> float:
    """Return how long the last tile is where the day is the last one itself: as long as the one before."""
    return begins[-1] - begins[-2] if len(begins) > 1 else 1.0


def _grain_of_days(shown: Shown) -> str:
    days: list[date] = [step.day for step in shown.replay]
    return grain_of(shown.verdict.series, days)
