"""Rules of a call: what each kind says, as dated data with its clause and source."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from majung.errors import Problem
from majung.parameters import NO_TEXT
from majung.scenario.call.base import (
    Amount,
    Day,
    Frozen,
    Names,
    Quarters,
    Share,
    Status,
    Text,
    Whole,
    listed,
    refusal,
)

__all__ = [
    "EVERYTHING",
    "FILTER_KEYS",
    "KINDS",
    "MEMBERSHIPS",
    "AnyRule",
    "Budget",
    "Cap",
    "Documents",
    "Earlier",
    "Filter",
    "Filtered",
    "Floor",
    "Force",
    "ForceIn",
    "ForceOut",
    "Intensity",
    "Once",
    "Quota",
    "Rule",
    "Scope",
    "Scoped",
    "Score",
    "Size",
    "Target",
    "Venture",
    "Winners",
]

Instrument = Literal["subsidy", "purchase", "matching"]
Membership = Literal["micro", "small", "medium", "sme", "mid", "large", "venture", "startup"]
MEMBERSHIPS: Final = ("micro", "small", "medium", "sme", "mid", "large", "venture", "startup")
Product = Literal["goods", "service", "technology", "startup"]
Confirmation = Literal["vc", "rnd", "innovation", "pre"]


class Scope(Frozen):
    """Which applications, by which instruments; all where left out.

    Parameters
    ----------
    instrument : str or list
        subsidy, purchase, matching.
    technology : str or list
        Ids.
    class : str or list
        micro, small, medium, sme, mid, large by the law of the call's day; venture, startup.
    region : str or list
        As the applications have it.
    product : str or list
        goods, service, technology, startup.
    """

    instrument: Annotated[tuple[Instrument, ...], BeforeValidator(listed)] = ()
    technology: Names = ()
    size_class: Annotated[tuple[Membership, ...], BeforeValidator(listed)] = Field((), alias="class")
    region: Names = ()
    product: Annotated[tuple[Product, ...], BeforeValidator(listed)] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not any(getattr(self, name) for name in FILTER_KEYS if hasattr(self, name))


class Filter(Scope):
    """Which options; all where left out.

    Parameters
    ----------
    quarter : str or list
        Quarters, such as 2024Q3.
    year : int or list
        Calendar years.
    """

    quarter: Quarters = ()
    year: Annotated[tuple[Whole, ...], BeforeValidator(listed)] = ()


FILTER_KEYS: Final = ("instrument", "technology", "size_class", "region", "product", "quarter", "year")
EVERYTHING: Final = Filter()


class Rule(Frozen):
    """A rule.

    Parameters
    ----------
    id : str
        Short name, unique in the call.
    kind : str
        What it says.
    title : str or dict
        For people, ``{ko = "…", en = "…"}``.
    clause : str
        Article of the law or paragraph of the call.
    source : str
        Address or title of the text.
    effective, until : date
        First and last day on which it holds; always where left out.
    status : str
        How far it was verified: READ, READ-2nd, DERIVED, MEMORY, assumed.
    note : str
        A remark.
    law : str
        The packaged law that the rest is from.
    """

    eligibility: ClassVar[bool] = False

    id: Annotated[str, Field(min_length=1, max_length=100)]
    kind: str
    title: Text = NO_TEXT
    clause: str = ""
    source: str = ""
    effective: Day | None = None
    until: Day | None = None
    status: Status = "assumed"
    note: str = ""
    law: str = ""

    def in_force(self, day: date) -> bool:
        """Return whether the rule holds on a day."""
        return (self.effective is None or self.effective <= day) and (self.until is None or day <= self.until)

    @property
    def decides(self) -> str:
        """Text of all that decides; who says it and how it is called does not."""
        left_out = {"id", "title", "clause", "source", "status", "note", "law"}
        return self.model_dump_json(exclude=left_out)


class Filtered(Rule, Filter):
    """A rule on a part of the options."""


class Scoped(Rule, Scope):
    """A rule on a part of the applications."""

    eligibility: ClassVar[bool] = True


def _exactly_one(values: Any, *names: str) -> None:
    if sum(getattr(values, name) is not None for name in names) != 1:
        raise refusal([Problem(key="scenario.call.exactly_one", column=names[0], values={"choices": names})])


class Budget(Filtered):
    """Most money in all, or for what the filter names.

    Parameters
    ----------
    amount : money
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
        Either this,
    share : float
        or a share of the money
    of : str
        that is spent, or of the budget. For an award only of the budget.
    """

    kind: Literal["cap"] = "cap"
    per: Literal["firm", "technology", "region", "award"]
    amount: Amount | None = None
    share: Share | None = None
    of: Literal["spent", "budget"] = "spent"

    @model_validator(mode="after")
    def _says_one_limit(self) -> Cap:
        _exactly_one(self, "amount", "share")
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
        Least share of `among`; either this,
    amount : money
        or least money.
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
        _exactly_one(self, "share", "amount")
        if self.amount is not None and self.measure == "winners":
            raise refusal([Problem(key="scenario.call.floor_winners", column="amount")])
        return self


class Quota(Filtered):
    """Least and most winners of what the filter names, such as a region.

    Parameters
    ----------
    least, most : int
        Winners.
    least_share, most_share : float
        Parts of the winners, or of the money, of `among`.
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
        _in_order(self, "least", "most")
        _in_order(self, "least_share", "most_share")
        return self


