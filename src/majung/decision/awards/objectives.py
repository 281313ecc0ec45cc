"""What an award is for: one figure of a world, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from majung import dims

if TYPE_CHECKING:
    from majung.ensemble import BlockResult
    from majung.scenario import Scenario

__all__ = ["OBJECTIVES", "Objective"]

Floats = NDArray[np.float64]

_COLUMN: Final = {array.name: column for column, array in enumerate(dims.OUTCOMES)}
_SALES: Final = 0
_YEAR: Final = 4.0

OBJECTIVES: Final = (
    "private_domestic_sales", "net_gain", "sme_sales", "exports", "private_raised", "live_ventures",
)  # fmt: skip
"""Names of what can be aimed at."""


@dataclass(frozen=True)
class Objective:
    """The figure that awards are to raise.

    Private domestic sales are discounted to the first quarter, by the quarter. Net gain is those less what the public
    money that was paid costs society. The others are sums over all quarters, and live ventures those of the last.

    Parameters
    ----------
    name : str
        One of `OBJECTIVES`.
    discount : float
        Per year.
    marginal_cost : float
        What a unit of public money costs society.
    """

    name: str
    discount: float
    marginal_cost: float

    @property
    def in_money(self) -> bool:
        """Whether the figure is money."""
        return self.name != "live_ventures"

    @property
    def follows_sales(self) -> bool:
        """Whether it is made of private domestic sales, so that what firms sell tells of it."""
        return self.name in ("private_domestic_sales", "net_gain")

    @classmethod
    def of(cls, scenario: Scenario, name: str, discount: float | None) -> Objective:
        """Return the objective with what the scenario's parameters say."""
        value = scenario.parameters.value
        rate = float(value("discount_rate")) if discount is None else discount
        return cls(name, rate, float(value("marginal_cost_of_public_funds")))

    def __call__(self, block: BlockResult) -> Floats:
        """Return the figure of each replication of a block, (n,); NaN where it failed."""
        named: dict[str, Callable[[], Floats]] = {
            "private_domestic_sales": lambda: self._discounted_sales(block),
            "net_gain": lambda: self._discounted_sales(block) - self.marginal_cost * _outcome(block, "public_spent"),
            "sme_sales": lambda: _outcome(block, "sme_sales"),
            "exports": lambda: _outcome(block, "exports"),
            "private_raised": lambda: _outcome(block, "private_raised"),
            "live_ventures": lambda: _outcome(block, "live_ventures"),
        }
        return named[self.name]()

    def _discounted_sales(self, block: BlockResult) -> Floats:
        sales = block.series[_SALES]
        weights = (1.0 + self.discount) ** (-np.arange(sales.shape[1]) / _YEAR)
        return np.asarray(sales @ weights)


def _outcome(block: BlockResult, name: str) -> Floats:
    return np.asarray(block.outcomes[:, _COLUMN[name]])
