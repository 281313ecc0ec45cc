"""Why this firm, and why not that one: from an award to its value, its drivers, its rules and the rows it is from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.drivers import Standing, drivers_of, standing
from majung.decision.awards.grounds import grounds, said_worth
from majung.decision.awards.practices import mean_scores
from majung.decision.awards.refine import GAP
from majung.decision.awards.result import Awarded, NearMiss, Place
from majung.decision.portfolio import needed, reduced
from majung.decision.statistics import mean_interval
from majung.dims import INSTRUMENTS
from majung.messages import Phrase
from majung.money import Unit, parse_unit
from majung.parameters import LocalText
from majung.scenario.call import Money

if TYPE_CHECKING:
    from majung.decision.awards.case import Case
    from majung.decision.awards.estimates import Estimates
    from majung.decision.awards.objectives import Objective
    from majung.decision.awards.sets import Sets
    from majung.decision.portfolio import Solution
    from majung.scenario.call import Row

__all__ = ["Told", "close_options"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SPEAKING: Final = ("need", "traction", "quality", "reputation", "focus", "opening", "growth")
"""Drivers of which a high value speaks for an award, as the market model has it; the first wins a tie."""
_STANDS_OUT: Final = 0.6
"""Part of the eligible above which a driver must be to be named."""
_HEADER: Final = 2
"""The first row of a table's content, as a spreadsheet counts."""


