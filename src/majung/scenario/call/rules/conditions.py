"""Rules on each application: who may be awarded, and up to how much."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from majung.scenario.call.rules.base import Amount, listed
from majung.scenario.call.rules.filters import Confirmation, Instrument, Membership
from majung.scenario.call.rules.limits import Force
from majung.scenario.call.rules.rule import Scoped

__all__ = ["Documents", "Earlier", "ForceOut", "Intensity", "Once", "Score", "Size", "Venture"]


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
        The least, in points.
    """

    kind: Literal["score"] = "score"
    least: Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Earlier(Scoped):
    """Most public money in the three years before.

    Parameters
    ----------
    amount : money
        The most.
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
