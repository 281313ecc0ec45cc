"""The rules of a call as linear constraints over its options."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from majung.scenario.call.judging.findings import Judgement
from majung.scenario.call.judging.groups import Groups
from majung.scenario.call.options import Measure, Options, Row
from majung.scenario.call.rules.conditions import Once
from majung.scenario.call.rules.limits import Budget, Cap, Floor, ForceIn, Quota, Target, Winners
from majung.scenario.tables.column import Flags, Ints

if TYPE_CHECKING:
    from majung.scenario.call.model import Call
    from majung.scenario.model import Scenario

__all__ = ["rows_of"]


def rows_of(call: Call, scenario: Scenario, judgements: Sequence[Judgement], options: Options) -> tuple[Row, ...]:
    """Return what the rules in force say of the options.

    Rules on applications (size, documents …) have no row: what they turn down is not among the options. A share of
    what is spent is made linear: the part less the share times the whole is zero or more. A row that no choice could
    break is left out; one that no choice could keep is there, so that the rules can be said to clash.

    Parameters
    ----------
    call : Call
    scenario : Scenario
        That the call is in.
    judgements : sequence of Judgement
        One for each application.
    options : Options

    Returns
    -------
    tuple of Row
        In the order of the rules; a rule may have several.
    """
    desk = _Desk(call, scenario, judgements, options)
    found = (row for rule in call.binding if (rows := _ROWS.get(rule.kind)) is not None for row in rows(rule, desk))
    return tuple(row for row in found if row.weights.any() or not row.low <= 0 <= row.high)


class _Desk:
    """The options, and what filters look at."""

    def __init__(self, call: Call, scenario: Scenario, judgements: Sequence[Judgement], options: Options) -> None:
        self.call, self.table, self.options = call, call.applications, options
        self.groups = Groups(call, scenario, [judgement.size_class for judgement in judgements])
        self.amount = options.amount

    def row(self, id: str, places: Ints, low: float, high: float, measure: Measure) -> Row:
        """Return the row that counts some options: their money, or one award each."""
        weights = self.amount[places] if measure == "money" else np.ones(len(places))
        return Row(id, places, weights, len(self.options), low, high, measure)

    def named(self, rule: Any) -> Ints:
        """Return the options that a rule's filter names."""
        return np.flatnonzero(self.groups.options(rule, self.options))

    def flags(self, places: Ints) -> Flags:
        """Return a flag for each option, set for some."""
        found = np.zeros(len(self.options), dtype=np.bool_)
        found[places] = True
        return found

    def share(self, rule: Any, share: float, measure: str, low: float, high: float) -> Row:
        """Return the row of the part that a rule's filter names less a share of what `among` names."""
        counted: Measure = "money" if measure == "money" else "count"
        whole = self.groups.options(rule.among, self.options)
        part = whole & self.groups.options(rule, self.options)
        return self.less(rule.id, part, share, whole, low, high, counted)

    def less(self, id: str, part: Flags, share: float, whole: Flags, low: float, high: float, measure: Measure) -> Row:
        """Return the row of a part less a share of a whole."""
        size = self.amount if measure == "money" else np.ones(len(self.options))
        return Row.of(id, np.where(part, size, 0.0) - share * np.where(whole, size, 0.0), low, high, measure)

    def each(self, keys: Ints, places: Ints, most: float, measure: Measure) -> Iterator[Ints]:
        """Yield the options of each group that could come to more than `most`, at one option of an application.

        Parameters
        ----------
        keys : array of int
            The group of each application.
        places : array of int
            The options that count, ascending.
        most : float
        measure : str
        """
        best = np.zeros(len(self.table))
        weights = self.amount[places] if measure == "money" else np.ones(len(places))
        np.maximum.at(best, self.options.application[places], weights)
        reached = np.bincount(keys, best) if len(keys) else np.zeros(0)
        group = keys[self.options.application[places]]
        order = np.argsort(group, kind="stable")
        wanted = np.flatnonzero(reached > most)
        starts, stops = (np.searchsorted(group[order], wanted, side) for side in ("left", "right"))
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
            yield places[order[start:stop]]


