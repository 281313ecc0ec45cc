"""What each rule would have said in each period: how early, how often wrong, as a picture and as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pandas as pd

from majung.evidence.takeoff import RULES
from majung.messages import Lang, text
from majung.report.figures.panels import Rows, Specification, layered, mark, nominal, number
from majung.report.figures.style import INK, NARROW, finish, heading, row_names
from majung.report.page.cells import Block, Cell
from majung.report.takeoff.charts import TAKEOFF, time_channel
from majung.report.takeoff.shown import Replay, Shown, Span, year_of
from majung.report.takeoff.words import odds, period, title
from majung.report.wording import NOTHING, count
from majung.report.wording import number as written

if TYPE_CHECKING:
    from majung.evidence.takeoff import RuleReading
    from majung.evidence.takeoff.verdict import RuleName

__all__ = ["History", "history", "history_block", "replay_block", "replay_chart", "says_yes"]

_HALF: Final = 0.5
_SILENT: Final = "#eef0f2"


@dataclass(frozen=True, slots=True)
class History:
    """How a rule fared as the periods went by, held against what it says at the end of the data.

    Parameters
    ----------
    rule : str
    settled : date or None
        The take-off by its last reading.
    first : date or None
        The end of the first period in which it said that there had been a take-off.
    first_said : date or None
        The date that it gave then.
    delay : float or None
        Years from `settled` to the first alarm at or after it that it did not take back; negative never.
    false_alarms : int
        Periods before `settled`, or any where it is None, in which it said that there had been a take-off.
    missed : int
        Periods from `settled` on in which it said nothing of a take-off.
    withdrawn : int
        How often it took an alarm back.
    periods : int
        In which it was asked.
    """

    rule: RuleName
    settled: date | None
    first: date | None
    first_said: date | None
    delay: float | None
    false_alarms: int
    missed: int
    withdrawn: int
    periods: int


def says_yes(reading: RuleReading) -> bool:
    """Return whether a rule says that there has been a take-off: more likely than not, where it gives odds."""
    if reading.probability is not None:
        return reading.probability >= _HALF
    return reading.date is not None


def history(replay: Replay, rule: RuleName) -> History:
    """Hold what a rule said in each period against what it says at the end."""
    said = [(day, readings[rule]) for day, readings in replay if rule in readings]
    alarms = [says_yes(reading) for _, reading in said]
    settled = said[-1][1].date if said and alarms[-1] else None
    first = next((place for place, alarm in enumerate(alarms) if alarm), None)
    after = [settled is not None and day >= settled for day, _ in said]
    held = len(alarms)
    while held and alarms[held - 1]:
        held -= 1
    delay = None
    if settled is not None and held < len(said):
        delay = max(year_of(said[held][0]) - year_of(settled), 0.0)
    return History(
        rule=rule,
        settled=settled,
        first=None if first is None else said[first][0],
        first_said=None if first is None else said[first][1].date,
        delay=delay,
        false_alarms=sum(alarm and not past for alarm, past in zip(alarms, after, strict=True)),
        missed=sum(past and not alarm for alarm, past in zip(alarms, after, strict=True)),
        withdrawn=sum(before and not now for before, now in pairwise(alarms)),
        periods=len(said),
    )


def history_block(shown: Shown, lang: Lang) -> Block:
    """Return how early and how often wrong each rule was."""
    frequency = shown.verdict.series.frequency
    rows = []
    for rule in _asked(shown):
        found = history(shown.replay or (), rule)
        rows.append(
            [
                Cell(text(f"report.takeoff.rule.{rule}", lang)),
                Cell(period(found.settled, frequency, lang)),
                Cell(period(found.first, frequency, lang), _said_then(found, frequency, lang)),
                Cell(_years(found.delay, lang)),
                Cell(_of(found.false_alarms, found.periods, lang)),
                Cell(_of(found.missed, found.periods, lang)),
                Cell(count(found.withdrawn)),
            ]
        )
    columns = ("rule", "settled", "first_alarm", "own_delay", "false_alarms", "missed", "withdrawn")
    head = [text(f"report.takeoff.column.{column}", lang) for column in columns]
    return Block(text("report.takeoff.table.history", lang), head, rows)


def replay_block(shown: Shown, lang: Lang) -> Block:
    """Return what each rule said in each period."""
    frequency = shown.verdict.series.frequency
    rules = _asked(shown)
    rows = []
    for day, readings in shown.replay or ():
        cells = []
        for rule in rules:
            reading = readings.get(rule)
            if reading is None:
                cells.append(Cell(NOTHING))
                continue
            note = "" if reading.probability is None else odds(reading.probability)
            cells.append(Cell(period(reading.date if says_yes(reading) else None, frequency, lang), note))
        rows.append([Cell(period(day, frequency, lang)), *cells])
    head = [text("report.takeoff.column.period", lang), *(text(f"report.takeoff.rule.{rule}", lang) for rule in rules)]
    return Block(text("report.takeoff.table.replay", lang), head, rows)


def replay_chart(shown: Shown, lang: Lang, width: int) -> Specification | None:
    """Draw each rule as a row of periods, filled where it said that there had been a take-off."""
    replay = shown.replay
    if not replay:
        return None
    narrow = width < NARROW
    rules = _asked(shown)
    names: dict[str, str] = {rule: text(f"report.takeoff.rule.{rule}", lang) for rule in rules}
    rows = row_names(names, 112 if narrow else 190)
    plot = width - rows.room - 40
    ends = [year_of(day) for day, _ in replay]
    begins = [ends[0] - (ends[1] - ends[0] if len(ends) > 1 else 1.0), *ends[:-1]]
    axis = Span(begins[0], ends[-1])
    x = time_channel(axis, shown.verdict.series.frequency, plot)
    order = list(rules)
    y = nominal("rule", sort=order, scale={"domain": order, "paddingInner": 0.25}, axis=rows.axis())
    tiles, marks = [], []
    for (_, readings), begin, end in zip(replay, begins, ends, strict=True):
        for rule in rules:
            if (reading := readings.get(rule)) is not None:
                likely = reading.probability
                share = float(reading.date is not None) if likely is None else float(likely)
                tiles.append((rule, begin, end, share))
    for rule in rules:
        if (settled := history(replay, rule).settled) is not None and axis.low <= year_of(settled) <= axis.high:
            marks.append((rule, year_of(settled)))
    data = Rows()
    own = data.named(pd.DataFrame(tiles, columns=["rule", "year", "end", "share"]))
    colour = number("share", scale={"domain": [0, 1], "range": [_SILENT, TAKEOFF]}, legend=None)
    channels = {"x": x, "x2": {"field": "end"}, "y": y, "color": colour}
    layers = [mark("rect", own, channels, stroke="white", strokeWidth=0.6 if len(replay) < plot / 4 else 0)]
    if marks:
        own = data.named(pd.DataFrame(marks, columns=["rule", "year"]))
        layers.append(mark("tick", own, {"x": x, "y": y}, color=INK, thickness=2.5, size=22))
    title_of = heading("takeoff_replay", lang, width, name=title(shown.verdict))
    chart = layered(layers, title_of, width=plot, height={"step": max(rows.step, 30)})
    return finish(chart, data)


def _asked(shown: Shown) -> list[RuleName]:
    return [rule for rule in RULES if any(rule in readings for _, readings in shown.replay or ())]


def _said_then(found: History, frequency: str, lang: Lang) -> str:
    if found.first is None or found.first_said is None:
        return ""
    return text("report.takeoff.said_then", lang, day=period(found.first_said, frequency, lang))


def _of(part: int, whole: int, lang: Lang) -> str:
    return text("report.takeoff.of", lang, part=count(part), whole=count(whole))


def _years(delay: float | None, lang: Lang) -> str:
    return NOTHING if delay is None else text("report.takeoff.years", lang, years=written(delay))
