"""What is said of one series as of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from majung.messages import Phrase

if TYPE_CHECKING:
    from majung.evidence.diffusion import Fan, Fit
    from majung.evidence.series import Series

__all__ = ["RULES", "STAGES", "RuleName", "RuleReading", "Stage", "Takeoff", "When"]

Day: TypeAlias = date
"""A day, under a name that fields called ``date`` leave free."""
Stage: TypeAlias = Literal["before_launch", "introduction", "takeoff", "growth", "slowdown", "maturity"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
RuleName: TypeAlias = Literal["threshold", "penetration", "elbow", "change_point"]
RULES: Final[tuple[RuleName, ...]] = get_args(RuleName)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A day with its 90 % interval.

    Parameters
    ----------
    date : date or None
        None where there is none.
    low, high : date or None
        None where that end lies before the first or after the last day that can be told.
    """

    date: Day | None
    low: Day | None = None
    high: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReading:
    """What one rule says, and how far rules like it can be trusted.

    Parameters
    ----------
    rule : str
        One of `RULES`.
    date : date or None
        The end of the period in which sales took off; None where the rule sees no take-off.
    low, high : date or None
        The 90 % interval where the rule has one.
    before_data : bool
        Whether the take-off was over when the data begin; `date` is then the end of their first period.
    probability : float or None
        That sales have taken off; None where the rule says only yes or no.
    false_alarm_rate : float or None
        Share of simulated series like this one in which the rule raised an alarm before there was a take-off.
    median_delay : float or None
        Years from a simulated take-off to the rule's alarm.
    hit_rate : float or None
        Share of simulated take-offs that the rule saw in time.
    reason : Phrase or None
        Why the rule says nothing; None where it speaks.
    """

    rule: RuleName
    date: Day | None = None
    low: Day | None = None
    high: Day | None = None
    before_data: bool = False
    probability: float | None = None
    false_alarm_rate: float | None = None
    median_delay: float | None = None
    hit_rate: float | None = None
    reason: Phrase | None = None


@dataclass(frozen=True, kw_only=True)
class Takeoff:
    """Stage, take-off and forecast of one series as of a day.

    Parameters
    ----------
    series : Series
        As it was known on that day.
    as_of : date
        The day.
    stage : str or None
        The most probable one of `STAGES`; None where nothing can be said, and `reason` says why.
    stage_probabilities : mapping
        By stage, in the order of `STAGES`; empty where nothing can be said.
    takeoff : RuleReading
        What the rule that was asked for says.
    rules : mapping
        What each rule says.
    fits : tuple of Fit
        Every curve that was fitted, the good and the bad.
    best_model : str or None
        The curve that is used for the potential, the peak and the forecast.
    potential : (float, float, float) or None
        All that there will be, in the unit of the series: estimate and 90 % interval.
    peak : When or None
        When sales per period are, were or will be greatest.
    forecast : Fan or None
        What is to come by the best model.
    reason : Phrase or None
        Why nothing can be said.
    warnings : tuple of Phrase
        What a reader should know before using any of it.
    """

    series: Series
    as_of: date
    stage: Stage | None
    stage_probabilities: Mapping[Stage, float]
    takeoff: RuleReading
    rules: Mapping[RuleName, RuleReading]
    fits: tuple[Fit, ...] = ()
    best_model: str | None = None
    potential: tuple[float, float, float] | None = None
    peak: When | None = None
    forecast: Fan | None = None
    reason: Phrase | None = None
    warnings: tuple[Phrase, ...] = ()
