"""Read the stage of a technology from its series, as of a day."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias, overload

import numpy as np
import pandas as pd

from majung.errors import InputError, Problem, not_a_choice
from majung.evidence.diffusion import MODELS
from majung.evidence.series import Series, read_series
from majung.evidence.takeoff.curves import MODELS_FITTED, Curves, elbow, fit_curves, when
from majung.evidence.takeoff.flow import Flow
from majung.evidence.takeoff.readings import LEAST, default_rule, read_rules
from majung.evidence.takeoff.rules import Detector
from majung.evidence.takeoff.stages import certain_stage, most_likely, stage_probabilities
from majung.evidence.takeoff.verdict import RULES, RuleName, RuleReading, Takeoff
from majung.messages import Phrase
from majung.money import parse_date

__all__ = ["BOOTSTRAP", "SEED", "as_day", "last_known", "takeoff", "takeoffs", "why_nothing"]

Table: TypeAlias = "str | os.PathLike[str] | pd.DataFrame"

BOOTSTRAP: Final = 200
"""Draws for the intervals of curves, unless others are asked for."""
SEED: Final = 1969
_FEWEST: Final = 4
_SURE: Final = 1.5
"""How many times the low end of the potential's interval its high end may be, for the curve to stand for a market."""
_FIRST: Final = 0.25
"""Share of the greatest sale below which a first sale is close to the launch."""
_OLD: Final = 1.5
"""Years after which what was last known is pointed out as old."""


@overload
def takeoff(series: Series | pd.Series[Any], as_of: date | str | None = None, **options: Any) -> Takeoff: ...
@overload
def takeoff(series: Table, as_of: date | str | None = None, **options: Any) -> list[Takeoff]: ...
def takeoff(
    series: Series | pd.Series[Any] | Table, as_of: date | str | None = None, **options: Any
) -> Takeoff | list[Takeoff]:
    """Say whether a technology has taken off, when, and what stage it is in.

    Parameters
    ----------
    series : Series, pandas.Series, path or DataFrame
        A table may hold many series; see `majung.read_series`.
    as_of : date or str, optional
        Nothing that became known later is used; the last day of what is known where left out.
    kind, unit, market
        As in `read_series`, for a pandas series or a table.
    rule : {"threshold", "penetration", "elbow", "change_point"}, optional
        Whose take-off is reported as the one; the one with the best record on series like this where left out.
    models, bootstrap, seed, threads, progress, cancelled
        See `takeoffs`.

    Returns
    -------
    Takeoff, or list of Takeoff
        One for one series; a list for a table.

    Raises
    ------
    InputError
        What is given cannot be read, or nothing can be said of any series in it.
    """
    reading = {name: options.pop(name) for name in ("kind", "unit", "market") if name in options}
    if isinstance(series, Series):
        if reading:
            raise TypeError(f"a Series knows its {', '.join(reading)} already")
        return takeoffs([series], as_of, **options)[0]
    if isinstance(series, pd.Series):
        return takeoffs([Series.of(series, **reading)], as_of, **options)[0]
    table = series if isinstance(series, pd.DataFrame) else Path(series)
    return takeoffs(read_series(table, **reading), as_of, **options)


def takeoffs(
    series: Sequence[Series],
    as_of: date | str | None = None,
    *,
    rule: RuleName | None = None,
    models: Sequence[str] = MODELS_FITTED,
    bootstrap: int = BOOTSTRAP,
    seed: int = SEED,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Takeoff]:
    """Say of many series whether they have taken off, when, and what stage they are in.

    Parameters
    ----------
    series : sequence of Series
    as_of : date or str, optional
        Nothing that became known later is used; the last day of what is known of any series where left out.
    rule : str, optional
        See `takeoff`.
    models : sequence of str
        Curves to fit, of `majung.evidence.diffusion.MODELS`.
    bootstrap : int
        Draws for the intervals of curves.
    seed : int
        Of the draws.
    threads : int, optional
        All cores where left out; results do not depend on it.
    progress : callable, optional
        Called with how many steps are done and how many there are.
    cancelled : callable, optional
        Asked now and then; `Interrupted` is raised where it says so.

    Returns
    -------
    list of Takeoff
        In the order of the series. One of which nothing can be said has the reason instead.

    Raises
    ------
    InputError
        A rule or model that there is not, a day that is none, or nothing can be said of any series.
    """
    _check(rule, models, bootstrap)
    day = last_known(series) if as_of is None else as_day(as_of)
    known = [one.as_of(day) for one in series]
    reasons = [why_nothing(one) for one in known]
    if known and all(reason is not None for reason in reasons):
        told = zip(known, reasons, strict=True)
        raise InputError(
            Problem(key="evidence.takeoff.nothing", values={"series": one.name, "why": why}) for one, why in told
        )
    sold = [one for one, reason in zip(known, reasons, strict=True) if reason is None and _launched(one)]
    curves = iter(
        fit_curves(
            sold,
            models=models,
            bootstrap=bootstrap,
            seed=seed,
            threads=threads,
            progress=progress,
            cancelled=cancelled,
        )
        if sold
        else ()
    )
    found = []
    for one, reason in zip(known, reasons, strict=True):
        if reason is not None:
            found.append(_silent(one, day, rule, reason))
        elif not _launched(one):
            found.append(_before_launch(one, day, rule))
        else:
            found.append(_judged(one, day, rule, next(curves), threads))
    return found


def as_day(day: date | str) -> date:
    """Return a day, however it is written."""
    return parse_date(day)


