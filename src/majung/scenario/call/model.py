"""A call: who applied, by which rules it is decided, on which day."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from majung.dims import INSTRUMENTS
from majung.errors import InputError, Problem
from majung.messages import Phrase
from majung.money import Quarter, Unit, parse_unit
from majung.parameters import LocalText
from majung.scenario.call.applications import Applications
from majung.scenario.call.law.statutes import Law
from majung.scenario.call.rules.filters import FILTER_KEYS
from majung.scenario.call.rules.limits import Budget
from majung.scenario.call.rules.rule import Rule
from majung.scenario.call.rules.settings import Risk

__all__ = ["Call", "budget_of"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """A call for applications.

    Parameters
    ----------
    day : date
        Whose law holds.
    quarters : tuple of int
        In which awards can be made, counted from the scenario's start.
    steps : tuple of float
        Parts of the way from the minimum to the amount asked; 1 is the amount.
    objective : str
        What an award is valued by.
    discount : float or None
        Per year; None is the parameter's.
    min_quality : float
        Quality against the frontier that an order asks for.
    match_rate : float
        Public money for a unit of private money raised.
    score_range : tuple of float
        Lowest and highest score.
    size_law : str
        Id of the law that tells size classes.
    exchange : mapping
        Units of the scenario's currency for one of another.
    worlds : int or None
        Paired worlds for the value of an award.
    applications : Applications
    rules : tuple of Rule
        All of them, those too that are not in force on the call's day.
    law : mapping
        The packaged law by id.
    start : Quarter
        The scenario's first.
    unit : str
        Of all amounts.
    technology_ids, firm_ids : tuple of str
        What references of the applications stand for.
    warnings : tuple of Problem
    """

    id: str
    title: LocalText
    day: date
    quarters: tuple[int, ...]
    steps: tuple[float, ...]
    objective: str
    discount: float | None
    min_quality: float
    match_rate: float
    score_range: tuple[float, float]
    size_law: str
    exchange: Mapping[str, float]
    risk: Risk
    worlds: int | None
    source: str
    applications: Applications
    rules: tuple[Rule, ...]
    law: Mapping[str, Law] = field(repr=False)
    start: Quarter
    unit: str
    technology_ids: tuple[str, ...] = field(repr=False)
    firm_ids: tuple[str, ...] = field(repr=False)
    warnings: tuple[Problem, ...] = ()

    @property
    def binding(self) -> tuple[Rule, ...]:
        """The rules that are in force on the call's day."""
        return tuple(rule for rule in self.rules if rule.in_force(self.day))

    @property
    def not_in_force(self) -> tuple[Rule, ...]:
        """The rules that are not, and bind nothing."""
        return tuple(rule for rule in self.rules if not rule.in_force(self.day))

    @property
    def money(self) -> Unit:
        """The unit of all amounts."""
        return parse_unit(self.unit)

    def rule(self, id: str) -> Rule:
        """Return a rule by its id.

        Raises
        ------
        KeyError
            When there is none of that id.
        """
        for rule in self.rules:
            if rule.id == id:
                return rule
        raise KeyError(id)

    def budget(self) -> float:
        """Return the most money that all awards together can be: see `budget_of`."""
        return budget_of(self.binding, self.quarters, self.start)

    def with_budget(self, amount: float) -> Call:
        """Return the call with another overall budget.

        The budget rule without a filter gets the amount, and every other budget rule (by instrument, year, technology
        …) is scaled in the same proportion; without an overall rule all of them are. Caps, floors and quotas that are
        shares follow by themselves; those that are amounts stay as they are.

        Parameters
        ----------
        amount : float
            In the call's unit.

        Raises
        ------
        InputError
            When it is not an amount.
        """
        if not (math.isfinite(amount) and amount >= 0):
            expected = Phrase("bounds.amount_from")
            raise InputError([Problem(key="problem.unexpected", found=f"{amount:g}", expected=expected)])
        before = self.budget()
        ratio = amount / before if before > 0 else 0.0
        rules = []
        for rule in self.rules:
            if isinstance(rule, Budget):
                scaled = amount if rule.is_everything else rule.amount * ratio
                rule = rule.model_copy(update={"amount": float(scaled)})
            rules.append(rule)
        return replace(self, rules=tuple(rules))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of all that decides: the order of rows does not count, nor do titles, sources and remarks."""
        settings = (
            self.day, self.quarters, self.steps, self.objective, self.discount, self.min_quality, self.match_rate,
            self.score_range, self.size_law, sorted(self.exchange.items()), self.risk, self.worlds, str(self.start),
            self.unit,
        )  # fmt: skip
        digest = hashlib.sha256(repr(settings).encode())
        for text in sorted(f"{rule.id}|{rule.decides}" for rule in self.rules):
            digest.update(text.encode() + b"\n")
        for id in sorted(self.law):
            digest.update(f"{id}|{self.law[id].hash}\n".encode())
        for text in sorted(self._rows()):
            digest.update(text.encode() + b"\n")
        return digest.hexdigest()

    def _rows(self) -> list[str]:
        """Return each application as a text of all that decides."""
        columns: list[list[Any]] = []
        for column, array in self.applications.arrays():
            if column.references is not None:
                names = self.firm_ids if column.references == "firms" else self.technology_ids
                columns.append([names[place] for place in array])
            elif column.kind == "words":
                columns.append([sorted(words) for words in array])
            elif column.kind == "date":
                columns.append([str(day) for day in array])
            else:
                columns.append((array + 0.0 if array.dtype.kind == "f" else array).tolist())
        return [repr(row) for row in zip(*columns, strict=True)]

    def __eq__(self, other: object) -> bool:
        return self.hash == other.hash if isinstance(other, Call) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"<Call {self.id}: {len(self.applications)} applications, {len(self.rules)} rules, on {self.day}>"


def budget_of(rules: tuple[Rule, ...], quarters: tuple[int, ...], start: Quarter) -> float:
    """Return the most money that budget rules let all awards together be.

    The least of the overall budgets and of the sums over budgets that part everything: one for each instrument, for
    each quarter or for each year. Infinite where no rule limits everything.
    """
    budgets = [rule for rule in rules if isinstance(rule, Budget)]
    limits = [rule.amount for rule in budgets if rule.is_everything]
    years = {(start + offset).year for offset in quarters}
    parts: dict[str, set[Any]] = {"instrument": set(INSTRUMENTS), "quarter": set(quarters), "year": set(years)}
    for key, everything in parts.items():
        alone = [rule for rule in budgets if _only(rule, key)]
        if everything <= {value for rule in alone for value in getattr(rule, key)}:
            limits.append(float(np.sum([rule.amount for rule in alone])))
    return float(min(limits, default=math.inf))


def _only(rule: Budget, key: str) -> bool:
    return bool(getattr(rule, key)) and not any(getattr(rule, name) for name in FILTER_KEYS if name != key)
