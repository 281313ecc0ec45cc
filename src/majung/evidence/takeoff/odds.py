"""How far the rules can be trusted, and the odds of take-off that follow from them all, as simulated series show.

The figures are in ``evidence/data/takeoff_rules.csv`` and ``takeoff_odds.csv``; ``docs/takeoff_rules.py`` makes them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["FEATURES", "Record", "features", "record", "taken_off_probability"]

FEATURES: Final = ("constant", "threshold", "penetration", "elbow", "change_point", "reached", "reached_far")
_SHARPEST: Final = 6.0
"""Log odds of the change-point rule beyond which more do not count."""
_SMALLEST: Final = 1e-4
_FAR: Final = 0.1
"""Share of the market beyond which more of it counts for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a rule did on simulated series.

    Parameters
    ----------
    series, takeoffs : int
        How many series, and how many of them took off.
    false_alarm_rate, hit_rate : float
        Share of series with an alarm more than a year early, or without a take-off; share of take-offs with an alarm
        within a year before and three years after.
    median_delay : float
        Years from take-off to alarms that are not false.
    early, late : float
        Years by which the day that it names lies after the take-off: 2.5th and 97.5th percentile.
    """

    series: int
    takeoffs: int
    false_alarm_rate: float
    hit_rate: float
    median_delay: float
    early: float
    late: float


def record(rule: str, per_year: int, *, market: bool) -> Record:
    """Return what a rule did on all families of series with as many periods a year, with the market known or not."""
    return _records()[rule, per_year, market]


def features(
    threshold: bool, penetration: bool, elbow: bool, probability: float, reached: float | None
) -> tuple[float, ...]:
    """Return what the odds follow from, in the order of `FEATURES`.

    Parameters
    ----------
    threshold, penetration, elbow : bool
        Whether the rule has said that sales have taken off.
    probability : float
        Of the change-point rule; NaN where it says nothing.
    reached : float or None
        Share of the market; None where it is not known.
    """
    change = 0.0
    if not math.isnan(probability):
        inside = min(max(probability, 1e-9), 1 - 1e-9)
        change = min(max(math.log(inside / (1 - inside)), -_SHARPEST), _SHARPEST)
    share = far = 0.0
    if reached is not None:
        share = math.log(max(reached, _SMALLEST))
        far = max(0.0, share - math.log(_FAR))
    return 1.0, float(threshold), float(penetration), float(elbow), change, share, far


def taken_off_probability(seen: Sequence[float], *, market: bool) -> float:
    """Return the probability that sales have taken off, given `features`.

    It is the share of simulated series that look alike, and holds where take-offs are as frequent as among those.
    """
    return 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(_weights()[market], seen, strict=True))))


@cache
def _records() -> dict[tuple[str, int, bool], Record]:
    return {
        (row["rule"], int(row["per_year"]), row["market"] == "known"): Record(
            series=int(row["series"]),
            takeoffs=int(row["takeoffs"]),
            **{
                name: float(row[name] or "nan")
                for name in ("false_alarm_rate", "hit_rate", "median_delay", "early", "late")
            },
        )
        for row in _rows("takeoff_rules")
        if row["family"] == "all"
    }


@cache
def _weights() -> dict[bool, tuple[float, ...]]:
    return {row["market"] == "known": tuple(float(row[name]) for name in FEATURES) for row in _rows("takeoff_odds")}


def _rows(table: str) -> Iterator[dict[str, str]]:
    return csv.DictReader((files("majung.evidence") / "data" / f"{table}.csv").read_text("utf-8").splitlines())
