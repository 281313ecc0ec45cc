"""What could be awarded, and what the rules say of it as linear constraints: plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from majung.scenario.tables.column import Floats, Ints

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

    Parameters
    ----------
    rule : str
        Id of the rule that it stands for.
    coefficients : array of float
        One for each option.
    low, high : float
        Bounds; minus or plus infinity where there is none.
    measure : {"money", "count"}
        In what the coefficients are: money in the scenario's unit, or awards.
    """

    rule: str
    coefficients: Floats
    low: float
    high: float
    measure: Measure
