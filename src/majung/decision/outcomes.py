"""What each strategy came to in each replication, and held against the baseline under the same luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from majung.decision.statistics import Interval, ratio_interval

__all__ = ["Outcomes", "additionality", "outcomes"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcomes:
    """(strategy, replication) arrays over the whole horizon, in the scenario's unit of money; NaN where one failed.

    Parameters
    ----------
    private_sales : ndarray
        Private domestic sales: final and derived, home and abroad, without what programme orders induced.
    returned : ndarray
        Budget that could not be spent.
    spent : ndarray
        Public money paid out.
    difference : ndarray
        Private domestic sales above those of the baseline in the same replication.
    net_gain : ndarray
        The difference less what the public money costs society.
    """

    private_sales: Floats
    returned: Floats
    spent: Floats
    difference: Floats
    net_gain: Floats


def outcomes(array: Callable[[str], Floats], *, baseline: int, marginal_cost: float) -> Outcomes:
    """Sum the arrays of `majung.dims` up to outcomes.

    Parameters
    ----------
    array : callable
        Returns the (strategy, replication, ...) array of a name.
    baseline : int
        Row of the baseline.
    marginal_cost : float
        What a unit of public money costs society.
    """

    def total(name: str) -> Floats:
        values = array(name)
        return np.asarray(values.reshape(*values.shape[:2], -1).sum(axis=2))

    private_sales = total("private_final_sales") + total("private_derived_sales")
    returned = total("returned")
    spent = total("budget") - returned
    difference = private_sales - private_sales[baseline]
    return Outcomes(private_sales, returned, spent, difference, difference - marginal_cost * spent)


def additionality(result: Outcomes, strategy: int, confidence: float) -> Interval | None:
    """Return private domestic sales created per unit of public money spent; None where nothing was spent."""
    return ratio_interval(result.difference[strategy], result.spent[strategy], confidence)
