"""Verdicts made by hand, so that the report can be tested without anything having to be judged."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from majung.evidence.diffusion import Fan, Fit, Observations
from majung.evidence.series import Series
from majung.evidence.takeoff import RULES, STAGES, RuleReading, Step, Takeoff, When
from majung.messages import Phrase

VCR = (840.0, 1470.0, 2110.0, 4000.0, 7590.0, 10950.0, 10530.0, 9470.0, 7790.0, 5890.0)
"""Sales of video recorders, USA, 1979 to 1988, thousands."""
REASON = Phrase("evidence.takeoff.too_few", count=1, least=4)
WARNING = Phrase("evidence.takeoff.market_unknown")


def vcr(known: int = len(VCR), *, name: str = "Video recorders, USA", key: str = "vcr") -> Series:
    return Series.of(
        VCR[:known], start=1979, kind="per_period", unit="thousand units", id=key, name=name, source="Lehmann 1997"
    )


def fit(series: Series, **changes: Any) -> Fit:
    """Return the published fit of the video recorders."""
    count = len(series)
    content: dict[str, Any] = {
        "model": "bass",
        "estimator": "nls-interval",
        "parameters": {"m": 67980.9, "p": 0.00659397, "q": 0.638091},
        "se": {"m": 3130.0, "p": 0.00143, "q": 0.0414},
        "low": {"m": 61846.0, "p": 0.0000379, "q": 0.557},
        "high": {"m": 74116.0, "p": 0.0094, "q": float("nan")},
        "interval": "bootstrap",
        "rss": 3.7e6,
        "n": count,
        "k": 3,
        "aicc": 141.2,
        "rolling_error": 0.183,
        "converged": True,
        "at_bound": (),
        "warnings": (),
        "peak": (7.1, 6.8, 7.4),
        "potential": (67980.9, 61846.0, 74116.0),
        "origin": 0.0,
        "observed": Observations.of(np.asarray(series.values), ends=1.0 + np.arange(count)),
    }
    return Fit(**(content | changes))


def fan(first: int, count: int = 5, start: float = 9000.0) -> Fan:
    middle = start * 0.75 ** np.arange(count)
    spread = np.array([0.5, 0.8, 1.0, 1.25, 1.9])
    days = np.array([f"{first + step}-12-31" for step in range(count)], dtype="datetime64[D]")
    return Fan(np.arange(count, dtype=float), middle[:, None] * spread, days)


def readings(**changes: Any) -> dict[Any, RuleReading]:
    rates = {"false_alarm_rate": 0.21, "median_delay": 1.04, "hit_rate": 0.9}
    made: dict[str, dict[str, Any]] = {rule: {"date": date(1982, 12, 31), **rates} for rule in RULES}
    made["change_point"] |= {"probability": 0.973, "low": date(1981, 12, 31), "high": date(1983, 12, 31)}
    made["penetration"] = {"reason": Phrase("evidence.takeoff.no_market")}
    made["elbow"] |= {"date": None}
    return {rule: RuleReading(**({"rule": rule} | values | changes.get(rule, {}))) for rule, values in made.items()}


def verdict(series: Series | None = None, **changes: Any) -> Takeoff:
    """Return a verdict of a take-off that is as good as sure; `changes` replace parts of it."""
    series = vcr(8) if series is None else series
    rules = changes.pop("rules", None) or readings()
    poor = fit(
        series,
        model="gompertz",
        parameters={"m": 9e9, "b": 0.01, "peak": 30.0},
        se={"m": float("nan"), "b": float("nan"), "peak": float("nan")},
        low={},
        high={},
        converged=False,
        at_bound=("m", "b"),
        aicc=float("inf"),
        rolling_error=float("nan"),
        warnings=(Phrase("evidence.takeoff.no_curve"),),
    )
    content: dict[str, Any] = {
        "series": series,
        "as_of": date(1987, 4, 29),
        "stage": "growth",
        "stage_probabilities": shares(growth=0.83, slowdown=0.09, takeoff=0.06, introduction=0.02),
        "takeoff": rules["change_point"],
        "rules": rules,
        "fits": (fit(series), poor),
        "best_model": "bass",
        "potential": (67980.9, 61846.0, 74116.0),
        "peak": When(date=date(1986, 2, 5), low=date(1985, 11, 30), high=None),
        "forecast": fan(1987),
        "warnings": (WARNING,),
    }
    return Takeoff(**(content | changes))


def shares(**given: float) -> Any:
    return MappingProxyType({stage: given.get(stage, 0.0) for stage in STAGES})


def not_yet(key: str = "holograms", name: str = "Holograms") -> Takeoff:
    series = Series.of(
        [3.0, 4, 3, 5, 4, 6, 5, 6, 7], start="2021Q1", kind="per_period", unit="USD bn", id=key, name=name
    )
    nothing = {"date": None, "low": None, "high": None}
    return verdict(
        series,
        as_of=date(2023, 4, 29),
        rules=readings(change_point=nothing | {"probability": 0.034}, threshold=nothing),
        stage="introduction",
        stage_probabilities=shares(introduction=0.9, takeoff=0.1),
        fits=(),
        best_model=None,
        potential=None,
        peak=None,
        forecast=None,
        warnings=(),
    )


def unsaid(key: str = "one", name: str = "One value only") -> Takeoff:
    series = Series.of([5.0], start=2020, kind="per_period", unit="units", id=key, name=name)
    return verdict(
        series,
        as_of=date(2023, 4, 29),
        rules={rule: RuleReading(rule=rule, reason=REASON) for rule in RULES},
        stage=None,
        stage_probabilities={},
        fits=(),
        best_model=None,
        potential=None,
        peak=None,
        forecast=None,
        reason=REASON,
        warnings=(),
    )


def steps() -> list[Step]:
    """Return a replay of the video recorders in which each rule has a fate of its own."""
    taken = date(1982, 12, 31)
    found = []
    for year in range(1981, 1989):
        likely = 0.05 if year < 1983 else 0.98
        rules = readings(
            threshold={"date": taken if year == 1981 or year > 1983 else None},
            elbow={"date": taken if year > 1985 else None},
            change_point={"date": taken if year > 1982 else None, "low": None, "high": None, "probability": likely},
        )
        found.append(Step(day=date(year, 12, 31), rules=MappingProxyType(rules), probability=likely))
    return found
