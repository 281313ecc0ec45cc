"""The tables of the report on take-off, as rows of written cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from majung.evidence.takeoff import RULES
from majung.messages import Lang, text
from majung.report.page.cells import Block, Cell
from majung.report.takeoff.overview import ranked
from majung.report.takeoff.shown import Shown
from majung.report.takeoff.words import (
    between,
    figure,
    grain_of,
    moment,
    odds,
    reach,
    sentence,
    spread,
    takeoff_words,
    title,
    years_of,
)
from majung.report.wording import NOTHING, number, percent

if TYPE_CHECKING:
    from majung.evidence.diffusion import Fit
    from majung.evidence.takeoff import RuleReading, Takeoff

__all__ = ["fits_block", "rules_block", "summary_block"]

_POTENTIAL: Final = "m"
_NBSP: Final = "\N{NO-BREAK SPACE}"


def summary_block(found: Sequence[Shown], lang: Lang) -> Block:
    """Return the answer for every series, the likeliest take-off first."""
    verdicts = [shown.verdict for shown in ranked(found)]
    columns = ["series", "stage", "odds", "takeoff", "rules", "model", "potential", "peak"]
    # Of shares, and where no curve is sound, no peak is told: a column of dashes says nothing.
    if all(verdict.peak is None for verdict in verdicts):
        columns.remove("peak")
    rows = [_summary(verdict, lang)[: len(columns)] for verdict in verdicts]
    return _block("summary", columns, rows, lang, words=2)


def rules_block(verdict: Takeoff, lang: Lang) -> Block:
    """Return what each rule says, and how often it is wrong and how late on simulated series."""
    rows = [_rule(verdict, verdict.rules[rule], lang) for rule in RULES if rule in verdict.rules]
    columns = ("rule", "reading", "odds", "false_alarm_rate", "median_delay", "hit_rate")
    return _block("rules", columns, rows, lang, words=2)


def fits_block(verdict: Takeoff, lang: Lang) -> Block:
    """Return every curve that was fitted, with its intervals and all that is wrong with it."""
    rows = [_fit(fit, verdict, lang) for fit in verdict.fits]
    columns = ("model", "parameters", "remarks", "potential", "aicc", "rolling_error")
    unit = verdict.series.unit or text("report.takeoff.unit_unsaid", lang)
    return _block("fits", columns, rows, lang, words=3, unit=unit)


def _summary(verdict: Takeoff, lang: Lang) -> list[Cell]:
    series = verdict.series
    if verdict.stage is None:
        reason = verdict.reason.label(lang) if verdict.reason is not None else ""
        unsaid = Cell(text("report.takeoff.unsaid", lang), reason)
        return [Cell(title(verdict, lang), series.unit), unsaid, *[Cell(NOTHING)] * 6]
    grain = grain_of(series)
    likely = odds(verdict.stage_probabilities.get(verdict.stage))
    spoken = [reading for reading in verdict.rules.values() if reading.reason is None]
    seen = [reading for reading in spoken if reading.date is not None]
    return [
        Cell(title(verdict, lang), series.unit),
        Cell(text(f"report.takeoff.stage.{verdict.stage}", lang), likely),
        Cell(_odds(verdict.takeoff, lang)),
        Cell(*takeoff_words(verdict.takeoff, grain, lang)),
        Cell(text("report.takeoff.of", lang, part=len(seen), whole=len(spoken))),
        Cell(_model(verdict.best_model, lang)),
        _potential(verdict, lang),
        _peak(verdict, lang),
    ]


def _potential(verdict: Takeoff, lang: Lang) -> Cell:
    if verdict.potential is None:
        return Cell(NOTHING)
    estimate, low, high = verdict.potential
    written, bounds = spread(estimate, low, high, lang)
    unit = verdict.series.unit
    return Cell(f"{written}{_NBSP}{unit}" if unit else written, bounds)


def _peak(verdict: Takeoff, lang: Lang) -> Cell:
    peak, grain = verdict.peak, grain_of(verdict.series)
    if peak is None:
        return Cell(NOTHING)
    grain = "month" if grain == "day" else grain
    return Cell(moment(peak.date, grain, lang), between(peak.low, peak.high, grain, lang))


def _rule(verdict: Takeoff, reading: RuleReading, lang: Lang) -> list[Cell]:
    name = Cell(
        text(f"report.takeoff.rule.{reading.rule}", lang),
        text("report.takeoff.asked", lang) if reading.rule == verdict.takeoff.rule else "",
    )
    if reading.reason is not None:
        said = Cell(text("report.takeoff.unsaid", lang), reading.reason.label(lang))
    else:
        day, bounds = takeoff_words(reading, grain_of(verdict.series), lang)
        said = Cell(text("report.takeoff.none_seen", lang) if day == NOTHING else day, bounds)
    return [
        name,
        said,
        Cell(_odds(reading, lang)),
        Cell(percent(reading.false_alarm_rate)),
        Cell(years_of(reading.median_delay, lang)),
        Cell(percent(reading.hit_rate)),
    ]


def _fit(fit: Fit, verdict: Takeoff, lang: Lang) -> list[Cell]:
    remarks = [sentence(warning.label(lang)) for warning in fit.warnings]
    estimator = text(f"report.takeoff.estimator.{fit.estimator}", lang)
    best = fit.model == verdict.best_model
    names = [name for name in fit.parameters if name != _POTENTIAL]
    values = ", ".join(f"{name} {figure(fit.parameters[name])}" for name in names)
    bounds = [(name, reach(fit.low.get(name), fit.high.get(name), lang)) for name in names]
    intervals = ", ".join(f"{name} {bound}" for name, bound in bounds if bound)
    m = fit.parameters.get(_POTENTIAL)
    potential = spread(m, fit.low.get(_POTENTIAL), fit.high.get(_POTENTIAL), lang)
    return [
        Cell(_model(fit.model, lang), text("report.takeoff.best", lang, estimator=estimator) if best else estimator),
        Cell(values, intervals),
        Cell(" ".join(dict.fromkeys(remarks)) or NOTHING),
        Cell(*potential),
        Cell(number(fit.aicc)),
        Cell(percent(fit.rolling_error)),
    ]


def _odds(reading: RuleReading, lang: Lang) -> str:
    if reading.probability is not None:
        return odds(reading.probability)
    if reading.reason is not None:
        return NOTHING
    return text(f"report.takeoff.{'yes' if reading.date is not None else 'no'}", lang)


def _model(name: str | None, lang: Lang) -> str:
    return NOTHING if name is None else text(f"report.takeoff.model.{name}", lang)


def _block(
    key: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], lang: Lang, *, words: int, **values: object
) -> Block:
    head = [text(f"report.takeoff.column.{column}", lang) for column in columns]
    return Block(text(f"report.takeoff.table.{key}", lang, **values), head, rows, words)