def last_known(series: Sequence[Series]) -> date:
    """Return the last day on which anything became known."""
    days = [one.known[-1] for one in series if len(one.known)]
    return max(days).astype(date) if days else date.today()


def why_nothing(series: Series) -> Phrase | None:
    """Return why nothing can be said of a series, or None where something can."""
    values = series.values[~np.isnan(series.values)]
    if not len(values):
        return Phrase("evidence.takeoff.nothing_known")
    if not values.any():
        return None if len(values) >= _FEWEST else Phrase("evidence.takeoff.too_few", count=len(values), least=_FEWEST)
    if len(values) < _FEWEST:
        return Phrase("evidence.takeoff.too_few", count=len(values), least=_FEWEST)
    if np.ptp(values) == 0:
        return Phrase("evidence.takeoff.constant", value=float(values[0]))
    flow = Flow.of(series)
    count = int((np.nan_to_num(flow.sold[flow.measured]) > 0).sum())
    if count < LEAST:
        return Phrase("evidence.takeoff.too_few_sales", count=count, least=LEAST)
    return None


def _launched(series: Series) -> bool:
    return bool(np.nan_to_num(series.values).any())


def _judged(series: Series, day: date, rule: RuleName | None, curves: Curves, threads: int | None) -> Takeoff:
    best, detector = curves.best, Detector.packaged()
    market = _market(series, curves)
    flow = Flow.of(series, market)
    readings = read_rules(
        flow, detector, elbow=None if best is None else elbow(best, curves.zero, rate=series.is_rate), threads=threads
    )
    stages = stage_probabilities(readings.regimes, readings.years, readings.probability, detector)
    chosen = readings.rules[rule or default_rule(flow)]
    return Takeoff(
        series=series,
        as_of=day,
        stage=most_likely(stages),
        stage_probabilities=stages,
        takeoff=replace(chosen, probability=readings.probability),
        rules=readings.rules,
        fits=curves.fits,
        best_model=None if best is None else best.model,
        potential=None if best is None else best.potential,
        peak=None if best is None or series.is_rate else when(best.peak, curves.zero),
        forecast=curves.fan,
        warnings=_warnings(series, day, flow, curves),
    )


def _market(series: Series, curves: Curves) -> float | None:
    """Return the market: as given, or the potential of a curve that has its peak behind it and is sure of it."""
    best = curves.best
    if series.market is not None or best is None or not len(best.draws) or series.is_rate:
        return series.market
    estimate, low, high = best.potential
    passed = best.peak[2] < best.observed.ends[-1]
    whole = series.kind != "per_period" or float(series.values[0]) < _FIRST * float(np.nanmax(series.values))
    return estimate if passed and whole and high < _SURE * low else None


def _warnings(series: Series, day: date, flow: Flow, curves: Curves) -> tuple[Phrase, ...]:
    found = list(series.notes)
    known = series.ends[~np.isnan(series.values)]
    last = known[-1].astype(date)
    if (day - last).days > _OLD * 365:
        found.append(Phrase("evidence.takeoff.old", last=str(last), as_of=str(day)))
    if series.frequency == "irregular":
        found.append(Phrase("evidence.takeoff.irregular"))
    if flow.reached is None:
        found.append(Phrase("evidence.takeoff.market_unknown"))
    elif series.market is None and flow.market is not None:
        found.append(Phrase("evidence.takeoff.market_fitted", market=flow.market))
    if series.market is not None and flow.reached is not None and float(np.nanmax(flow.reached)) > 1:
        found.append(Phrase("evidence.takeoff.above_market", share=float(np.nanmax(flow.reached))))
    if not flow.from_launch and flow.reached is None:
        found.append(Phrase("evidence.takeoff.launch_unknown"))
    if (np.nan_to_num(flow.sold, nan=1.0) == 0).any():
        found.append(Phrase("evidence.takeoff.zeros"))
    if curves.best is None:
        found.append(Phrase("evidence.takeoff.no_curve"))
    return tuple(found)


def _silent(series: Series, day: date, rule: RuleName | None, reason: Phrase) -> Takeoff:
    """Return the verdict on a series of which nothing can be said."""
    readings: dict[RuleName, RuleReading] = {name: RuleReading(rule=name, reason=reason) for name in RULES}
    return Takeoff(
        series=series,
        as_of=day,
        stage=None,
        stage_probabilities=MappingProxyType({}),
        takeoff=readings[rule or "change_point"],
        rules=MappingProxyType(readings),
        reason=reason,
        warnings=series.notes,
    )


def _before_launch(series: Series, day: date, rule: RuleName | None) -> Takeoff:
    """Return the verdict on a series that has had no sales yet: no rule sees a take-off, and none is needed."""
    readings: dict[RuleName, RuleReading] = {name: RuleReading(rule=name) for name in RULES}
    return Takeoff(
        series=series,
        as_of=day,
        stage="before_launch",
        stage_probabilities=certain_stage("before_launch"),
        takeoff=RuleReading(rule=rule or "change_point", probability=0.0),
        rules=MappingProxyType(readings),
        warnings=series.notes,
    )


def _check(rule: str | None, models: Sequence[str], bootstrap: int) -> None:
    problems = []
    if rule is not None and rule not in RULES:
        problems.append(not_a_choice(rule, RULES, Phrase("evidence.takeoff.a_rule")))
    problems += [not_a_choice(model, MODELS, Phrase("evidence.fit.a_model")) for model in models if model not in MODELS]
    if bootstrap < 0:
        problems.append(
            Problem(key="evidence.takeoff.draws", found=str(bootstrap), expected=Phrase("evidence.takeoff.a_count"))
        )
    if problems:
        raise InputError(problems)
