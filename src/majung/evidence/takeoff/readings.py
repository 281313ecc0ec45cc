"""What every rule says of one series at the end of what is known of it, and the odds that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from majung.evidence.takeoff.changepoint import Regimes
from majung.evidence.takeoff.curves import day_of
from majung.evidence.takeoff.flow import Flow
from majung.evidence.takeoff.odds import Record, features, record, taken_off_probability
from majung.evidence.takeoff.rules import (
    Detector,
    began_quantiles,
    elbow_alarm,
    elbows_by_then,
    penetration_alarm,
    read_regimes,
    threshold_alarm,
)
from majung.evidence.takeoff.simulated import NEVER
from majung.evidence.takeoff.verdict import RULES, RuleName, RuleReading, When
from majung.messages import Phrase

__all__ = ["LEAST", "Readings", "default_rule", "read_rules"]

Floats: TypeAlias = NDArray[np.float64]

LEAST: Final = 3
"""Periods with sales below which no regime can be told from another."""
_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class Readings:
    """Of one series as of one day.

    Parameters
    ----------
    rules : mapping
        By rule.
    probability : float
        That sales have taken off, by all rules together.
    regimes : Regimes
        Of the periods that have sales.
    years : (m,) array
        Ends of those periods.
    """

    rules: Mapping[RuleName, RuleReading]
    probability: float
    regimes: Regimes
    years: Floats


def default_rule(flow: Flow) -> RuleName:
    """Return the rule that did best on simulated series like this one: the most hits less false alarms."""

    def score(rule: RuleName) -> float:
        found = _record(rule, flow)
        return float(np.nan_to_num(found.hit_rate)) - found.false_alarm_rate

    return max((rule for rule in RULES if rule != "penetration" or flow.reached is not None), key=score)


def read_rules(flow: Flow, detector: Detector, *, elbow: When | None = None, threads: int | None = None) -> Readings:
    """Let every rule read a series.

    Parameters
    ----------
    flow : Flow
        Its sales, at least `LEAST` of them.
    elbow : When or None
        Of the curve to go by, with its interval; where left out, that of the Bass curve.
    threads : int, optional
    """
    there, found = read_regimes(flow, detector)
    probability = np.full(flow.size, np.nan)
    probability[there] = 1 - found.by_then[:, 0]
    elbows = elbows_by_then(flow, threads=threads)
    fired = {
        "threshold": threshold_alarm(flow, detector),
        "penetration": penetration_alarm(flow, detector),
        "elbow": elbow_alarm(flow, elbows),
    }
    seen = features(
        fired["threshold"] != NEVER,
        fired["penetration"] != NEVER,
        fired["elbow"] != NEVER,
        float(probability[there[-1]]),
        None if flow.reached is None else float(flow.reached[-1]),
    )
    readings: dict[RuleName, RuleReading] = {
        "threshold": _threshold(flow, fired["threshold"]),
        "penetration": _penetration(flow, fired["penetration"]),
        "elbow": _elbow(flow, elbows, elbow),
        "change_point": _change_point(flow, there, found, detector),
    }
    return Readings(
        rules=MappingProxyType({rule: _with_record(readings[rule], flow) for rule in RULES}),
        probability=taken_off_probability(seen, market=flow.reached is not None),
        regimes=found,
        years=flow.years[there],
    )


def _threshold(flow: Flow, place: int) -> RuleReading:
    if flow.size < 2 * flow.per_year:
        return RuleReading(rule="threshold", reason=Phrase("evidence.takeoff.two_years"))
    return _alarm("threshold", flow, place)


def _penetration(flow: Flow, place: int) -> RuleReading:
    if flow.reached is None:
        return RuleReading(rule="penetration", reason=Phrase("evidence.takeoff.no_market"))
    return _alarm("penetration", flow, place)


def _alarm(rule: RuleName, flow: Flow, place: int) -> RuleReading:
    """Return the reading of a rule that says when and no more; its interval is that of its errors when measured."""
    if place == NEVER:
        return RuleReading(rule=rule)
    day = day_of(float(flow.years[place]))
    if place == 0 and not flow.from_launch:
        return RuleReading(rule=rule, date=day, high=day, before_data=True)
    around = _measured(rule, flow, day)
    return RuleReading(rule=rule, date=day, low=around.low, high=around.high)


def _measured(rule: RuleName, flow: Flow, day: date | None) -> When:
    """Return the interval around a day that a rule names, by how far it was from the truth on simulated series."""
    known = _record(rule, flow)
    if day is None or np.isnan(known.early):
        return When(date=day)
    last = day_of(float(flow.years[-1]))
    low, high = _shifted(day, -known.late), _shifted(day, -known.early)
    # Nothing but the future lies after what is known, and the alarm was raised by what had happened by then.
    return When(date=day, low=low, high=high if high is None or last is None else min(high, last))


def _shifted(day: date, years: float) -> date | None:
    try:
        return day + timedelta(days=round(years * _YEAR))
    except OverflowError:
        return None


def _elbow(flow: Flow, elbows: Floats, best: When | None) -> RuleReading:
    if best is None:
        fitted = elbows[np.isfinite(elbows)]
        if not len(fitted):
            return RuleReading(rule="elbow", reason=Phrase("evidence.takeoff.no_curve"))
        best = When(date=day_of(float(fitted[-1])))
    last = day_of(float(flow.years[-1]))
    if best.date is None or last is None or best.date > last:
        return RuleReading(rule="elbow")
    first = day_of(float(flow.years[0]) - 1 / flow.per_year)
    before = first is not None and best.date < first
    return RuleReading(rule="elbow", date=best.date, low=best.low, high=best.high, before_data=before)


def _change_point(flow: Flow, there: NDArray[np.int64], found: Regimes, detector: Detector) -> RuleReading:
    probability = 1 - float(found.by_then[-1, 0])
    if probability < detector.alarm_probability:
        return RuleReading(rule="change_point", probability=probability)
    low, middle, high = began_quantiles(there, found)
    # Growth began within the period: after the end of the one before it of which anything is known.
    before = there[there < low]
    earliest = day_of(float(flow.years[before[-1]])) if len(before) else None
    return RuleReading(
        rule="change_point",
        probability=probability,
        date=day_of(float(flow.years[middle])),
        low=earliest,
        high=day_of(float(flow.years[high])),
        before_data=middle == int(there[0]) and not flow.from_launch,
    )


def _with_record(reading: RuleReading, flow: Flow) -> RuleReading:
    if reading.reason is not None:
        return reading
    known = _record(reading.rule, flow)
    return replace(
        reading,
        false_alarm_rate=known.false_alarm_rate,
        median_delay=None if np.isnan(known.median_delay) else known.median_delay,
        hit_rate=None if np.isnan(known.hit_rate) else known.hit_rate,
    )


def _record(rule: RuleName, flow: Flow) -> Record:
    return record(rule, flow.per_year, market=flow.reached is not None)
