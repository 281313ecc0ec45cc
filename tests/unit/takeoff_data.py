"""Verdicts made by hand, so that the report can be tested without anything having to be judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from majung.evidence.diffusion import Fit, Observations
from majung.evidence.diffusion.judge.forecast import Fan
from majung.evidence.takeoff import RULES, STAGES, RuleReading, Takeoff, When
from majung.messages import Phrase
from majung.report.takeoff import Replay

VCR = (840.0, 1470.0, 2110.0, 4000.0, 7590.0, 10950.0, 10530.0, 9470.0, 7790.0, 5890.0)
"""Sales of video recorders, USA, 1979 to 1988, thousands."""


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A series with what the report asks of one."""

    id: str
    ends: NDArray[np.datetime64]
    values: NDArray[np.float64]
    kind: str = "per_period"
    unit: str = "thousand units"
    frequency: str = "year"
    name: str = ""
    source: str = "Lehmann, Gupta and Steckel (1997)"
    notes: tuple[Phrase, ...] = field(default=())


def years(first: int, count: int) -> NDArray[np.datetime64]:
    return np.array([f"{year}-12-31" for year in range(first, first + count)], dtype="datetime64[D]")


def quarters(first: int, count: int) -> NDArray[np.datetime64]:
    days = ("03-31", "06-30", "09-30", "12-31")
    return np.array([f"{first + place // 4}-{days[place % 4]}" for place in range(count)], dtype="datetime64[D]")


def vcr(known: int = len(VCR), *, name: str = "Video recorders, USA", key: str = "vcr", **changes: Any) -> Plain:
    return Plain(id=key, name=name, ends=years(1979, known), values=np.array(VCR[:known]), **changes)


def fit(series: Plain, **changes: Any) -> Fit:
    """Return the published fit of the video recorders, which is drawn whatever the series."""
    ends = 1980.0 + np.arange(len(series.values))
    observed = Observations.of(series.values, ends=ends)
    parameters = {"m": 67980.9, "p": 0.00659397, "q": 0.638091}
    content: dict[str, Any] = {
        "model": "bass",
        "estimator": "nls-interval",
        "parameters": parameters,
        "se": {"m": 3130.0, "p": 0.00143, "q": 0.0414},
        "low": {"m": 61846.0, "p": 0.0038, "q": 0.557},
        "high": {"m": 74116.0, "p": 0.0094, "q": float("nan")},
        "interval": "bootstrap",
        "rss": 3.7e6,
        "n": len(series.values),
        "k": 3,
        "aicc": 141.2,
        "rolling_error": 0.183,
        "converged": True,
        "at_bound": (),
        "warnings": (),
        "peak": (1986.1, 1985.8, 1986.4),
        "potential": (67980.9, 61846.0, 74116.0),
        "origin": 1979.0,
        "observed": observed,
    }
    return Fit(**(content | changes))


def fan(first: int, count: int = 5, start: float = 9000.0) -> Fan:
    middle = start * 0.75 ** np.arange(count)
    spread = np.array([0.5, 0.8, 1.0, 1.25, 1.9])
    return Fan(first + 1.0 + np.arange(count), middle[:, None] * spread, years(first, count))


def readings(**changes: Any) -> dict[Any, RuleReading]:
    made = {
        rule: {"date": date(1982, 12, 31), "false_alarm_rate": 0.21, "median_delay": 1.0, "hit_rate": 0.9}
        for rule in RULES
    }
    made["change_point"] |= {"probability": 0.973, "low": date(1981, 12, 31), "high": date(1983, 12, 31)}
    made["penetration"] = {"date": None, "reason": Phrase("report.takeoff.unit_unsaid")}
    made["elbow"] |= {"date": None}
    return {rule: RuleReading(**({"rule": rule} | values | changes.get(rule, {}))) for rule, values in made.items()}


def verdict(series: Any = None, **changes: Any) -> Takeoff:
    """Return a verdict of a take-off that is as good as sure; `changes` replace parts of it."""
    series = vcr(8) if series is None else series
    rules = changes.pop("rules", None) or readings()
    poor = fit(
        series, model="gompertz", parameters={"m": 9e9, "b": 0.01, "peak": 1999.0}, se={}, low={}, high={},
        converged=False, at_bound=("m", "b"), aicc=float("inf"), rolling_error=float("nan"),
        warnings=(Phrase("report.takeoff.not_converged"),),
    )  # fmt: skip
    content: dict[str, Any] = {
        "series": series,
        "as_of": date(1987, 4, 29),
        "stage": "growth",
        "stage_probabilities": dict(zip(STAGES, (0.0, 0.01, 0.06, 0.83, 0.09, 0.01), strict=True)),
        "takeoff": rules["change_point"],
        "rules": rules,
        "fits": (fit(series), poor),
        "best_model": "bass",
        "potential": (67980.9, 61846.0, 74116.0),
        "peak": When(date=date(1986, 12, 31), low=date(1985, 12, 31), high=None),
        "forecast": fan(1987),
        "warnings": (Phrase("report.takeoff.not_converged"),),
    }
    return Takeoff(**(content | changes))


def not_yet(key: str = "holograms", name: str = "Holograms") -> Takeoff:
    series = Plain(id=key, name=name, ends=quarters(2021, 9), values=np.array([3.0, 4, 3, 5, 4, 6, 5, 6, 7]),
                   unit="USD bn", frequency="quarter", source="")  # fmt: skip
    silent = readings(change_point={"date": None, "low": None, "high": None, "probability": 0.034})
    return verdict(
        series, as_of=date(2023, 4, 29), rules=silent, stage="introduction", fits=(), best_model=None, potential=None,
        peak=None, forecast=None, stage_probabilities=dict(zip(STAGES, (0.0, 0.9, 0.04, 0.03, 0.02, 0.01), strict=True)),
        warnings=(),
    )  # fmt: skip


def unsaid(key: str = "one", name: str = "One value only") -> Takeoff:
    series = Plain(id=key, name=name, ends=years(2020, 1), values=np.array([5.0]))
    return verdict(
        series, as_of=date(2023, 4, 29), rules={"change_point": RuleReading(rule="change_point")}, stage=None,
        stage_probabilities={}, fits=(), best_model=None, potential=None, peak=None, forecast=None,
        reason=Phrase("report.takeoff.finding.unsaid"), warnings=(),
    )  # fmt: skip


def replay(ends: NDArray[np.datetime64], said: dict[str, list[Any]]) -> Replay:
    """Return what rules said: for each a list of a date, a probability or None, one a period."""
    found = []
    for place, day in enumerate(ends.astype(object)):
        at: dict[Any, RuleReading] = {}
        for rule, words in said.items():
            word = words[place]
            if isinstance(word, tuple):
                at[rule] = RuleReading(rule=rule, probability=word[0], date=word[1])
            else:
                at[rule] = RuleReading(rule=rule, date=word)
        found.append((day, at))
    return found