@dataclass(frozen=True, eq=False)
class Told:
    """Tells of options: made once for a case, after the choice.

    Parameters
    ----------
    case : Case
    sets : Sets
    objective : Objective
    estimates : Estimates
    values : (n,) array
        That the choice was made with.
    optimum : Solution or None
        The best choice by these values, where it is known.
    chosen : (n,) array of bool
    binding : tuple of str
        Ids of the rules without which more was to be had.
    first, worlds : int
        Fresh worlds, whole blocks.
    confidence : float
    """

    case: Case
    sets: Sets
    objective: Objective
    estimates: Estimates
    values: Floats
    optimum: Solution | None
    chosen: Flags
    binding: tuple[str, ...]
    first: int
    worlds: int
    confidence: float

    def told(self, close: Ints) -> tuple[tuple[Awarded, ...], tuple[NearMiss, ...]]:
        """Return the awards and the near misses, with all that is to be said of them.

        Parameters
        ----------
        close : (m,) array of int
            The options of applications without an award that came closest.
        """
        inside = np.flatnonzero(self.chosen)
        places = [*inside.tolist(), *close.tolist()]
        effects = self.sets.effects(self.case.each(places), self.first, self.worlds)
        takeoffs = self.sets.takeoffs(self.first, self.worlds)
        seen = standing(self.case.scenario)
        ranks, scores = self._ranks(), mean_scores(self.case)
        left = reduced(self.values, self.case.options.application, self.case.rows)
        facts = []
        for place, effect in zip(places, effects, strict=True):
            values = self.estimates.value(place, effect)
            line = int(self.case.call.applications.line[self.case.options.application[place]])
            drivers = drivers_of(self.case.scenario, seen, line, effect, takeoffs, self.confidence)
            facts.append(
                self._facts(place, ranks, scores)
                | {
                    "value": mean_interval(values, self.confidence),
                    "worlds": int((~np.isnan(values)).sum()),
                    "drivers": drivers,
                }
            )
        awards = tuple(
            self._award(place, fact, seen, float(self.values[place] - left[place]))
            for place, fact in zip(inside.tolist(), facts[: inside.size], strict=True)
        )
        misses = tuple(
            self._miss(place, fact) for place, fact in zip(close.tolist(), facts[inside.size :], strict=True)
        )
        # The most valuable first; places are in the order of ids, which settles ties.
        return tuple(sorted(awards, key=lambda award: -award.value.mean)), misses

    @property
    def unit(self) -> Unit:
        """The scenario's unit of money."""
        return parse_unit(self.case.scenario.unit)

    def _ranks(self) -> Ints:
        """Return each application's place by score among the eligible, from 1; 0 of the others."""
        eligible = np.unique(self.case.options.application)
        scores = np.nan_to_num(mean_scores(self.case), nan=-np.inf)
        ranks = np.zeros(scores.size, dtype=np.int64)
        better = scores[eligible][None, :] > scores[eligible][:, None]
        ranks[eligible] = 1 + better.sum(axis=1)
        return ranks

    def _facts(self, place: int, ranks: Ints, scores: Floats) -> dict[str, Any]:
        case, o = self.case, self.case.options
        application = int(o.application[place])
        a, scenario = case.call.applications, case.scenario
        firm, line, k = int(a.firm[application]), int(a.line[application]), int(a.technology[application])
        return {
            "application": str(a.id[application]),
            "firm": str(scenario.firms.id[firm]),
            "firm_name": LocalText(ko=str(scenario.firms.name_ko[firm]), en=str(scenario.firms.name_en[firm])),
            "line": str(scenario.lines.id[line]),
            "technology": str(scenario.technologies.id[k]),
            "technology_name": LocalText(
                ko=str(scenario.technologies.name_ko[k]), en=str(scenario.technologies.name_en[k])
            ),
            "instrument": INSTRUMENTS[int(o.instrument[place])],
            "amount": float(o.amount[place]),
            "quarter": str(scenario.start + int(o.quarter[place])),
            "size_class": case.judgements[application].size_class,
            "region": str(a.region[application]),
            "purpose": str(a.purpose[application]),
            "score": float(scores[application]),
            "rank": int(ranks[application]),
            "places": (
                Place("applications", application + _HEADER),
                Place("firms", firm + _HEADER),
                Place("lines", line + _HEADER),
                Place("technologies", k + _HEADER),
            ),
        }

    def _award(self, place: int, facts: dict[str, Any], seen: Standing, elsewhere: float) -> Awarded:
        case = self.case
        application = int(case.options.application[place])
        touching = [row.rule for row in case.rows if row.rule in self.binding and row.at(place)]
        forced = [row.rule for row in case.rows if row.rule in touching and self._forces(row)]
        rules = tuple(dict.fromkeys([*case.judgements[application].cited, *touching]))
        reason = grounds(
            facts["value"],
            float(self.values[place]),
            facts["amount"],
            elsewhere,
            self.objective,
            self.unit,
            why=self._why(int(case.call.applications.line[application]), seen),
            forced=case.titles(forced)[0] if forced else None,
        )
        asked = float(case.call.applications.amount[application])
        return Awarded(**facts, reason=reason, rules=rules, asked=asked)

    def _forces(self, row: Row) -> bool:
        return row.low >= 1.0 and np.unique(self.case.options.application[row.places]).size == 1

    def _why(self, line: int, seen: Standing) -> Phrase:
        """Return in what the line stands out most among those of the eligible applications."""
        case = self.case
        eligible = case.call.applications.line[np.unique(case.options.application)]
        best, name = -1.0, _SPEAKING[0]
        for driver in _SPEAKING:
            values = getattr(seen, driver)
            below = float((values[eligible] < values[line]).mean())
            if below > best:
                best, name = below, driver
        if best < _STANDS_OUT:
            return Phrase("decision.awards.driver.none")
        return Phrase(f"decision.awards.driver.{name}", part=f"{100 * best:.0f}")

    def _miss(self, place: int, facts: dict[str, Any]) -> NearMiss:
        case = self.case
        short = float(needed(self.values, case.options.application, case.rows, place, optimum=self.optimum, gap=GAP))
        extra, rules = self._extra(place)
        lacking = said_worth(short, self.objective, self.unit)
        if np.isfinite(extra):
            change = Phrase("decision.awards.change.budget", extra=Money(extra, self.unit), short=lacking)
        elif rules:
            change = Phrase("decision.awards.change.rule", rules=case.titles(rules), short=lacking)
        else:
            change = Phrase("decision.awards.change.value", short=lacking)
        if facts["value"].low > float(self.values[place]) + short:
            judged = said_worth(facts["value"].mean, self.objective, self.unit)
            change = Phrase("decision.awards.change.enough", change=change, value=judged)
        return NearMiss(**facts, short=short, extra=extra, change=change, rules=rules)

    def _extra(self, place: int) -> tuple[float, tuple[str, ...]]:
        """Return the money that an option lacks beside all that are chosen, and the rules that it would break."""
        case = self.case
        budgets = {rule.id for rule in case.call.rules if rule.kind == "budget"}
        more, rules, closed = 0.0, [], False
        for row in case.rows:
            own = row.at(place)
            if not own:
                continue
            used = float(row.counted(self.chosen).sum()) + own
            slack = 1e-9 * max(1.0, abs(used))
            if used > row.high + slack:
                rules.append(row.rule)
                if row.rule in budgets:
                    more = max(more, used - row.high)
                else:
                    closed = True
            elif used < row.low - slack and own < 0:
                rules.append(row.rule)
                closed = True
        # Nothing stands in the way of an option that is worth nothing.
        return (np.inf if closed or not rules else more), tuple(dict.fromkeys(rules))


def close_options(case: Case, estimates: Floats, simulated: Flags, chosen: Flags, count: int) -> Ints:
    """Return the best option of each application without an award, the closest to the margin first, `count` at most."""
    o = case.options
    distance = reduced(estimates, o.application, case.rows)
    has = np.isin(o.application, o.application[chosen])
    places = np.flatnonzero(simulated & ~has)
    order: Sequence[int] = places[np.argsort(-distance[places], kind="stable")].tolist()
    found: dict[int, int] = {}
    for place in order:
        found.setdefault(int(o.application[place]), place)
    return np.array(list(found.values())[:count], dtype=np.int64)
