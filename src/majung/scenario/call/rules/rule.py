"""What every rule of a call has: id, clause, source, dates, how far it was verified."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field

from majung.errors import Problem
from majung.parameters import NO_TEXT
from majung.scenario.call.rules.base import Day, Frozen, Status, Text, refusal
from majung.scenario.call.rules.filters import Filter, Scope

__all__ = ["Filtered", "Rule", "Scoped", "exactly_one", "in_order"]


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
    effective : date
        First day on which it holds; since ever where left out.
    until : date
        Last day on which it holds; for ever where left out.
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


def exactly_one(values: Any, *names: str) -> None:
    """Refuse a rule that says none or several of what goes without each other."""
    if sum(getattr(values, name) is not None for name in names) != 1:
        raise refusal([Problem(key="scenario.call.exactly_one", column=names[0], values={"choices": names})])


def in_order(values: Any, low: str, high: str) -> None:
    """Refuse a rule whose least is above its most."""
    least, most = getattr(values, low), getattr(values, high)
    if least is not None and most is not None and least > most:
        found = {"low": low, "high": high}
        raise refusal([Problem(key="scenario.call.order", column=low, found=f"{least:g}", values=found)])
