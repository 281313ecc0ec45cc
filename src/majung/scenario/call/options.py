"""What could be awarded, and what the rules say of it as linear constraints: plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from majung.scenario.tables.column import Flags, Floats, Ints

__all__ = ["Measure", "Options", "Row"]

Measure = Literal["money", "count"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Options:
    """What could be awarded: one application by one instrument, at one amount, in one quarter; arrays of one length.

    At most one option of an application is awarded.

    Parameters
    ----------
    application : array of int
        Row in the call's applications.
    instrument : array of int
        Position in `majung.dims.INSTRUMENTS`.
    amount : array of float
        Money, in the scenario's unit.
    quarter : array of int
        Counted from the scenario's start, which is 0.
    """

    application: Ints
    instrument: Ints
    amount: Floats
    quarter: Ints

    def __len__(self) -> int:
        return len(self.application)


class Row(NamedTuple):
    """A linear constraint: ``low <= coefficients @ chosen <= high`` with 0 or 1 for each option.

    Most rows are about few options, so only what is not zero is held.

    Parameters
    ----------
    rule : str
        Id of the rule that it stands for.
    places : (k,) array of int
        The options that it counts, ascending.
    weights : (k,) array of float
        Their coefficients.
    size : int
        The number of all options, n.
    low, high : float
        Bounds; minus or plus infinity where there is none.
    measure : {"money", "count"}
        In what the coefficients are: money in the scenario's unit, or awards.
    """

    rule: str
    places: Ints
    weights: Floats
    size: int
    low: float
    high: float
    measure: Measure

    @classmethod
    def of(cls, rule: str, coefficients: Floats, low: float, high: float, measure: Measure) -> Row:
        """Return the row that has a coefficient for each option, (n,)."""
        places = np.flatnonzero(coefficients)
        return cls(rule, places, coefficients[places], len(coefficients), low, high, measure)

    @property
    def coefficients(self) -> Floats:
        """One for each option, (n,): made anew each time."""
        dense = np.zeros(self.size)
        dense[self.places] = self.weights
        return dense

    @property
    def is_share(self) -> bool:
        """Whether it says how large a part may be, or must be: it then counts some for it and others against it."""
        return bool((self.weights > 0).any() and (self.weights < 0).any())

    def at(self, place: int) -> float:
        """Return the coefficient of one option."""
        found = int(np.searchsorted(self.places, place))
        return float(self.weights[found]) if found < len(self.places) and self.places[found] == place else 0.0

    def counted(self, chosen: Flags) -> Floats:
        """Return the coefficients of what is chosen, of a flag for each option, (n,)."""
        return self.weights[chosen[self.places]]
