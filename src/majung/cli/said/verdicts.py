"""What ``majung takeoff`` says: tables for people, a list of objects for machines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from majung.cli.said.grid import Column, Grid, within
from majung.evidence.takeoff import RULES, hindsight
from majung.messages import Lang, text
from majung.report.takeoff.words import between, grain_of, odds, period, spread, takeoff_words, title, years_of
from majung.report.wording import NOTHING, percent

if TYPE_CHECKING:
    from rich.text import Text

    from majung.evidence.diffusion import Fit
    from majung.evidence.series import Series
    from majung.evidence.takeoff import RuleReading, Step, Takeoff, When

__all__ = ["as_json", "hindsight_table", "hindsight_tally", "rules_table", "rules_tally", "verdict_table"]

_COLUMNS: Final = ("stage", "odds", "takeoff", "model", "potential", "peak")
_RATES: Final = ("false_alarm_rate", "median_delay", "hit_rate")


def verdict_table(verdicts: Iterable[Takeoff], lang: Lang) -> Grid:
    """Return a line a series."""
    shown = _grid(("series", *_COLUMNS), lang, words=2, lesser=("model", "potential", "peak"))
    for verdict in verdicts:
        grain = grain_of(verdict.series)
        if verdict.stage is None:
            shown.add(title(verdict, lang), text("report.takeoff.unsaid", lang), *[NOTHING] * (len(_COLUMNS) - 1))
            continue
        stage = text(f"report.takeoff.stage.{verdict.stage}", lang)
        reading, peak = verdict.takeoff, verdict.peak
        potential = (NOTHING, "") if verdict.potential is None else spread(*verdict.potential, lang)
        fitted = "month" if grain == "day" else grain
        when = NOTHING, ""
        if peak is not None:
            when = period(peak.date, fitted, lang), between(peak.low, peak.high, fitted, lang)
        shown.add(
            title(verdict, lang),
            within(stage, odds(verdict.stage_probabilities.get(verdict.stage))),
            odds(reading.probability),
            within(*takeoff_words(reading, grain, lang)),
            NOTHING if verdict.best_model is None else text(f"report.takeoff.model.{verdict.best_model}", lang),
            within(*potential),
            within(*when),
        )
    return shown


def rules_table(verdicts: Iterable[Takeoff], lang: Lang) -> Grid:
    """Return what each rule says of each series."""
    shown = _grid(("series", "rule", "reading", *_RATES), lang, words=3, lesser=("hit_rate", "median_delay"))
    for verdict in verdicts:
        if verdict.stage is None:
            continue
        for place, rule in enumerate(rule for rule in RULES if rule in verdict.rules):
            reading = verdict.rules[rule]
            said = reading.reason.label(lang) if reading.reason is not None else _said(reading, verdict, lang)
            name = text(f"report.takeoff.rule.{rule}", lang)
            shown.add("" if place else title(verdict, lang), name, said, *_rates(reading, lang))
    return shown


def rules_tally(verdicts: Sequence[Takeoff], lang: Lang) -> Grid:
    """Return in how many series each rule sees a take-off, and its worst record among them."""
    shown = _grid(("rule", "reading", *_RATES), lang, words=2, lesser=("hit_rate",))
    for rule in RULES:
        spoken = [one.rules[rule] for one in verdicts if rule in one.rules and one.rules[rule].reason is None]
        seen = sum(reading.date is not None for reading in spoken)
        said = text("cli.takeoff.seen", lang, part=seen, whole=len(spoken))
        shown.add(
            text(f"report.takeoff.rule.{rule}", lang),
            said,
            _range([percent(rate) for rate in _sorted(reading.false_alarm_rate for reading in spoken)], lang),
            _range([years_of(delay, lang) for delay in _sorted(reading.median_delay for reading in spoken)], lang),
            _range([percent(rate) for rate in _sorted(reading.hit_rate for reading in spoken)], lang),
        )
    return shown


def hindsight_table(verdicts: Iterable[Takeoff], replays: Mapping[str, Sequence[Step]], lang: Lang) -> Grid:
    """Return how early and how often wrong each rule would have been."""
    shown = _grid(("series", "rule", "first_alarm", "years_after", "wrong", "spoke"), lang, words=2, lesser=("spoke",))
    for verdict in verdicts:
        steps = list(replays.get(verdict.series.id, ()))
        if not steps:
            continue
        days = grain_of(verdict.series, [step.day for step in steps])
        found = hindsight(verdict.series, steps, verdict.takeoff.rule)
        for place, rule in enumerate(RULES):
            one = found[rule]
            shown.add(
                "" if place else title(verdict, lang),
                text(f"report.takeoff.rule.{rule}", lang),
                period(one.first_said, days, lang),
                years_of(one.years_after, lang),
                percent(one.wrong) if one.spoke else NOTHING,
                str(one.spoke),
            )
    return shown


def hindsight_tally(verdicts: Iterable[Takeoff], replays: Mapping[str, Sequence[Step]], lang: Lang) -> Grid:
    """Return how early and how often wrong each rule would have been in the middle of many series."""
    shown = _grid(("rule", "reading", "years_after", "wrong"), lang, words=2)
    found = [
        hindsight(verdict.series, list(steps), verdict.takeoff.rule)
        for verdict in verdicts
        if (steps := replays.get(verdict.series.id))
    ]
    for rule in RULES:
        spoken = [one[rule] for one in found if one[rule].spoke]
        after = [one.years_after for one in spoken if one.years_after is not None]
        seen = sum(one.first_said is not None for one in spoken)
        shown.add(
            text(f"report.takeoff.rule.{rule}", lang),
            text("cli.takeoff.seen", lang, part=seen, whole=len(spoken)),
            years_of(float(np.median(after)) if after else None, lang),
            percent(float(np.median([one.wrong for one in spoken])) if spoken else None),
        )
    return shown


def as_json(
    verdicts: Iterable[Takeoff], replays: Mapping[str, Sequence[Step]] | None, lang: Lang
) -> list[dict[str, Any]]:
    """Return the verdicts as the list that ``--json`` prints; a number that does not exist is null."""
    found = []
    for verdict in verdicts:
        content = _verdict(verdict, lang)
        if replays is not None:
            content["replay"] = [_step(step, lang) for step in replays.get(verdict.series.id, ())]
            content["hindsight"] = _hindsight(verdict, replays.get(verdict.series.id, ()))
        found.append(_nullable(content))
    return found


def _verdict(verdict: Takeoff, lang: Lang) -> dict[str, Any]:
    series, reading = verdict.series, verdict.takeoff
    reason = None if verdict.reason is None else verdict.reason.label(lang)
    potential = None
    if verdict.potential is not None:
        potential = dict(zip(("estimate", "low", "high"), map(float, verdict.potential), strict=True))
    return {
        "series": series.id,
        "name": series.name,
        "unit": series.unit,
        "kind": series.kind,
        "as_of": verdict.as_of.isoformat(),
        "n": _count(series),
        "stage": verdict.stage,
        "stage_probabilities": {stage: float(share) for stage, share in verdict.stage_probabilities.items()},
        "takeoff": {
            "date": _day(reading.date),
            "low": _day(reading.low),
            "high": _day(reading.high),
            "before_data": reading.before_data,
            "probability": reading.probability,
            "rule": reading.rule,
        },
        "rules": {rule: _reading(verdict.rules[rule], lang) for rule in RULES if rule in verdict.rules},
        "fits": [_fit(fit, lang) for fit in verdict.fits],
        "best_model": verdict.best_model,
        "potential": potential,
        "peak": None if verdict.peak is None else _when(verdict.peak),
        "forecast": _forecast(verdict),
        "reason": reason,
        "warnings": [warning.label(lang) for warning in dict.fromkeys((*verdict.warnings, *series.notes))],
    }


def _reading(reading: RuleReading, lang: Lang) -> dict[str, Any]:
    return {
        "date": _day(reading.date),
        "low": _day(reading.low),
        "high": _day(reading.high),
        "before_data": reading.before_data,
        "probability": reading.probability,
        "false_alarm_rate": reading.false_alarm_rate,
        "median_delay": reading.median_delay,
        "hit_rate": reading.hit_rate,
        "reason": None if reading.reason is None else reading.reason.label(lang),
    }


def _fit(fit: Fit, lang: Lang) -> dict[str, Any]:
    return {
        "model": fit.model,
        "estimator": fit.estimator,
        **_numbers(fit.parameters),
        "se": _numbers(fit.se),
        "low": _numbers(fit.low),
        "high": _numbers(fit.high),
        "interval": fit.interval,
        "aicc": float(fit.aicc),
        "rolling_error": float(fit.rolling_error),
        "converged": bool(fit.converged),
        "at_bound": list(fit.at_bound),
        "warnings": [warning.label(lang) for warning in fit.warnings],
    }


def _forecast(verdict: Takeoff) -> list[dict[str, Any]] | None:
    fan = verdict.forecast
    if fan is None or fan.dates is None:
        return None
    names = ("p05", "p25", "p50", "p75", "p95")
    days = np.asarray(fan.dates).astype("datetime64[D]").astype(str)
    values = np.asarray(fan.values, dtype=float)
    return [
        {"date": str(day), **dict(zip(names, row.tolist(), strict=True))} for day, row in zip(days, values, strict=True)
    ]


def _step(step: Step, lang: Lang) -> dict[str, Any]:
    kept = ("date", "probability", "reason")
    rules = {rule: _reading(reading, lang) for rule, reading in step.rules.items()}
    return {
        "day": step.day.isoformat(),
        "probability": step.probability,
        "rules": {rule: {name: reading[name] for name in kept} for rule, reading in rules.items()},
    }


def _hindsight(verdict: Takeoff, steps: Sequence[Step]) -> dict[str, Any]:
    if not steps:
        return {}
    found = hindsight(verdict.series, list(steps), verdict.takeoff.rule)
    return {
        rule: {
            "first_said": _day(one.first_said),
            "years_after": one.years_after,
            "wrong": one.wrong,
            "spoke": one.spoke,
        }
        for rule, one in found.items()
    }


def _when(when: When) -> dict[str, Any]:
    return {"date": _day(when.date), "low": _day(when.low), "high": _day(when.high)}


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


def _count(series: Series) -> int:
    return int(np.isfinite(np.asarray(series.values, dtype=float)).sum())


def _numbers(values: Mapping[str, float]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _nullable(value: Any) -> Any:
    """Replace what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _nullable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_nullable(inner) for inner in value]
    return value


