"""What a call is: the table ``[call]`` of rules.toml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from majung.errors import Problem
from majung.messages import Phrase
from majung.parameters import NO_TEXT
from majung.scenario.call.rules.base import Amount, Day, Frozen, Quarters, Share, Text, refusal

__all__ = ["CallSettings", "Risk"]

_Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
_Rate = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]


class Risk(Frozen):
    """How far a bad outcome counts.

    Parameters
    ----------
    measure : str
        none: the mean alone. cvar: the mean of the worst worlds too. chance: the total reaches the target in all but
        some of the worlds.
    level : float
        Part of the worlds that counts as the worst, or in which the target may be missed.
    weight : float
        cvar: part of the worst worlds in what is maximised; the rest is the mean's.
    target : money
        chance: the total to reach.
    """

    measure: Literal["none", "cvar", "chance"] = "none"
    level: Annotated[float, Field(strict=True, gt=0, lt=1)] = 0.1
    weight: Share = 0.5
    target: Amount = 0.0

    def measured(self) -> Risk | None:
        """Return this where risk is looked at, or None."""
        return None if self.measure == "none" else self


class CallSettings(Frozen):
    """A call.

    Parameters
    ----------
    id : str
        Short name.
    title : str or dict
        For people, ``{ko = "…", en = "…"}``.
    day : date
        Whose law holds; the scenario's where left out.
    quarters : list
        In which awards can be made, such as ``["2024Q3"]``; the scenario's first where left out.
    steps : list of float
        Amounts that can be awarded, as parts of the way from the minimum to the amount asked, which is 1.
    objective : str
        What an award is valued by.
    discount : float
        Per year; the parameter's where left out.
    min_quality : float
        Quality against the frontier that an order asks for.
    match_rate : float
        Public money for a unit of private money raised.
    score_range : list of float
        Lowest and highest score that an evaluator can give.
    size_law : str
        The packaged law that tells size classes; by the currency where left out.
    exchange : dict
        Units of the scenario's currency for one of another: ``{EUR = 1450.0}``.
    risk : dict
        How far a bad outcome counts.
    worlds : int
        Paired worlds for the value of an award; the program's choice where left out.
    source : str
        Address or title of the call's text.
    """

    id: Annotated[str, Field(min_length=1, max_length=100)] = "call"
    title: Text = NO_TEXT
    day: Day | None = None
    quarters: Annotated[Quarters, Field(min_length=1)] = (0,)
    steps: Annotated[tuple[Share, ...], Field(min_length=1, max_length=20)] = (0.0, 0.5, 1.0)
    objective: str = "private_domestic_sales"
    discount: Annotated[float, Field(strict=True, ge=0, lt=1)] | None = None
    min_quality: Share = 0.0
    match_rate: Amount = 1.0
    score_range: tuple[_Number, _Number] = (0.0, 100.0)
    size_law: str = ""
    exchange: dict[str, _Rate] = Field(default_factory=dict)
    risk: Risk = Risk()
    worlds: Annotated[int, Field(strict=True, ge=1)] | None = None
    source: str = ""

    @model_validator(mode="after")
    def _lowest_first(self) -> CallSettings:
        low, high = self.score_range
        if not low < high:
            expected = Phrase("scenario.call.expected.score_range")
            found = f"[{low:g}, {high:g}]"
            raise refusal([Problem(key="problem.unexpected", column="score_range", found=found, expected=expected)])
        return self
