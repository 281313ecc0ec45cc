"""What stands for an award, and whether it holds in worlds that had no part in the choice.

The largest of many estimates is on average above what it estimates (Capen, Clapp and Campbell 1971; of optimised
decisions: Smith and Winkler 2006). What an award was chosen for is therefore said after what it was worth in worlds
that the choice did not see.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal

from majung.decision.statistics import Interval
from majung.messages import Phrase
from majung.scenario.call import Money

if TYPE_CHECKING:
    from majung.decision.awards.objectives import Objective
    from majung.money import Unit

__all__ = ["Bearing", "bearing", "grounds", "said_worth"]

Bearing = Literal["elsewhere", "covers", "gains", "open", "luck", "less", "lost", "unknown"]
"""What an interval of a judged value says:

elsewhere: above what the same money brings elsewhere, and above what the award costs; covers: above what it costs;
gains: above zero, of an objective that costs are no part of or already taken from; open: above zero, but not surely
above what it costs; luck: zero is within; less: below what it costs; lost: below zero; unknown: there is no interval.
"""
_DIGITS: Final = 3


def bearing(value: Interval, cost: float, elsewhere: float) -> Bearing:
    """Return how far a judged value bears a choice out.

    Parameters
    ----------
    value : Interval
        In worlds that had no part in the choice.
    cost : float
        Of the award, in the unit of the value; 0 where costs are no part of the objective or already taken from it.
    elsewhere : float
        What the money would have been worth otherwise, at the prices of the rules' limits; no more than 0 where no
        limit was in the way.
    """
    if not (math.isfinite(value.low) and math.isfinite(value.high)):
        return "unknown"
    if value.high < 0:
        return "lost"
    if value.high < cost:
        return "less"
    if value.low > max(cost, elsewhere, 0.0):
        return "elsewhere" if elsewhere > 0 else "covers" if cost > 0 else "gains"
    if value.low > cost:
        return "covers" if cost > 0 else "gains"
    return "open" if value.low > 0 else "luck"


def grounds(
    value: Interval,
    estimate: float,
    amount: float,
    elsewhere: float,
    objective: Objective,
    unit: Unit,
    *,
    why: Phrase,
    forced: object = None,
) -> Phrase:
    """Return why an award was made: what it was judged to be worth, whether that bears it out, what it was chosen for.

    Parameters
    ----------
    value : Interval
        In worlds that had no part in the choice.
    estimate : float
        In the worlds of the choice.
    amount : float
        Of the award.
    elsewhere : float
        As of `bearing`.
    objective : Objective
    unit : Unit
        Of money.
    why : Phrase
        In what the applicant stands out.
    forced : object, optional
        The title of the rule that requires the award, whatever it is worth.
    """
    effect = Phrase(
        f"decision.awards.effect.{'takes' if value.mean < 0 else 'adds'}",
        aim=Phrase(f"decision.awards.objective.{objective.name}"),
        value=said_worth(abs(value.mean), objective, unit),
        per=_per(abs(value.mean) / amount, objective, unit),
    )
    if forced is not None:
        return Phrase("decision.awards.reason.forced", rule=forced, effect=effect)
    # Net gain has its costs taken from it; live ventures are no money.
    gross = objective.in_money and objective.name != "net_gain"
    borne = bearing(value, amount if gross else 0.0, elsewhere)
    seen = "overrated" if estimate > value.high else "estimate"
    return Phrase(
        "decision.awards.reason.value",
        effect=effect,
        bearing=Phrase(f"decision.awards.bearing.{borne}"),
        chosen=Phrase(f"decision.awards.chosen.{seen}", value=said_worth(estimate, objective, unit)),
        why=why,
    )


def said_worth(value: float, objective: Objective, unit: Unit) -> object:
    """Return a value of the objective as it is said: money to three significant digits, as it is no better known."""
    return Money(float(f"{value:.{_DIGITS}g}"), unit) if objective.in_money else f"{value:.{_DIGITS}g}"


def _per(ratio: float, objective: Objective, unit: Unit) -> object:
    """Return what each unit of the award comes to, where that is money as well."""
    if not objective.in_money:
        return ""
    currency = Phrase(f"money.currency.{unit.currency}")
    return Phrase("decision.awards.per", currency=currency, ratio=f"{ratio:.{_DIGITS}g}")
