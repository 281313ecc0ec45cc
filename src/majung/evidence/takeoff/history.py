"""Walk through history: what each rule would have said whenever something became known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np

from majung.errors import Interrupted
from majung.evidence.series import Series
from majung.evidence.takeoff.detect import as_day, last_known, why_nothing
from majung.evidence.takeoff.flow import Flow
from majung.evidence.takeoff.readings import default_rule, read_rules
from majung.evidence.takeoff.rules import Detector
from majung.evidence.takeoff.verdict import RULES, RuleName, RuleReading

__all__ = ["Hindsight", "Step", "hindsight", "replay"]

_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was said on one day.

    Parameters
    ----------
    day : date
        On which something became known.
    rules : mapping
        By rule, what it said.
    probability : float
        That sales had taken off, by all rules together.
    """

    day: date
    rules: Mapping[RuleName, RuleReading]
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """How one rule fares against what is known in the end.

    Parameters
    ----------
    rule : str
    first_said : date or None
        The first day on which it said that sales had taken off.
    years_after : float or None
        By how much that is after the take-off as it is dated in the end; negative is before. None where either is not.
    wrong : float
        Share of the days on which it spoke and said the opposite of what was so.
    spoke : int
        On how many days it spoke.
    """

    rule: RuleName
    first_said: date | None
    years_after: float | None
    wrong: float
    spoke: int


def replay(
    series: Series,
    as_of: date | str | None = None,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Step]:
    """Read a series as of every day on which something became known.

    Parameters
    ----------
    series : Series
    as_of : date or str, optional
        The last day; that on which the last value became known where left out.
    threads : int, optional
    progress, cancelled
        As in `takeoffs`.

    Returns
    -------
    list of Step
        In the order of days, from the first on which anything can be said; empty where nothing ever can.
    """
    end = last_known([series]) if as_of is None else as_day(as_of)
    days = [day for day in series.known.astype(object).tolist() if day <= end]
    detector = Detector.packaged()
    steps = []
    for place, day in enumerate(days):
        if cancelled is not None and cancelled():
            raise Interrupted("ensemble.interrupted")
        known = series.as_of(day)
        if why_nothing(known) is None and np.nan_to_num(known.values).any():
            found = read_rules(Flow.of(known), detector, threads=threads)
            steps.append(Step(day=day, rules=found.rules, probability=found.probability))
        if progress is not None:
            progress(place + 1, len(days))
    return steps


def hindsight(series: Series, steps: list[Step], rule: RuleName | None = None) -> Mapping[RuleName, Hindsight]:
    """Hold what each rule said against the take-off as one rule dates it in the end.

    Parameters
    ----------
    series : Series
        That was replayed.
    steps : list of Step
        From `replay`; at least one.
    rule : str, optional
        Whose date counts; the default rule of the series as it is known in the end where left out.
    """
    last = steps[-1]
    chosen = rule or default_rule(Flow.of(series.as_of(last.day)))
    truth = last.rules[chosen].date
    return MappingProxyType({name: _held(name, steps, truth) for name in RULES})


def _held(rule: RuleName, steps: list[Step], truth: date | None) -> Hindsight:
    spoke = [(step.day, step.rules[rule]) for step in steps if step.rules[rule].reason is None]
    said = [day for day, reading in spoke if reading.date is not None]
    wrong = [(reading.date is not None) != (truth is not None and day >= truth) for day, reading in spoke]
    first = said[0] if said else None
    after = None if first is None or truth is None else (first - truth) / timedelta(days=_YEAR)
    return Hindsight(
        rule=rule,
        first_said=first,
        years_after=after,
        wrong=float(np.mean(wrong)) if wrong else 0.0,
        spoke=len(spoke),
    )