def _said(reading: RuleReading, verdict: Takeoff, lang: Lang) -> Text:
    day, bounds = takeoff_words(reading, grain_of(verdict.series), lang)
    return within(text("report.takeoff.none_seen", lang), "") if day == NOTHING else within(day, bounds)


def _rates(reading: RuleReading, lang: Lang) -> tuple[str, str, str]:
    return percent(reading.false_alarm_rate), years_of(reading.median_delay, lang), percent(reading.hit_rate)


def _sorted(values: Iterable[float | None]) -> list[float]:
    return sorted({value for value in values if value is not None and math.isfinite(value)})


def _range(written: Sequence[str], lang: Lang) -> str:
    if not written:
        return NOTHING
    return written[0] if written[0] == written[-1] else text("report.range", lang, low=written[0], high=written[-1])


def _grid(columns: Sequence[str], lang: Lang, *, words: int, lesser: Sequence[str] = ()) -> Grid:
    """Return an empty table.

    Parameters
    ----------
    words : int
        The first columns, which hold words; the others hold numbers.
    lesser : sequence of str
        Columns that are left out where there is no room, the first of them first.
    """
    return Grid(
        [
            Column(
                column,
                text(f"report.takeoff.column.{column}", lang),
                "left" if place < words else "right",
                len(lesser) - lesser.index(column) if column in lesser else 0,
            )
            for place, column in enumerate(columns)
        ]
    )
