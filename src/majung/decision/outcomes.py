"""What each strategy came to on average, and held against the baseline in the same worlds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung import dims
from majung.decision.statistics import Interval, interval_of_mean, interval_of_ratio

if TYPE_CHECKING:
    import xarray as xr

    from majung.ensemble import Accumulator

__all__ = ["Outcomes", "widest_interval"]

Floats = NDArray[np.float64]

_COLUMN: Final = {array.name: column for column, array in enumerate(dims.OUTCOMES)}
_CREATED: Final = _COLUMN["private_domestic_sales"]
_SPENT: Final = _COLUMN["public_spent"]


@dataclass(frozen=True)
class Outcomes:
    """Moments of the outcomes (`majung.dims.OUTCOMES`) of S strategies, in the scenario's unit of money.

    A strategy's net gain is the private domestic sales above those of the baseline in the same world, less what the
    public money above the baseline's costs society. Its additionality is the ratio of the two means: private domestic
    sales created per unit of public money spent.

    Parameters
    ----------
    mean, variance : (S, outcome) array
        Over each strategy's own worlds; sample variances.
    worlds : (S,) array
        How many worlds that are.
    difference : (S, outcome) array
        Mean outcomes less the baseline's in the same world.
    covariance : (S, outcome, outcome) array
        Sample covariances of these differences.
    pairs : (S,) array
        Worlds that failed neither under the strategy nor under the baseline.
    confidence : float
        Of every interval.
    marginal_cost : float
        What a unit of public money costs society.
    """

    mean: Floats
    variance: Floats
    worlds: NDArray[np.int64]
    difference: Floats
    covariance: Floats
    pairs: NDArray[np.int64]
    confidence: float
    marginal_cost: float

    @classmethod
    def of(cls, statistics: xr.Dataset) -> Outcomes:
        """Read them from a result's statistics."""
        parameters = json.loads(statistics.attrs["parameters"])
        levels = statistics["outcomes"].transpose("strategy", "statistic", "outcome")
        return cls(
            np.asarray(levels.sel(statistic="mean").values),
            np.asarray(levels.sel(statistic="variance").values),
            np.asarray(statistics["worlds"].values),
            np.asarray(statistics["difference"].transpose("strategy", "outcome").values),
            np.asarray(statistics["difference_covariance"].transpose("strategy", "outcome", "other_outcome").values),
            np.asarray(statistics["pairs"].values),
            parameters["confidence"],
            parameters["marginal_cost_of_public_funds"],
        )

    def average(self, row: int, outcome: str) -> float:
        """Return a strategy's mean outcome; NaN where it has none."""
        return float(self.mean[row, _COLUMN[outcome]])

    def level(self, row: int, outcome: str) -> Interval:
        """Return a strategy's mean outcome with its interval; not of shares, which some worlds may lack."""
        column = _COLUMN[outcome]
        return self._interval(self.mean[row, column], self.variance[row, column], self.worlds[row])

    def above_baseline(self, row: int, outcome: str) -> Interval:
        """Return the mean difference from the baseline in the same worlds; not of shares."""
        column = _COLUMN[outcome]
        return self._interval(self.difference[row, column], self.covariance[row, column, column], self.pairs[row])

    def net_gain(self, row: int) -> Interval:
        """Return the mean net gain."""
        cost, covariance = self.marginal_cost, self.covariance[row]
        mean = self.difference[row, _CREATED] - cost * self.difference[row, _SPENT]
        variance = covariance[_CREATED, _CREATED] - 2 * cost * covariance[_CREATED, _SPENT]
        return self._interval(mean, variance + cost**2 * covariance[_SPENT, _SPENT], self.pairs[row])

    def additionality(self, row: int) -> Interval | None:
        """Return private domestic sales created per unit of public money spent; None where nothing was spent."""
        return additionality(self.difference[row], self.covariance[row], int(self.pairs[row]), self.confidence)

    def _interval(self, mean: float, variance: float, n: int) -> Interval:
        return interval_of_mean(float(mean), float(variance), int(n), self.confidence)


def additionality(difference: Floats, covariance: Floats, pairs: int, confidence: float) -> Interval | None:
    """Return private domestic sales created per unit of public money spent, of (outcome,) moments of differences."""
    pair = [_CREATED, _SPENT]
    return interval_of_ratio(
        float(difference[_CREATED]), float(difference[_SPENT]), covariance[np.ix_(pair, pair)], pairs, confidence
    )


def widest_interval(accumulator: Accumulator) -> float:
    """Return the largest half-width of additionality's interval over the strategies that spend; 0 if none does.

    Infinite where there are too few replications for an interval.
    """
    confidence = accumulator.design.scenario.parameters.value("confidence")
    moments = accumulator.tally.differences
    found = (
        additionality(mean, covariance, int(pairs), confidence)
        for mean, covariance, pairs in zip(moments.mean, moments.covariances, moments.count, strict=True)
    )
    widths = [interval.half_width for interval in found if interval is not None]
    return max((np.inf if np.isnan(width) else width for width in widths), default=0.0)