def _budget(rule: Budget, desk: _Desk) -> Iterator[Row]:
    yield desk.row(rule.id, desk.named(rule), -math.inf, rule.amount, "money")


def _cap(rule: Cap, desk: _Desk) -> Iterator[Row]:
    if rule.per == "award":
        return
    named = desk.named(rule)
    if rule.per == "region":
        keys = np.unique(desk.table.region.astype(str), return_inverse=True)[1].astype(np.int64)
    else:
        keys = desk.table.firm if rule.per == "firm" else desk.table.technology
    if rule.share is not None and rule.of == "spent":
        whole = desk.flags(named)
        for own in desk.each(keys, named, 0.0, "money") if rule.share < 1 else ():
            yield desk.less(rule.id, desk.flags(own), rule.share, whole, -math.inf, 0.0, "money")
        return
    most = rule.amount if rule.amount is not None else (rule.share or 0.0) * desk.call.budget()
    for own in desk.each(keys, named, most, "money"):
        yield desk.row(rule.id, own, -math.inf, most, "money")


def _floor(rule: Floor, desk: _Desk) -> Iterator[Row]:
    if rule.amount is not None:
        yield desk.row(rule.id, desk.named(rule), rule.amount, math.inf, "money")
    elif rule.share is not None:
        yield desk.share(rule, rule.share, rule.measure, 0.0, math.inf)


def _quota(rule: Quota, desk: _Desk) -> Iterator[Row]:
    if rule.least is not None or rule.most is not None:
        yield _counted(rule.id, desk.named(rule), rule.least, rule.most, desk)
    if rule.least_share is not None:
        yield desk.share(rule, rule.least_share, rule.measure, 0.0, math.inf)
    if rule.most_share is not None:
        yield desk.share(rule, rule.most_share, rule.measure, -math.inf, 0.0)


def _winners(rule: Winners, desk: _Desk) -> Iterator[Row]:
    yield _counted(rule.id, desk.named(rule), rule.min, rule.max, desk)


def _counted(id: str, places: Ints, least: int | None, most: int | None, desk: _Desk) -> Row:
    low = -math.inf if least is None else float(least)
    return desk.row(id, places, low, math.inf if most is None else float(most), "count")


def _force_in(rule: ForceIn, desk: _Desk) -> Iterator[Row]:
    places = {name: place for place, name in enumerate(desk.table.id)}
    firms = {name: place for place, name in enumerate(desk.call.firm_ids)}
    chosen = desk.options.application
    for name in rule.applications:
        yield _counted(rule.id, np.flatnonzero(chosen == places[name]), 1, None, desk)
    for name in rule.firms:
        yield _counted(rule.id, np.flatnonzero(desk.table.firm[chosen] == firms[name]), 1, None, desk)


def _once(rule: Once, desk: _Desk) -> Iterator[Row]:
    named = desk.named(rule)
    if rule.purpose:
        purposes = np.unique(desk.table.purpose.astype(str), return_inverse=True)[1].astype(np.int64)
        pairs = desk.table.firm * (int(purposes.max(initial=0)) + 1) + purposes
        keys = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
        for own in desk.each(keys, named, 1.0, "count"):
            yield _counted(rule.id, own, None, 1, desk)
    if rule.most is not None:
        for own in desk.each(desk.table.firm, named, float(rule.most), "count"):
            yield _counted(rule.id, own, None, rule.most, desk)


def _target(rule: Target, desk: _Desk) -> Iterator[Row]:
    row = desk.share(rule, rule.share, "money", rule.share * rule.other - rule.other_counted, math.inf)
    if row.weights.any():
        yield row


_Rows = Callable[[Any, _Desk], Iterator[Row]]
_ROWS: Final[Mapping[str, _Rows]] = {
    "budget": _budget,
    "cap": _cap,
    "floor": _floor,
    "quota": _quota,
    "winners": _winners,
    "force_in": _force_in,
    "once": _once,
    "target": _target,
}
