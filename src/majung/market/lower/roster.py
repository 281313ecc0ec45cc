"""Firms and lines of a scenario with the entry slots in place, in the order of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from majung.market.world import VENTURE, Floats, Ints

if TYPE_CHECKING:
    from majung.scenario import Scenario

__all__ = ["Roster", "at_rows", "by_technology", "make_roster"]


class Roster(NamedTuple):
    """Firms and lines with the entry slots in place, in the order of the world."""

    size_class: Ints
    alive: NDArray[np.bool_]
    line_firm: Ints
    line_technology: Ints
    row: Ints
    """Row of the line in lines.csv; -1 for a slot."""
    first_line: Ints
    first_slot: Ints
    firm_ids: NDArray[np.object_]
    line_ids: NDArray[np.object_]


def make_roster(scenario: Scenario) -> Roster:
    """Append entry slots to the firms, and to the lines of each technology."""
    technology = np.asarray(scenario.lines.technology, dtype=np.int64)
    count = len(scenario.technologies.id)
    slots = np.asarray(scenario.technologies.entry_slots, dtype=np.int64)
    firm_count = len(scenario.firms.id)
    rows, line_firm, line_technology, line_ids, firm_ids = [], [], [], [], [np.asarray(scenario.firms.id, dtype=object)]
    first_line, first_slot = [0], []
    next_firm = firm_count
    for k in range(count):
        here = np.flatnonzero(technology == k)
        number = int(slots[k])
        names = np.array([f"entrant:{scenario.technologies.id[k]}:{n}" for n in range(number)], dtype=object)
        rows += [here, np.full(number, -1)]
        line_firm += [np.asarray(scenario.lines.firm, dtype=np.int64)[here], np.arange(next_firm, next_firm + number)]
        line_technology.append(np.full(here.size + number, k))
        line_ids += [np.asarray(scenario.lines.id, dtype=object)[here], names]
        firm_ids.append(names)
        first_slot.append(first_line[-1] + here.size)
        first_line.append(first_slot[-1] + number)
        next_firm += number
    return Roster(
        size_class=np.concatenate(
            [np.asarray(scenario.firms.size_class, dtype=np.int64), np.full(next_firm - firm_count, VENTURE)]
        ),
        alive=np.arange(next_firm) < firm_count,
        line_firm=np.concatenate(line_firm).astype(np.int64),
        line_technology=np.concatenate(line_technology).astype(np.int64),
        row=np.concatenate(rows).astype(np.int64),
        first_line=np.array(first_line, dtype=np.int64),
        first_slot=np.array(first_slot, dtype=np.int64),
        firm_ids=np.concatenate(firm_ids),
        line_ids=np.concatenate(line_ids),
    )


def at_rows(values: NDArray[np.generic], roster: Roster, otherwise: float) -> Floats:
    """Values of lines.csv in the order of the world, with ``otherwise`` for slots."""
    return np.where(roster.row >= 0, np.asarray(values, dtype=np.float64)[roster.row], otherwise)


def by_technology(roster: Roster, values: Floats, count: int) -> Floats:
    """Return sums over lines (L, 2) by technology, (K, 2)."""
    total = np.zeros((count, values.shape[1]))
    np.add.at(total, roster.line_technology, values)
    return total
