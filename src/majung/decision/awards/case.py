"""A call as a decision: what there is to choose from, under which constraints, and how choices are written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from majung.decision.awards.sets import Grant
from majung.messages import Phrase
from majung.scenario.call import judge, options_of, rows_of
from majung.scenario.call.judging.findings import Local

if TYPE_CHECKING:
    from majung.scenario import Scenario
    from majung.scenario.call import Call, Judgement, Options, Row

__all__ = ["Case"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Case:
    """A call, judged, with its options and the constraints on them.

    Parameters
    ----------
    scenario : Scenario
    call : Call
    judgements : tuple of Judgement
        One for each application.
    options : Options
        Of the eligible applications, n of them, in a canonical order.
    rows : tuple of Row
    """

    scenario: Scenario
    call: Call
    judgements: tuple[Judgement, ...]
    options: Options
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, scenario: Scenario, call: Call) -> Case:
        """Judge a call's applications and lay out what may be awarded."""
        judgements = judge(call, scenario)
        options = options_of(call, judgements)
        return cls(scenario, call, judgements, options, rows_of(call, scenario, judgements, options))

    def __len__(self) -> int:
        return len(self.options)

    @cached_property
    def leading(self) -> Ints:
        """For each option, the one that its value is guessed from before it is simulated itself, (n,).

        Of the same application and instrument the largest amount, in the first quarter.
        """
        found: dict[tuple[int, int], int] = {}
        o = self.options
        for place in np.lexsort((o.quarter, -o.amount)).tolist():
            found.setdefault((int(o.application[place]), int(o.instrument[place])), place)
        pairs = zip(o.application.tolist(), o.instrument.tolist(), strict=True)
        return np.array([found[pair] for pair in pairs], dtype=np.int64)

    @cached_property
    def technology(self) -> Ints:
        """Technology of each option, (n,)."""
        return np.asarray(self.call.applications.technology[self.options.application], dtype=np.int64)

    @cached_property
    def firm(self) -> Ints:
        """Firm of each option, a row of the scenario's firms, (n,)."""
        return np.asarray(self.call.applications.firm[self.options.application], dtype=np.int64)

    def grants(self, chosen: Flags | Ints) -> tuple[Grant, ...]:
        """Return the awards that options stand for."""
        o = self.options
        lines = self.scenario.lines.id[self.call.applications.line[o.application[chosen]]]
        rows = zip(lines, o.instrument[chosen], o.amount[chosen], o.quarter[chosen], strict=True)
        return tuple(Grant(str(line), int(i), float(amount), int(quarter)) for line, i, amount, quarter in rows)

    def each(self, places: Sequence[int] | Ints) -> list[tuple[Grant, ...]]:
        """Return each option as a set of one award."""
        return [self.grants(np.array([place])) for place in places]

    def whole_of(self, row: Row, chosen: Flags) -> tuple[Floats, float, float]:
        """Return of a row on a share how much each of its options counts for, the share, and the whole of a choice.

        A part of s of the whole counts 1 - s inside and -s outside.
        """
        size = self.options.amount[row.places] if row.measure == "money" else np.ones(len(row.places))
        outside = row.weights < 0
        share = float((-row.weights[outside] / size[outside]).max())
        return size, share, float(size[chosen[row.places]].sum())

    def allows(self, chosen: Flags) -> bool:
        """Whether a choice keeps every rule, with at most one option of an application."""
        if len(np.unique(self.options.application[chosen])) < int(chosen.sum()):
            return False
        return not self.broken(chosen)

    def broken(self, chosen: Flags) -> tuple[str, ...]:
        """Return the ids of the rules that a choice breaks."""
        found = []
        for row in self.rows:
            counted = row.counted(chosen)
            used, slack = float(counted.sum()), _TOLERANCE * max(1.0, float(np.abs(counted).sum()))
            if used > row.high + slack or used < row.low - slack:
                found.append(row.rule)
        return tuple(dict.fromkeys(found))

    def titles(self, rules: Sequence[str], key: str = "decision.awards.rule") -> tuple[Phrase | str, ...]:
        """Return what rules are called, each in quotation marks, as titles may have commas; the id where it has none.

        Parameters
        ----------
        rules : sequence of str
            Ids.
        key : str
            Of the message that has the ``title`` of a rule, and may have its ``id``.
        """
        titles = {rule.id: rule.title for rule in self.call.rules}
        return tuple(Phrase(key, id=id, title=Local(titles[id])) if titles[id].text() else id for id in rules)

    def spent(self, chosen: Flags) -> float:
        """Return what the awards add up to."""
        return float(self.options.amount[chosen].sum())
