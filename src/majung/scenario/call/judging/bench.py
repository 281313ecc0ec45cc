"""What is known of every application while the rules are gone through."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from majung.dims import CLASSES, INSTRUMENTS
from majung.messages import Phrase
from majung.scenario.call.judging.findings import Finding, Judgement, Money, Status
from majung.scenario.call.judging.groups import Groups, instruments_of
from majung.scenario.call.law.sizes import Facts, SizeClass, size_class
from majung.scenario.call.rules.filters import Scope
from majung.scenario.call.rules.rule import Rule

if TYPE_CHECKING:
    from majung.scenario.call.model import Call
    from majung.scenario.model import Scenario

__all__ = ["Bench"]

_OPEN, _WAITING, _OUT = range(3)
_INDEPENDENT: Final = {"yes": True, "no": False, "": None}


class Bench:
    """What is known of every application while the rules are gone through.

    Parameters
    ----------
    call, scenario
    """

    def __init__(self, call: Call, scenario: Scenario) -> None:
        self.call, self.scenario = call, scenario
        self.table = call.applications
        asked = self.table.instruments
        self.ceiling = np.where(asked, np.inf, 0.0)
        self.state = np.where(asked, _OPEN, _OUT).astype(np.int8)
        self.lowered_by: dict[tuple[int, int], Rule] = {}
        self.findings: list[list[Finding]] = [[] for _ in range(len(self.table))]
        self.cited: list[dict[str, None]] = [{} for _ in range(len(self.table))]
        self._sizes: dict[str, list[SizeClass]] = {}

    def sizes(self, law: str = "") -> list[SizeClass]:
        """Return each application's size class by a law, the call's where none is named."""
        law = law or self.call.size_law
        if law not in self._sizes:
            self._sizes[law] = self._sized(law)
        return self._sizes[law]

    def _sized(self, law: str) -> list[SizeClass]:
        table, unit, text = self.table, self.call.money, self.call.law[law]
        rate = 1.0 if text.currency == unit.currency else self.call.exchange.get(text.currency, 1.0)
        declared = [CLASSES[code] for code in self.scenario.firms.size_class[table.firm]]
        return [
            size_class(
                Facts(
                    declared=declared[place],
                    unit=unit,
                    industry=table.industry[place],
                    average_sales=float(table.average_sales[place]),
                    assets=float(table.assets[place]),
                    staff=float(table.staff[place]),
                    independent=_INDEPENDENT[table.independent[place]],
                    rate=rate,
                ),
                self.call.day,
                text,
            )
            for place in range(len(table))
        ]

    def groups(self, law: str = "") -> Groups:
        """Return what filters look at, with size classes by a law."""
        return Groups(self.call, self.scenario, [size.name for size in self.sizes(law)])

    @cached_property
    def _own_groups(self) -> Groups:
        return self.groups()

    def concerned(self, rule: Scope) -> list[int]:
        """Return the applications that a rule is about: named by its filter, with one of its instruments asked."""
        asked = (self.table.instruments & instruments_of(rule)).any(axis=1)
        return [int(place) for place in np.flatnonzero(self._own_groups.applications(rule) & asked)]

    def say(self, place: int, rule: Rule, found: Phrase | str, required: Phrase | str, *, clause: str = "") -> None:
        """Note what a rule found of an application."""
        source = rule.source or self.call.source
        self.findings[place].append(Finding(rule.id, rule.clause or clause, found, required, source))

    def turn_down(self, place: int, rule: Rule, found: Phrase | str, required: Phrase | str, clause: str = "") -> None:
        """Put the rule's instruments out of an application's reach."""
        self._close(place, rule, _OUT)
        self.say(place, rule, found, required, clause=clause)

    def hold(self, place: int, rule: Rule, found: Phrase | str, required: Phrase | str) -> None:
        """Let the rule's instruments wait for what is missing."""
        self._close(place, rule, _WAITING)
        self.say(place, rule, found, required)

    def _close(self, place: int, rule: Rule, state: int) -> None:
        own = instruments_of(rule)
        self.state[place, own] = np.maximum(self.state[place, own], state)
        self.cited[place][rule.id] = None

    def limit(self, place: int, rule: Rule, most: float) -> None:
        """Set a ceiling on the rule's instruments."""
        own = instruments_of(rule)
        for instrument in np.flatnonzero(own & self.table.instruments[place]).tolist():
            if most < self.ceiling[place, instrument]:
                self.ceiling[place, instrument] = most
                self.lowered_by[place, instrument] = rule

    def settle(self) -> None:
        """Put out of reach what has a ceiling below the least that makes sense; say what was cut."""
        unit = self.call.money
        for (place, instrument), rule in self.lowered_by.items():
            most, amount = float(self.ceiling[place, instrument]), float(self.table.amount[place])
            minimum = float(self.table.minimum[place])
            if most >= amount or self.state[place, instrument] != _OPEN:
                continue
            self.cited[place][rule.id] = None
            name = Phrase(f"scenario.call.instrument.{INSTRUMENTS[instrument]}")
            if most < minimum or most <= 0:
                self.state[place, instrument] = _OUT
                found = Phrase("scenario.call.found.minimum", amount=Money(minimum, unit), instrument=name)
            else:
                found = Phrase("scenario.call.found.amount", amount=Money(amount, unit), instrument=name)
            self.say(place, rule, found, Phrase("scenario.call.required.at_most", most=Money(most, unit)))

    def judgements(self) -> tuple[Judgement, ...]:
        """Return what came of it."""
        best = np.where(self.table.instruments, self.state, _OUT).min(axis=1)
        ceiling = np.where(self.state == _OPEN, self.ceiling, 0.0)
        ceiling.setflags(write=False)
        statuses = (Status.ELIGIBLE, Status.NEEDS_DOCUMENT, Status.INELIGIBLE)
        return tuple(
            Judgement(
                application=place,
                status=statuses[best[place]],
                findings=tuple(self.findings[place]),
                size_class=size.name,
                size_reason=size.finding,
                ceiling=ceiling[place],
                cited=tuple(self.cited[place]),
            )
            for place, size in enumerate(self.sizes())
        )
