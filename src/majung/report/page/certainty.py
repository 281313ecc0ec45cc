"""How sure an order of strategies is: the chance of being best, and the first against the second in the same worlds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from majung.decision.statistics import Interval, interval_of_mean, share_interval
from majung.report.series import Results

if TYPE_CHECKING:
    from majung.decision import StrategySummary

__all__ = ["Lead", "chance_of_best", "lead"]

_GAIN: Final = ("private_domestic_sales", "public_spent")


class Lead(NamedTuple):
    """The best two strategies that are not hands-off, and how much more the first gains, in the scenario's unit."""

    first: StrategySummary
    second: StrategySummary
    difference: Interval


def chance_of_best(summary: StrategySummary, results: Results) -> Interval | None:
    """Return the probability that a strategy is best, with its exact binomial interval; None of one world or none.

    A world in which several are best counts for each in part. The interval is that of Clopper and Pearson (1934).
    """
    worlds, share = results.replications, summary.probability_best
    if worlds < 2 or not np.isfinite(share):
        return None
    return Interval(share, *share_interval(share * worlds, worlds, results.confidence))


def lead(results: Results) -> Lead | None:
    """Return how far the best strategy lies above the next best in the same worlds; None where there are no two.

    The mean is of all worlds, the variance of the paired differences of those kept whole.
    """
    if len(results.others) < 2 or results.replications < 2:
        return None
    first, second = results.others[:2]
    sample = results.array("sample_outcomes").sel(outcome=list(_GAIN)).transpose("strategy", "sample", "outcome").values
    sample = sample[:, np.isfinite(sample).all(axis=(0, 2))]
    if sample.shape[1] < 2:
        return None
    gains = sample @ np.array([1.0, -results.outcomes.marginal_cost])
    row = results.strategies.index
    spread = float(np.var(gains[row(first.id)] - gains[row(second.id)], ddof=1))
    mean = first.net_gain.mean - second.net_gain.mean
    return Lead(first, second, interval_of_mean(mean, spread, results.replications, results.confidence))
