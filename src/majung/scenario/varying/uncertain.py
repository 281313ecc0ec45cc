"""What nobody knows of a scenario's tables."""

from __future__ import annotations

from dataclasses import dataclass

from majung.parameters import NO_TEXT, LocalText
from majung.scenario.varying.change import Change

__all__ = ["Uncertain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """A number of a scenario that may be otherwise.

    Parameters
    ----------
    id : str
    label : LocalText
    change : Change
        What the drawn value does.
    low, high : float
        What is plausible, inclusive: a factor where the change is ``times``, an addition where it is ``plus``.
    source : str
        Id of one of the scenario's sources; empty where `free`.
    free : bool
        Nobody has measured it.
    note : str
    """

    id: str
    label: LocalText = NO_TEXT
    change: Change
    low: float
    high: float
    source: str = ""
    free: bool = False
    note: str = ""
