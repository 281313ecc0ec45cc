"""Which applications, and which options, a filter names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from majung.dims import CLASSES, INSTRUMENTS
from majung.scenario.call.applications import PRODUCTS
from majung.scenario.call.options import Options
from majung.scenario.call.rules.filters import Filter, Scope
from majung.scenario.call.rules.rule import Rule
from majung.scenario.tables.column import Flags

if TYPE_CHECKING:
    from majung.scenario.call.model import Call
    from majung.scenario.model import Scenario

__all__ = ["Groups", "has_venture", "instruments_of"]

_WORDS: Final = {
    "micro": ("micro", "small", "sme"),
    "small": ("small", "sme"),
    "medium": ("medium", "sme"),
    "sme": ("sme",),
    "mid": ("mid",),
    "large": ("large",),
}
"""What a firm of a size class is called: a micro firm is a small one too, and a small or medium one."""
_STARTUP: Final = PRODUCTS.index("startup")
_VENTURE: Final = CLASSES.index("venture")


class Groups:
    """What of each application filters look at.

    Parameters
    ----------
    call, scenario
    sizes : sequence of str
        Each application's size class.
    """

    def __init__(self, call: Call, scenario: Scenario, sizes: Sequence[str]) -> None:
        self._applications = call.applications
        self._start = call.start
        self._technologies = {name: place for place, name in enumerate(call.technology_ids)}
        self._classes: Mapping[str, Flags] = {
            word: np.array([word in _WORDS[size] for size in sizes], dtype=bool)
            for word in ("micro", "small", "medium", "sme", "mid", "large")
        } | {"venture": has_venture(call, scenario), "startup": _is_startup(call)}

    def classes(self, words: Sequence[str]) -> Flags:
        """Return which applications are of firms of one of the classes."""
        return np.asarray(np.any([self._classes[word] for word in words], axis=0))

    def applications(self, scope: Scope) -> Flags:
        """Return which applications a filter names, whatever the instrument."""
        table = self._applications
        mask = np.ones(len(table), dtype=bool)
        if scope.technology:
            mask &= np.isin(table.technology, [self._technologies.get(name, -1) for name in scope.technology])
        if scope.region:
            mask &= np.isin(table.region, list(scope.region))
        if scope.size_class:
            mask &= self.classes(scope.size_class)
        if scope.product:
            own = table.product.copy()
            own[:, _STARTUP] |= self._classes["startup"]
            mask &= own[:, [PRODUCTS.index(word) for word in scope.product]].any(axis=1)
        return mask

    def options(self, scope: Scope, options: Options) -> Flags:
        """Return which options a filter names."""
        mask = self.applications(scope)[options.application] & instruments_of(scope)[options.instrument]
        if isinstance(scope, Filter):
            if scope.quarter:
                mask &= np.isin(options.quarter, list(scope.quarter))
            if scope.year:
                years = {int(q): (self._start + int(q)).year for q in np.unique(options.quarter)}
                mask &= np.isin(options.quarter, [quarter for quarter, year in years.items() if year in scope.year])
        return mask


def instruments_of(rule: Scope | Rule) -> Flags:
    """Return a flag for each instrument that a filter names; all where it names none, or there is none."""
    named: tuple[str, ...] = getattr(rule, "instrument", ())
    return np.array([not named or name in named for name in INSTRUMENTS])


def has_venture(call: Call, scenario: Scenario) -> Flags:
    """Return which firms are confirmed as ventures on the call's day, or declared where nothing is said."""
    table = call.applications
    expired = table.venture_until < np.datetime64(call.day)
    declared = (table.venture == "") & np.isnat(table.venture_until)
    is_venture = scenario.firms.size_class[table.firm] == _VENTURE
    return np.asarray(np.where(declared, is_venture, (table.venture != "") & ~expired), dtype=bool)


def _is_startup(call: Call) -> Flags:
    """Return which firms were founded within the years that the law has for start-ups, or offer such a product."""
    table = call.applications
    entry = call.law["kr-startup"].at(call.day)
    years = entry.years if entry is not None else 0
    day = call.day
    last = np.datetime64(day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day))
    return np.asarray((table.founded > last) | table.product[:, _STARTUP])
