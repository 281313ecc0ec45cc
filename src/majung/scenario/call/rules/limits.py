"""Rules on what is awarded together: they become linear constraints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from majung.errors import Problem
from majung.parameters import NO_TEXT
from majung.scenario.call.rules.base import Amount, Names, Share, Text, Whole, listed, refusal
from majung.scenario.call.rules.filters import EVERYTHING, Filter, Instrument
from majung.scenario.call.rules.rule import Filtered, Rule, exactly_one, in_order

__all__ = ["Budget", "Cap", "Floor", "Force", "ForceIn", "Quota", "Target", "Winners"]


class Budget(Filtered):
    """Most money in all, or for what the filter names.

    Parameters
    ----------
    amount : money
        The most.
    """

    kind: Literal["budget"] = "budget"
    amount: Amount


class Cap(Filtered):
    """Most money for each firm, technology, region or award.

    Parameters
    ----------
    per : str
        firm, technology, region, award.
    amount : money
        The most. Either this or `share`.
    share : float
        The most, as a share of the money that the filter names.
    of : str
        What the share is of: spent, the money that is awarded, or budget. For an award only budget.
    """

    kind: Literal["cap"] = "cap"
    per: Literal["firm", "technology", "region", "award"]
    amount: Amount | None = None
    share: Share | None = None
    of: Literal["spent", "budget"] = "spent"

    @model_validator(mode="after")
    def _says_one_limit(self) -> Cap:
        exactly_one(self, "amount", "share")
        if self.per == "award" and self.share is not None and self.of == "spent":
            raise refusal([Problem(key="scenario.call.award_of_spent", column="of")])
        if self.per == "award" and (self.quarter or self.year):
            raise refusal([Problem(key="scenario.call.award_of_quarter", column="quarter" if self.quarter else "year")])
        return self


class Floor(Filtered):
    """Least money or winners of what the filter names.

    Parameters
    ----------
    share : float
        Least share of `among`. Either this or `amount`.
    amount : money
        Least money.
    measure : str
        money, winners.
    among : dict
        A filter: what the share is of; everything where left out.
    """

    kind: Literal["floor"] = "floor"
    share: Share | None = None
    amount: Amount | None = None
    measure: Literal["money", "winners"] = "money"
    among: Filter = EVERYTHING

    @model_validator(mode="after")
    def _says_one_limit(self) -> Floor:
        exactly_one(self, "share", "amount")
        if self.amount is not None and self.measure == "winners":
            raise refusal([Problem(key="scenario.call.floor_winners", column="amount")])
        return self


class Quota(Filtered):
    """Least and most winners of what the filter names, such as a region.

    Parameters
    ----------
    least : int
        Least winners.
    most : int
        Most winners.
    least_share : float
        Least share of the winners, or of the money, of `among`.
    most_share : float
        Most of it.
    measure : str
        winners, money: what the shares are of.
    among : dict
        A filter: what the shares are of; everything where left out.
    """

    kind: Literal["quota"] = "quota"
    least: Whole | None = None
    most: Whole | None = None
    least_share: Share | None = None
    most_share: Share | None = None
    measure: Literal["money", "winners"] = "winners"
    among: Filter = EVERYTHING

    @model_validator(mode="after")
    def _says_a_limit(self) -> Quota:
        names = ("least", "most", "least_share", "most_share")
        if all(getattr(self, name) is None for name in names):
            raise refusal([Problem(key="scenario.call.any_of", column="least", values={"choices": names})])
        in_order(self, "least", "most")
        in_order(self, "least_share", "most_share")
        return self


class Winners(Filtered):
    """Least and most awards.

    Parameters
    ----------
    min : int
        Least awards.
    max : int
        Most awards.
    """

    kind: Literal["winners"] = "winners"
    min: Whole | None = None
    max: Whole | None = None

    @model_validator(mode="after")
    def _says_a_limit(self) -> Winners:
        if self.min is None and self.max is None:
            raise refusal([Problem(key="scenario.call.any_of", column="min", values={"choices": ("min", "max")})])
        in_order(self, "min", "max")
        return self


class Force(Rule):
    """Applications, or firms, that are decided beforehand.

    Parameters
    ----------
    applications : str or list
        Ids.
    firms : str or list
        Ids; one of a firm's applications, or all that are left out.
    reason : str or dict
        Why.
    """

    applications: Names = ()
    firms: Names = ()
    reason: Text = NO_TEXT

    @model_validator(mode="after")
    def _names_somebody(self) -> Force:
        if not self.applications and not self.firms:
            choices = ("applications", "firms")
            raise refusal([Problem(key="scenario.call.any_of", column="applications", values={"choices": choices})])
        return self


class ForceIn(Force):
    """Applications that get an award, or firms one of whose applications does."""

    kind: Literal["force_in"] = "force_in"


class Target(Filtered):
    """Least share of purchases that are of what the filter names, other purchases of the body included.

    Parameters
    ----------
    share : float
        Of the purchases that `among` names.
    among : dict
        A filter: the denominator; all purchases where left out.
    other : money
        Other purchases of the body in the denominator.
    other_counted : money
        The part of them that counts.
    """

    kind: Literal["target"] = "target"
    instrument: Annotated[tuple[Instrument, ...], BeforeValidator(listed)] = ("purchase",)
    share: Share
    among: Filter = Filter(instrument=("purchase",))
    other: Amount = 0.0
    other_counted: Amount = 0.0

    @model_validator(mode="after")
    def _counts_a_part(self) -> Target:
        if self.other_counted > self.other:
            values = {"low": "other_counted", "high": "other"}
            found = f"{self.other_counted:g}"
            raise refusal([Problem(key="scenario.call.order", column="other_counted", found=found, values=values)])
        return self