def _in_order(values: Any, low: str, high: str) -> None:
    least, most = getattr(values, low), getattr(values, high)
    if least is not None and most is not None and least > most:
        found = {"low": low, "high": high}
        raise refusal([Problem(key="scenario.call.order", column=low, found=f"{least:g}", values=found)])


class Winners(Filtered):
    """Least and most awards.

    Parameters
    ----------
    min, max : int
    """

    kind: Literal["winners"] = "winners"
    min: Whole | None = None
    max: Whole | None = None

    @model_validator(mode="after")
    def _says_a_limit(self) -> Winners:
        if self.min is None and self.max is None:
            raise refusal([Problem(key="scenario.call.any_of", column="min", values={"choices": ("min", "max")})])
        _in_order(self, "min", "max")
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


class ForceOut(Force):
    """Applications, or firms, that get none."""

    eligibility: ClassVar[bool] = True
    kind: Literal["force_out"] = "force_out"


class Once(Scoped):
    """No public money twice for one purpose of a firm, and no more than so many awards for a firm.

    Parameters
    ----------
    purpose : bool
        Whether one purpose of a firm is awarded once, and not where it has public money already.
    most : int
        Awards for a firm.
    """

    kind: Literal["once"] = "once"
    purpose: Annotated[bool, Field(strict=True)] = True
    most: Annotated[int, Field(strict=True, ge=1)] | None = None


class Documents(Scoped):
    """Documents that must have been handed in; without one an application waits, it is not turned down.

    Parameters
    ----------
    required : str or list
        Their names, as the applications have them.
    """

    kind: Literal["documents"] = "documents"
    required: Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]


class Size(Scoped):
    """Size classes that may be awarded.

    Parameters
    ----------
    admit : str or list
        micro, small, medium, sme, mid, large, venture, startup.
    by : str
        The packaged law that tells the class; the call's where left out.
    """

    kind: Literal["size"] = "size"
    admit: Annotated[tuple[Membership, ...], BeforeValidator(listed), Field(min_length=1)]
    by: str = ""


class Venture(Scoped):
    """A venture confirmation that is valid on the call's day.

    Parameters
    ----------
    confirmation : str or list
        Kinds that count: vc, rnd, innovation, pre.
    """

    kind: Literal["venture"] = "venture"
    confirmation: Annotated[tuple[Confirmation, ...], BeforeValidator(listed)] = ("vc", "rnd", "innovation", "pre")


class Score(Scoped):
    """Least mean of the evaluators' scores: a rule of the call on who may be awarded, not a ranking.

    Parameters
    ----------
    least : float
    """

    kind: Literal["score"] = "score"
    least: Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Earlier(Scoped):
    """Most public money in the three years before.

    Parameters
    ----------
    amount : money
    with_award : bool
        Whether the award counts too; it is then cut to what is left.
    """

    kind: Literal["earlier"] = "earlier"
    amount: Amount
    with_award: Annotated[bool, Field(strict=True)] = False


class Intensity(Scoped):
    """Most public money as a share of the project's cost, by size and kind of research.

    Parameters
    ----------
    by : str
        The packaged law that gives the shares.
    size_by : str
        The packaged law that tells the size class; the call's where left out.
    """

    kind: Literal["intensity"] = "intensity"
    instrument: Annotated[tuple[Instrument, ...], BeforeValidator(listed)] = ("subsidy",)
    by: str = "eu-gber-25"
    size_by: str = ""


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


AnyRule: TypeAlias = Annotated[
    Budget | Cap | Floor | Quota | Winners | ForceIn | ForceOut | Once | Documents | Size | Venture | Score | Earlier
    | Intensity | Target,
    Field(discriminator="kind"),
]  # fmt: skip
KINDS: Final[dict[str, type[Rule]]] = {
    model.model_fields["kind"].default: model
    for model in (
        *(Budget, Cap, Floor, Quota, Winners, ForceIn, ForceOut, Once, Documents, Size, Venture, Score, Earlier),
        *(Intensity, Target),
    )
}
