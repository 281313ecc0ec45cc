"""Evaluators' scores: a merit that goes with quality and sales, and errors of those who judge."""

from __future__ import annotations

import math
from statistics import fmean, pstdev

from first_buyer.call import Call


def make_scores(call: Call) -> None:
    """Give each application the scores of a panel; some are missing, never all."""
    merit, evaluators = merits(call), call.choice["evaluators"]
    level, spread = call.choice["score_level"], call.choice["merit_spread"]
    lenient = [call.choice["leniency_spread"] * call.normal() for _ in range(evaluators)]
    for application, worth in zip(call.applications, merit, strict=True):
        given: list[int | None] = []
        for leniency in lenient:
            error = call.choice["evaluation_error"] * call.normal()
            score = min(max(round(level + spread * worth + leniency + error), 0), 100)
            given.append(None if call.uniform() < call.choice["score_missing"] else score)
        if all(score is None for score in given):
            given[0] = round(level + spread * worth)
        application.scores = given


def merits(call: Call) -> list[float]:
    """Mix the standing of a line's quality and of its sales with what only the application shows."""
    weights = call.choice["merit_weights"]
    quality = standing([a.line.quality for a in call.applications])
    traction = standing([math.log1p(a.line.sales) for a in call.applications])
    rest = math.sqrt(1 - weights["quality"] ** 2 - weights["traction"] ** 2)
    mixed = [weights["quality"] * q + weights["traction"] * t for q, t in zip(quality, traction, strict=True)]
    return standing([known + rest * call.normal() for known in mixed])


def standing(values: list[float]) -> list[float]:
    """Return values with mean 0 and standard deviation 1."""
    mean, spread = fmean(values), pstdev(values)
    return [(value - mean) / spread for value in values]
